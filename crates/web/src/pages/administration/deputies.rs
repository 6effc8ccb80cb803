//! Deputies for somebody who is away and cannot appoint one: by an administrator of the district, on the person's page.

use axum::extract::{Path, State};
use engine::EngineError;
use store::Worker;
use workflow::actor::Role;
use workflow::id::UserId;

use super::by;
use super::person::{shown, user_of};
use crate::pages::deputies::part::{Appointed, Ended, Part, Running, role_of};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go};
use crate::server::Server;
use crate::visitor::Member;

/// The deputies of a person, for whoever may appoint them.
pub(super) async fn part(
    server: &Server,
    member: &Member,
    (worker, written): (&Worker, Appointed),
) -> Result<Option<Part>, Failed> {
    let (own, principal) = (&member.known.worker.person, &worker.person);
    let may = own.roles.contains(&Role::Admin) && own.district == principal.district;
    if !may || principal.roles.is_empty() {
        return Ok(None);
    }
    let running = Running::of(server, member, principal.user).await?;
    let to = format!("/administration/people/{}/deputies", principal.user);
    Part::of(server, member, (worker, &running), (to, written)).await.map(Some)
}

pub(super) async fn appoint(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(appointed): Posted<Appointed>,
) -> Answer {
    let tongue = member.tongue();
    let user = user_of(&written, &member)?;
    let principal = server.engine.account(by(&member), user).await.tell(tongue)?.worker.email;
    let done = match appointed.read(principal) {
        Ok(new) => {
            server.engine.appoint_deputy(&member.known.actor, new, member.visitor.now).await.map(|_| ())
        }
        Err(error) => Err(error),
    };
    told(&server, &member, user, (done, appointed)).await
}

pub(super) async fn end(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Ended { role }): Posted<Ended>,
) -> Answer {
    let (tongue, now) = (member.tongue(), member.visitor.now);
    let user = user_of(&written, &member)?;
    let principal = server.engine.account(by(&member), user).await.tell(tongue)?.worker.email;
    let (actor, today) = (&member.known.actor, server.engine.today(now));
    let done = match role_of(&role) {
        Ok(role) => server.engine.end_deputy(actor, (&principal, role), today, now).await.map(|_| ()),
        Err(error) => Err(error),
    };
    told(&server, &member, user, (done, Appointed::default())).await
}

async fn told(
    server: &Server,
    member: &Member,
    user: UserId,
    (done, written): (Result<(), EngineError>, Appointed),
) -> Answer {
    let Err(error) = done else { return Ok(go(&format!("/administration/people/{user}#deputies"))) };
    let problem = Problem::of(&error, member.tongue());
    if problem.is_broken() {
        return Err(error).tell(member.tongue());
    }
    shown(server, member, (user, Some(problem)), written).await
}
