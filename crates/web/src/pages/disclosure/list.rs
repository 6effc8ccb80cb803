//! The list of the public's matters, with its search.

use askama::Template;
use axum::extract::State;
use store::Disclosed;

use crate::pages::chips::{Chip, whole_day};
use crate::pages::disclosure::wanted::{Places, Wanted, function_name};
use crate::pages::frame::Frame;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "disclosure/list.html")]
struct DisclosurePage {
    frame: Frame,
    wanted: Wanted,
    places: Places,
    functions: Vec<(String, &'static str)>,
    matters: Vec<Matter>,
    total: u64,
    data: String,
    before: Option<String>,
    after: Option<String>,
}

/// One matter of the list.
struct Matter {
    to: String,
    number: String,
    title: String,
    district: String,
    department: String,
    function: &'static str,
    price: String,
    period: String,
    chip: Chip,
    communities: String,
}

/// Matters of one page, and names of communities that a line shows.
const SHOWN: u64 = 25;
const NAMES: usize = 3;

pub(crate) async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let tongue = visitor.tongue;
    let wanted = wanted.cleaned();
    let reader = server.engine.reader();
    let places = Places::of(reader.organisations().await.tell(tongue)?, tongue);
    let number = wanted.page();
    let span = ((number - 1) * SHOWN, SHOWN);
    let (matters, total) = reader.disclosed(&wanted.filter(&places), span).await.tell(tongue)?;
    let functions =
        (1..=7).chain([0]).map(|number: u8| (number.to_string(), function_name(Some(number), tongue)));
    Ok(page(&DisclosurePage {
        frame: Frame::public(&visitor, "/disclosure"),
        matters: matters.iter().map(|matter| Matter::of(matter, &places, tongue)).collect(),
        functions: functions.collect(),
        data: wanted.at(1),
        before: (number > 1).then(|| wanted.at(number - 1)),
        after: (number * SHOWN < total).then(|| wanted.at(number + 1)),
        total,
        wanted,
        places,
    }))
}

impl Matter {
    fn of(matter: &Disclosed, places: &Places, tongue: Tongue) -> Matter {
        let names: Vec<&str> = matter.communities.iter().take(NAMES).map(|id| places.name(*id)).collect();
        let more = matter.communities.len().saturating_sub(NAMES);
        let names = names.join(tongue.say("、", ", "));
        let communities = if more > 0 { format!("{names} +{more}") } else { names };
        Matter {
            to: format!("/disclosure/{}", matter.id),
            number: matter.number.clone(),
            title: matter.title.clone(),
            district: places.name(matter.district).to_owned(),
            department: places.name(matter.department).to_owned(),
            function: function_name(matter.function, tongue),
            price: matter.price.for_people(),
            period: period(matter, tongue),
            chip: Chip::of(matter.stage, tongue),
            communities,
        }
    }
}

/// From when until when.
pub(super) fn period(matter: &Disclosed, tongue: Tongue) -> String {
    match (matter.starts_on, matter.ends_on) {
        (Some(first), Some(last)) => format!("{} – {}", whole_day(first, tongue), whole_day(last, tongue)),
        _ => "—".to_owned(),
    }
}
