//! What people look at: one request with its history.

use engine::Engine;
use serde_json::json;
use store::{EventLine, Scope};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::assignment::RefusalReason;
use workflow::deadline::deadline;
use workflow::decide::may_try;
use workflow::id::UserId;
use workflow::request::{Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, decision, dossier};

/// One request as the actor may see it, or whole without one; with what the actor could do now.
pub(crate) async fn request(
    common: &Common,
    engine: &Engine,
    written: &str,
    actor: Option<&Actor>,
) -> Result<(), Failure> {
    let scope = actor.map_or(Scope::Everything, |actor| engine.scope(actor));
    let reader = engine.reader();
    let id = reader.request_id(written, scope).await?;
    let request = reader.request(id, scope).await?;
    let history = reader.history(id).await?;
    let record = reader.records(id).await?.into_iter().next();
    let open: Vec<ActionKind> = actor.map(|actor| open_to(&request, actor)).unwrap_or_default();
    if common.json {
        return print::json(&json!({
            "id": request.id, "number": request.number, "application": request.application,
            "stage": request.stage, "version": request.version, "assignments": request.assignments,
            "dossier": request.dossier,
            "assessment": record.as_ref().map(|record| &record.assessment),
            "trace": record.as_ref().map(|record| &record.trace), "history": history, "open_actions": open,
        }));
    }
    print::line(head(common, engine, &request))?;
    if actor.is_some() {
        let names: Vec<&str> = open.iter().map(|action| action.name(common.language())).collect();
        let names = if names.is_empty() { common.say("无", "nothing").to_owned() } else { names.join(", ") };
        print::line(format!("{}: {names}\n", common.say("您现在可以", "what you may do now")))?;
    }
    if let Some(record) = record {
        print::line(decision::readable(common, &record.assessment))?;
        print::line(decision::trace(common, &record.trace))?;
    }
    if !request.assignments.is_empty() {
        print::line(assignments(common, &request))?;
    }
    if let Some(dossier) = dossier::readable(common, engine, (&request, scope)).await? {
        print::line(dossier)?;
    }
    Ok(print::line(history_table(common, engine, &history).await?)?)
}

fn open_to(request: &Request, actor: &Actor) -> Vec<ActionKind> {
    ActionKind::ALL.iter().copied().filter(|action| may_try(request, *action, actor)).collect()
}

fn head(common: &Common, engine: &Engine, request: &Request) -> String {
    let language = common.language();
    let content = engine.content();
    let moment =
        Moment { now: clock::now(), calendar: &content.calendar, parameters: content.rules.parameters() };
    let department = request.application.department.as_ref().map(|d| d.name.as_str()).unwrap_or_default();
    let limit = deadline(request, &moment).map(|deadline| {
        let left = content.calendar.days_left(moment.today(), deadline.due);
        let left = match (left >= 0, common.lang) {
            (true, crate::settings::Lang::Zh) => format!("剩 {left} 个工作日"),
            (true, crate::settings::Lang::En) => format!("{left} working days left"),
            (false, crate::settings::Lang::Zh) => format!("已超 {} 个工作日", -left),
            (false, crate::settings::Lang::En) => format!("{} working days late", -left),
        };
        let provisional = if deadline.provisional { common.say("暂定", "provisional") } else { "" };
        format!(" · {} {provisional} · {left} ({})", deadline.due, deadline.role.name(language))
    });
    format!(
        "{} {}\n{department} · {}{}\n",
        request.number(),
        request.title(),
        stage_name(common, request),
        limit.unwrap_or_default()
    )
}

/// The stage; an admitted request whose funds have come says so.
fn stage_name<'a>(common: &'a Common, request: &Request) -> &'a str {
    match request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => {
            common.say("已准入，经费已到位，待开始", "admitted and funded, waits for its start")
        }
        _ => request.stage.kind().name(common.language()),
    }
}

pub(crate) fn assignments(common: &Common, request: &Request) -> String {
    let files = |assignment: &workflow::assignment::Assignment| {
        let parts = request.dossier.parts.iter().filter(|part| part.community == assignment.community);
        let deliveries = assignment.delivery().into_iter().chain(parts.map(|part| &part.delivery));
        deliveries.map(|delivery| delivery.evidence.len()).sum::<usize>()
    };
    let row = |assignment: &workflow::assignment::Assignment| {
        vec![
            assignment.code.clone(),
            assignment.stage.kind().name(common.language()).to_owned(),
            assignment.price.for_people(),
            assignment.paid.for_people(),
            files(assignment).to_string(),
        ]
    };
    let heading = [
        common.say("社区", "community"),
        common.say("派单", "assignment"),
        common.say("价格", "price"),
        common.say("已付", "paid"),
        common.say("证据文件", "files of evidence"),
    ];
    print::table(&heading, &[2, 3, 4], request.assignments.iter().map(row).collect())
}

/// A history with names for ids and words for people.
pub(crate) async fn history_table(
    common: &Common,
    engine: &Engine,
    history: &[EventLine],
) -> Result<String, Failure> {
    let users: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let names = engine.reader().names(&users).await?;
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let language = common.language();
    let row = |event: &EventLine| {
        let who = event.person.and_then(|person| names.get(&UserId(person)).cloned());
        let role = Role::from_word(&event.role).map(|role| role.name(language));
        let action = ActionKind::from_word(&event.action).map(|action| action.name(language));
        let action = action.or_else(|| record_name(common, &event.action));
        let after = StageKind::from_word(&event.after).map(|stage| stage.name(language));
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let community = detail.get("community").and_then(|code| code.as_str()).unwrap_or_default();
        let refusal = detail.get("refusal").and_then(|word| RefusalReason::from_word(word.as_str()?));
        let refusal = refusal.map(|reason| reason.name(language)).unwrap_or_default();
        let because = [community, refusal, event.reason.as_deref().unwrap_or_default()];
        vec![
            event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
            who.unwrap_or_else(|| role.unwrap_or_default().to_owned()),
            action.unwrap_or_default().to_owned(),
            after.unwrap_or_default().to_owned(),
            because.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "),
        ]
    };
    let heading = [
        common.say("时间", "time"),
        common.say("办理人", "who"),
        common.say("办理", "action"),
        common.say("阶段", "stage"),
        common.say("社区、理由", "community, reason"),
    ];
    Ok(print::table(&heading, &[], history.iter().map(row).collect()))
}

/// What people call an event that is no step of the workflow.
fn record_name<'a>(common: &'a Common, action: &str) -> Option<&'a str> {
    match action {
        store::DRAFTED => Some(common.say("起草", "drafted")),
        store::TAKEN_OVER => Some(common.say("接续历史", "history taken over")),
        _ => None,
    }
}
