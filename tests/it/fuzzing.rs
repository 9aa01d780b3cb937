//! What is fuzzed, without the fuzzer: every seed, and every input that it ever found, through the same functions.
//!
//! `cargo test --test it fuzzing::seeds_are_written -- --ignored` writes those seeds that are made; the others were
//! found. `fuzz/README.md` says how the fuzzer itself is run.

#[path = "../../fuzz/src/targets.rs"]
mod targets;

use easel::picture::metadata::{Embedded, embed};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

#[test]
fn every_seed_and_every_found_input_is_survived() {
    for (name, target) in targets::TARGETS {
        let folder = fuzz().join("seeds").join(name);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            println!("{}", file.display());
            target(&fs::read(&file).unwrap());
        }
    }
}

/// Cut anywhere and with any bit turned, a seed is survived too; a few of each, so that no test takes long.
#[test]
fn every_seed_is_survived_cut_and_bent() {
    let mut random = fastrand::Rng::with_seed(9);
    for (name, target) in targets::TARGETS {
        let files = fs::read_dir(fuzz().join("seeds").join(name)).unwrap();
        for file in files.map(|entry| entry.unwrap().path()) {
            let whole = fs::read(&file).unwrap();
            for _ in 0..6 {
                let mut bent = whole.clone();
                bent.truncate(random.usize(0..=whole.len()));
                for _ in 0..random.usize(0..3) {
                    if !bent.is_empty() {
                        let at = random.usize(0..bent.len());
                        bent[at] ^= 1 << random.u8(0..8);
                    }
                }
                println!("{} to {} bytes", file.display(), bent.len());
                target(&bent);
            }
        }
    }
}

#[test]
fn the_fuzzer_has_a_program_for_every_target_and_no_other() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    let targets: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!((names("fuzz_targets"), names("seeds")), (targets.clone(), targets.clone()));
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    assert!(targets.iter().all(|name| manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\""))));
}

