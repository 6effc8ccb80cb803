//! What finance does with money outside the course of a request: budget lines, base funds, pools, rewards, reversals and the
//! year's end.

use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::post;
use engine::{Closed, NewFund, RewardOrder, TakenBack};
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::budget::CarryOver;
use workflow::decimal::Decimal;
use workflow::id::FundId;
use workflow::money::Fen;

use super::caller::{Said, fault};
use super::change::Change;
use super::operation::{Group, Operation};
use super::shapes::treasury as shapes;
use crate::access::Admits;
use crate::reply::Failed;

const FINANCE: Admits = Admits::Roles(&[Role::Finance]);

pub(crate) fn operations() -> Vec<Operation> {
    budget_lines().into_iter().chain(pools()).map(|one| one.repeatable().within(Group::Money)).collect()
}

fn budget_lines() -> Vec<Operation> {
    vec![
        Operation::new(
            (Method::POST, "/api/v1/budget/appropriations", FINANCE, post(appropriate)),
            ("appropriate", "Put money into a department's budget line of a year"),
            shapes::moved,
        )
        .takes(shapes::into_line)
        .such_as(shapes::into_line_example),
        Operation::new(
            (Method::POST, "/api/v1/budget/reductions", FINANCE, post(reduce)),
            ("reduce", "Take money that nothing has claimed out of a department's budget line"),
            shapes::moved,
        )
        .takes(shapes::out_of_line),
        Operation::new(
            (Method::POST, "/api/v1/base-funds", FINANCE, post(pay_base_funds)),
            ("pay_base_funds", "Pay so that at least a share of each community's base funds has arrived"),
            shapes::paid,
        )
        .takes(shapes::base_funds_share),
        Operation::new(
            (Method::POST, "/api/v1/base-funds/{code}", FINANCE, post(pay_base_fund)),
            ("pay_base_fund", "Pay a part of one community's base funds"),
            shapes::moved,
        )
        .takes(shapes::into_year),
        Operation::new(
            (Method::POST, "/api/v1/rewards", FINANCE, post(reward)),
            ("reward", "Pay a community out of a special fund for accepted work"),
            shapes::moved,
        )
        .takes(shapes::reward),
        Operation::new(
            (Method::POST, "/api/v1/reversals", FINANCE, post(reverse)),
            ("reverse", "Take a posting back, or all of an event, by opposite postings"),
            shapes::paid,
        )
        .takes(shapes::reversal),
        Operation::new(
            (Method::POST, "/api/v1/closings", FINANCE, post(close)),
            ("close_year", "Close a year that is over: what is free is carried over or lapses"),
            shapes::closed_year,
        )
        .takes(shapes::closing),
    ]
}

fn pools() -> Vec<Operation> {
    vec![
        Operation::new(
            (Method::POST, "/api/v1/contingency/fillings", FINANCE, post(fill_pool)),
            ("fill_contingency", "Put money into the district's contingency pool of a year"),
            shapes::moved,
        )
        .takes(shapes::into_year),
        Operation::new(
            (Method::POST, "/api/v1/contingency/drainings", FINANCE, post(drain_pool)),
            ("drain_contingency", "Give money of the contingency pool back to the treasury"),
            shapes::moved,
        )
        .takes(shapes::out_of_year),
        Operation::new(
            (Method::POST, "/api/v1/special-funds", FINANCE, post(open_fund)),
            ("open_special_fund", "Open a special fund for a purpose and a span of years"),
            shapes::opened,
        )
        .takes(shapes::new_fund)
        .makes(),
        Operation::new(
            (Method::POST, "/api/v1/special-funds/{code}/fillings", FINANCE, post(fill_fund)),
            ("fill_special_fund", "Put money into a special fund, within its years"),
            shapes::moved,
        )
        .takes(shapes::into_year),
        Operation::new(
            (Method::POST, "/api/v1/special-funds/{code}/drainings", FINANCE, post(drain_fund)),
            ("drain_special_fund", "Give money of a special fund back to the treasury"),
            shapes::moved,
        )
        .takes(shapes::out_of_year),
    ]
}

/// What a movement is answered with: that it is done.
const MOVED: fn(&()) -> Value = |()| json!({ "done": true });
const PAID: fn(&Fen) -> Value = |sum| json!({ "sum": sum });

#[derive(Deserialize)]
struct Line {
    department: String,
    year: i32,
    amount: Fen,
    #[serde(default)]
    reason: String,
}

