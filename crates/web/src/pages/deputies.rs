//! Deputies (代理): who stands in for the reader and for whom the reader stands in; a role is put into another's hands for
//! some days, and taken back.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use engine::{EngineError, NewDeputy};
use serde::Deserialize;
use store::{DeputyLine, Worker};
use workflow::actor::Role;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::id::UserId;
use workflow::notice::Audience;

use crate::access::Admits;
use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page_with};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::Member;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/deputies", Admits::SignedIn, get(show)),
        writes("/deputies", Admits::SignedIn, post(appoint)),
        writes("/deputies/end", Admits::SignedIn, post(end)),
    ]
}

#[derive(Template)]
#[template(path = "deputies.html")]
struct DeputiesPage {
    frame: Frame,
    refusal: Option<String>,
    /// Who stands in for the reader.
    mine: Vec<Line>,
    /// For whom the reader stands in.
    others: Vec<Line>,
    roles: Vec<(&'static str, &'static str)>,
    colleagues: Vec<(String, String)>,
    today: String,
    written: Appointed,
}

struct Line {
    person: String,
    role: &'static str,
    word: &'static str,
    from: String,
    until: String,
    is_running: bool,
}

#[derive(Default, Deserialize)]
struct Appointed {
    deputy: String,
    #[serde(default)]
    other: String,
    role: String,
    from: String,
    until: String,
}

#[derive(Deserialize)]
struct Ended {
    role: String,
}

async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (None, Appointed::default())).await
}

async fn shown(server: &Server, member: &Member, (refusal, written): (Option<Problem>, Appointed)) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let person = &member.known.worker.person;
    let today = server.engine.today(member.visitor.now);
    let all = reader.deputies(today).await.tell(tongue)?;
    let own: Vec<DeputyLine> =
        all.into_iter().filter(|line| [line.principal, line.deputy].contains(&person.user)).collect();
    let ids: Vec<UserId> = own.iter().flat_map(|line| [line.principal, line.deputy]).collect();
    let names = reader.names(&ids).await.tell(tongue)?;
    let line = |line: &DeputyLine, other: UserId| Line {
        person: names.get(&other).cloned().unwrap_or_default(),
        role: line.role.name(tongue.0),
        word: line.role.word(),
        from: whole_day(line.from, tongue),
        until: whole_day(line.until, tongue),
        is_running: line.from <= today,
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = DeputiesPage {
        frame: Frame::of(member, "/deputies"),
        refusal: refusal.map(|problem| problem.said()),
        mine: own
            .iter()
            .filter(|one| one.principal == person.user)
            .map(|one| line(one, one.deputy))
            .collect(),
        others: own
            .iter()
            .filter(|one| one.deputy == person.user)
            .map(|one| line(one, one.principal))
            .collect(),
        roles: person.roles.iter().map(|role| (role.word(), role.name(tongue.0))).collect(),
        colleagues: colleagues(server, member).await?,
        today: today.to_string(),
        written,
    };
    Ok(page_with(status, &template))
}

/// Address and name of everybody else in the reader's organisation. One query.
async fn colleagues(server: &Server, member: &Member) -> Result<Vec<(String, String)>, crate::reply::Failed> {
    let person = &member.known.worker.person;
    let of_role = |role: &Role| Audience::Organisation { organisation: person.organisation, role: *role };
    let audiences: Vec<Audience> = Role::ALL.iter().map(of_role).collect();
    let found = server.engine.reader().recipients(&audiences).await.tell(member.tongue())?;
    let others = found.into_iter().flatten().filter(|worker| worker.person.user != person.user);
    let by_address: BTreeMap<String, String> =
        others.map(|Worker { email, person, .. }| (email, person.name)).collect();
    Ok(by_address.into_iter().collect())
}

async fn appoint(State(server): State<Server>, member: Member, Posted(written): Posted<Appointed>) -> Answer {
    let done = match wanted(&written, &member) {
        Ok(new) => {
            server.engine.appoint_deputy(&member.known.actor, new, member.visitor.now).await.map(|_| ())
        }
        Err(error) => Err(error),
    };
    told(&server, &member, (done, written)).await
}

async fn end(State(server): State<Server>, member: Member, Posted(Ended { role }): Posted<Ended>) -> Answer {
    let today = server.engine.today(member.visitor.now);
    let own = member.known.worker.email.as_str();
    let actor = &member.known.actor;
    let done = match role_of(&role) {
        Ok(role) => server.engine.end_deputy(actor, (own, role), today, member.visitor.now).await.map(|_| ()),
        Err(error) => Err(error),
    };
    told(&server, &member, (done, Appointed::default())).await
}

async fn told(
    server: &Server,
    member: &Member,
    (done, written): (Result<(), EngineError>, Appointed),
) -> Answer {
    let Err(error) = done else { return Ok(go("/deputies")) };
    let problem = Problem::of(&error, member.tongue());
    if problem.is_broken() {
        return Err(error).tell(member.tongue());
    }
    shown(server, member, (Some(problem), written)).await
}

fn wanted(written: &Appointed, member: &Member) -> Result<NewDeputy, EngineError> {
    let day = |name: &str, text: &str| {
        let fault = || fault(name, ("请填写日期", "enter a day"));
        read_day(text.trim()).ok_or_else(fault)
    };
    let other = written.other.trim();
    Ok(NewDeputy {
        principal: member.known.worker.email.clone(),
        deputy: if other.is_empty() { written.deputy.clone() } else { other.to_owned() },
        role: role_of(&written.role)?,
        days: (day("from", &written.from)?, day("until", &written.until)?),
    })
}

fn role_of(word: &str) -> Result<Role, EngineError> {
    Role::from_word(word).ok_or_else(|| fault("role", ("请选择角色", "choose a role")))
}

fn fault(name: &str, said: (&str, &str)) -> EngineError {
    EngineError::Malformed(vec![Fault::new(format!("/{name}"), said)])
}
