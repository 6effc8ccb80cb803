//! Links of the description: from an answer that names something to the operations on it, with its version where one is
//! needed. They follow from the paths; nobody writes them down.

use serde_json::{Map, Value, json};

use super::operation::Operation;

/// The links of an operation's answer.
pub(super) fn links(from: &Operation, all: &[Operation]) -> Map<String, Value> {
    let path = from.route.row.path;
    let shape = (from.answer)();
    let place = match path.strip_suffix("/{id}") {
        // Whoever has read it knows its id and may act on the version that was seen.
        Some(_) => Some("$request.path.id"),
        None if !path.contains('{') => id_within(&shape),
        None => None,
    };
    let Some(place) = place else { return Map::new() };
    let base = path.strip_suffix("/{id}").unwrap_or(path);
    let has_version = path != base && shape.pointer("/properties/version").is_some();
    let on_it = all.iter().filter(|to| to.id != from.id && is_about(to, base));
    let fits = on_it.filter(|to| !to.is_versioned || has_version);
    let link = |to: &Operation| {
        let mut parameters = json!({ "path.id": place });
        if let Some(keys) = parameters.as_object_mut().filter(|_| to.is_versioned) {
            keys.insert("header.If-Match".to_owned(), json!("$response.header.ETag"));
        }
        (to.id.to_owned(), json!({ "operationId": to.id, "parameters": parameters }))
    };
    fits.map(link).collect()
}

/// Where an answer says the id of what it names: itself, or the first of a list.
fn id_within(shape: &Value) -> Option<&'static str> {
    let places = [
        ("/properties/id", "$response.body#/id"),
        ("/properties/items/items/properties/id", "$response.body#/items/0/id"),
    ];
    places.into_iter().find(|(pointer, _)| shape.pointer(pointer).is_some()).map(|(_, place)| place)
}

/// Whether an operation is about one thing of a collection, and needs to know no more than its id.
fn is_about(operation: &Operation, base: &str) -> bool {
    let rest = operation.route.row.path.strip_prefix(base).and_then(|rest| rest.strip_prefix("/{id}"));
    rest.is_some_and(|rest| !rest.contains('{') && (rest.is_empty() || rest.starts_with('/')))
}
