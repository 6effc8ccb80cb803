//! Many notices become one letter: put together by request, the newest first, each with what its own letter would say
//! beyond number and title.

use chrono::{DateTime, FixedOffset, Utc};
use workflow::id::{LetterId, RequestId};
use workflow::language::{Language, fill};
use workflow::notice::NoticeKind;

use crate::error::NotifyError;
use crate::letter::{Composer, Letter, Recipient, Wording, note};
use crate::template::{Template, digest_template, template};
use crate::text::one_line;

/// One notice of a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: NoticeKind,
    pub request: Option<RequestId>,
    /// Names and values of the kind's template.
    pub values: Vec<(String, String)>,
    pub at: DateTime<Utc>,
}

/// Longer headings are cut.
const HEADING_CHARACTERS: usize = 200;
/// What the heading of a request says already.
const IN_HEADING: [&str; 4] = ["recipient", "number", "title", "department"];

/// What opens the subjects and bodies of letters, once in a digest.
const MARKS: [&str; 2] = ["【准入】", "[Admission] "];
const GREETING: &str = "您好！";

impl Composer {
    /// The digest of some notices, in whatever order they come. `at` carries the zone in which times are written.
    ///
    /// # Errors
    /// An address or a time of which no letter can be written.
    pub fn digest(
        &self,
        entries: &[Entry],
        to: &Recipient,
        id: LetterId,
        at: DateTime<FixedOffset>,
    ) -> Result<Letter, NotifyError> {
        let Template { subject, body } = digest_template(to.language);
        let zone = at.timezone();
        let items: Vec<String> = groups(entries)
            .iter()
            .zip(1..)
            .map(|(group, number)| format!("{number}. {}", written(group, to.language, zone)))
            .collect();
        let values = [
            ("recipient", to.name.clone()),
            ("day", at.date_naive().to_string()),
            ("until", at.format("%Y-%m-%d %H:%M").to_string()),
            ("count", entries.len().to_string()),
            ("items", items.join("\n\n")),
        ];
        let wording = Wording { subject: fill(subject, &values), body: fill(body, &values) };
        self.write(&wording, to, id, at.to_utc())
    }
}

/// Entries by request, the newest first in each and among them; what is about no request stands alone.
fn groups(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut newest: Vec<&Entry> = entries.iter().collect();
    newest.sort_by_key(|entry| (std::cmp::Reverse(entry.at), entry.request, entry.kind));
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for entry in newest {
        let same = |group: &&mut Vec<&Entry>| {
            entry.request.is_some() && group.first().is_some_and(|first| first.request == entry.request)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

fn written(group: &[&Entry], language: Language, zone: FixedOffset) -> String {
    let heading = group.first().map(|first| heading(first, language)).unwrap_or_default();
    let notices = group.iter().map(|entry| {
        let when = entry.at.with_timezone(&zone).format("%m-%d %H:%M");
        let lines = lines(entry, language).join("\n");
        match language {
            Language::Chinese => format!("   {}（{when}）\n{lines}", entry.kind.name(language)),
            Language::English => format!("   {} ({when})\n{lines}", entry.kind.name(language)),
        }
    });
    std::iter::once(heading).chain(notices).collect::<Vec<_>>().join("\n")
}

/// Number, title and department; the letter's subject where a notice is about no request.
fn heading(entry: &Entry, language: Language) -> String {
    let values = borrowed(entry);
    let known = |name: &str| values.iter().any(|(known, _)| *known == name);
    let form = match language {
        _ if !known("number") || !known("title") => template(entry.kind, language).subject,
        Language::Chinese => "{number}《{title}》（{department}）",
        Language::English => "{number} \"{title}\" ({department})",
    };
    let form = MARKS.iter().find_map(|mark| form.strip_prefix(mark)).unwrap_or(form);
    one_line(&fill(form, &values), HEADING_CHARACTERS)
}

/// The lines of the notice's own letter that say something of this case.
fn lines(entry: &Entry, language: Language) -> Vec<String> {
    let values = borrowed(entry);
    let tells = |line: &&str| {
        values.iter().any(|(name, _)| !IN_HEADING.contains(name) && line.contains(&format!("{{{name}}}")))
    };
    let told = template(entry.kind, language).body.lines().filter(tells);
    let told = told.map(|line| fill(line.trim_start_matches(GREETING), &values));
    let noted = values.iter().filter(|(name, _)| *name == note(language)).map(|(_, note)| note.clone());
    noted.chain(told).map(|line| format!("     {}", line.replace('\n', "\n     "))).collect()
}

fn borrowed(entry: &Entry) -> Vec<(&str, String)> {
    entry.values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
}
