//! The steps on the plan: a department's proposal, the build, the publication. What is refused comes back with the plan
//! as it is now; whoever saw another one is refused.

use axum::extract::State;
use axum::http::StatusCode;
use engine::{By, EngineError, Seen};
use serde::Deserialize;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::inspection::Busy;

use super::show::{NO_PLAN, News, shown};
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
    told(&server, &member, (year, what), done).await
}

pub(crate) async fn build(
    State(server): State<Server>,
    member: Member,
    Posted(Built { year, version, busy }): Posted<Built>,
) -> Answer {
    let read = days(&busy).and_then(|days| Ok((days, seen(&version)?)));
    let done = match read {
        Ok((days, seen)) => server.engine.build_plan_seen(by(&member), (year, seen), &days).await.map(|_| ()),
        Err(error) => Err(error),
    };
    told(&server, &member, (year, busy), done).await
}

pub(crate) async fn publish(
    State(server): State<Server>,
    member: Member,
    Posted(Published { year, version }): Posted<Published>,
) -> Answer {
    let done = match seen(&version) {
        Ok(seen) => server.engine.publish_plan_seen(by(&member), (year, seen)).await.map(|_| ()),
        Err(error) => Err(error),
    };
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
    let problem = match &error {
        EngineError::Stale { .. } => stale(member.tongue()),
        error => Problem::of(error, member.tongue()),
    };
    if problem.is_broken() {
        return Err(error).tell(member.tongue());
    }
    shown(server, member, (year, News { refusal: Some(problem), written })).await
}

/// In the words of a page that is shown again.
fn stale(tongue: Tongue) -> Problem {
    let said = tongue.say(
        "这份计划刚被他人办理过，您填的内容没有提交。下面是最新情况，请看过再办。",
        "somebody else has just acted on this plan, and nothing of yours was sent. It stands below as it is now; look again.",
    );
    Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said)
}

/// What the page of a form has shown: a version of the plan, or that there was none.
fn seen(version: &str) -> Result<Seen, EngineError> {
    if version == NO_PLAN {
        return Ok(Seen::Nothing);
    }
    version.parse().map(Seen::Version).map_err(|_| {
        let said = ("没有写明看到的版本，请刷新页面", "the version that was seen is missing; reload");
        EngineError::Malformed(vec![Fault::new("/version", said)])
    })
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
