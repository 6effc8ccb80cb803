//! The history of a request in words, without what others did with their part.

use serde_json::Value;
use store::EventLine;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assignment::RefusalReason;
use workflow::id::UserId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::eyes::Eyes;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// One event of the history.
pub(super) struct Step {
    pub(super) at: String,
    pub(super) who: String,
    pub(super) action: String,
    pub(super) after: &'static str,
    pub(super) because: String,
}

/// The history, newest first.
pub(super) async fn of(
    server: &Server,
    member: &Member,
    (request, history): (&Request, &[EventLine]),
    eyes: &Eyes,
) -> Result<Vec<Step>, Failed> {
    let tongue = member.tongue();
    let people: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let names = server.engine.reader().names(&people).await.tell(tongue)?;
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let step = |event: &EventLine| Step {
        at: event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
        who: event
            .person
            .filter(|_| !eyes.hides_person(event, request))
            .and_then(|person| names.get(&UserId(person)).cloned())
            .unwrap_or_else(|| role(event, tongue)),
        action: action(event, tongue),
        after: StageKind::from_word(&event.after).map(|stage| stage.name(tongue.0)).unwrap_or_default(),
        because: if eyes.is_foreign(event, request) { String::new() } else { because(event, tongue) },
    };
    Ok(history.iter().rev().map(step).collect())
}

fn role(event: &EventLine, tongue: Tongue) -> String {
    Role::from_word(&event.role).map(|role| role.name(tongue.0)).unwrap_or_default().to_owned()
}

fn action(event: &EventLine, tongue: Tongue) -> String {
    let known = ActionKind::from_word(&event.action).map(|action| action.name(tongue.0));
    let record = || match event.action.as_str() {
        store::DRAFTED => tongue.say("起草", "drafted"),
        store::TAKEN_OVER => tongue.say("接续历史", "history taken over"),
        other => other,
    };
    known.unwrap_or_else(record).to_owned()
}

fn because(event: &EventLine, tongue: Tongue) -> String {
    let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let community = detail.get("community").and_then(Value::as_str).unwrap_or_default();
    let refusal = detail.get("refusal").and_then(|word| RefusalReason::from_word(word.as_str()?));
    let refusal = refusal.map(|reason| reason.name(tongue.0)).unwrap_or_default();
    let parts = [community, refusal, event.reason.as_deref().unwrap_or_default()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}
