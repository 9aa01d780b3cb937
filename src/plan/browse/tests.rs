//! Browsing the recorded catalogue.

use super::*;
use crate::plan::testing::{Entry, catalogue, endpoint, model_of};

fn entries(catalogue: &[Entry]) -> Vec<ModelEntry<'_>> {
    catalogue.iter().map(|entry| ModelEntry { model: &entry.model, endpoints: Some(&entry.endpoints) }).collect()
}

fn found(query: &str, filters: &[Filter], sort: Sort) -> Vec<String> {
    let catalogue = catalogue();
    let places = browse(&entries(&catalogue), query, filters, sort, &[], &[]);
    places.into_iter().map(|place| catalogue[place].model.id.as_str().to_owned()).collect()
}

#[test]
fn every_word_of_the_query_must_occur_and_names_come_first() {
    assert_eq!(found("", &[], Sort::Newest).len(), 31);
    assert_eq!(found("nothing like this", &[], Sort::Newest).len(), 0);
    assert_eq!(found("SEEDREAM pro", &[], Sort::Newest), ["bytedance-seed/seedream-5-0-pro"]);
    // Ming has "references" in its description only; none has it in the name.
    assert!(found("rgba layers", &[], Sort::Newest).contains(&"inclusionai/ming-image-0.1-design-layer".to_owned()));
    // "mini" begins a word of one name, and occurs inside the words of Gemini.
    let mini = found("mini", &[], Sort::Newest);
    assert_eq!(mini[0], "openai/gpt-image-1-mini");
    assert!(mini.len() > 1 && mini[1..].iter().all(|id| id.contains("gemini")), "{mini:?}");
}

#[test]
fn filters_hold_together() {
    assert_eq!(found("", &[Filter::Vector, Filter::Streams], Sort::Name), ["quiver/arrow-1.1"]);
    let four_k = found("", &[Filter::FourK, Filter::UnderPrice], Sort::Price);
    assert_eq!(
        four_k,
        ["bytedance-seed/seedream-5-0-lite", "bytedance-seed/seedream-4.5", "black-forest-labs/flux-3-image"]
    );
    for id in found("", &[Filter::Transparent], Sort::Name) {
        assert!(id.starts_with("openai/") || id.starts_with("sourceful/"), "{id}");
    }
    assert!(found("", &[Filter::Several], Sort::Name).contains(&"qwen/qwen-image-3".to_owned()));
    assert!(!found("", &[Filter::References], Sort::Name).contains(&"meta/muse-image".to_owned()));
}

#[test]
fn filters_are_made_from_the_data() {
    let catalogue = catalogue();
    let models = entries(&catalogue);
    assert_eq!(available_filters(&models, &[], &[]), Filter::ALL[2..]);
    let own = [models[3].model.id.clone()];
    assert_eq!(available_filters(&models, &own, &own), Filter::ALL);
    assert_eq!(browse(&models, "", &[Filter::Favourites], Sort::Newest, &own, &[]), [3]);
    assert!(browse(&models, "", &[Filter::Recent], Sort::Newest, &own, &[]).is_empty());
    let plain = [endpoint(Some("one"), &[])];
    let model = model_of(&plain);
    let bare = [ModelEntry { model: &model, endpoints: Some(&plain) }];
    assert_eq!(available_filters(&bare, &[], &[]), []);
    for filter in available_filters(&models, &own, &own) {
        assert!(!browse(&models, "", &[filter], Sort::Newest, &own, &own).is_empty(), "{filter:?}");
    }
}

#[test]
fn orders_put_the_unknown_last() {
    let catalogue = catalogue();
    let by = |sort| browse(&entries(&catalogue), "", &[], sort, &[], &[]);
    let created: Vec<_> = by(Sort::Newest).into_iter().map(|place| catalogue[place].model.created).collect();
    assert!(created.is_sorted_by(|a, b| a >= b), "{created:?}");
    let names: Vec<_> =
        by(Sort::Name).into_iter().map(|p| display_name(&catalogue[p].model).0.to_lowercase()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let prices: Vec<_> =
        by(Sort::Price).into_iter().map(|p| price_line(Some(&catalogue[p].endpoints)).sort_key).collect();
    let known: Vec<f64> = prices.iter().map_while(|price| *price).collect();
    assert!(known.is_sorted() && known.len() > 15, "{prices:?}");
    assert!(prices[known.len()..].iter().all(Option::is_none), "{prices:?}");
}

#[test]
fn names_are_parted_from_their_authors() {
    let mut model = model_of(&[]);
    for (whole, name, author) in [
        ("ByteDance Seed: Seedream 4.5", "Seedream 4.5", "ByteDance Seed"),
        ("Seedream 4.5", "Seedream 4.5", "test"),
        ("Studio: One: Two", "One: Two", "Studio"),
        (": Two", ": Two", "test"),
        ("One: ", "One:", "test"),
        ("", "", "test"),
    ] {
        model.name = whole.to_owned();
        assert_eq!(display_name(&model), (name, author), "{whole}");
    }
}
