//! A sent form of an action: carried out, or shown again on the page that it stood on. A stale page is refused by the
//! version it was made from; a community's own part does not go stale by what its siblings do with theirs.

use axum::extract::{Path, State};
use engine::{EngineError, Order, Seen};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::id::RequestId;
use workflow::request::Request;

use super::Form;
use super::refused::Refused;
use super::sent::{Fields, command, written};
use crate::access::Admits;
use crate::pages::{community, meetings, office, request};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go};
use crate::server::Server;
use crate::visitor::Member;

/// What a form says that stands on the page of a community's task.
pub(crate) const ON_TASK: &str = "task";
/// What a form says that stands on the page of the decision.
pub(crate) const ON_DECISION: &str = "decide";

/// The page on which a form stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stood {
    Request,
    Task,
    Decision,
    Meeting(Uuid),
}

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path((id, word)): Path<(String, String)>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let tongue = member.tongue();
    let Some(action) = ActionKind::from_word(&word) else {
        return Err(Failed::person(Problem::not_found(tongue), tongue));
    };
    let (reader, scope) = (server.engine.reader(), server.engine.scope(&member.known.actor));
    let id = reader.request_id(&id, scope).await.tell(tongue)?;
    let request = reader.request(id, scope).await.tell(tongue)?;
    let stood = Stood::read(&fields, &member);
    match done(&server, &member, (&request, action, &fields)).await {
        Ok(()) => Ok(go(&stood.leads(id))),
        Err(problem) if problem.ends_here() => Err(Failed::person(problem, tongue)),
        Err(problem) => stood.shows(&server, &member, (id, Refused { action, fields, problem })).await,
    }
}

async fn done(
    server: &Server,
    member: &Member,
    (request, action, fields): (&Request, ActionKind, &Fields),
) -> Result<(), Problem> {
    let tongue = member.tongue();
    let seen = Seen::on_page(action, version(written(fields, "version"), tongue)?);
    let form = Form::of(action, request, tongue);
    let faults = form.map(|form| form.faults(fields)).unwrap_or_default();
    if !faults.is_empty() {
        return Err(Problem::of(&EngineError::Malformed(faults), tongue));
    }
    let own = member.known.worker.person.organisation;
    let command = command(action, fields, own).map_err(|error| Problem::of(&error, tongue))?;
    let order = Order { request: request.id, actor: &member.known.actor, seen, now: member.visitor.now };
    let done = server.engine.act(order, command).await;
    done.map(|_| ()).map_err(|error| Problem::shown_again(&error, tongue))
}

impl Stood {
    /// Where the form says that it stood, if whoever sent it is admitted there.
    fn read(fields: &Fields, member: &Member) -> Stood {
        let is_admitted = |admits: Admits| admits.admits(Some(&member.known.roles()));
        match written(fields, "_back") {
            ON_TASK if is_admitted(community::WORKS) => Stood::Task,
            ON_DECISION if is_admitted(office::DECIDERS) => Stood::Decision,
            written => written.parse().map_or(Stood::Request, Stood::Meeting),
        }
    }

    /// Where it goes on.
    fn leads(self, request: RequestId) -> String {
        match self {
            Stood::Meeting(meeting) => format!("/meetings/{meeting}"),
            Stood::Request | Stood::Task | Stood::Decision => format!("/requests/{request}"),
        }
    }

    async fn shows(
        self,
        server: &Server,
        member: &Member,
        (request, refused): (RequestId, Refused),
    ) -> Answer {
        match self {
            Stood::Request => request::shown(server, member, (&request.to_string(), Some(refused))).await,
            Stood::Task => community::shown_again(server, member, (request, refused)).await,
            Stood::Decision => office::decide::shown_again(server, member, (request, refused)).await,
            Stood::Meeting(meeting) => {
                meetings::shown_again(server, member, (meeting, request, refused)).await
            }
        }
    }
}
