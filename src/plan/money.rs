//! Sums of money as people read them.
//!
//! May import nothing of ours. Invariant: what is not known is never shown as a number, least of all as zero.

use std::fmt;

/// An amount of US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Usd(pub f64);

/// Says what a request will cost.
#[derive(Clone, Debug, PartialEq)]
pub enum Cost {
    /// The stated prices leave no choice.
    Exact(Usd),
    /// This much if all pictures come that are asked for; fewer may.
    AtMost(Usd),
    /// Between two sums, ends included: the provider decides, or the price depends on the pixels that come.
    About { low: Usd, high: Usd },
    /// At least this much: something is charged for in a way that this version cannot count.
    AtLeast { low: Usd, left_out: String },
    /// No sum can be stated; `reason` is a phrase for people.
    Unknown { reason: String },
}

impl Usd {
    /// Returns the sum without its sign, with two decimals, more below ten cents (two significant digits).
    fn digits(self) -> String {
        let sum = self.0.abs();
        let mut decimals = 2_usize;
        let mut unit = 0.1;
        while sum > 0.0 && sum < unit && decimals < 9 {
            unit /= 10.0;
            decimals += 1;
        }
        let mut text = format!("{sum:.decimals$}");
        while text.ends_with('0') && text.rfind('.').is_some_and(|point| text.len() - point > 3) {
            text.pop();
        }
        text
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let negative = self.0 < 0.0 && digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        write!(f, "{}${digits}", if negative { "-" } else { "" })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(sum) | Self::AtMost(sum) if sum.0 == 0.0 => f.write_str("free"),
            Self::Exact(sum) => write!(f, "{sum}"),
            Self::AtMost(sum) => write!(f, "at most {sum}"),
            Self::About { low, high } if low.digits() == high.digits() => write!(f, "about {low}"),
            Self::About { low, high } => write!(f, "about {low}–{}", high.digits()),
            Self::AtLeast { low, .. } => write!(f, "at least {low}"),
            Self::Unknown { .. } => f.write_str("price unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_show_cents_and_what_is_smaller() {
        for (sum, text) in [
            (0.04, "$0.04"),
            (4.0 * 0.04, "$0.16"),
            (1.2, "$1.20"),
            (12.345, "$12.35"),
            (0.003, "$0.003"),
            (0.0125, "$0.013"),
            (0.045, "$0.045"),
            (0.018, "$0.018"),
            (0.607, "$0.61"),
            (0.099_99, "$0.10"),
            (0.000_03, "$0.00003"),
            (0.0, "$0.00"),
            (-0.42, "-$0.42"),
            (-0.0, "$0.00"),
        ] {
            assert_eq!(Usd(sum).to_string(), text, "{sum}");
        }
    }

    #[test]
    fn costs_say_how_sure_they_are() {
        let about = |low, high| Cost::About { low: Usd(low), high: Usd(high) };
        for (cost, text) in [
            (Cost::Exact(Usd(0.16)), "$0.16"),
            (Cost::Exact(Usd(0.0)), "free"),
            (Cost::AtMost(Usd(0.16)), "at most $0.16"),
            (Cost::AtMost(Usd(0.0)), "free"),
            (about(0.16, 0.16), "about $0.16"),
            (about(0.161, 0.163), "about $0.16"),
            (about(0.1, 0.24), "about $0.10–0.24"),
            (Cost::AtLeast { low: Usd(0.04), left_out: "fonts".into() }, "at least $0.04"),
            (Cost::Unknown { reason: "token-priced".into() }, "price unknown"),
        ] {
            assert_eq!(cost.to_string(), text);
        }
    }
}
