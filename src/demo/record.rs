//! Writes down what the client asked for, for an outside judge: off, unless `EASEL_RECORD_REQUESTS` names a file.
//!
//! One request a line, added at the end, so that all processes of a test run may share the file.

use serde_json::Value;
use std::fs::File;
use std::io::Write as _;
use std::sync::OnceLock;

/// Records the body of a `POST /images` that the client made.
pub fn record(body: &[u8]) {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let path = std::env::var_os("EASEL_RECORD_REQUESTS")?;
        let opened = File::options().create(true).append(true).open(path);
        opened.inspect_err(|error| log::error!("requests cannot be recorded: {error}")).ok()
    };
    let Some(mut file) = FILE.get_or_init(open).as_ref() else { return };
    // What is no JSON is recorded as the text it is: the judge refuses it.
    let request =
        serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    // In one go, so that lines of several processes do not mix.
    if let Err(error) = file.write_all(format!("{request}\n").as_bytes()) {
        log::error!("a request was not recorded: {error}");
    }
}
