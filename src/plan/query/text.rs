//! How texts are compared in a search: without case and accents, and word by word, also where no spaces are written.
//!
//! Imports nothing of ours. Invariants: folding twice changes nothing; a search text holds letters, digits and single
//! spaces only, so that it can stand inside any search expression.

use unicode_normalization::UnicodeNormalization;

/// Begins the word that stands for a symbol; a character for private use, which the index takes as a letter.
const SYMBOL: char = '\u{e000}';

/// Returns a text without case and accents, compatibility forms as plain ones: `Éﬁ Ａ` is `efi a`. Marks that change
/// the sound of a sign, as in Japanese and Hindi, stay.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Upper case in between makes ß, ss and ẞ, and the forms of sigma, the same.
    let cases = text.nfkd().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    cases.nfkd().filter(|c| !is_accent(*c) && !is_invisible(*c)).nfc().collect()
}

/// Returns the words of a text as the full-text index is to see them: folded, with one space between them and nothing
/// else. Each character of a script without spaces is a word, and so is each symbol or emoji.
///
/// Both what is indexed and what is searched for goes through this.
pub fn search_text(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut apart = true;
    for c in fold(text).chars() {
        let alone = is_symbol(c) || stands_alone(c);
        if !alone && !c.is_alphanumeric() {
            apart = true;
            continue;
        }
        if (apart || alone) && !words.is_empty() {
            words.push(' ');
        }
        if is_symbol(c) {
            words.push(SYMBOL);
            words.push_str(&format!("{:x}", u32::from(c)));
        } else {
            words.push(c);
        }
        apart = alone;
    }
    words
}

/// Says whether a word of `text` begins with `wanted`; both folded. Where no spaces are written, any character begins
/// a word.
pub fn begins_word(text: &str, wanted: &str) -> bool {
    let free = wanted.chars().next().is_some_and(|first| stands_alone(first) || !first.is_alphanumeric());
    text.match_indices(wanted).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        free || before.is_none_or(|before| stands_alone(before) || !before.is_alphanumeric())
    })
}

/// Accents of alphabets, and the vowel signs that Hebrew and Arabic may leave out.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Hyphens that are not seen, joiners and marks of direction; they would part a word.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Chinese and Japanese.
fn stands_alone(c: char) -> bool {
    let script = matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{312f}' | '\u{31a0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}');
    script && c.is_alphanumeric()
}

/// Arrows, signs, dingbats and emoji, which the index would not see.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1fbff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (text, folded) in [
            ("Fox", "fox"),
            ("CAFÉ Ünal", "cafe unal"),
            ("cafe\u{301}", "cafe"),
            ("Straße STRASSE", "strasse strasse"),
            ("ẞ", "ss"),
            ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
            ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
            ("Ёлка Йод", "елка иод"),
            ("ﬁne ①", "fine 1"),
            ("ＡＢＣ：１", "abc:1"),
            ("ガ ｶﾞ カ", "ガ ガ カ"),
            ("한국어", "한국어"),
            ("हिन्दी", "हिन्दी"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("auto\u{ad}matic", "automatic"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn the_index_sees_words_also_where_no_spaces_are_written() {
        for (text, words) in [
            ("A red-fox, at 16:9!", "a red fox at 16 9"),
            ("赤い狐が走る", "赤 い 狐 が 走 る"),
            ("v2赤いfox", "v2 赤 い fox"),
            ("ภาพ", "ภ า พ"),
            ("한국어 그림", "한국어 그림"),
            ("🦊 in snow", "\u{e000}1f98a in snow"),
            ("👩\u{200d}🚀", "\u{e000}1f469 \u{e000}1f680"),
            ("IMG_2034.png", "img 2034 png"),
            ("\"* ^ ( ) NEAR\0", "near"),
            ("\u{e000}1f98a", "1f98a"),
            ("…。!?", ""),
        ] {
            assert_eq!(search_text(text), words, "{text}");
        }
    }

    #[test]
    fn a_word_is_found_by_its_beginning() {
        for (text, wanted, found) in [
            ("black-forest-labs/flux.2-pro", "flux", true),
            ("black-forest-labs/flux.2-pro", "flux.2", true),
            ("black-forest-labs/flux.2-pro", "lux", false),
            ("sea view", "sea view", true),
            ("sea view", "a view", false),
            ("赤い狐", "狐", true),
            ("赤い狐x", "x", true),
            ("fox", "fox cub", false),
        ] {
            assert_eq!(begins_word(text, wanted), found, "{text}: {wanted}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_search_text_holds_words_and_single_spaces_only(text in any::<String>()) {
            let words = search_text(&text);
            prop_assert!(words.chars().all(|c| c == ' ' || c == SYMBOL || c.is_alphanumeric()), "{words:?}");
            prop_assert!(!words.contains("  ") && words.trim() == words);
        }
    }
}
