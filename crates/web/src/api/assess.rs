//! Assessing: facts as they are sent, or a filing as its submission would be judged today, with what would change the outcome;
//! and by what is judged: catalogue, calendar, rule set. Nothing is kept.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use engine::{EngineError, FilingOf, on_large_stack};
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::calendar::Month;
use workflow::dossier::Origin;
use workflow::facts::Fault;
use workflow::id::RequestId;

use super::caller::{Caller, Said, Sent, answer, fault};
use super::change::Change;
use super::dossier::person;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::requests::{below_application, filing_of, named};
use super::shapes::assessment as shapes;
use super::slice::Order;
use super::{places, schema};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let operations = vec![
        Operation::new(
            (Method::POST, "/api/v1/assess", all, post(assess)),
            ("assess", "Assess one facts object, or an array of them in the same order; nothing is kept"),
            shapes::assessments,
        )
        .takes(shapes::facts),
        Operation::new(
            (Method::POST, "/api/v1/trials", Admits::Roles(&[Role::Submitter]), post(try_out)),
            (
                "try_out",
                "Assess a filing as its submission would be today, and tell what would change the outcome; nothing is kept",
            ),
            shapes::trial,
        )
        .takes(shapes::trial_filing)
        .such_as(super::shapes::requests::filing_example),
        Operation::new(
            (Method::GET, "/api/v1/choosable", Admits::Roles(&[Role::Submitter]), get(choosable)),
            ("list_choosable", "The communities that a filing may name, with what is free in some months"),
            shapes::choosable,
        )
        .asks("item", schema::named)
        .needs("from", schema::month)
        .needs("until", schema::month)
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Assessment)).collect()
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
                let said =
                    (format!("一次最多评估 {MOST} 件"), format!("at most {MOST} facts are assessed at once"));
                Err(fault("", said))
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

async fn try_out(change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let of = match change.sent.value.get("request").and_then(Value::as_str) {
        Some(written) => FilingOf::Known(named(&change.server, &change.caller, written).await?),
        None => FilingOf::New(Origin::New),
    };
    let filing = filing_of(&change.sent.value).said(tongue)?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let trial = change.server.engine.try_out(filing, (of, actor), now).await;
    let trial = trial.map_err(below_application).said(tongue)?;
    let of: Option<RequestId> = match of {
        FilingOf::Known(id) => Some(id),
        FilingOf::New(_) => None,
    };
    Ok(answer(&json!({ "request": of, "assessment": trial.assessment, "ways": trial.ways })))
}

async fn choosable(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let month = |name: &str| {
        let text = reading.asked.text(name).unwrap_or_default();
        let read = Month::parse(text).ok().filter(|month| places::is_counted(*month));
        let said = ("应为月份，如 2026-05", "a month such as 2026-05 is expected here");
        read.ok_or_else(|| fault(&format!("/query/{name}"), said))
    };
    let months = (month("from").said(tongue)?, month("until").said(tongue)?);
    if months.1 < months.0 || places::years_between(months) > 1 {
        let said = ("应为自 from 起两年内的月份", "a month of the two years from `from` on is expected here");
        return Err(fault("/query/until", said)).said(tongue);
    }
    let person = person(&reading.caller).said(tongue)?;
    let wanted = (reading.asked.text("item"), months);
    let found = reading.engine().choosable_places(person, wanted, reading.caller.now()).await.said(tongue)?;
    let line = |place: &engine::ChoosablePlace| {
        let subdistrict = place.subdistrict.as_ref();
        json!({
            "code": place.code, "name": place.name, "households": place.households,
            "residents": place.residents, "free": place.free,
            "subdistrict": subdistrict.map(|(code, name)| json!({ "code": code, "name": name })),
        })
    };
    Ok(slice.page((found, Order::Rising), |place| place.code.clone(), line))
}
