//! The services that can be chosen, in words: for the menu of the top bar and the dialog.

use crate::engine::{Connection, ConnectionChoice, ServiceKind, Snapshot};

/// A service that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionEntry {
    pub choice: ConnectionChoice,
    pub name: String,
    /// Where it is.
    pub detail: String,
    pub is_current: bool,
}

/// Returns all that can be chosen, in the order of the menu, with one that has no name while it is in use.
pub fn connection_entries(snapshot: &Snapshot) -> Vec<ConnectionEntry> {
    let Snapshot { service, connections, .. } = snapshot;
    let current = connections.current.as_deref();
    let is_plain = |kind| current.is_none() && service.kind == kind;
    let entry = |choice, name: &str, detail: &str, is_current| ConnectionEntry {
        choice,
        name: name.to_owned(),
        detail: detail.to_owned(),
        is_current,
    };
    let openrouter = is_plain(ServiceKind::OpenRouter);
    let mut entries = vec![entry(ConnectionChoice::OpenRouter, "OpenRouter", "openrouter.ai", openrouter)];
    entries.extend(connections.list.iter().map(|Connection { name, base, max_running }| {
        let limit = max_running.map_or_else(String::new, |limit| format!(", {limit} at once"));
        let choice = ConnectionChoice::Named(name.clone());
        entry(choice, name, &format!("{base}{limit}"), current == Some(name))
    }));
    if connections.has_demo {
        let demo = is_plain(ServiceKind::Demo);
        entries.push(entry(ConnectionChoice::Demo, "Demo", "painted on this computer", demo));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ConnectionList, Service};

    #[test]
    fn what_can_be_chosen_is_listed_and_what_is_in_use_is_marked() {
        let studio = Connection { name: "Studio".into(), base: "http://studio/api/v1".into(), max_running: Some(2) };
        for (kind, current, marked) in [
            (ServiceKind::OpenRouter, None, Some("OpenRouter")),
            (ServiceKind::OpenRouter, Some("Studio"), Some("Studio")),
            (ServiceKind::Demo, None, Some("Demo")),
            (ServiceKind::Custom, None, None),
        ] {
            let mut snapshot = Snapshot::new(Service { kind, base: "http://studio/api/v1".into(), key: None });
            let list = vec![studio.clone()].into();
            snapshot.connections =
                ConnectionList { list, current: current.map(Into::into), has_demo: true, trouble: None };
            let entries = connection_entries(&snapshot);
            let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
            assert_eq!(names, ["OpenRouter", "Studio", "Demo"]);
            assert_eq!(entries[1].detail, "http://studio/api/v1, 2 at once");
            let found: Vec<_> =
                entries.iter().filter(|entry| entry.is_current).map(|entry| entry.name.as_str()).collect();
            assert_eq!(found, marked.into_iter().collect::<Vec<_>>(), "{kind:?} {current:?}");
        }
    }
}
