//! Functions in a text, `name(what stands inside)`, and what is put in their place.
//!
//! Imports nothing. Brackets are balanced.

/// Replaces calls; `None`: there are none to replace. `name`: the function whose name the text before a bracket ends with,
/// if it is one that is asked for. `inside`: what stands within the brackets, if they close. `value`: what takes its place.
pub(super) fn replaced<'t>(
    text: &'t str,
    name: impl Fn(&str) -> Option<&'static str>,
    inside: impl Fn(&'t str) -> Option<&'t str>,
    value: impl Fn(&str, &'t str) -> Option<String>,
) -> Option<String> {
    let mut out = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(found) = text.get(from..).and_then(|rest| rest.find('(')) {
        let bracket = from + found;
        from = bracket + 1;
        let Some(name) = name(text.get(copied..bracket).unwrap_or_default()) else { continue };
        let Some(inside) = text.get(from..).and_then(&inside) else { continue };
        let Some(value) = value(name, inside) else { continue };
        out.push_str(text.get(copied..bracket - name.len()).unwrap_or_default());
        out.push_str(&value);
        from += inside.len() + 1;
        copied = from;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Some(out)
}

/// Returns what stands before the bracket that closes, if that is within so many bytes and none of these comes before it.
pub(super) fn closed<'t>(text: &'t str, longest: usize, never: &[u8]) -> Option<&'t str> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().take(longest) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return text.get(..at),
            b')' => depth -= 1,
            byte if never.contains(&byte) => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_replaced_where_their_brackets_close() {
        let double = |text: &str| {
            let name = |before: &str| before.ends_with("two").then_some("two");
            replaced(text, name, |rest| closed(rest, 9, b"\""), |_, inside| (inside != "no").then(|| inside.repeat(2)))
        };
        for (text, replaced) in [
            ("a two(b) c two(d)", Some("a bb c dd")),
            ("two((x))two(y)", Some("(x)(x)yy")),
            ("one(b) two(no)", None),
            ("two(open", None),
            ("two(0123456789) two(\")", None),
            ("two(two(a))", Some("two(a)two(a)")),
            ("", None),
        ] {
            assert_eq!(double(text).as_deref(), replaced, "{text}");
        }
    }
}
