//! The first page: what waits for whoever is signed in, the most urgent first, and where all else stands.

use askama::Template;
use axum::extract::State;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::deadline::deadline;
use workflow::decide::may_try;
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::administration;
use crate::pages::chips::{Chip, Limit};
use crate::pages::community;
use crate::pages::department::Department;
use crate::pages::frame::Frame;
use crate::pages::requests::Line;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::unread::parted;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    waiting: Vec<Line>,
    stages: Vec<StageCount>,
    may_file: bool,
    department: Option<Department>,
}

/// How many requests stand in a stage.
struct StageCount {
    chip: Chip,
    word: &'static str,
    count: usize,
}

pub(crate) async fn show(State(server): State<Server>, member: Member) -> Answer {
    if member.known.has(Role::Committee) {
        return community::home(&server, &member).await;
    }
    if administration::administers_only(&member) {
        return administration::home(&server, &member).await;
    }
    let tongue = member.tongue();
    let content = server.engine.content();
    let moment = Moment {
        now: member.visitor.now,
        calendar: &content.calendar,
        parameters: content.rules.parameters(),
    };
    let running = StageKind::ALL.iter().copied().filter(|stage| *stage != StageKind::Closed);
    let running: Vec<StageKind> = running.collect();
    let scope = server.engine.scope(&member.known.actor);
    let found = server.engine.reader().requests_of(scope, &running).await.tell(tongue)?;
    let (requests, unreadable) = parted(found);
    let mut waiting: Vec<(&Request, Option<Limit>)> = requests
        .iter()
        .filter(|request| waits(request, &member, &moment))
        .map(|request| (request, Limit::of(request, &moment, tongue)))
        .collect();
    waiting.sort_by_key(|(request, limit)| {
        (
            limit.as_ref().is_none_or(|limit| limit.tone == "none"),
            limit.as_ref().map(|limit| limit.on),
            request.id,
        )
    });
    let waiting = waiting.into_iter().map(|(request, limit)| Line::of(request, limit, tongue)).collect();
    let stages = running.iter().filter_map(|stage| {
        let count = requests.iter().filter(|request| request.stage.kind() == *stage).count();
        (count > 0).then(|| StageCount { chip: Chip::of(*stage, tongue), word: stage.word(), count })
    });
    let may_file = member.known.has(Role::Submitter);
    let department = match may_file {
        true => Some(Department::of(&server, &member, (&requests, &moment)).await?),
        false => None,
    };
    let stages = stages.collect();
    let frame = Frame::of(&member, "/").without(&unreadable);
    Ok(page(&HomePage { frame, waiting, stages, may_file, department }))
}

/// Whether the next step on a request is this person's: the limit runs for one of their roles, and an action is open.
pub(crate) fn waits(request: &Request, member: &Member, moment: &Moment<'_>) -> bool {
    let roles = member.known.roles();
    let own_draft = request.stage.kind() == StageKind::Draft && roles.contains(&Role::Submitter);
    let theirs = deadline(request, moment).is_some_and(|deadline| roles.contains(&deadline.role));
    let assigned = roles.contains(&Role::Committee) && is_awaited(request, member);
    let may_act = || ActionKind::ALL.iter().any(|action| may_try(request, *action, &member.known.actor));
    (own_draft || theirs || assigned) && may_act()
}

/// Whether the committee's own answer or work is awaited.
fn is_awaited(request: &Request, member: &Member) -> bool {
    let own = member.known.worker.person.organisation;
    request.assignments.iter().any(|one| one.community == own && !one.is_over())
}
