//! What may stand behind the question mark besides words and a year: each filter of the pages and of the operations, with what
//! belongs to the matters of the community.

use serde_json::Value;
use workflow::actor::Actor;

use super::planted::Planted;
use crate::web::client::Site;

/// Filters of pages; in braces stands what the story knows.
const OF_PAGES: [(&str, &[&str]); 13] = [
    (
        "/requests",
        &[
            "stage=consultation",
            "department={department}",
            "department={department}&stage=publication",
            "function=3",
            "district={district}",
            "begins=2026",
            "booked=2026-09",
            "community={community}",
            "refused=any",
            "money=admitted",
            "days=0&begins=2026",
        ],
    ),
    ("/inbox", &["stage=consultation", "department={department}", "class=purchase", "late=yes"]),
    ("/limits", &["late=yes", "role=reviewer"]),
    ("/dashboard", &["year=2026&district={district}"]),
    ("/dashboard/export", &["year=2026&district={district}"]),
    ("/disclosure", &["department=HEALTH", "district=420202", "function=3"]),
    ("/disclosure.csv", &["department=HEALTH", "district=420202", "function=3"]),
    ("/disclosure.json", &["department=HEALTH", "district=420202", "function=3"]),
    ("/requests/new", &["renew={request}", "supplement={request}"]),
    ("/quota", &["year=2026&month=2026-09&function=3&pool=committee"]),
    ("/communities/{code}/quota", &["year=2026&month=2026-09&function=3&pool=committee"]),
    ("/audit", OF_LOG),
    ("/audit/export", OF_LOG),
];

const OF_LOG: &[&str] = &[
    "subject={request}",
    "subject={code}",
    "person=kanari@example.org",
    "action=opine",
    "from=2026-03-01&until=2026-12-31",
];

/// Filters of operations by the name of the parameter.
const OF_OPERATIONS: [(&str, &str); 12] = [
    ("subject", "{request}"),
    ("person", "kanari@example.org"),
    ("action", "opine"),
    ("from", "2026-03-01"),
    ("until", "2026-12-31"),
    ("as_of", "2026-06-01"),
    ("item", "C03-09"),
    ("district", "420202"),
    ("department", "HEALTH"),
    ("function", "3"),
    ("state", "waiting"),
    ("stage", "consultation"),
];

/// Everything that a route can be asked for, one filter each.
pub(super) fn filters(description: &Value, route: &str, (site, planted): (&Site, &Planted)) -> Vec<String> {
    let of_page = OF_PAGES.iter().find(|(page, _)| *page == route).map_or(&[][..], |(_, filters)| filters);
    let parameters = &description["paths"][route]["get"]["parameters"];
    let asked = parameters.as_array().into_iter().flatten();
    let names = asked.filter(|one| one["in"] == "query" && one["required"] != true);
    let of_operation = names.filter_map(|one| {
        let (name, value) = OF_OPERATIONS.iter().find(|(name, _)| one["name"] == *name)?;
        Some(format!("{name}={value}"))
    });
    let all = of_page.iter().map(|filter| (*filter).to_owned()).chain(of_operation);
    all.flat_map(|filter| filled(&filter, (site, planted))).collect()
}

/// Of so many requests each filter is asked for that names one: the one alone, and one that is shared.
const REQUESTS: usize = 2;

/// The names of a filter.
fn filled(filter: &str, (site, planted): (&Site, &Planted)) -> Vec<String> {
    let Actor::Person(person) = site.desk.actor("health") else { panic!("the system has no department") };
    let plain = filter
        .replace("{department}", &person.organisation.to_string())
        .replace("{district}", &person.district.to_string())
        .replace("{community}", &site.desk.community(1).to_string())
        .replace("{code}", planted.code);
    match plain.contains("{request}") {
        true => planted
            .requests
            .iter()
            .take(REQUESTS)
            .map(|request| plain.replace("{request}", request))
            .collect(),
        false => vec![plain],
    }
}
