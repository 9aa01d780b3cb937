//! The hash that names contents.
//!
//! Imports nothing. Invariant: what passes for a hash can do no harm in a path.

/// Begins an address that is the hash of bytes which the library keeps.
pub(super) const CONTENT_ADDRESS_PREFIX: &str = "blake3:";

/// Returns the blake3 hash of some bytes: 64 lower-case hex digits.
pub fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Says whether a text is a hash as [`content_hash`] makes it, and so can do no harm in a path.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_hashes_pass_as_hashes() {
        assert!(is_hash(&content_hash(b"fox")));
        for text in ["", "../../etc/passwd", "ABCD", &"g".repeat(64), &"A".repeat(64)] {
            assert!(!is_hash(text), "{text}");
        }
    }
}
