//! Meetings against their histories: every step stands in its table, the last one says what the row says, and what the
//! minutes call decided stands in the request's own history, within the meeting's time.

use std::collections::BTreeSet;

use store::Reader;
use workflow::actor::Role;
use workflow::meeting::{self, CaseOutcome, Meeting, MeetingActionKind, MeetingStage, MeetingStageKind};

use super::Checked;
use super::oversight::{Chains, Entry, entries, lost};
use crate::error::EngineError;

pub(super) async fn check(
    reader: &Reader<'_>,
    events: &Chains,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let words: BTreeSet<&str> = MeetingActionKind::ALL.iter().map(|word| word.word()).collect();
    let mut entries = entries(events, &words, "meeting");
    for found in reader.meetings(None).await? {
        let meeting = match found {
            Ok(meeting) => meeting,
            Err(error) => {
                checked.breach(5, "meetings", error.to_string());
                continue;
            }
        };
        let history = entries.remove(&meeting.id.to_string()).unwrap_or_default();
        if !is_told_by(&meeting, &history) {
            checked.breach(5, meeting.id, "a meeting is not what its history says");
        }
        for request in invented(&meeting, events) {
            checked.breach(
                5,
                meeting.id,
                format!("its minutes tell of a decision that {request} does not know"),
            );
        }
    }
    lost(entries, "a meeting", checked);
    Ok(())
}

fn is_told_by(meeting: &Meeting, history: &[Entry<'_>]) -> bool {
    let Some((called, steps)) = history.split_first() else { return false };
    let mut at = MeetingStageKind::Called;
    for Entry { event, .. } in steps {
        let action = MeetingActionKind::from_word(&event.action);
        let (Some(action), Some(role)) = (action, Role::from_word(&event.role)) else { return false };
        let after = MeetingStageKind::from_word(&event.after);
        let Some(after) = after.filter(|after| meeting::open(at, action, role).contains(after)) else {
            return false;
        };
        at = after;
    }
    let last = history.last().map(|entry| &entry.detail);
    let said = |name: &str, value: Result<serde_json::Value, serde_json::Error>| {
        let value = value.unwrap_or_default();
        last.and_then(|detail| detail.get(name)) == Some(&value)
    };
    called.event.action == MeetingActionKind::Call.word()
        && called.event.person == Some(meeting.called_by.0)
        && at == meeting.stage.kind()
        && said("agenda", serde_json::to_value(&meeting.agenda))
        && said("stage", serde_json::to_value(&meeting.stage))
}

/// Requests whose own history has no such decision in the meeting's time.
fn invented(meeting: &Meeting, events: &Chains) -> Vec<workflow::id::RequestId> {
    let MeetingStage::Closed { opened_at, closed_at, .. } = &meeting.stage else { return Vec::new() };
    let unknown = meeting.agenda.iter().filter(|case| {
        let Some(CaseOutcome::Decided { action, after, by, event, .. }) = &case.outcome else { return false };
        let history = events.get(&case.request.0).map(Vec::as_slice).unwrap_or_default();
        !history.iter().any(|line| {
            line.seq == *event
                && line.action == action.word()
                && line.after == after.word()
                && line.person == Some(by.0)
                && (*opened_at..=*closed_at).contains(&line.at)
        })
    });
    unknown.map(|case| case.request).collect()
}
