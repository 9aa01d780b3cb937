//! Other programs that Easel starts: they get what they need and not the key.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Variables that are nobody else's business.
const OURS: [&str; 1] = ["OPENROUTER_API_KEY"];

/// Prepares another program: without the key in its environment, and with nothing to read, write or inherit.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in OURS {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A program that opens addresses either ends soon or becomes the browser: after this long it is taken to have opened it.
const OPENING: Duration = Duration::from_secs(5);

/// Opens addresses for the artist.
#[derive(Clone, Default)]
pub enum Browser {
    /// The one that the system opens addresses with.
    #[default]
    System,
    /// Something else in its place; says whether it could.
    With(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Browser {
    /// Opens an address, and says later, on another thread, whether a browser took it.
    pub(crate) fn open(&self, url: String, told: impl FnOnce(bool) + Send + 'static) {
        let browser = self.clone();
        let opening = move || match browser {
            Self::With(open) => told(open(&url)),
            Self::System => match opener(&url).spawn() {
                Ok(child) => watch(child, told),
                Err(error) => {
                    log::debug!("no browser could be started: {error}");
                    told(false);
                }
            },
        };
        // Not one of the runtime's threads: the program that was started may run for hours.
        if let Err(error) = std::thread::Builder::new().name("easel-browser".into()).spawn(opening) {
            log::warn!("no browser could be started: {error}");
        }
    }
}

fn opener(url: &str) -> Command {
    if cfg!(windows) {
        // No shell looks at the address.
        let mut opener = command("rundll32");
        opener.arg("url.dll,FileProtocolHandler").arg(url);
        return opener;
    }
    let mut opener = command(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
    opener.arg(url);
    opener
}

/// Tells as soon as it is known, then waits for the program's end, so that it is no zombie.
fn watch(mut child: Child, told: impl FnOnce(bool)) {
    let until = Instant::now() + OPENING;
    let ended = loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            Ok(ended) => break ended,
            Err(error) => {
                log::debug!("the browser is not heard of: {error}");
                break None;
            }
        }
    };
    told(ended.is_none_or(|status| status.success()));
    if ended.is_none()
        && let Err(error) = child.wait()
    {
        log::debug!("the browser is not heard of: {error}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_child_is_not_given_the_key() {
        let command = super::command("xdg-open");
        let taken = command.get_envs().find(|(name, _)| *name == "OPENROUTER_API_KEY");
        assert!(matches!(taken, Some((_, None))), "{taken:?}");
    }
}
