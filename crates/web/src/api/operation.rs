//! One operation of the API: its route and all that the description says of it.

use axum::http::Method;
use axum::routing::MethodRouter;
use serde_json::Value;

use super::{schema, slice};
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
    pub(crate) may_be_new: bool,
    /// A repeated call with the same `Idempotency-Key` gets the first answer.
    pub(crate) is_repeatable: bool,
    pub(crate) group: Group,
    /// What a reader may send, and where an answer is no JSON.
    pub(crate) example: Option<fn() -> Value>,
    pub(crate) kind: &'static str,
    /// Whoever accepts a stream of this kind gets one.
    pub(crate) streamed: Option<&'static str>,
}

/// The part of the reference in which an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Requests,
    Assessment,
    Places,
    Money,
    Oversight,
    Public,
    Office,
    Accounts,
    Hooks,
    Own,
}

impl Group {
    pub(crate) const ALL: [Group; 10] = [
        Group::Requests,
        Group::Assessment,
        Group::Places,
        Group::Money,
        Group::Oversight,
        Group::Public,
        Group::Office,
        Group::Accounts,
        Group::Hooks,
        Group::Own,
    ];

    /// What people read, Chinese first.
    pub(crate) const fn name(self) -> (&'static str, &'static str) {
        match self {
            Group::Requests => ("申请", "Requests"),
            Group::Assessment => ("评估与规则", "Assessment and rules"),
            Group::Places => ("机构与工作量", "Places and hours"),
            Group::Money => ("经费", "Money"),
            Group::Oversight => ("监督", "Oversight"),
            Group::Public => ("公示", "Disclosure"),
            Group::Office => ("管理", "Administration"),
            Group::Accounts => ("账号", "Accounts"),
            Group::Hooks => ("网络回调", "Web-hooks"),
            Group::Own => ("本人", "Oneself"),
        }
    }
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
            route: Route { row: Row { method, path, admits, in_person: false }, handler },
            id,
            summary,
            parameters: Vec::new(),
            body: None,
            status: 200,
            answer,
            is_versioned: false,
            may_be_new: false,
            is_repeatable: false,
            group: Group::Own,
            example: None,
            kind: "application/json",
            streamed: None,
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

    /// The same, or `If-None-Match: *` where nothing is there yet.
    pub(crate) fn versioned_or_new(self) -> Operation {
        Operation { may_be_new: true, is_versioned: true, ..self }
    }

    pub(crate) fn makes(self) -> Operation {
        Operation { status: 201, ..self }
    }

    /// The answer comes before the work is done, with the address at which it is followed.
    pub(crate) fn begins(self) -> Operation {
        Operation { status: 202, ..self }
    }

    /// A page of a list that can grow.
    pub(crate) fn sliced(self) -> Operation {
        self.asks("limit", slice::limit).asks("after", slice::after)
    }

    /// The same, where lines are named by their ids.
    pub(crate) fn sliced_by_id(self) -> Operation {
        self.asks("limit", slice::limit).asks("after", schema::uuid)
    }

    /// Puts an example of the body beside its shape.
    pub(crate) fn such_as(self, example: fn() -> Value) -> Operation {
        Operation { example: Some(example), ..self }
    }

    /// The answer is a file of this kind.
    pub(crate) fn gives(self, kind: &'static str) -> Operation {
        Operation { kind, ..self }
    }

    pub(crate) fn within(self, group: Group) -> Operation {
        Operation { group, ..self }
    }

    pub(crate) fn streams(self) -> Operation {
        Operation { streamed: Some("text/event-stream"), ..self }
    }

    /// Needs the person; programs with a token are refused.
    pub(crate) fn in_person(mut self) -> Operation {
        self.route.row.in_person = true;
        self
    }

    pub(crate) fn repeatable(self) -> Operation {
        Operation { is_repeatable: true, ..self }
    }
}
