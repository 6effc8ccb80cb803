//! Many commands in one call: each is a transaction of its own and has an answer of its own.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::post;
use engine::{EngineError, Given, Wanted};
use serde_json::{Value, json};
use workflow::request::Request;

use super::caller::{Said, answer, fault};
use super::change::Change;
use super::operation::{Group, Operation};
use super::requests::done;
use super::shapes::requests as shapes;
use crate::access::Admits;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::tongue::Tongue;

pub(crate) fn operations() -> Vec<Operation> {
    let said = ("act_on_many", "Carry out many commands, each with an answer of its own");
    let way = (Method::POST, "/api/v1/bulk", Admits::SignedIn, post(bulk));
    let many = Operation::new(way, said, shapes::bulk_answers).takes(shapes::bulk);
    vec![many.such_as(shapes::bulk_example).repeatable().within(Group::Requests)]
}

/// Commands of one call, and of one form.
pub(crate) const MANY: usize = 200;

async fn bulk(change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let wanted = wanted(&change.sent.value).said(tongue)?;
    let (engine, by) = (&change.server.engine, (change.caller.actor(), change.caller.now()));
    let answers = match change.repeated() {
        None => {
            let done = engine.act_on_many(by.0, &wanted, by.1).await;
            done.into_iter().map(|one| one.map(Given::Now)).collect()
        }
        Some(repeated) => engine.act_on_many_once(by, &wanted, repeated.keeping(StatusCode::OK, done)).await,
    };
    let lines = wanted.iter().zip(&answers).map(|(wanted, given)| line(wanted, given, tongue));
    Ok(answer(&lines.collect::<Vec<_>>()))
}

fn line(wanted: &Wanted, given: &Result<Given<Request>, EngineError>, tongue: Tongue) -> Value {
    match given {
        Ok(Given::Now(request)) => {
            json!({ "request": wanted.request, "status": 200, "done": done(request) })
        }
        Ok(Given::Before(kept)) => {
            let done: Value = serde_json::from_str(&kept.body).unwrap_or_default();
            json!({ "request": wanted.request, "status": kept.status, "done": done })
        }
        Err(error) => {
            let problem = Problem::of(error, tongue);
            let status = problem.status.as_u16();
            json!({ "request": wanted.request, "status": status, "problem": problem.details() })
        }
    }
}

fn wanted(sent: &Value) -> Result<Vec<Wanted>, EngineError> {
    match sent.as_array() {
        Some(list) if list.len() <= MANY => {
            list.iter().enumerate().map(|(index, entry)| Wanted::read(entry, index)).collect()
        }
        _ => {
            let zh = format!("应为最多 {MANY} 条命令的列表");
            Err(fault("", (zh, format!("an array of at most {MANY} commands is expected here"))))
        }
    }
}
