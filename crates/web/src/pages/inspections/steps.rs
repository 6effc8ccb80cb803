//! The steps on the plan: a department's proposal, the build, the publication. What is refused comes back with the plan.

use axum::extract::State;
use engine::{By, EngineError};
use serde::Deserialize;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::inspection::Busy;

use super::show::{News, shown};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Deserialize)]
pub(crate) struct Proposed {
    year: i32,
    what: String,
}

#[derive(Deserialize)]
pub(crate) struct Built {
    year: i32,
    #[serde(default)]
    busy: String,
}

#[derive(Deserialize)]
pub(crate) struct OfYear {
    year: i32,
}

pub(crate) async fn propose(
    State(server): State<Server>,
    member: Member,
    Posted(Proposed { year, what }): Posted<Proposed>,
) -> Answer {
    let done = server.engine.propose_inspection(by(&member), (year, what.trim())).await.map(|_| ());
    told(&server, &member, (year, what), done).await
}

pub(crate) async fn build(
    State(server): State<Server>,
    member: Member,
    Posted(Built { year, busy }): Posted<Built>,
) -> Answer {
    let done = match days(&busy, member.tongue()) {
        Ok(days) => server.engine.build_plan(by(&member), year, &days).await.map(|_| ()),
        Err(error) => Err(error),
    };
    told(&server, &member, (year, busy), done).await
}

pub(crate) async fn publish(
    State(server): State<Server>,
    member: Member,
    Posted(OfYear { year }): Posted<OfYear>,
) -> Answer {
    let done = server.engine.publish_plan(by(&member), year).await.map(|_| ());
    told(&server, &member, (year, String::new()), done).await
}

fn by(member: &Member) -> By<'_> {
    By { actor: &member.known.actor, now: member.visitor.now }
}

async fn told(
    server: &Server,
    member: &Member,
    (year, written): (i32, String),
    done: Result<(), EngineError>,
) -> Answer {
    let Err(error) = done else { return Ok(go(&format!("/inspections?year={year}"))) };
    let problem = Problem::of(&error, member.tongue());
    if problem.status.is_server_error() {
        return Err(error).tell(member.tongue());
    }
    shown(server, member, (year, News { refusal: Some(problem), written })).await
}

/// Days that are no inspection days, one a line: of all, or of a community by its code.
fn days(text: &str, tongue: Tongue) -> Result<Vec<Busy>, EngineError> {
    let one = |(index, line): (usize, &str)| {
        let (community, day) = match line.split_once('=') {
            Some((code, day)) => (Some(code.trim().to_owned()), day.trim()),
            None => (None, line),
        };
        read_day(day).map(|day| Busy { community, day }).ok_or_else(|| Fault {
            pointer: format!("/busy/{index}"),
            message: format!("{}: {line}", tongue.say("这一行不是日期", "no day in this line")),
        })
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read: Vec<Result<Busy, Fault>> = lines.enumerate().map(one).collect();
    let faults: Vec<Fault> = read.iter().filter_map(|one| one.as_ref().err().cloned()).collect();
    if faults.is_empty() {
        Ok(read.into_iter().flatten().collect())
    } else {
        Err(EngineError::Malformed(faults))
    }
}
