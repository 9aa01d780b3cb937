//! Lists of many rows.

use super::super::index::pictures;
use super::*;

#[test]
fn ten_thousand_rows_come_back_whole_and_in_order() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let job = job(&run, 0, 1);
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    let kept = library.stage(&recipe(&job, 0), &bytes(0), Some(Format::WebP)).unwrap();
    let all = library.db.transaction().unwrap();
    for number in 0..10_000 {
        let recipe = recipe(&job, number);
        let trashed_ms = (number % 10 == 0).then_some(i64::from(number));
        let picture = Picture { id: recipe.id.clone(), position: number, trashed_ms, ..kept.picture().clone() };
        pictures::insert(&all, &picture, &recipe).unwrap();
    }
    all.commit().unwrap();
    let pictures = library.pictures().unwrap();
    assert_eq!(pictures.len(), 9_000);
    assert!(pictures.windows(2).all(|pair| pair[0].id > pair[1].id));
    assert_eq!((pictures[0].position, pictures[0].format), (9_999, Format::WebP));
    let (runs, newest) = library.newest(50).unwrap();
    assert_eq!((runs.len(), newest.as_slice()), (1, &pictures[..50]));
    assert!(library.newest(20_000).unwrap().1 == pictures);
    let trashed = library.trashed().unwrap();
    assert_eq!((trashed.len(), trashed[0].position), (1_000, 9_990));
    assert_eq!(library.spent_since(0).unwrap(), Spent { cost: 2_500.0, unknown: 0, pictures: 10_000 });
}

#[test]
fn lists_are_read_in_the_order_of_an_index() {
    let folder = folder();
    let library = Library::open(folder.path()).unwrap();
    for (query, index) in [
        ("SELECT * FROM pictures WHERE trashed_ms IS NULL ORDER BY id DESC", "SCAN pictures"),
        ("SELECT * FROM pictures WHERE trashed_ms IS NULL ORDER BY id DESC LIMIT 500", "SCAN pictures"),
        ("SELECT * FROM runs ORDER BY id DESC", "SCAN runs"),
        ("SELECT elapsed_ms FROM pictures WHERE model = 'x' ORDER BY id DESC LIMIT 20", "pictures_by_model"),
        ("SELECT TOTAL(cost), COUNT(*) FROM charges WHERE created_ms >= 7", "charges_by_time"),
        ("SELECT * FROM jobs WHERE state <> 'stored' AND dismissed = 0 ORDER BY run, position", "jobs_open"),
        ("SELECT id FROM pictures WHERE job = 'x'", "pictures_by_job"),
        ("SELECT 1 FROM pictures WHERE hash = 'x'", "pictures_by_hash"),
    ] {
        let mut plan = library.db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let steps: Vec<String> = plan.query_map([], |row| row.get(3)).unwrap().map(|step| step.unwrap()).collect();
        assert!(steps.len() == 1 && steps[0].contains(index), "{query}: {steps:?}");
    }
}
