//! Deputies (代理): who stands in for the reader and for whom the reader stands in; a role is put into another's hands for
//! some days, and taken back.

pub(crate) mod part;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use engine::EngineError;

use crate::access::Admits;
use crate::pages::deputies::part::{Appointed, Ended, Line, Part, Running, role_of};
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
    part: Part,
    /// For whom the reader stands in.
    others: Vec<Line>,
}

async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (None, Appointed::default())).await
}

async fn shown(server: &Server, member: &Member, (refusal, written): (Option<Problem>, Appointed)) -> Answer {
    let own = &member.known.worker;
    let user = own.person.user;
    let running = Running::of(server, member, user).await?;
    let others = running.lines(member, server, |line| (line.deputy == user).then_some(line.principal));
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = DeputiesPage {
        frame: Frame::of(member, "/deputies"),
        refusal: refusal.map(|problem| problem.said()),
        part: Part::of(server, member, (own, &running), ("/deputies".to_owned(), written)).await?,
        others,
    };
    Ok(page_with(status, &template))
}

async fn appoint(State(server): State<Server>, member: Member, Posted(written): Posted<Appointed>) -> Answer {
    let done = match written.read(member.known.worker.email.clone()) {
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