async fn appropriate(change: Change) -> Result<Response, Failed> {
    let Line { department, year, amount, reason: _ } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.appropriate(actor, &department, (year, amount), now);
    change.done(StatusCode::OK, work, MOVED).await
}

async fn reduce(change: Change) -> Result<Response, Failed> {
    let Line { department, year, amount, reason } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.reduce(actor, &department, (year, amount), (&reason, now));
    change.done(StatusCode::OK, work, MOVED).await
}

#[derive(Deserialize)]
struct Share {
    year: i32,
    share: Option<Decimal>,
}

/// Without a share all that is due.
async fn pay_base_funds(change: Change) -> Result<Response, Failed> {
    let Share { year, share } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let engine = &change.server.engine;
    match share {
        Some(share) => {
            change.done(StatusCode::OK, engine.pay_base_funds_up_to(actor, (year, share), now), PAID).await
        }
        None => change.done(StatusCode::OK, engine.pay_base_funds(actor, year, now), PAID).await,
    }
}

#[derive(Deserialize)]
struct OfYear {
    year: i32,
    amount: Fen,
    #[serde(default)]
    reason: String,
}

async fn pay_base_fund(Path(code): Path<String>, change: Change) -> Result<Response, Failed> {
    let OfYear { year, amount, reason: _ } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.pay_base_fund(actor, &code, (year, amount), now);
    change.done(StatusCode::OK, work, MOVED).await
}

async fn fill_pool(change: Change) -> Result<Response, Failed> {
    let OfYear { year, amount, reason: _ } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change
        .done(StatusCode::OK, change.server.engine.fill_contingency(actor, (year, amount), now), MOVED)
        .await
}

async fn drain_pool(change: Change) -> Result<Response, Failed> {
    let OfYear { year, amount, reason } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.drain_contingency(actor, (year, amount), (&reason, now));
    change.done(StatusCode::OK, work, MOVED).await
}

#[derive(Deserialize)]
struct Fund {
    code: String,
    name: String,
    #[serde(default)]
    name_en: String,
    first_year: i32,
    last_year: i32,
    purpose: String,
}

fn opened(id: &FundId) -> Value {
    json!({ "id": id })
}

async fn open_fund(change: Change) -> Result<Response, Failed> {
    let Fund { code, name, name_en, first_year, last_year, purpose } = change.read()?;
    let new = NewFund { code, name, name_en, years: (first_year, last_year), purpose };
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::CREATED, change.server.engine.open_fund(actor, new, now), opened).await
}

async fn fill_fund(Path(code): Path<String>, change: Change) -> Result<Response, Failed> {
    let OfYear { year, amount, reason: _ } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.fill_fund(actor, &code, (year, amount), now);
    change.done(StatusCode::OK, work, MOVED).await
}

async fn drain_fund(Path(code): Path<String>, change: Change) -> Result<Response, Failed> {
    let OfYear { year, amount, reason } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.drain_fund(actor, &code, (year, amount), (&reason, now));
    change.done(StatusCode::OK, work, MOVED).await
}

#[derive(Deserialize)]
struct Rewarded {
    fund: String,
    request: String,
    community: String,
    amount: Fen,
    reason: String,
}

async fn reward(change: Change) -> Result<Response, Failed> {
    let Rewarded { fund, request, community, amount, reason } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let order =
        RewardOrder { fund: &fund, request: &request, community: &community, amount, reason: &reason };
    change.done(StatusCode::OK, change.server.engine.reward(actor, order, now), MOVED).await
}

#[derive(Deserialize)]
struct Reversal {
    of: String,
    reason: String,
}

async fn reverse(change: Change) -> Result<Response, Failed> {
    let Reversal { of, reason } = change.read()?;
    let taken = TakenBack::parse(&of);
    let said = ("应为分录标识或“代码#序号”", "the id of a posting, or CODE#NUMBER, is expected here");
    let taken = taken.ok_or_else(|| fault("/of", said));
    let taken = taken.said(change.tongue())?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::OK, change.server.engine.reverse(actor, &taken, &reason, now), PAID).await
}

#[derive(Deserialize)]
struct Closing {
    year: i32,
    rule: Option<CarryOver>,
}

fn closed(closed: &Closed) -> Value {
    json!(closed)
}

async fn close(change: Change) -> Result<Response, Failed> {
    let Closing { year, rule } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::OK, change.server.engine.close_year(actor, year, rule, now), closed).await
}
