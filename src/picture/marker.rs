//! Finds the markers of a JPEG before its pixels.
//!
//! Imports nothing. Any number of bytes may stand before a marker: fill bytes by the standard, others by mistake. They are
//! passed sixteen at a time, and of a file that is nothing but these no more than [`MOST_BETWEEN`] is looked at.

/// Bytes before one marker, at the most.
const MOST_BETWEEN: usize = 32 << 20;

const FILL: [u8; 16] = [0xff; 16];

/// Finds the next marker that has content, or ends the file: returns it and where what belongs to it begins. `None`: there is none.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let bytes = bytes.get(..from.saturating_add(MOST_BETWEEN)).unwrap_or(bytes);
    let mut at = from;
    loop {
        at += run(bytes.get(at..)?, |chunk| !chunk.contains(&0xff));
        at += run(bytes.get(at..)?, |chunk| FILL.starts_with(chunk));
        let marker = *bytes.get(at)?;
        at += 1;
        if !matches!(marker, 0 | 0x01 | 0xd0..=0xd8) {
            return Some((marker, at));
        }
    }
}

/// Counts the bytes at the start of which this is true.
fn run(bytes: &[u8], is_in: impl Fn(&[u8]) -> bool) -> usize {
    let chunks = bytes.chunks_exact(16).take_while(|chunk| is_in(chunk)).count() * 16;
    let rest = bytes.get(chunks..).unwrap_or_default();
    chunks + rest.iter().take_while(|byte| is_in(std::slice::from_ref(*byte))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_marker_is_found_behind_whatever_stands_before_it() {
        let fill = [0xff; 40];
        let stray = [7; 40];
        type Row<'a> = (&'a [&'a [u8]], Option<(u8, usize)>);
        let table: [Row<'_>; 8] = [
            (&[b"\xff\xe0"], Some((0xe0, 2))),
            (&[&fill, b"\xe0"], Some((0xe0, 41))),
            (&[&stray, b"\xff\xe0"], Some((0xe0, 42))),
            (&[&stray, &fill, b"\x00", &stray, b"\xff\xd8\xff\xd9"], Some((0xd9, 125))),
            (&[&fill], None),
            (&[&stray], None),
            (&[b"\xff"], None),
            (&[], None),
        ];
        for (parts, expected) in table {
            assert_eq!(next(&parts.concat(), 0), expected, "{parts:x?}");
        }
        let endless = [vec![0xff; MOST_BETWEEN], b"\xe0".to_vec()].concat();
        assert_eq!((next(&endless, 0), next(&endless, 1)), (None, Some((0xe0, MOST_BETWEEN + 1))));
    }
}
