//! Who hears of a merger: the office, the committee that both have become, and each department whose requests go over.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::actor::Role;
use crate::id::OrganisationId;
use crate::language::Language;
use crate::notice::{Audience, Notice, NoticeKind};
use crate::request::Request;
use crate::stage::StageKind;

/// A community as letters name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: OrganisationId,
    pub code: String,
    pub name: String,
}

/// What has been done.
#[derive(Debug, Clone)]
pub struct Merger {
    pub district: OrganisationId,
    pub from: Named,
    pub into: Named,
    pub on: NaiveDate,
    /// What the other community has now, as it stands after the merger.
    pub handed_over: Vec<Request>,
}

impl Merger {
    /// One letter for everyone concerned, with what is theirs: a department reads of all its own, the office of what has
    /// been filed, the committee of its work.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let mut of: BTreeMap<Audience, Vec<&Request>> = BTreeMap::new();
        let office = Audience::District { district: self.district, role: Role::Reviewer };
        let committee = Audience::Organisation { organisation: self.into.id, role: Role::Committee };
        of.entry(office).or_default();
        of.entry(committee).or_default();
        for request in &self.handed_over {
            let department =
                Audience::Organisation { organisation: request.department, role: Role::Submitter };
            of.entry(department).or_default().push(request);
            if request.stage.kind() != StageKind::Draft {
                of.entry(office).or_default().push(request);
            }
            if request.assignments.iter().any(|one| one.community == self.into.id) {
                of.entry(committee).or_default().push(request);
            }
        }
        of.into_iter().map(|(to, requests)| self.notice(to, &requests)).collect()
    }

    fn notice(&self, to: Audience, requests: &[&Request]) -> Notice {
        let named = |one: &Named, open: char, close: char| format!("{}{open}{}{close}", one.name, one.code);
        let values = vec![
            ("from_zh", named(&self.from, '（', '）')),
            ("into_zh", named(&self.into, '（', '）')),
            ("from_en", named(&self.from, '[', ']')),
            ("into_en", named(&self.into, '[', ']')),
            ("on", self.on.to_string()),
            ("count", requests.len().to_string()),
            ("list_zh", list(requests, Language::Chinese)),
            ("list_en", list(requests, Language::English)),
        ];
        Notice { kind: NoticeKind::Merged, to, values }
    }
}

fn list(requests: &[&Request], language: Language) -> String {
    let line = |request: &&Request| {
        let (number, title) = (request.number(), request.title());
        let stage = request.stage.kind().name(language);
        match language {
            Language::Chinese => format!("{number}《{title}》{stage}"),
            Language::English => format!("{number} \"{title}\", {stage}"),
        }
    };
    match requests {
        [] => "—".to_owned(),
        requests => requests.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}
