//! Where a picture is: what the index expects of it against what the folder holds, as a pure decision.
//!
//! Imports nothing. The protocols (ingest, recovery, trash, check, rebuild) say what each name in question holds, and do
//! what follows. Invariant: a file may be deleted only where this says that another name holds the same picture
//! ([`Location::Copy`]), when the trash is emptied, that it is the picture ([`Location::InPlace`]), or that it only took a
//! name ([`is_claim`]).

/// What a name in the folder holds, compared with the length and the hash of the picture that is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    /// A folder or the like.
    NoFile,
    /// Exactly the picture's bytes, or the very file that has the picture's name.
    Picture,
    /// Other bytes; of a name that is not the picture's own also a file that belongs to another picture.
    Other,
}

/// Where a picture is; `P` tells one of the places apart that were looked at besides its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location<P> {
    /// Under its own name alone.
    InPlace,
    /// Under its own name and under this one: either may go, not both.
    Copy(P),
    /// Under this name, and not under its own.
    At(P),
    /// Nowhere that was looked at, but its name holds other bytes.
    Changed,
    /// Nowhere that was looked at.
    Missing,
}

/// Decides where a picture is, by what its own name holds and what other places hold; of these the first that has it.
pub(super) fn locate<P>(own: Held, elsewhere: impl IntoIterator<Item = (P, Held)>) -> Location<P> {
    let found = elsewhere.into_iter().find_map(|(place, held)| (held == Held::Picture).then_some(place));
    match (own, found) {
        (Held::Picture, None) => Location::InPlace,
        (Held::Picture, Some(place)) => Location::Copy(place),
        (_, Some(place)) => Location::At(place),
        (Held::Other, None) => Location::Changed,
        (Held::Nothing | Held::NoFile, None) => Location::Missing,
    }
}

/// Says whether a file of this length is no more than a claim: it took the name for a picture of ours (`bytes` long) that
/// was to be renamed over it, and did not come. Only such a file may make way.
pub(super) fn is_claim(found: u64, bytes: u64, is_ours: bool) -> bool {
    found == 0 && bytes > 0 && is_ours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_file_of_ours_makes_way_for_a_picture_that_is_not_empty() {
        for (found, bytes, is_ours, expected) in [
            (0, 100, true, true),
            (0, 100, false, false),
            (0, 0, true, false),
            (1, 100, true, false),
            (100, 100, true, false),
            (1, 0, true, false),
        ] {
            assert_eq!(is_claim(found, bytes, is_ours), expected, "{found}, {bytes}, {is_ours}");
        }
    }

    #[test]
    fn a_picture_is_where_its_bytes_are() {
        use Held::{NoFile, Nothing, Other, Picture};
        let table: [(Held, &[Held], Location<usize>); 14] = [
            (Picture, &[], Location::InPlace),
            (Picture, &[Nothing, NoFile, Other], Location::InPlace),
            (Picture, &[Picture], Location::Copy(0)),
            (Picture, &[Other, Picture, Picture], Location::Copy(1)),
            (Other, &[], Location::Changed),
            (Other, &[Other, Nothing], Location::Changed),
            (Other, &[Picture], Location::At(0)),
            (Other, &[Nothing, Picture], Location::At(1)),
            (Nothing, &[], Location::Missing),
            (Nothing, &[Other, NoFile], Location::Missing),
            (Nothing, &[Picture], Location::At(0)),
            (NoFile, &[], Location::Missing),
            (NoFile, &[Other], Location::Missing),
            (NoFile, &[NoFile, Other, Picture], Location::At(2)),
        ];
        for (own, others, expected) in table {
            let found = locate(own, others.iter().copied().enumerate());
            assert_eq!(found, expected, "{own:?}, {others:?}");
        }
    }

    #[test]
    fn nothing_but_the_picture_itself_is_ever_a_copy() {
        let all = [Held::Nothing, Held::NoFile, Held::Picture, Held::Other];
        for (own, other) in all.into_iter().flat_map(|own| all.map(|other| (own, other))) {
            let may_go = matches!(locate(own, [((), other)]), Location::Copy(()));
            assert_eq!(may_go, own == Held::Picture && other == Held::Picture, "{own:?}, {other:?}");
        }
    }
}
