//! What the environment tells, taken once, before anything else runs.
//!
//! Invariant: no child of this process inherits the key, also not one that a library starts (a file dialog, a browser).

use crate::engine::Secret;

const KEY: &str = "OPENROUTER_API_KEY";
const BASE: &str = "OPENROUTER_API_BASE";

/// The variables that are ours; empty ones are none.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub key: Option<Secret>,
    pub base: Option<String>,
}

impl Environment {
    /// Reads the variables and takes the key out of the environment. To be called while no other thread runs.
    pub fn take() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        let (key, base) = (variable(KEY).map(Secret), variable(BASE));
        if std::env::var_os(KEY).is_some() {
            #[expect(
                unsafe_code,
                reason = "the only way to keep children that libraries start from inheriting the key"
            )]
            // SAFETY: `main` calls this first, so no other thread reads or writes the environment.
            unsafe {
                std::env::remove_var(KEY);
            }
        }
        Self { key, base }
    }
}
