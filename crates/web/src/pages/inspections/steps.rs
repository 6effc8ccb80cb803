//! The steps on the plan: a department's proposal, the build, the publication. What is refused comes back with the plan
//! as it is now; whoever saw another one is refused.

use axum::extract::State;
use engine::{By, EngineError, Seen};
use serde::Deserialize;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::inspection::Busy;

use super::show::{NO_PLAN, News, shown};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, go};
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
    version: String,
    #[serde(default)]
    busy: String,
}

#[derive(Deserialize)]
pub(crate) struct Published {
    year: i32,
    #[serde(default)]
    version: String,
}

pub(crate) async fn propose(
    State(server): State<Server>,
    member: Member,
    Posted(Proposed { year, what }): Posted<Proposed>,
) -> Answer {
    let done = server.engine.propose_inspection(by(&member), (year, what.trim())).await.map(|_| ());
    told((&server, &member, year), what, done).await
}

pub(crate) async fn build(
    State(server): State<Server>,
    member: Member,
    Posted(Built { year, version, busy }): Posted<Built>,
) -> Answer {
    let again = (&server, &member, year);
    let seen = match seen(&version, member.tongue()) {
        Ok(seen) => seen,
        Err(problem) => return refused(again, busy, problem).await,
    };
    let done = match days(&busy) {
        Ok(days) => server.engine.build_plan_seen(by(&member), (year, seen), &days).await.map(|_| ()),
        Err(error) => Err(error),
    };
    told(again, busy, done).await
}

pub(crate) async fn publish(
    State(server): State<Server>,
    member: Member,
    Posted(Published { year, version }): Posted<Published>,
) -> Answer {
    let again = (&server, &member, year);
    let seen = match seen(&version, member.tongue()) {
        Ok(seen) => seen,
        Err(problem) => return refused(again, String::new(), problem).await,
    };
    let done = server.engine.publish_plan_seen(by(&member), (year, seen)).await.map(|_| ());
    told(again, String::new(), done).await
}

fn by(member: &Member) -> By<'_> {
    By { actor: &member.known.actor, now: member.visitor.now }
}

/// Who sent a step on the plan of which year.
type Sender<'a> = (&'a Server, &'a Member, i32);

async fn told((server, member, year): Sender<'_>, written: String, done: Result<(), EngineError>) -> Answer {
    let Err(error) = done else { return Ok(go(&format!("/inspections?year={year}"))) };
    let problem = Problem::shown_again(&error, member.tongue());
    if problem.is_broken() {
        return Err(Failed::person(problem, member.tongue()));
    }
    refused((server, member, year), written, problem).await
}

async fn refused((server, member, year): Sender<'_>, written: String, problem: Problem) -> Answer {
    shown(server, member, (year, News { refusal: Some(problem), written })).await
}

/// What the page of a form has shown: a version of the plan, or that there was none.
fn seen(written: &str, tongue: Tongue) -> Result<Seen, Problem> {
    match written {
        NO_PLAN => Ok(Seen::Nothing),
        written => version(written, tongue).map(Seen::Version),
    }
}

/// Days that are no inspection days, one a line: of all, or of a community by its code.
fn days(text: &str) -> Result<Vec<Busy>, EngineError> {
    let one = |(index, line): (usize, &str)| {
        let (community, day) = match line.split_once('=') {
            Some((code, day)) => (Some(code.trim().to_owned()), day.trim()),
            None => (None, line),
        };
        read_day(day).map(|day| Busy { community, day }).ok_or_else(|| {
            let said = (format!("这一行不是日期：{line}"), format!("no day in this line: {line}"));
            Fault::new(format!("/busy/{index}"), said)
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
