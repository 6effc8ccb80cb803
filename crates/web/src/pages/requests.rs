//! The list of requests that a person may see, newest first; the filter stands in the address.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use store::{DecisionTime, RequestLine, Scope, StoreError};
use workflow::id::RequestId;
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::chips::{Chip, Limit};
use crate::pages::frame::Frame;
use crate::pages::office::judged::{SPANS, days};
use crate::pages::sieve::Asked;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// A request as it stands in a list.
pub(crate) struct Line {
    pub(crate) to: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) price: String,
    pub(crate) chip: Chip,
    pub(crate) limit: Option<Limit>,
}

#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage {
    frame: Frame,
    lines: Vec<Line>,
    stages: Vec<(&'static str, &'static str)>,
    asked: Asked,
    /// It is not the first page.
    is_later: bool,
    /// The last line, where more follow.
    next: Option<String>,
}

/// Lines of one page.
const MOST: u64 = 100;

impl Line {
    pub(crate) fn of(request: &Request, limit: Option<Limit>, tongue: Tongue) -> Line {
        Line {
            to: format!("/requests/{}", request.id),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            price: request.price().for_people(),
            chip: Chip::of_request(request, tongue),
            limit,
        }
    }

    fn of_line(line: RequestLine, tongue: Tongue) -> Line {
        Line {
            to: format!("/requests/{}", line.id),
            number: line.number.unwrap_or_else(|| "—".to_owned()),
            title: line.title,
            price: line.price.for_people(),
            chip: Chip::of(line.stage, tongue),
            limit: None,
        }
    }
}

pub(crate) async fn list(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let (tongue, reader) = (member.tongue(), server.engine.reader());
    let own = server.engine.scope(&member.known.actor);
    let scope = match (own, asked.district()) {
        (Scope::Everything, Some(district)) => Scope::District(district),
        (own, _) => own,
    };
    let page_of = (asked.after(), MOST + 1);
    let mut lines = if asked.is_narrow() {
        let mut sieve = asked.sieve();
        sieve.among = decided_within(&server, (scope, &asked)).await.tell(tongue)?;
        reader.sieved_lines(scope, &sieve, page_of).await.tell(tongue)?
    } else {
        let stages = asked.sieve().stages;
        reader.found_lines(scope, (&asked.q, &stages), page_of).await.tell(tongue)?
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let is_cut = lines.len() > most;
    lines.truncate(most);
    let next = lines.last().filter(|_| is_cut).map(|line| line.id.to_string());
    Ok(page(&RequestsPage {
        frame: Frame::of(&member, "/requests"),
        lines: shown(&server, &member, (scope, lines)).await.tell(tongue)?,
        stages: StageKind::ALL.iter().map(|stage| (stage.word(), stage.name(tongue.0))).collect(),
        is_later: asked.after().is_some(),
        asked,
        next,
    }))
}

/// The lines with their limits; one that cannot be read as a whole has none.
async fn shown(
    server: &Server,
    member: &Member,
    (scope, lines): (Scope, Vec<RequestLine>),
) -> Result<Vec<Line>, StoreError> {
    let (content, tongue) = (server.engine.content(), member.tongue());
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let ids: Vec<RequestId> = lines.iter().map(|line| line.id).collect();
    let found = server.engine.reader().requests_named(scope, &ids).await?;
    let whole: HashMap<RequestId, Request> =
        found.into_iter().flatten().map(|request| (request.id, request)).collect();
    let shown = |line: RequestLine| match whole.get(&line.id) {
        Some(request) => {
            let limit = Limit::of(request, &moment, tongue);
            Line { chip: Chip::of_request(request, tongue), limit, ..Line::of_line(line, tongue) }
        }
        None => Line::of_line(line, tongue),
    };
    Ok(lines.into_iter().map(shown).collect())
}

/// The requests that were decided within a span of days, where the address names one.
async fn decided_within(
    server: &Server,
    (scope, asked): (Scope, &Asked),
) -> Result<Option<Vec<RequestId>>, StoreError> {
    let span = asked.days.parse::<usize>().ok().and_then(|index| SPANS.get(index));
    let (Some((first, last)), Some(year)) = (span, asked.year()) else { return Ok(None) };
    let content = server.engine.content();
    let offset = content.rules.parameters().jurisdiction.offset();
    let times = server.engine.reader().decision_times(scope, year).await?;
    let is_within = |time: &&DecisionTime| (*first..=*last).contains(&days(time, &content.calendar, offset));
    Ok(Some(times.iter().filter(is_within).map(|time| time.request).collect()))
}
