//! The program without a window, as scripts use it.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn easel(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
    command.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.arg("--library").arg(home.join("library")).args(arguments).output().unwrap()
}

pub(crate) fn generate(home: &Path, prompt: &str, more: &[&str]) -> Output {
    let mut arguments = vec!["generate", "--demo", "--pace", "0", "--model", "easel/atelier", "--prompt", prompt];
    arguments.extend(["--set", "resolution=512"]);
    arguments.extend(more);
    easel(home, &arguments)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn generate_prints_a_line_for_every_stored_picture_and_succeeds() {
    let home = tempfile::tempdir().unwrap();
    for more in [&["--set", "n=2"][..], &["--set", "n=2", "--stream"]] {
        let output = generate(home.path(), "a teal lake", more);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let stdout = text(&output.stdout);
        let lines: Vec<Vec<&str>> = stdout.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines.len(), 2, "{stdout}");
        for fields in lines {
            let [_, path, media_type, width, height, cost, milliseconds] = fields[..] else { panic!("{fields:?}") };
            assert_eq!((media_type, width, height), ("image/png", "512", "512"));
            assert!(cost.parse::<f64>().unwrap() > 0.0 && milliseconds.parse::<u64>().is_ok());
            let bytes = std::fs::read(path).unwrap();
            assert!(bytes.starts_with(b"\x89PNG"), "the received bytes are in the file");
            let recipe = std::fs::read_to_string(Path::new(path).with_extension("json")).unwrap();
            assert!(recipe.contains("a teal lake") && recipe.contains("\"resolution\": \"512\""));
        }
    }
}

#[test]
fn json_lines_say_the_same() {
    let home = tempfile::tempdir().unwrap();
    let output = generate(home.path(), "dunes", &["--json", "--set", "seed=4"]);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["width"], 512);
    assert!(line["path"].as_str().unwrap().contains("dunes"));
}

#[test]
fn a_failure_is_typed_and_the_exit_says_so() {
    let home = tempfile::tempdir().unwrap();
    for (prompt, kind) in [
        ("x @@401", "unauthorized"),
        ("x @@refusal", "content_policy"),
        ("x @@400", "invalid_request"),
        ("x @@cut", "cut_off"),
        ("x @@empty", "empty_answer"),
        ("x @@corrupt", "cut_off"),
        ("x @@cut-before", "connection_broken"),
    ] {
        let output = generate(home.path(), prompt, &[]);
        assert!(!output.status.success(), "{prompt}");
        assert!(text(&output.stderr).starts_with(&format!("error: {kind}: ")), "{prompt}: {}", text(&output.stderr));
        // What came of a picture is kept, and told like every other.
        assert_eq!(text(&output.stdout).lines().count(), usize::from(kind == "cut_off"), "{prompt}");
    }
}

#[test]
fn fewer_than_asked_are_stored_printed_and_still_a_failure() {
    let home = tempfile::tempdir().unwrap();
    let output = generate(home.path(), "x @@fewer", &["--set", "n=3"]);
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert!(!output.status.success());
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("error: fewer_than_asked: ") && stderr.contains("2 of 3"), "{stderr}");
}

#[test]
fn what_passes_by_itself_is_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let output = generate(home.path(), "x @@429-once", &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_setting_the_model_does_not_take_is_refused_before_sending() {
    let home = tempfile::tempdir().unwrap();
    for (set, part) in [("steps=4", "steps"), ("resolution=9K", "resolution"), ("n=101", "n"), ("n=0", "n")] {
        let output = generate(home.path(), "x", &["--set", set]);
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with("error: invalid_request: ") && stderr.contains(part), "{set}: {stderr}");
    }
    let output = easel(home.path(), &["generate", "--demo", "--model", "a/b", "--prompt", "x"]);
    assert!(text(&output.stderr).starts_with("error: not_found: "));
}

#[test]
fn references_are_sent_kept_and_named_in_the_recipe() {
    let home = tempfile::tempdir().unwrap();
    let first = generate(home.path(), "a copper sunset", &["--json"]);
    let line: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    let file = line["path"].as_str().unwrap();
    let output = generate(home.path(), "the same at night", &["--json", "--reference", file]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let recipe = std::fs::read_to_string(Path::new(line["path"].as_str().unwrap()).with_extension("json")).unwrap();
    let recipe: serde_json::Value = serde_json::from_str(&recipe).unwrap();
    let address = recipe.pointer("/request/input_references/0/image_url/url").unwrap().as_str().unwrap();
    let hash = address.strip_prefix("blake3:").unwrap();
    let kept = std::fs::read_dir(home.path().join("library/references")).unwrap();
    assert!(kept.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(hash)));
    let missing = generate(home.path(), "x", &["--reference", "nowhere.png"]);
    assert!(text(&missing.stderr).starts_with("error: reference_unusable: "));
}

