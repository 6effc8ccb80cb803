//! One operation of the API: its route and all that the description says of it.

use axum::http::Method;
use axum::routing::MethodRouter;
use serde_json::Value;

use crate::access::{Admits, Row};
use crate::routes::Route;
use crate::server::Server;

/// A parameter behind the question mark.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) schema: fn() -> Value,
    pub(crate) is_needed: bool,
}

/// A route with its description.
pub(crate) struct Operation {
    pub(crate) route: Route,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<fn() -> Value>,
    pub(crate) status: u16,
    pub(crate) answer: fn() -> Value,
    /// A change says in `If-Match` what it was decided on.
    pub(crate) is_versioned: bool,
    /// A repeated call with the same `Idempotency-Key` gets the first answer.
    pub(crate) is_repeatable: bool,
}

/// Method and pattern, whose it is, and what answers.
type Way = (Method, &'static str, Admits, MethodRouter<Server>);

impl Operation {
    pub(crate) fn new(
        (method, path, admits, handler): Way,
        (id, summary): (&'static str, &'static str),
        answer: fn() -> Value,
    ) -> Operation {
        Operation {
            route: Route { row: Row { method, path, admits }, handler },
            id,
            summary,
            parameters: Vec::new(),
            body: None,
            status: 200,
            answer,
            is_versioned: false,
            is_repeatable: false,
        }
    }

    pub(crate) fn asks(mut self, name: &'static str, schema: fn() -> Value) -> Operation {
        self.parameters.push(Parameter { name, schema, is_needed: false });
        self
    }

    pub(crate) fn needs(mut self, name: &'static str, schema: fn() -> Value) -> Operation {
        self.parameters.push(Parameter { name, schema, is_needed: true });
        self
    }

    pub(crate) fn takes(self, body: fn() -> Value) -> Operation {
        Operation { body: Some(body), ..self }
    }

    pub(crate) fn versioned(self) -> Operation {
        Operation { is_versioned: true, ..self }
    }

    pub(crate) fn makes(self) -> Operation {
        Operation { status: 201, ..self }
    }

    pub(crate) fn repeatable(self) -> Operation {
        Operation { is_repeatable: true, ..self }
    }
}
