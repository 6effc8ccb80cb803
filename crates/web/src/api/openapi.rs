//! The description of the API (`OpenAPI` 3.1), made from the operations themselves.

use serde_json::{Map, Value, json};

use super::caller::with;
use super::links::links;
use super::operation::{Group, Operation, Parameter};
use super::sample::sample;
use super::schema::{closed, list, object_with, text, whole};
use crate::access::Admits;
use crate::problem::CODES;

/// The whole document.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let path = paths.entry(operation.route.row.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(
                operation.route.row.method.as_str().to_ascii_lowercase(),
                described(operation, operations),
            );
        }
    }
    let tags = Group::ALL.map(|group| {
        let (zh, en) = group.name();
        json!({ "name": en, "description": zh })
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zhunru 准入",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Funds follow the task: nothing reaches a community before it is admitted and funded",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "tags": tags,
        "paths": paths,
        "security": [{ "bearer": [] }, { "session": [], "form_token": [] }],
        "components": {
            "schemas": { "Problem": problem() },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::guard::SESSION },
                "form_token": { "type": "apiKey", "in": "header", "name": "X-Form-Token" },
            },
        },
    })
}

fn problem() -> Value {
    let fault = closed(&[("pointer", text()), ("message", text())], &[]);
    let code = json!({ "type": "string", "enum": CODES });
    let needed =
        [("type", text()), ("title", text()), ("detail", text()), ("status", whole()), ("code", code)];
    object_with(&needed, &[("errors", list(&fault)), ("request_id", text())])
}

fn described(operation: &Operation, all: &[Operation]) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.group.name().1],
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation, all),
    });
    let Some(keys) = described.as_object_mut() else { return described };
    if let Some(body) = operation.body {
        let shape = body();
        let example = operation.example.map_or_else(|| sample(&shape), |example| example());
        let content = json!({ "application/json": { "schema": shape, "example": example } });
        keys.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    if operation.route.row.in_person {
        keys.insert("security".into(), json!([{ "session": [], "form_token": [] }]));
    }
    match operation.route.row.admits {
        Admits::Anyone => {
            keys.insert("security".into(), json!([]));
        }
        Admits::Roles(roles) => {
            let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
            keys.insert("x-roles".into(), json!(words));
        }
        Admits::Beginning | Admits::SignedIn => {}
    }
    described
}

fn content(kind: &str, schema: &Value) -> Value {
    json!({ kind: { "schema": schema } })
}

/// The headers with which a change says what it was decided on, and by which key it may come twice.
fn headers(operation: &Operation) -> Vec<Value> {
    let mut headers = Vec::new();
    if operation.is_versioned {
        headers.push(json!({
            "name": "If-Match", "in": "header", "required": !operation.may_be_new,
            "schema": { "type": "string", "pattern": "^\"[0-9a-f]+\"$", "examples": ["\"3\""] },
            "description": "The ETag of what the change was decided on",
        }));
    }
    if operation.may_be_new {
        headers.push(json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "schema": { "const": "*" }, "description": "Nothing is there yet; in the place of If-Match",
        }));
    }
    if operation.is_repeatable {
        headers.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "pattern": "^[!-~]{1,200}$" },
            "description": "The same key and body get the first answer again; kept for a day at least",
        }));
    }
    headers
}

pub(super) fn parameters(operation: &Operation) -> Vec<Value> {
    let names =
        operation.route.row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = |name| json!({ "name": name, "in": "path", "required": true, "schema": of_name(name) });
    let of_query = |parameter: &Parameter| {
        let Parameter { name, schema, is_needed } = parameter;
        json!({ "name": name, "in": "query", "required": is_needed, "schema": schema() })
    };
    let asked = operation.parameters.iter().map(of_query);
    names.map(of_path).chain(asked).chain(headers(operation)).collect()
}

/// What stands in a path under a name. What is called `id` may be the number, too, that people write.
fn of_name(name: &str) -> Value {
    match name {
        "year" => super::schema::year(),
        "quarter" => json!({ "type": "string", "pattern": "^20[0-9]{2}Q[1-4]$", "examples": ["2026Q3"] }),
        "job" => super::schema::all(engine::Job::ALL, engine::Job::word),
        "kind" => super::schema::all(engine::ImportKind::ALL, engine::ImportKind::word),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

/// Statuses of refusals with what they mean, those that an operation can really answer with.
pub(super) fn refusals(operation: &Operation) -> Vec<(u16, &'static str)> {
    let row = &operation.route.row;
    let changes = row.method != axum::http::Method::GET;
    let is_named = row.path.contains('{');
    let takes = operation.body.is_some();
    let reads = takes
        || !operation.parameters.is_empty()
        || ["{year}", "{quarter}"].iter().any(|name| row.path.contains(name));
    let is_roles = matches!(row.admits, Admits::Roles(_));
    let shape = operation.body.map(|shape| shape()).unwrap_or_default();
    let asks_password =
        ["password", "old"].iter().any(|name| shape.pointer(&format!("/properties/{name}")).is_some());
    let all = [
        (row.admits != Admits::Anyone, 401, "nobody is signed in"),
        (changes || is_roles, 403, "not in the hands of the caller's role, or a form from elsewhere"),
        (
            changes || is_named || !operation.parameters.is_empty(),
            404,
            "not there, or outside what the caller may see",
        ),
        (changes || row.path.contains("{holder}"), 409, "the workflow says no"),
        (operation.is_versioned, 412, "somebody else was faster; read it again"),
        (takes, 413, "too long"),
        (takes, 415, "not JSON"),
        (reads || is_named, 422, "malformed, with the place of each fault"),
        (operation.is_versioned, 428, "If-Match is missing"),
        (operation.streamed.is_some() || operation.status == 202, 429, "too many at once"),
        (asks_password, 429, "too many wrong passwords from here; Retry-After says until when"),
        (true, 500, "something went wrong"),
        (true, 503, "too busy, or the database does not answer"),
    ];
    all.into_iter().filter(|(is_so, ..)| *is_so).map(|(_, status, said)| (status, said)).collect()
}

fn responses(operation: &Operation, all: &[Operation]) -> Value {
    let mut responses = Map::new();
    let shape = (operation.answer)();
    let mut kinds = content(operation.kind, &shape);
    if let (Some(streamed), Some(kinds)) = (operation.streamed, kinds.as_object_mut()) {
        kinds.insert(streamed.into(), json!({ "schema": text() }));
    }
    let good = json!({ "description": "done", "content": kinds });
    let tag = json!({ "ETag": { "description": "The version of what is answered", "schema": text() } });
    let has_version = shape.pointer("/properties/version").is_some() || operation.is_versioned;
    let good = if has_version { with(good, "headers", tag) } else { good };
    let links = links(operation, all);
    let good = if links.is_empty() { good } else { with(good, "links", Value::Object(links)) };
    responses.insert(operation.status.to_string(), good);
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    for (status, said) in refusals(operation) {
        let problem = content("application/problem+json", &schema);
        responses.insert(status.to_string(), json!({ "description": said, "content": problem }));
    }
    Value::Object(responses)
}