#[test]
#[cfg(unix)]
fn files_of_any_name_are_taken_and_pipes_are_refused_in_a_sentence() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = tempfile::tempdir().unwrap();
    let odd = home.path().join(std::ffi::OsStr::from_bytes(b"bad\xff\xfename.png"));
    let pipe = home.path().join("pipe.png");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let first = generate(home.path(), "a copper sunset", &["--json"]);
    let line: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    std::fs::copy(line["path"].as_str().unwrap(), &odd).unwrap();
    let run = |arguments: &[&str], file: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
        command.env_clear().env("HOME", home.path()).arg("--library").arg(home.path().join("library"));
        command.args(arguments).arg(file).output().unwrap()
    };
    let again = ["generate", "--demo", "--pace", "0", "--model", "easel/atelier", "--prompt", "a fox", "--reference"];
    for arguments in [&again[..], &["read"], &["import"]] {
        let output = run(arguments, &odd);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        for endless in [&pipe, Path::new("/dev/zero")] {
            let output = run(arguments, endless);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(!output.status.success() && said.contains("no ordinary file"), "{arguments:?}: {output:?}");
        }
    }
}

#[test]
fn models_lists_ids_names_and_prices() {
    let home = tempfile::tempdir().unwrap();
    let output = easel(home.path(), &["models", "--demo"]);
    let stdout = text(&output.stdout);
    assert!(stdout.contains("easel/atelier\tAtelier\t") && stdout.contains("price unknown"), "{stdout}");
    let output = easel(home.path(), &["models", "--demo", "--json"]);
    for line in text(&output.stdout).lines() {
        let model: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(model["endpoints"].is_array());
    }
}

#[test]
fn without_a_display_or_a_writable_library_one_sentence_is_said() {
    let home = tempfile::tempdir().unwrap();
    let output = easel(home.path(), &["--demo"]);
    assert!(!output.status.success());
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("easel: ") && stderr.contains("display"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let file = home.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
    let output = command.arg("--library").arg(file.join("library")).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
}

#[test]
fn the_key_is_in_no_file_and_no_output() {
    let home = tempfile::tempdir().unwrap();
    let secret = "sk-or-v1-very-secret-0123456789abcdef";
    let server = crate::support::DemoServer::start();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
        command.env_clear().env("HOME", home.path()).env("OPENROUTER_API_KEY", secret).env("RUST_LOG", "trace");
        command.arg("--library").arg(home.path().join("library")).args(["--api-base", &server.base]);
        command.args(arguments).output().unwrap()
    };
    let refused = run(&["generate", "--model", "easel/atelier", "--prompt", "x"]);
    assert!(text(&refused.stderr).contains("error: unauthorized: "), "{}", text(&refused.stderr));
    for output in [refused, run(&["models"])] {
        assert!(!text(&output.stderr).contains(secret) && !text(&output.stdout).contains(secret));
    }
    let mut files = 0;
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files += 1;
                let bytes = std::fs::read(entry.path()).unwrap();
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "the key is in {}", entry.path().display());
            }
        }
    }
    assert!(files > 2, "something was written: {files}");
}

#[test]
fn what_the_library_will_not_take_is_saved_elsewhere_and_nobody_waits() {
    let home = tempfile::tempdir().unwrap();
    // A file where the folder of this month would be; around midnight of its last day that of the next.
    let pictures = home.path().join("library/pictures");
    assert!(generate(home.path(), "a first lake", &[]).status.success());
    std::fs::rename(&pictures, home.path().join("first")).unwrap();
    std::fs::create_dir(&pictures).unwrap();
    let now = jiff::Zoned::now();
    for day in [now.clone(), now.tomorrow().unwrap()] {
        std::fs::write(pictures.join(day.strftime("%Y-%m").to_string()), b"in the way").unwrap();
    }
    let rescue = home.path().join("rescue");
    let output = generate(home.path(), "a {red|blue} lake", &["--rescue", rescue.to_str().unwrap()]);
    let stderr = text(&output.stderr);
    assert!(!output.status.success() && stderr.starts_with("error: disk: "), "{stderr}");
    assert!(stderr.contains("would not take 2 pictures") && stderr.contains("saved in"), "{stderr}");
    let saved: Vec<_> = std::fs::read_dir(&rescue).unwrap().map(|entry| entry.unwrap().path()).collect();
    let png = |path: &&std::path::PathBuf| path.extension().is_some_and(|extension| extension == "png");
    assert_eq!((saved.iter().filter(png).count(), saved.len()), (2, 4), "each with its recipe: {saved:?}");
}

#[test]
fn check_and_rebuild_make_no_library_where_there_is_none() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("library");
    for task in ["check", "rebuild"] {
        let output = easel(home.path(), &["library", task]);
        assert!(!output.status.success() && text(&output.stderr).contains("there is no library"), "{output:?}");
        assert!(!dir.exists());
    }
    assert!(generate(home.path(), "a fox", &[]).status.success());
    std::fs::remove_file(dir.join("easel.db")).unwrap();
    let output = easel(home.path(), &["library", "check"]);
    assert!(!output.status.success() && text(&output.stderr).contains("index of this library is lost"), "{output:?}");
    assert!(!dir.join("easel.db").exists());
    assert!(easel(home.path(), &["library", "rebuild"]).status.success());
    assert!(easel(home.path(), &["library", "check"]).status.success());
}
