//! What others were asked, and what they objected, through all stages. A stage keeps it only while it lasts; the history
//! tells it for good. Who may read it is not decided here.

use chrono::FixedOffset;
use serde_json::Value;
use store::EventLine;
use workflow::action::ActionKind;
use workflow::consultation::{Answer, Inquiry, Objection, Ruling};
use workflow::id::UserId;
use workflow::stage::{Stage, StageKind};

/// What the history tells of those who were heard, oldest first.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) inquiries: Vec<Inquiry>,
    /// Objections by publication, each in the order of its number.
    pub(super) rounds: Vec<Vec<Objection>>,
}

impl Heard {
    pub(super) fn of(history: &[EventLine], offset: FixedOffset) -> Heard {
        let mut heard = Heard::default();
        for event in history {
            heard.take(event, offset);
        }
        heard
    }

    /// A stage that goes on replaces what was known of it; one that is entered begins a new round.
    fn take(&mut self, event: &EventLine, offset: FixedOffset) {
        let goes_on = event.before == event.after;
        match stage_behind(event) {
            Some(Stage::Consultation { inquiry, .. }) => {
                if goes_on {
                    self.inquiries.pop();
                }
                self.inquiries.push(inquiry);
            }
            Some(Stage::Publication { objections, .. }) => {
                if goes_on {
                    self.rounds.pop();
                }
                self.rounds.push(objections);
            }
            _ if event.action == ActionKind::Resolve.word() => self.answer(event, offset),
            _ => {}
        }
    }

    /// An objection that is upheld ends the publication, so that no stage keeps its answer.
    fn answer(&mut self, event: &EventLine, offset: FixedOffset) {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let number = detail.get("objection").and_then(Value::as_u64);
        let Some(number) = number.and_then(|number| usize::try_from(number).ok()) else { return };
        let ruling = detail.get("ruling").and_then(Value::as_str).and_then(Ruling::from_word);
        let round = self.rounds.last_mut();
        let Some(objection) = round.and_then(|round| round.get_mut(number)) else { return };
        let (Some(ruling), Some(person)) = (ruling, event.person) else { return };
        let on = event.at.with_timezone(&offset).date_naive();
        let text = event.reason.clone().unwrap_or_default();
        objection.answer = Some(Answer { by: UserId(person), on, ruling, text });
    }
}

/// The consultation or publication behind an event, if the event tells of it.
fn stage_behind(event: &EventLine) -> Option<Stage> {
    let kinds = [StageKind::Consultation, StageKind::Publication];
    if !kinds.iter().any(|kind| event.after == kind.word()) {
        return None;
    }
    let mut changes: Value = serde_json::from_str(&event.changes).ok()?;
    serde_json::from_value(changes.get_mut("stage")?.take()).ok()
}
