//! Limits that a newly loaded calendar moves: which they are, and whom that concerns. Requests that are at their end
//! have no limit any more, so theirs stay as they were.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::actor::Role;
use crate::deadline::deadline;
use crate::id::{OrganisationId, RequestId};
use crate::language::Language;
use crate::notice::{Audience, Notice, NoticeKind};
use crate::request::{Moment, Request};
use crate::stage::StageKind;

/// A limit whose last day is another one under the new calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedLimit {
    pub request: RequestId,
    pub number: String,
    pub title: String,
    pub district: OrganisationId,
    pub department: OrganisationId,
    pub stage: StageKind,
    pub whose: Role,
    pub old_due: NaiveDate,
    pub new_due: NaiveDate,
    /// The new day, too, lies in a year without a notice.
    pub provisional: bool,
}

/// The limit of a request, if it moves between two calendars.
#[must_use]
pub fn moved(request: &Request, old: &Moment<'_>, new: &Moment<'_>) -> Option<MovedLimit> {
    let (before, after) = (deadline(request, old)?, deadline(request, new)?);
    (before.due != after.due).then(|| MovedLimit {
        request: request.id,
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        district: request.district,
        department: request.department,
        stage: request.stage.kind(),
        whose: after.role,
        old_due: before.due,
        new_due: after.due,
        provisional: after.provisional,
    })
}

/// One letter for everyone whose limits move, with all of them.
#[must_use]
pub fn notices(moved: &[MovedLimit], version: &str) -> Vec<Notice> {
    let mut of: BTreeMap<Audience, Vec<&MovedLimit>> = BTreeMap::new();
    for limit in moved {
        of.entry(holder(limit)).or_default().push(limit);
    }
    let notice = |(to, limits): (Audience, Vec<&MovedLimit>)| Notice {
        kind: NoticeKind::LimitsMoved,
        to,
        values: vec![
            ("version", version.to_owned()),
            ("count", limits.len().to_string()),
            ("list_zh", list(&limits, Language::Chinese)),
            ("list_en", list(&limits, Language::English)),
        ],
    };
    of.into_iter().map(notice).collect()
}

/// The department hears of its own limits and of those that run by themselves, the others of theirs.
fn holder(limit: &MovedLimit) -> Audience {
    match limit.whose {
        Role::Submitter | Role::System => {
            Audience::Organisation { organisation: limit.department, role: Role::Submitter }
        }
        role => Audience::District { district: limit.district, role },
    }
}

fn list(limits: &[&MovedLimit], language: Language) -> String {
    let line = |limit: &&MovedLimit| {
        let MovedLimit { number, title, stage, old_due, new_due, .. } = limit;
        match language {
            Language::Chinese => {
                format!("{number}《{title}》{}：{old_due} → {new_due}", stage.name(language))
            }
            Language::English => {
                format!("{number} \"{title}\", {}: {old_due} → {new_due}", stage.name(language))
            }
        }
    };
    limits.iter().map(line).collect::<Vec<_>>().join("\n")
}
