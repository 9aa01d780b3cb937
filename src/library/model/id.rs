//! The names of runs, jobs and pictures, and how new ones are made.
//!
//! 48 bits of Unix milliseconds and 80 random bits in Crockford's base32: 26 characters that sort by time. Invariant:
//! within one process every new name sorts after all earlier ones, whatever the clock does.

use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Names a run: one press of Generate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl std::borrow::Borrow<str> for RunId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Names a job: one HTTP call of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// Names a picture; sorts by the time it was stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PictureId(pub String);

/// What stands for the job of a picture that came from elsewhere.
const IMPORTED: &str = "imported";

impl JobId {
    /// Names what has no job: a picture that came from elsewhere.
    pub fn imported() -> Self {
        Self(IMPORTED.to_owned())
    }

    /// Says whether this stands for no job.
    pub fn is_imported(&self) -> bool {
        self.0 == IMPORTED
    }
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static LAST: Mutex<u128> = Mutex::new(0);

macro_rules! new_name {
    ($($name:ident),*) => {$(
        #[expect(clippy::new_without_default, reason = "every call gives another name; a default would hide that")]
        impl $name {
            /// Makes a new name: 26 characters, unique, sorting after every name made before by this process.
            pub fn new() -> Self {
                Self(encode(next()))
            }
        }
    )*};
}

new_name!(RunId, JobId, PictureId);

/// Returns the local clock in Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Returns the Unix milliseconds at which a name was made; `None`: it is not one of ours.
pub(in crate::library) fn made_ms(name: &str) -> Option<i64> {
    let digit = |byte: u8| ALPHABET.iter().position(|letter| *letter == byte);
    let digits = name.bytes().map(digit).collect::<Option<Vec<_>>>().filter(|digits| digits.len() == 26)?;
    let ms = digits.iter().take(10).fold(0_i64, |ms, digit| (ms << 5) | *digit as i64);
    (ms < 1 << 48).then_some(ms)
}

fn next() -> u128 {
    let now = u128::from(u64::try_from(now_ms()).unwrap_or(0) & 0xffff_ffff_ffff);
    let fresh = (now << 80) | (fastrand::u128(..) >> 48);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    *last = fresh.max(last.saturating_add(1));
    *last
}

fn encode(value: u128) -> String {
    (0..26)
        .rev()
        .map(|place| char::from(ALPHABET.get((value >> (place * 5)) as usize & 31).copied().unwrap_or(b'0')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_26_characters_and_sort_in_order_of_making() {
        let names: Vec<_> = (0..5_000).map(|_| PictureId::new()).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(names.iter().all(|name| name.0.len() == 26 && name.0.bytes().all(|byte| ALPHABET.contains(&byte))));
    }

    #[test]
    fn encoding_keeps_the_order_of_numbers() {
        assert_eq!(encode(0), "0".repeat(26));
        assert_eq!(encode(33), format!("{}11", "0".repeat(24)));
        assert_eq!(encode(u128::MAX), format!("7{}", "Z".repeat(25)));
    }

    #[test]
    fn the_time_is_in_front() {
        let (earlier, later) = (encode(1_700_000_000_000 << 80), encode((1_700_000_000_001 << 80) | 7));
        assert!(earlier < later);
        assert_eq!(encode(1_700_000_000_000 << 80)[..10], encode((1_700_000_000_000 << 80) | 99)[..10]);
    }

    #[test]
    fn the_time_is_read_from_names_of_ours_alone() {
        assert_eq!(made_ms(&encode((1_700_000_000_000 << 80) | 99)), Some(1_700_000_000_000));
        for strange in ["", "imported", "../../../../../../../../ab", &"Z".repeat(26), &"0".repeat(27), &"u".repeat(26)]
        {
            assert_eq!(made_ms(strange), None, "{strange}");
        }
    }
}
