//! Models and endpoints: read from the service, kept on disk with their age, the last good list stays on screen.

use super::report::ServiceReply;
use super::service::Visit;
use super::service::{Service, ServiceKind};
use super::snapshot::{Catalogue, Remote};
use crate::api::{self, Endpoint, ModelId, ModelList, parse_endpoints, parse_models};
use crate::library::Library;
use futures_util::StreamExt as _;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Endpoint records read at the same time.
const PARALLEL: usize = 4;

/// The endpoints of every model that has been asked about.
pub(crate) type Endpoints = HashMap<ModelId, Remote<Arc<Vec<Endpoint>>>>;

/// Names a cached document of a service; `None`: not worth keeping (the demo's are made anew at every start).
fn cache_key(service: &Service, what: &str) -> Option<String> {
    (service.kind != ServiceKind::Demo).then(|| format!("{what} {}", service.base))
}

/// Reads the list and the endpoints of the last time; runs on the library's thread.
pub(crate) fn cached(library: &Library, service: &Service) -> (Remote<Arc<Catalogue>>, Endpoints) {
    let (mut models, mut endpoints) = (Remote::default(), Endpoints::new());
    let Some(key) = cache_key(service, "models") else {
        return (models, endpoints);
    };
    let Ok(Some((raw, read_ms))) = library.cache(&key) else {
        return (models, endpoints);
    };
    let Ok(list) = parse_models(&raw) else {
        return (models, endpoints);
    };
    for model in &list.models {
        let Some(key) = cache_key(service, &format!("endpoints {}", model.id)) else { continue };
        let Ok(Some((raw, read_ms))) = library.cache(&key) else { continue };
        if let Ok(records) = parse_endpoints(&raw) {
            let remote = Remote { value: Some(Arc::new(records)), read_ms: Some(read_ms), ..Remote::default() };
            endpoints.insert(model.id.clone(), remote);
        }
    }
    models.value = Some(Arc::new(catalogue(list)));
    models.read_ms = Some(read_ms);
    (models, endpoints)
}

fn catalogue(list: ModelList) -> Catalogue {
    Catalogue { models: list.models, skipped: list.skipped, source: list.source }
}

/// Reads the list of models, then every model's endpoints, and tells the actor of each as it comes.
pub(crate) async fn refresh(visit: Visit) {
    let list = match visit.client.models().await {
        Ok(list) => list,
        Err(error) => return visit.tell(ServiceReply::Models(Err(Arc::new(error)))),
    };
    keep(&visit, "models", list.raw.clone()).await;
    let ids: Vec<ModelId> = list.models.iter().map(|model| model.id.clone()).collect();
    visit.tell(ServiceReply::Models(Ok(Arc::new(catalogue(list)))));
    let work = ids.into_iter().map(|id| endpoints(visit.clone(), id));
    futures_util::stream::iter(work).for_each_concurrent(PARALLEL, |work| work).await;
}

/// Reads the endpoints of one model and tells the actor.
pub(crate) async fn endpoints(visit: Visit, model: ModelId) {
    let result: Result<Arc<Vec<Endpoint>>, Arc<api::Error>> = match visit.client.endpoints(&model).await {
        Ok((records, raw)) => {
            keep(&visit, &format!("endpoints {model}"), raw).await;
            Ok(Arc::new(records))
        }
        Err(error) => Err(Arc::new(error)),
    };
    visit.tell(ServiceReply::Endpoints { model, result });
}

async fn keep(visit: &Visit, what: &str, raw: Value) {
    let Some(key) = cache_key(&visit.service, what) else { return };
    let now = jiff::Timestamp::now().as_millisecond();
    if let Err(error) = visit.disk.call(move |library| library.set_cache(&key, &raw, now)).await {
        // Only the next offline start is poorer for it.
        log::warn!("the catalogue could not be kept: {error}");
    }
}
