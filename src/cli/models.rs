//! `easel models`: the list, with an honest price for each.

use super::session::{Session, wire};
use super::{Args, Environment, Failure, say, say_json};
use crate::api::Model;
use crate::engine::Snapshot;
use crate::plan::{display_name, price_line};
use serde_json::json;

pub(super) fn run(args: &Args, environment: Environment, as_json: bool) -> Result<(), Failure> {
    let session = Session::start(args, environment)?;
    let mut told = 0;
    let ended = session.wait(|snapshot, _| {
        if let (None, Some(error)) = (&snapshot.models.value, &snapshot.models.error) {
            return Some(Err(wire(error)));
        }
        let list = snapshot.models.value.as_ref().filter(|_| !snapshot.models.loading)?;
        // Endpoints come one by one; each has come or failed. A long list is told as far as it is known.
        let is_known = |model: &Model| {
            snapshot.endpoints.get(&model.id).is_some_and(|remote| remote.value.is_some() || remote.error.is_some())
        };
        for model in list.models.iter().skip(told).take_while(|model| is_known(model)) {
            let line = line(snapshot, model, as_json);
            if as_json {
                say_json(&line);
            } else {
                say(&line);
            }
            told += 1;
        }
        (told >= list.models.len()).then_some(Ok(()))
    });
    session.stop();
    ended
}

fn line(snapshot: &Snapshot, model: &Model, as_json: bool) -> String {
    let endpoints = snapshot.endpoints_of(&model.id).map(|endpoints| endpoints.as_slice());
    let price = price_line(endpoints);
    let price = [price.text.as_str(), price.detail.as_str()].join(" ");
    if !as_json {
        return format!("{}\t{}\t{}", model.id, display_name(model).0, price.trim());
    }
    json!({
        "id": model.id,
        "name": model.name,
        "supports_streaming": model.supports_streaming,
        "supported_parameters": model.supported_parameters.to_value(),
        "endpoints": endpoints.map(|list| list.iter().map(crate::api::Endpoint::to_value).collect::<Vec<_>>()),
        "price": price.trim(),
    })
    .to_string()
}
