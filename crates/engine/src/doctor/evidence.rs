//! Files against the histories that tell of them: none is missing, changed, or there without anybody having handed it in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use store::{ComplaintScope, EventLine, Reader};
use uuid::Uuid;
use workflow::action::ActionKind;

use super::Checked;
use crate::error::EngineError;

/// Name, hash, size.
type File = (String, String, u64);

pub(super) async fn check(
    reader: &Reader<'_>,
    events: &BTreeMap<Uuid, Vec<EventLine>>,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let complaints = reader.complaints(ComplaintScope::Everything, &[]).await?;
    let complaints: BTreeSet<Uuid> = complaints.into_iter().flatten().map(|one| one.id.0).collect();
    let mut kept: BTreeMap<Uuid, BTreeSet<File>> = BTreeMap::new();
    for (subject, file) in reader.all_evidence().await? {
        let size = u64::try_from(file.size).unwrap_or_default();
        kept.entry(subject).or_default().insert((file.name, file.sha256, size));
    }
    for (subject, history) in events {
        let handed_in = handed_in(history);
        let is = kept.remove(subject).unwrap_or_default();
        for (name, ..) in handed_in.difference(&is) {
            checked.breach(
                5,
                subject,
                format!("the evidence `{name}` of a delivery is not there as it was handed in"),
            );
        }
        for (name, ..) in is.difference(&handed_in) {
            checked.breach(5, subject, format!("nobody has handed in the evidence `{name}`"));
        }
    }
    for subject in kept.into_keys().filter(|subject| !complaints.contains(subject)) {
        checked.breach(5, subject, "evidence of nothing that has a history");
    }
    Ok(())
}

/// All files of a request's deliveries, as its history tells.
fn handed_in(history: &[EventLine]) -> BTreeSet<File> {
    let deliveries = history.iter().filter(|event| event.action == ActionKind::DeliverAssignment.word());
    let details = deliveries.filter_map(|event| serde_json::from_str::<Value>(&event.detail).ok());
    let files = details.filter_map(|detail| detail.get("evidence")?.as_array().cloned()).flatten();
    files
        .filter_map(|file| {
            let word = |key: &str| Some(file.get(key)?.as_str()?.to_owned());
            Some((word("name")?, word("sha256")?, file.get("size")?.as_u64()?))
        })
        .collect()
}
