//! The description of the API (`OpenAPI` 3.1), made from the operations themselves.

use serde_json::{Map, Value, json};

use super::operation::{Operation, Parameter};
use super::schema::{closed, list, object_with, text, whole};
use crate::access::Admits;
use crate::problem::CODES;

/// The whole document.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let path = paths.entry(operation.route.row.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(operation.route.row.method.as_str().to_ascii_lowercase(), described(operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zhunru 准入",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Funds follow the task: nothing reaches a community before it is admitted and funded",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
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
    let needed = [("type", text()), ("title", text()), ("status", whole()), ("code", code)];
    object_with(&needed, &[("errors", list(&fault)), ("request_id", text())])
}

fn described(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation),
    });
    let Some(keys) = described.as_object_mut() else { return described };
    if let Some(body) = operation.body {
        keys.insert(
            "requestBody".into(),
            json!({ "required": true, "content": content("application/json", &body()) }),
        );
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

fn parameters(operation: &Operation) -> Vec<Value> {
    let names =
        operation.route.row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = |name| json!({ "name": name, "in": "path", "required": true, "schema": text() });
    let of_query = |parameter: &Parameter| {
        let Parameter { name, schema, is_needed } = parameter;
        json!({ "name": name, "in": "query", "required": is_needed, "schema": schema() })
    };
    let mut all: Vec<Value> = names.map(of_path).chain(operation.parameters.iter().map(of_query)).collect();
    if operation.is_versioned {
        all.push(json!({
            "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string", "pattern": "^\"[0-9]+\"$" },
            "description": "The ETag of what the change was decided on",
        }));
    }
    if operation.is_repeatable {
        all.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "pattern": "^[!-~]{1,200}$" },
            "description": "The same key and body get the first answer again; kept for a day at least",
        }));
    }
    all
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let good =
        json!({ "description": "done", "content": content("application/json", &(operation.answer)()) });
    responses.insert(operation.status.to_string(), good);
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let refusals = [
        (401, "nobody is signed in"),
        (403, "not in the hands of the caller's role, or a form from elsewhere"),
        (404, "not there, or outside what the caller may see"),
        (409, "the workflow says no"),
        (412, "somebody else was faster; read it again"),
        (413, "too long"),
        (422, "malformed, with the place of each fault"),
        (428, "If-Match is missing"),
        (500, "something broke here"),
        (503, "too busy, or the database does not answer"),
    ];
    for (status, said) in refusals {
        let problem = content("application/problem+json", &schema);
        responses.insert(status.to_string(), json!({ "description": said, "content": problem }));
    }
    Value::Object(responses)
}
