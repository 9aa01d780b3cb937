//! `easel import`: pictures from elsewhere into the library, beside a running window too.
//!
//! Where a window has the library, it is asked to do it; else it is done here. Invariants: the files themselves are never
//! touched; a line for every file; whoever is interrupted can ask again, and nothing comes in twice.

use super::{Args, Failure, Known, library_dir, say, say_aside, say_json};
use crate::engine::{Importer, files_of, taken_line};
use crate::library::{self, Library, leave_request};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long between two looks for the answer of a window.
const PAUSE: Duration = Duration::from_millis(100);
/// After this long the wait is told.
const TELL_AFTER: Duration = Duration::from_secs(3);

pub(super) fn run(args: &Args, paths: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let dir = library_dir(args)?;
    let mut whole = Vec::new();
    for path in paths {
        let path = std::path::absolute(path).map_err(|error| Failure::new("import", error))?;
        if !path.exists() {
            return Err(Failure::new("import", format!("there is nothing at {}", path.display())));
        }
        whole.push(path);
    }
    let mut sum = Sum { named: whole.clone(), as_json, refused: 0 };
    match Known::of_user().open(&dir) {
        Ok(library) => here(library, whole, &mut sum),
        Err(library::Error::Locked { .. }) => by_window(&dir, whole, &mut sum)?,
        Err(error) => return Err(error.into()),
    }
    match sum.refused {
        0 => Ok(()),
        1 => Err(Failure::new("import", "1 file was not imported")),
        count => Err(Failure::new("import", format!("{count} files were not imported"))),
    }
}

fn here(mut library: Library, paths: Vec<PathBuf>, sum: &mut Sum) {
    let mut importer = Importer::default();
    for file in files_of(paths, library.dir()) {
        let taken = importer.take(&mut library, &file);
        sum.tell(&taken_line(library.dir(), &file, &taken));
    }
}

/// Leaves it to the window, and to this process again when the window has closed before.
fn by_window(dir: &Path, paths: Vec<PathBuf>, sum: &mut Sum) -> Result<(), Failure> {
    let mut request = leave_request(dir, paths.clone())?;
    let began = Instant::now();
    let mut told = false;
    loop {
        if !told && began.elapsed() > TELL_AFTER {
            say_aside("waiting for the window that has the library; without one that knows this command, close it");
            told = true;
        }
        if let Some(lines) = request.take_answer(dir) {
            lines.iter().for_each(|line| sum.tell(line));
            return Ok(());
        }
        if !Library::is_in_use(dir) {
            match Known::of_user().open(dir) {
                Ok(library) => {
                    let answer = request.take_answer(dir);
                    request.withdraw(dir);
                    match answer {
                        Some(lines) => lines.iter().for_each(|line| sum.tell(line)),
                        None => here(library, paths, sum),
                    }
                    return Ok(());
                }
                Err(library::Error::Locked { .. }) => {}
                Err(error) => {
                    request.withdraw(dir);
                    return Err(error.into());
                }
            }
        }
        if !request.is_current(dir) && Library::is_in_use(dir) {
            // Another window has the library by now.
            request.withdraw(dir);
            request = leave_request(dir, paths.clone())?;
        }
        std::thread::sleep(PAUSE);
    }
}

struct Sum {
    /// What was named on the command line: in folders there may be anything.
    named: Vec<PathBuf>,
    as_json: bool,
    refused: usize,
}

impl Sum {
    fn tell(&mut self, line: &Value) {
        let of = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_named = self.named.iter().any(|path| path.to_string_lossy() == of("file"));
        self.refused += usize::from(of("state") == "refused" && is_named);
        match self.as_json {
            true => say_json(&line.to_string()),
            false => say([of("state"), of("file"), of("path"), of("problem")].join("\t").trim_end()),
        }
    }
}
