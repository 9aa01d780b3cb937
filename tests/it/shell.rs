//! What files say, and what the library holds, told to people with scripts.

use crate::cli::{easel, generate, text};
use crate::support::{StudioHarness, Wish};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A small PNG with a chunk for each text.
fn png(folder: &Path, name: &str, texts: &[(&str, &str)]) -> PathBuf {
    let path = folder.join(name);
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 4, 3);
    for (keyword, text) in texts {
        encoder.add_text_chunk((*keyword).to_owned(), (*text).to_owned()).unwrap();
    }
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[7; 12]).unwrap();
    path
}

fn lines(stdout: &[u8]) -> Vec<Value> {
    text(stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn read_tells_what_a_file_of_another_program_says() {
    let home = tempfile::tempdir().unwrap();
    let parameters = "a fox\nNegative prompt: text\nSteps: 20, Sampler: Euler a, CFG scale: 7.50, Seed: 8834915829939807712, Size: 512x768, Model: demo";
    let file = png(home.path(), "fox.png", &[("parameters", parameters), ("Author", "Ada")]);
    let output = easel(home.path(), &["read", "--json", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let [line] = &lines(&output.stdout)[..] else { panic!("one line") };
    let expected = serde_json::json!({
        "file": file, "format": "png", "width": 4, "height": 3, "frames": 1, "prompt": "a fox",
        "negative_prompt": "text", "seed": "8834915829939807712", "model": "demo",
        "fields": {"Steps": "20", "Sampler": "Euler a", "CFG scale": "7.50", "Size": "512x768", "Author": "Ada"}
    });
    assert_eq!(*line, expected);
    assert!(!home.path().join("library").exists(), "reading needs no library and makes none");
}

#[test]
fn read_tells_a_recipe_of_easel_whole() {
    let home = tempfile::tempdir().unwrap();
    let made = generate(home.path(), "a {teal} lake", &["--json", "--set", "seed=4"]);
    let path = lines(&made.stdout)[0]["path"].as_str().unwrap().to_owned();
    let output = easel(home.path(), &["read", "--json", &path]);
    let line = &lines(&output.stdout)[0];
    assert_eq!((&line["seed"], &line["model"]), (&"4".into(), &"easel/atelier".into()));
    assert!(line["program"].as_str().unwrap().starts_with("Easel ") && line.get("problem").is_none(), "{line}");
    assert_eq!(line["fields"]["resolution"], "512");
    assert!(line["fields"]["recipe"]["hash"].as_str().is_some(), "{line}");
}

#[test]
fn read_has_a_line_for_every_file_whatever_is_wrong_with_it() {
    let home = tempfile::tempdir().unwrap();
    let whole = png(home.path(), "whole.png", &[("Title", "a holiday")]);
    let bytes = std::fs::read(&whole).unwrap();
    let cut = home.path().join("cut\u{202e}gnp.png");
    std::fs::write(&cut, &bytes[..bytes.len() - 20]).unwrap();
    let words = home.path().join("words.txt");
    std::fs::write(&words, "no picture").unwrap();
    let missing = home.path().join("missing.png");
    let files = [&whole, &cut, &words, &missing, &home.path().to_owned()];
    let mut arguments = vec!["read", "--json"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let output = easel(home.path(), &arguments);
    let lines = lines(&output.stdout);
    assert_eq!(lines.len(), files.len());
    assert!(
        lines[0].get("problem").is_none() && lines[0].get("prompt").is_none(),
        "a title is no prompt: {}",
        lines[0]
    );
    assert_eq!(lines[0]["fields"]["Description"], "a holiday");
    for line in &lines[1..] {
        assert!(line["problem"].as_str().is_some_and(|problem| !problem.is_empty()), "{line}");
    }
    assert_eq!(lines[1]["width"], 4, "what is there is told all the same");
    assert!(!output.status.success());
    assert!(text(&output.stderr).starts_with("error: read: 3 of 5 files"), "{}", text(&output.stderr));
    arguments.remove(1);
    let plain = text(&easel(home.path(), &arguments).stdout);
    assert!(plain.contains("PNG, 4 x 3") && !plain.contains('\u{202e}'), "{plain}");
}

#[test]
fn jobs_tells_how_calls_ended_that_brought_no_picture() {
    let home = tempfile::tempdir().unwrap();
    let none = easel(home.path(), &["jobs", "--json"]);
    assert!(!none.status.success() && !home.path().join("library").exists(), "it makes no library");
    for prompt in ["a lake @@refusal", "a hill @@402"] {
        assert!(!generate(home.path(), prompt, &[]).status.success());
    }
    let output = easel(home.path(), &["jobs", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = lines(&output.stdout);
    let refused = lines.iter().find(|line| line["prompt"] == "a lake @@refusal").unwrap();
    assert_eq!((&refused["state"], &refused["kind"]), (&"failed".into(), &"content_policy".into()), "{refused}");
    assert!(text(&easel(home.path(), &["jobs"]).stdout).contains("a lake @@refusal"));
}

#[test]
fn import_tells_what_became_of_every_file() {
    let home = tempfile::tempdir().unwrap();
    let from = home.path().join("from");
    std::fs::create_dir_all(from.join("@eaDir")).unwrap();
    let fox = png(&from, "fox.png", &[("parameters", "a fox\nSteps: 20, Sampler: Euler a, Seed: 7")]);
    png(&from.join("@eaDir"), "thumb.png", &[]);
    std::fs::write(from.join("notes.txt"), "no picture").unwrap();
    let output = easel(home.path(), &["import", "--json", from.to_str().unwrap()]);
    assert!(output.status.success(), "what else lies in a folder is no failure: {}", text(&output.stderr));
    let lines = lines(&output.stdout);
    let states: Vec<_> = lines.iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["imported", "refused"], "{lines:?}");
    assert_eq!(std::fs::read(lines[0]["path"].as_str().unwrap()).unwrap(), std::fs::read(&fox).unwrap());
    let again = text(&easel(home.path(), &["import", fox.to_str().unwrap()]).stdout);
    assert!(again.starts_with("known\t"), "{again}");
    let refused = easel(home.path(), &["import", from.join("notes.txt").to_str().unwrap()]);
    assert!(!refused.status.success(), "what was named itself and is no picture is a failure");
}

#[test]
fn import_and_jobs_work_beside_a_running_window() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("library");
    let mut studio = StudioHarness::open(&dir, Wish::default());
    let fox = png(home.path(), "fox.png", &[]);
    let (home_dir, path) = (home.path().to_owned(), fox.to_str().unwrap().to_owned());
    let shell = std::thread::spawn(move || {
        [easel(&home_dir, &["import", "--json", &path]), easel(&home_dir, &["jobs", "--json"])]
    });
    studio.step_until("the shell has ended", |_| shell.is_finished());
    let [imported, jobs] = shell.join().unwrap();
    assert!(imported.status.success() && jobs.status.success(), "{}", text(&imported.stderr));
    assert_eq!(lines(&imported.stdout)[0]["state"], "imported");
    studio.step_until("the window shows it", |app| app.studio().collection.count() == 1);
    assert!(std::fs::read_dir(dir.join("inbox")).unwrap().next().is_none(), "nothing of the request is left");
}

#[test]
fn an_import_of_the_shell_is_stopped_in_the_window_and_tells_so() {
    let home = tempfile::tempdir().unwrap();
    let mut studio = StudioHarness::open(&home.path().join("library"), Wish::default());
    let from = home.path().join("from");
    std::fs::create_dir_all(&from).unwrap();
    for number in 0..600 {
        png(&from, &format!("{number}.png"), &[("Title", &number.to_string())]);
    }
    let (home_dir, path) = (home.path().to_owned(), from.to_str().unwrap().to_owned());
    let shell = std::thread::spawn(move || easel(&home_dir, &["import", "--json", &path]));
    studio.step_until_seen("Stop importing");
    studio.click("Stop importing");
    studio.step_until("the shell has ended", |_| shell.is_finished());
    let output = shell.join().unwrap();
    let [line] = &lines(&output.stdout)[..] else { panic!("{}", text(&output.stdout)) };
    assert!(line["problem"].as_str().unwrap().contains("stopped in the window"), "{line}");
    assert!(!output.status.success());
}
