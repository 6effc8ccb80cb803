//! Names of organisations in the reader's language, read at once for a page.

use std::collections::BTreeMap;

use store::{LetterLine, Organisation};
use workflow::id::OrganisationId;
use workflow::notice::NoticeKind;

use crate::tongue::Tongue;

/// Names of organisations by id.
pub(crate) type Names = BTreeMap<OrganisationId, String>;

/// The names of these organisations in the reader's language.
pub(crate) fn names(organisations: &[Organisation], tongue: Tongue) -> Names {
    organisations.iter().map(|one| (one.id, name(one, tongue))).collect()
}

/// The name of an organisation in the reader's language.
pub(crate) fn name(one: &Organisation, tongue: Tongue) -> String {
    let english = tongue.tag() == "en" && !one.name_en.is_empty();
    if english { one.name_en.clone() } else { one.name.clone() }
}

/// What a letter is about: its subject or, while it waits for a digest, the name of its notice.
pub(crate) fn subject(letter: &LetterLine, tongue: Tongue) -> String {
    let notice =
        || NoticeKind::from_word(&letter.kind).map_or(letter.kind.as_str(), |kind| kind.name(tongue.0));
    letter.subject.clone().unwrap_or_else(|| notice().to_owned())
}
