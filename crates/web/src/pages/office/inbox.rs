//! The inbox: everything that waits for whoever is signed in, the most urgent first. The filter stands in the address; what
//! may be done to several at once is offered as one form.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use workflow::action::ActionKind;
use workflow::catalogue::Class;
use workflow::decide::may_try;
use workflow::id::RequestId;
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::chips::{Chip, Limit};
use crate::pages::frame::Frame;
use crate::pages::home::waits;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::unread::parted;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    filter: Filter,
    /// All that waits, before the filter.
    waiting: usize,
    late: usize,
    rows: Vec<Row>,
    stages: Vec<Choice>,
    departments: Vec<Choice>,
    classes: Vec<Choice>,
    actions: Vec<(&'static str, &'static str)>,
}

/// One request of the inbox.
struct Row {
    id: String,
    version: i64,
    to: String,
    number: String,
    title: String,
    department: String,
    class: &'static str,
    price: String,
    chip: Chip,
    limit: Option<Limit>,
}

/// One choice of a filter.
struct Choice {
    word: String,
    name: String,
    is_chosen: bool,
}

/// What stands in the address.
#[derive(Default, Deserialize)]
pub(crate) struct Filter {
    /// Words that stand in the title, the number, or the name of the department or a community.
    #[serde(default)]
    q: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    late: String,
}

/// What may be done to several at once: all of it needs a reason at most.
pub(super) const AT_ONCE: &[ActionKind] = &[
    ActionKind::AcceptFiling,
    ActionKind::Quote,
    ActionKind::CloseConsultation,
    ActionKind::Approve,
    ActionKind::CommitFunds,
    ActionKind::Return,
    ActionKind::SendBack,
];

/// The word for requests without a class.
const UNLISTED: &str = "unlisted";

/// What waits for a member, and why other running requests could not be read. Two queries, however many there are.
pub(super) async fn waiting(server: &Server, member: &Member) -> Result<(Vec<Request>, Vec<String>), Failed> {
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let scope = server.engine.scope(&member.known.actor);
    let found = server.engine.reader().requests_of(scope, &running()).await.tell(member.tongue())?;
    let (requests, unreadable) = parted(found);
    Ok((requests.into_iter().filter(|request| waits(request, member, &moment)).collect(), unreadable))
}

/// The running requests that have the words, where any are asked for. One query.
async fn found(server: &Server, member: &Member, words: &str) -> Result<Option<BTreeSet<RequestId>>, Failed> {
    if words.trim().is_empty() {
        return Ok(None);
    }
    let scope = server.engine.scope(&member.known.actor);
    let found = server.engine.reader().found_ids(scope, (words, &running())).await;
    Ok(Some(found.tell(member.tongue())?.into_iter().collect()))
}

/// Stages in which something can wait for somebody.
fn running() -> Vec<StageKind> {
    let runs = |stage: &StageKind| !stage.is_over() && *stage != StageKind::Draft;
    StageKind::ALL.iter().copied().filter(runs).collect()
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Query(filter): Query<Filter>,
) -> Answer {
    let tongue = member.tongue();
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let (requests, unreadable) = waiting(&server, &member).await?;
    let mut all: Vec<(&Request, Option<Limit>)> =
        requests.iter().map(|request| (request, Limit::of(request, &moment, tongue))).collect();
    all.sort_by_key(|(request, limit)| {
        (limit.is_none(), limit.as_ref().map(|limit| limit.on), request.number.clone(), request.id)
    });
    let is_late = |limit: &Option<Limit>| limit.as_ref().is_some_and(|limit| limit.tone == "late");
    let late = all.iter().filter(|(_, limit)| is_late(limit)).count();
    let (stages, departments, classes) = choices(&requests, &filter, tongue);
    let waiting = all.len();
    let found = found(&server, &member, &filter.q).await?;
    all.retain(|(request, limit)| {
        let is_found = found.as_ref().is_none_or(|found| found.contains(&request.id));
        is_found && filter.takes(request) && (filter.late.is_empty() || is_late(limit))
    });
    let may =
        |action: &&ActionKind| all.iter().any(|(request, _)| may_try(request, **action, &member.known.actor));
    let actions = AT_ONCE.iter().filter(may).map(|action| (action.word(), action.name(tongue.0))).collect();
    let rows = all.into_iter().map(|(request, limit)| Row::of(request, limit, tongue)).collect();
    let frame = Frame::of(&member, "/inbox").without(&unreadable);
    Ok(page(&InboxPage { frame, filter, waiting, late, rows, stages, departments, classes, actions }))
}

impl Filter {
    fn takes(&self, request: &Request) -> bool {
        let is = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        is(&self.stage, request.stage.kind().word())
            && is(&self.department, &request.department.to_string())
            && is(&self.class, class(request).map_or(UNLISTED, Class::word))
    }
}

impl Row {
    fn of(request: &Request, limit: Option<Limit>, tongue: Tongue) -> Row {
        let decides = matches!(request.stage.kind(), StageKind::Review | StageKind::Proposed);
        Row {
            id: request.id.to_string(),
            version: request.version,
            to: match decides {
                true => format!("/requests/{}/decide", request.id),
                false => format!("/requests/{}", request.id),
            },
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: department(request),
            class: class_name(request, tongue),
            price: request.price().for_people(),
            chip: Chip::of_request(request, tongue),
            limit,
        }
    }
}

fn class(request: &Request) -> Option<Class> {
    request.assessed.as_ref().and_then(|assessed| assessed.class)
}

fn class_name(request: &Request, tongue: Tongue) -> &'static str {
    class(request).map_or(tongue.say("目录外", "unlisted"), |class| class.name(tongue.0))
}

fn department(request: &Request) -> String {
    request.application.department.as_ref().map(|department| department.name.clone()).unwrap_or_default()
}

/// What the filters can choose: only what there is.
fn choices(requests: &[Request], filter: &Filter, tongue: Tongue) -> (Vec<Choice>, Vec<Choice>, Vec<Choice>) {
    let list = |chosen: &str, found: BTreeSet<(String, String)>| {
        let choice = |(name, word): (String, String)| Choice { is_chosen: word == chosen, word, name };
        found.into_iter().map(choice).collect()
    };
    let stages: BTreeSet<StageKind> = requests.iter().map(|request| request.stage.kind()).collect();
    let stages = stages.into_iter().map(|stage| Choice {
        word: stage.word().to_owned(),
        name: stage.name(tongue.0).to_owned(),
        is_chosen: stage.word() == filter.stage,
    });
    let departments = requests.iter().map(|request| (department(request), request.department.to_string()));
    let classes = requests.iter().map(|request| {
        (class_name(request, tongue).to_owned(), class(request).map_or(UNLISTED, Class::word).to_owned())
    });
    let departments = list(&filter.department, departments.collect());
    (stages.collect(), departments, list(&filter.class, classes.collect()))
}
