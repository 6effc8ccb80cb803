//! The program's own jobs: when each ran last and what it did, when it runs next, running one now; and what limits could not
//! carry out.

use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use engine::{ErrandOrder, Job, JobLine};
use serde_json::{Value, json};
use store::{StoreError, SweepFailure};
use workflow::actor::Role;

use super::caller::{Said, answer};
use super::change::Change;
use super::errands::begun;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::errands::errand;
use super::shapes::office as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;

pub(crate) fn operations() -> Vec<Operation> {
    let system = Admits::Roles(&[Role::Admin]);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/jobs", system, get(list)),
            ("list_jobs", "The program's own jobs with their last and next runs"),
            shapes::jobs,
        ),
        Operation::new(
            (Method::POST, "/api/v1/jobs/{job}/runs", system, post(run)),
            ("run_job", "Begin to run a job now; it takes no input and may run twice without harm"),
            errand,
        )
        .begins()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/sweep-failures", system, get(failures)),
            (
                "list_sweep_failures",
                "Requests of the caller's district whose limits could not be carried out, oldest first",
            ),
            shapes::sweep_failures,
        )
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Office)).collect()
}

fn as_json(line: &JobLine) -> Value {
    let JobLine { job, last, next } = line;
    let counts = |outcome: &str| serde_json::from_str::<Value>(outcome).unwrap_or_else(|_| json!({}));
    let last = last
        .as_ref()
        .map(|run| json!({ "ran_at": run.ran_at, "counts": counts(&run.outcome), "failure": run.failure }));
    json!({ "job": job, "last": last, "next": next })
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let lines = reading.engine().job_lines(reading.by()).await.said(reading.tongue())?;
    Ok(answer(&lines.iter().map(as_json).collect::<Vec<_>>()))
}

async fn run(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let job = Job::from_word(&written).ok_or(StoreError::NotFound("job")).said(change.tongue())?;
    begun(&change, ErrandOrder::Job(job)).await
}

async fn failures(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let found = reading.engine().sweep_failures(reading.by()).await.said(reading.tongue())?;
    let name = |one: &SweepFailure| format!("{}|{}", one.first_at.to_rfc3339(), one.request);
    let line = |one: &SweepFailure| {
        let SweepFailure { request, number, district: _, first_at, last_at, tries, failure } = one;
        json!({
            "request": request, "number": number, "first_at": first_at, "last_at": last_at, "tries": tries,
            "failure": failure,
        })
    };
    Ok(slice.page((found, Order::Rising), name, line))
}
