//! What a visitor looks for, as it stands in the address: words, district, department, function, page.

use std::collections::BTreeMap;

use serde::Deserialize;
use store::{DisclosureFilter, Organisation, OrganisationKind};
use workflow::catalogue::Function;
use workflow::id::OrganisationId;

use crate::tongue::Tongue;

/// The question of an address. Everything is read as text, so that nothing in it can be an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(super) q: String,
    pub(super) district: String,
    pub(super) department: String,
    pub(super) function: String,
    page: String,
}

/// Characters of a search.
const CHARACTERS: usize = 100;

impl Wanted {
    /// Only what can be asked: no control characters, not too long.
    pub(super) fn cleaned(self) -> Wanted {
        let clean =
            |text: &str| text.chars().filter(|c| !c.is_control()).take(CHARACTERS).collect::<String>();
        Wanted {
            q: clean(&self.q).trim().to_owned(),
            district: clean(&self.district),
            department: clean(&self.department),
            function: clean(&self.function),
            page: self.page,
        }
    }

    /// The page, counted from 1.
    pub(super) fn page(&self) -> u64 {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }

    /// The filter; a code that nobody has finds nothing.
    pub(super) fn filter(&self, places: &Places) -> DisclosureFilter {
        let nobody = OrganisationId(uuid::Uuid::nil());
        let of = |code: &str| (!code.is_empty()).then(|| places.by_code.get(code).copied().unwrap_or(nobody));
        DisclosureFilter {
            words: self.q.clone(),
            district: of(&self.district),
            department: of(&self.department),
            function: self.function.parse().ok().filter(|number| *number <= 7),
        }
    }

    /// The same question for another page, as it stands behind `?`.
    pub(super) fn at(&self, page: u64) -> String {
        let page = page.to_string();
        let all = [
            ("q", &self.q),
            ("district", &self.district),
            ("department", &self.department),
            ("function", &self.function),
            ("page", &page),
        ];
        let filled: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(filled).unwrap_or_default()
    }
}

/// The names and codes of all organisations. One query.
pub(super) struct Places {
    names: BTreeMap<OrganisationId, (String, String)>,
    by_code: BTreeMap<String, OrganisationId>,
    /// Codes and names.
    pub(super) districts: Vec<(String, String)>,
    pub(super) departments: Vec<(String, String)>,
}

impl Places {
    pub(super) fn of(organisations: Vec<Organisation>, tongue: Tongue) -> Places {
        let mut places = Places {
            names: BTreeMap::new(),
            by_code: BTreeMap::new(),
            districts: Vec::new(),
            departments: Vec::new(),
        };
        for one in organisations {
            let english = tongue.tag() == "en" && !one.name_en.is_empty();
            let name = if english { one.name_en } else { one.name };
            let listed = (one.code.clone(), name.clone());
            match one.kind {
                OrganisationKind::District => places.districts.push(listed.clone()),
                OrganisationKind::Department | OrganisationKind::Subdistrict => {
                    places.departments.push(listed.clone());
                }
                OrganisationKind::City | OrganisationKind::Office | OrganisationKind::Community => {}
            }
            places.by_code.insert(one.code, one.id);
            places.names.insert(one.id, listed);
        }
        places
    }

    pub(super) fn name(&self, id: OrganisationId) -> &str {
        self.names.get(&id).map(|(_, name)| name.as_str()).unwrap_or_default()
    }

    pub(super) fn code(&self, id: OrganisationId) -> &str {
        self.names.get(&id).map(|(code, _)| code.as_str()).unwrap_or_default()
    }
}

/// The name of a function's number; 0 and none are outside the seven.
pub(super) fn function_name(number: Option<u8>, tongue: Tongue) -> &'static str {
    let outside = tongue.say("七项职能以外", "outside the seven functions");
    number.and_then(Function::of_number).map_or(outside, |function| function.name(tongue.0))
}
