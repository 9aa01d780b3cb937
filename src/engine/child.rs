//! Other programs that Easel starts: they get what they need and not the key.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

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

#[cfg(test)]
mod tests {
    #[test]
    fn a_child_is_not_given_the_key() {
        let command = super::command("xdg-open");
        let taken = command.get_envs().find(|(name, _)| *name == "OPENROUTER_API_KEY");
        assert!(matches!(taken, Some((_, None))), "{taken:?}");
    }
}
