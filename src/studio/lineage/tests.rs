//! What is read when, and what the lines say.

use super::super::Studio;
use super::*;
use crate::library::LibraryContents;
use crate::library::testing::{picture, run};

fn studio() -> Studio {
    use crate::engine::{Service, ServiceKind, Snapshot};
    let service = Service { kind: ServiceKind::Demo, base: String::new(), key: None };
    let mut studio = Studio::new(Arc::new(Snapshot::new(service)), |_| None);
    let trashed = Picture { trashed_ms: Some(1), ..picture(1, 2) };
    studio.collection = LibraryContents::new(vec![run(1)], vec![picture(1, 0), picture(1, 1)], vec![trashed]);
    studio
}

fn kin(generation: i32, next: Option<usize>, link: Relation, who: Subject) -> LineageNode {
    LineageNode { generation, next, link, who }
}

fn id(n: i64) -> PictureId {
    picture(1, n).id
}

#[test]
fn a_lineage_is_read_once_and_again_when_pictures_come_or_go() {
    let mut lineages = Lineages::default();
    assert_eq!(lineages.get(&id(0)), None);
    assert_eq!((lineages.wanted(), lineages.wanted()), (Some(id(0)), None));
    assert_eq!((lineages.get(&id(0)), lineages.wanted()), (None, None), "it is on its way");
    lineages.take(id(0), Arc::default());
    assert!(lineages.get(&id(0)).is_some() && lineages.wanted().is_none());
    lineages.outdate();
    assert!(lineages.get(&id(0)).is_some(), "the old one stays on screen meanwhile");
    assert_eq!(lineages.wanted(), Some(id(0)));
    assert_eq!((lineages.get(&id(1)), lineages.wanted()), (None, Some(id(1))));
}

#[test]
fn lines_say_what_each_is_and_how_it_belongs() {
    let studio = studio();
    let alone = Lineage { kin: vec![kin(0, None, Relation::Itself, Subject::Picture(id(0)))] };
    assert_eq!(studio.kin_lines(&alone), []);
    let file = Subject::File { name: "sketch.png".into(), hash: "00".into() };
    let gone = Subject::Gone { name: "old.png".into() };
    let more = Subject::More { count: 12, ids: vec![] };
    let lineage = Lineage {
        kin: vec![
            kin(-2, Some(1), Relation::Reference, file),
            kin(-1, Some(3), Relation::Settings, Subject::Picture(id(1))),
            kin(-1, Some(3), Relation::Reference, gone),
            kin(0, None, Relation::Itself, Subject::Picture(id(0))),
            kin(1, Some(3), Relation::Reference, Subject::Picture(id(2))),
            kin(1, Some(3), Relation::Reference, more),
            kin(1, Some(3), Relation::Partial, Subject::Picture(id(1))),
            kin(-1, Some(3), Relation::Partial, Subject::Gone { name: "A picture".into() }),
        ],
    };
    let lines = studio.kin_lines(&lineage);
    let said: Vec<_> = lines.iter().map(|line| (line.depth, line.title.as_str(), line.note.as_str())).collect();
    assert_eq!(
        said,
        [
            (0, "sketch.png", "a file of yours, reference"),
            (1, "p", "settings from it"),
            (1, "old.png", "not in the library any more"),
            (2, "p", "this picture"),
            (3, "p", "made from it, in the trash"),
            (3, "and 12 more", ""),
            (3, "p", "came on the way to it"),
            (1, "A picture", "a partial of it, not in the library any more"),
        ]
    );
}
