//! The list of requests that a person may see, newest first; the filter stands in the address.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use store::RequestLine;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::pages::chips::{Chip, Limit};
use crate::pages::frame::Frame;
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
    stage: String,
    is_cut: bool,
}

#[derive(Deserialize)]
pub(crate) struct Filter {
    stage: Option<String>,
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

pub(crate) async fn list(
    State(server): State<Server>,
    member: Member,
    Query(filter): Query<Filter>,
) -> Answer {
    let tongue = member.tongue();
    let stage = filter.stage.as_deref().and_then(StageKind::from_word);
    let scope = server.engine.scope(&member.known.actor);
    let stages: Vec<StageKind> = stage.into_iter().collect();
    let mut lines = server.engine.reader().request_lines(scope, &stages, MOST + 1).await.tell(tongue)?;
    let is_cut = lines.len() as u64 > MOST;
    lines.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    Ok(page(&RequestsPage {
        frame: Frame::of(&member, "/requests"),
        lines: lines.into_iter().map(|line| Line::of_line(line, tongue)).collect(),
        stages: StageKind::ALL.iter().map(|stage| (stage.word(), stage.name(tongue.0))).collect(),
        stage: stage.map(|stage| stage.word().to_owned()).unwrap_or_default(),
        is_cut,
    }))
}
