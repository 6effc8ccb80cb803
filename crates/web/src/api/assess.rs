//! Assessing facts: rules and catalogue in force, no database, nothing is kept.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::post;
use engine::{EngineError, on_large_stack};
use serde_json::Value;
use workflow::facts::Fault;

use super::caller::{Caller, Said, Sent, answer, fault};
use super::operation::Operation;
use super::shapes;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let way = (Method::POST, "/api/v1/assess", Admits::SignedIn, post(assess));
    let said = ("assess", "Assess one facts object, or an array of them in the same order; nothing is kept");
    vec![Operation::new(way, said, shapes::assessments).takes(shapes::facts)]
}

/// Facts that are assessed in one call.
const MOST: usize = 1_000;

async fn assess(State(server): State<Server>, caller: Caller, sent: Sent) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let content = server.engine.content();
    let judged = tokio::task::spawn_blocking(move || {
        let judge = |document: &Value, place: &str| {
            let judged = content.rules.assess_document(document, &content.calendar);
            let place = |one: Fault| Fault { pointer: format!("{place}{}", one.pointer), ..one };
            judged
                .map(|judgement| judgement.assessment)
                .map_err(|faults| faults.into_iter().map(place).collect::<Vec<_>>())
        };
        on_large_stack(|| match &sent.value {
            Value::Array(list) if list.len() > MOST => {
                Err(fault("", format!("at most {MOST} facts are assessed at once")))
            }
            Value::Array(list) => {
                let judged = list.iter().enumerate().map(|(index, one)| judge(one, &format!("/{index}")));
                let (good, bad): (Vec<_>, Vec<_>) = judged.partition(Result::is_ok);
                let faults: Vec<Fault> = bad.into_iter().filter_map(Result::err).flatten().collect();
                let all = good.into_iter().filter_map(Result::ok).collect::<Vec<_>>();
                if faults.is_empty() { Ok(answer(&all)) } else { Err(EngineError::Malformed(faults)) }
            }
            one => judge(one, "").map(|assessment| answer(&assessment)).map_err(EngineError::Malformed),
        })
    });
    let judged = judged.await.map_err(|error| EngineError::Broken(error.to_string())).said(tongue)?;
    judged.said(tongue)?.said(tongue)
}
