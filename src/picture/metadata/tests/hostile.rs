//! Files that are cut, scrambled, inflated or made to be endless: what is left is read, nothing panics, memory is kept.

use proptest::prelude::*;

use super::programs::{compressed, png_with};
use super::*;

fn exercise(bytes: &[u8]) {
    let found = read(bytes);
    if let Some(foreign) = found.foreign {
        assert!(foreign.fields.len() <= 1_000);
    }
    for format in [Format::Png, Format::Jpeg, Format::WebP, Format::Gif, Format::Svg] {
        if let Ok(file) = embed(bytes, format, &short())
            && Format::sniff(bytes) == Some(format)
        {
            assert_eq!(read(&file).ours.as_deref(), Some(r#"{"version":1}"#), "{format:?}");
        }
    }
}

fn written() -> &'static [Vec<u8>] {
    static FILES: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(|| {
        let small =
            Embedded { prompt: "a fox".repeat(50), recipe: format!("{{\"a\":\"{}\"}}", "x".repeat(66_000)), ..short() };
        let written = files().into_iter().map(|(name, bytes)| embedded(name, &bytes, &small));
        written.chain([png_with(&[compressed("parameters", b"fox\nSteps: 1, Seed: 2, Size: 3x4")])]).collect()
    });
    &FILES
}

#[test]
fn cut_files_are_read_as_far_as_they_go() {
    for bytes in written() {
        for cut in (0..bytes.len()).step_by(2003).chain((0..bytes.len().min(300)).step_by(7)) {
            exercise(&bytes[..cut]);
        }
    }
}

#[test]
fn compressed_bombs_are_left_alone() {
    let bomb = compressed("parameters", &vec![b'a'; 64 << 20]);
    let after = compressed("Description", b"a fox");
    let file = png_with(&[bomb.clone(), bomb, after]);
    assert_eq!(read(&file).foreign.unwrap().prompt.as_deref(), Some("a fox"));
}

#[test]
fn texts_by_the_hundred_thousand_are_read_within_one_limit() {
    let fox = |keyword: &str| (b"tEXt", format!("{keyword}\0a fox\nSteps: 3, Seed: 7, Size: 8x8").into_bytes());
    for keyword in ["parameters", "Description"] {
        let found = read(&png_with(&vec![fox(keyword); 100_000]));
        assert!(found.foreign.unwrap().prompt.unwrap().starts_with("a fox"), "{keyword}");
    }
    // Each just below what is taken out of one file.
    let bombs = vec![compressed("parameters", &vec![b'a'; MAX_TEXT - 100]); 200];
    let texts = png::read(&png_with(&bombs));
    assert!(texts.pairs.iter().map(|(_, text)| text.len()).sum::<usize>() <= MAX_TEXT);
    let names: String = (0..4000).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect();
    let xmp = format!("<x{names}>{}</x>", "<y xmlns:a='b'/>".repeat(4000));
    let packets = vec![compressed("XML:com.adobe.xmp", xmp.as_bytes()); 50];
    assert_eq!(read(&png_with(&packets)), Found::default());
}

#[test]
fn long_texts_beyond_the_limit_are_passed_over() {
    let file = png_with(&[
        (b"tEXt", [b"Comment\0".as_slice(), &vec![b'a'; MAX_TEXT + 1]].concat()),
        (b"tEXt", b"Description\0a fox".to_vec()),
    ]);
    assert_eq!(read(&file).foreign.unwrap().prompt.as_deref(), Some("a fox"));
}

#[test]
fn chunks_that_claim_more_than_there_is_end_the_search() {
    let mut file = png_with(&[(b"tEXt", b"Description\0a fox".to_vec())]);
    let at = file.windows(4).position(|kind| kind == b"tEXt").unwrap();
    file[at - 4..at].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(read(&file), Found::default());
    assert_eq!(embed(&file, Format::Png, &short()), Err(Error::Truncated { format: Format::Png }));
}

#[test]
fn drawings_whose_entities_grow_are_not_searched() {
    let entities: String = (1..60).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1)).collect();
    let file = format!(
        "<!DOCTYPE svg [<!ENTITY e0 'x'>{entities}]><svg xmlns='http://www.w3.org/2000/svg'><title>&e59;</title></svg>"
    );
    assert_eq!(read(file.as_bytes()), Found::default());
}

#[test]
fn files_that_cannot_be_followed_are_refused_with_a_reason() {
    for (format, bytes) in [
        (Format::Png, b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82".as_slice()),
        (Format::Jpeg, b"\xff\xd8\xff\xe0\0\x04ab\xff\xd9"),
        (Format::WebP, b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0"),
        (Format::WebP, b"RIFF\xff\0\0\0WEBPVP8 \0\0\0\0"),
        (Format::Gif, b"GIF89a\x01\0\x01\0\0\0\0"),
        (Format::Svg, b"<svg xmlns="),
        (Format::Svg, b"<svg>\xff</svg>"),
    ] {
        let error = embed(bytes, format, &short()).unwrap_err();
        assert!(matches!(error, Error::Truncated { .. } | Error::Damaged { .. }), "{format:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(kind in 0_usize..8, bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let heads: [&[u8]; 8] = [
            b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF\x90\x01\0\0WEBPVP8X", b"GIF89a", b"<svg ",
            b"\xff\xd8\xff\xe1\x02\x00Exif\0\0II*\0\x08\0\0\0", b"\x89PNG\r\n\x1a\n\0\0\x01\0tEXtparameters\0",
        ];
        exercise(&[heads[kind], &bytes].concat());
    }

    #[test]
    fn scrambled_files_never_panic(
        kind in any::<prop::sample::Index>(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        front in any::<bool>(),
    ) {
        let files = written();
        let mut bytes = files[kind.index(files.len())].clone();
        let within = if front { bytes.len().min(1500) } else { bytes.len() };
        for (index, byte) in hits {
            bytes[index.index(within)] = byte;
        }
        exercise(&bytes);
    }

    #[test]
    fn any_prompt_comes_back(
        prompt in prop::collection::vec(prop_oneof![any::<char>(), "[\\x01-\\x1f<>&\"'\\]]".prop_map(|c| c.chars().next().unwrap())], 0..40),
        kind in 0_usize..5,
    ) {
        let prompt = String::from_iter(prompt);
        let what = Embedded { recipe: serde_json::json!({ "prompt": prompt }).to_string(), prompt, ..short() };
        let (format, bytes) = &samples::all()[kind];
        let found = read(&embed(bytes, *format, &what).unwrap());
        prop_assert_eq!(found.ours, Some(what.recipe));
    }

    #[test]
    fn words_of_any_kind_are_judged_without_a_panic(text in "[a-z:,\"\\[\\]{}\\n\\-0-9 x]{0,200}", key in 0_usize..7) {
        let key = ["parameters", "Dream", "sd-metadata", "invokeai_metadata", "prompt", "workflow", "Comment"][key];
        for text in [text.clone(), format!("Steps: {text}, a: 1, b: 2"), format!("{{\"image\": {text}}}"), format!("\"{text}")] {
            let texts = Texts { pairs: vec![(key.to_owned(), text)], ..Texts::default() };
            foreign::recognise(&texts);
        }
    }
}