#[test]
#[ignore = "writes into the sources"]
fn seeds_are_written() {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = fuzz().join("seeds").join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    };
    let pixels = |width: u32, height: u32| {
        let rgba = (0..width * height).flat_map(|n| [n as u8, (n * 7) as u8, 90, (n * 31) as u8 | 15]).collect();
        Pixels::new(Size { width, height }, rgba).unwrap()
    };
    let recipe =
        r#"{"version":1,"id":"01M8","run":"01M9","job":"01MA","request":{"model":"a/b","prompt":"a fox","seed":7}}"#;
    let embedded = Embedded {
        prompt: "a fox".into(),
        model: "B".into(),
        settings: "1:1 · 1K".into(),
        software: "Easel 0.1".into(),
        recipe: recipe.into(),
    };
    let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><g id="a"><path d="M1 1L8 8"/></g></defs><use href="#a" stroke="red"/><text x="1" y="5">fox</text></svg>"##;
    for (encoding, format, target, quick) in [
        (Encoding::Png, Format::Png, "png", true),
        (Encoding::Jpeg { quality: 80 }, Format::Jpeg, "jpeg", true),
        (Encoding::WebP { quality: None }, Format::WebP, "webp", true),
        (Encoding::WebP { quality: Some(70) }, Format::WebP, "webp", false),
    ] {
        for (width, height) in [(1, 1), (9, 5), (33, 17)] {
            let bytes = encode(&pixels(width, height), &encoding, [0; 3]).unwrap();
            let name = format!("{width}x{height}{}.{}", if quick { "" } else { "-lossy" }, format.extension());
            write(target, &name, &bytes);
            if (width, height) == (9, 5) {
                let with_recipe = embed(&bytes, format, &embedded).unwrap();
                write("recipe", &name, &with_recipe);
                write(target, &format!("recipe-{name}"), &with_recipe);
            }
        }
    }
    let mut gif = b"GIF89a\x03\0\x02\0\x80\0\0\xff\0\0\0\0\xff".to_vec();
    for frame in [b"\x02\x02\x44\x01\0".as_slice(), b"\x02\x03\x44\x34\x05\0"] {
        gif.extend_from_slice(b"\x21\xf9\x04\x05\x0a\0\0\0\x2c\0\0\0\0\x03\0\x02\0\0");
        gif.extend_from_slice(frame);
    }
    gif.push(0x3b);
    write("gif", "two-frames.gif", &gif);
    write("recipe", "gif.gif", &embed(&gif, Format::Gif, &embedded).unwrap_or(gif));
    write("drawing", "use.svg", svg);
    write("drawing", "style.svg", br##"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><style>rect{fill:url(#g)} .a>b{x:1}</style><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1"/></linearGradient><rect width="9" height="9"/><filter id="f"><feGaussianBlur stdDeviation="2"/></filter><circle class="a" r="4" filter="url(#f)" mask="url(#m)"/><mask id="m"><rect width="5" height="5" fill="white"/></mask></svg>"##);
    write("first_look", "use.svg", svg);
    write(
        "first_look",
        "repaired.svg",
        b"```svg\n<svg width='9' height='9'><style>:root{--c:oklch(60% .2 20)} @media print{rect{x:1}} g>rect{fill:var(--c)}</style><g><rect x:y='1' width='9' height='9'/><foreignObject width='9' height='9'><p>fox &nbsp; <b>den</b></p></foreignObject></g></svg>\n```",
    );
    write("partial_drawing", "use.svg", &svg[..svg.len() - 30]);
    write(
        "partial_drawing",
        "comment.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><!-- a <g> --><g fill='red'><![CDATA[ <x> ]]><path d=\"M 1 2",
    );
    write("recipe", "svg.svg", &embed(svg, Format::Svg, &embedded).unwrap());
    let event = |text: &str| format!("data: {text}\n\n");
    let partial = r#"{"type":"image_generation.partial_image","partial_image_index":0,"b64_json":"iVBORw0KGgo="}"#;
    let done = r#"{"type":"image_generation.completed","b64_json":"iVBORw0KGgo=","usage":{"cost":0.01}}"#;
    let error = r#"{"type":"error","error":{"code":502,"message":"upstream"}}"#;
    let chunk = r#"{"type":"image_generation.text_chunk","phase":"content","text":"<svg \ud83e\udd8a \ud800"}"#;
    write(
        "stream",
        "whole",
        format!(": ping\n\n{}{}{}data: [DONE]\n\n", event(partial), event(chunk), event(done)).as_bytes(),
    );
    write("stream", "error", format!("\u{feff}event: x\r\nid: 1\r\n{}\r\r{}", event(error), event(done)).as_bytes());
    let model = r#"{"data":[{"id":"a/b","name":"B","architecture":{"input_modalities":["text","image"],"output_modalities":["image"]},"supported_parameters":{"n":{"type":"range","min":1,"max":4},"aspect_ratio":{"type":"enum","values":["1:1","16:9"]},"seed":{"type":"boolean"}},"endpoints":"/x"}]}"#;
    let endpoints = r#"{"id":"a/b","endpoints":[{"provider_name":"P","provider_slug":"p","provider_tag":"p/x","supports_streaming":true,"supported_parameters":{"n":{"type":"range","min":1,"max":4}},"allowed_passthrough_parameters":["x"],"pricing":[{"billable":"output_image","unit":"image","cost_usd":0.04,"variant":"1K"}]}]}"#;
    write("discovery", "models.json", model.as_bytes());
    write("discovery", "endpoints.json", endpoints.as_bytes());
    write("answer", "data.json", br#"{"created":1,"data":[{"b64_json":"iVBORw0KGgo=","media_type":"image/png"},{"url":"data:image/png;base64,iVBORw0KGgo"}],"usage":{"prompt_tokens":1,"total_tokens":3,"cost":0.02}}"#);
    write("answer", "error.json", br#"{"data":[],"error":{"code":429,"message":"slow down"}}"#);
    write("refusal", "json", b"\x1d7\n{\"error\":{\"code\":429,\"message\":\"slow down\",\"metadata\":{\"provider_name\":\"P\",\"raw\":\"{\\\"error\\\":\\\"x\\\"}\",\"reasons\":[\"violence\"],\"flagged_input\":\"words\"}}}");
    write("refusal", "html", b"\x66\n<html><head><title>502 Bad Gateway</title></head></html>");
    write(
        "refusal",
        "detail",
        b"\x16\n{\"detail\":[{\"loc\":[\"body\",\"n\"],\"msg\":\"too many\",\"type\":\"value_error\"}]}",
    );
    for (index, text) in [
        "a fox\nNegative prompt: blurry, (bad:1.2)\nSteps: 30, Sampler: DPM++ 2M, CFG scale: 7, Seed: 42, Size: 512x768, Model: x",
        r#"{"3":{"class_type":"KSampler","inputs":{"seed":7,"steps":20,"positive":["6",0],"model":["4",0]}},"6":{"class_type":"CLIPTextEncode","inputs":{"text":"a fox","clip":["4",1]}},"4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"x.safetensors"}}}"#,
        r#"{"nodes":[{"id":1,"type":"CLIPTextEncode","widgets_values":["a fox"]}],"links":[]}"#,
        r#"{"positive_prompt":"a fox","negative_prompt":"","seed":7,"width":512,"height":512,"model":{"name":"x"}}"#,
        r#"{"image":{"prompt":[{"prompt":"a fox","weight":1}],"seed":7,"steps":3}}"#,
        r#"{"sui_image_params":{"prompt":"a fox","seed":7,"steps":20}}"#,
        "a fox in the snow",
        r#"{"prompt":"a fox","uc":"","seed":7,"sampler":"k"}"#,
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">a fox</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"#,
    ].iter().enumerate() {
        write("texts", &index.to_string(), &[&[u8::try_from(index).unwrap()], text.as_bytes()].concat());
    }
    write("query", "terms", "fox model:flux rating:>=3 cost:>0.05 ratio:16:9 has:reference is:svg date:2026-11 -label:red collection:\"book cover\" OR \"two words\"".as_bytes());
    write(
        "query",
        "odd",
        "\"open date:2026-13..2026 cost:<-1 rating:*** tag:\u{202e}x \u{df}:\u{1F98A} -- -\"".as_bytes(),
    );
    write("template", "nested", br"a {red|{dark|light} blue} fox, {at dawn|in the rain} \{plain\} \\{a|b}");
    write("template", "odd", br#"{"a":{"b":1}|} }{ {|||} \\\{ {a|{b|{c|"#);
}
