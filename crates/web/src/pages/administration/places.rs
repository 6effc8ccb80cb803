//! Organisations and the sizes of communities: seen by administrators and by whoever oversees a district, and brought in
//! from CSV by administrators.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::Datelike;
use engine::{EngineError, ImportKind};
use serde::Deserialize;
use store::{CommunitySize, Organisation, OrganisationKind, Scope};
use workflow::actor::Actor;
use workflow::id::OrganisationId;

use super::imports::bring_in;
use super::people::name_of;
use super::{frame, imported, may_change, tabs};
use crate::pages::errands::ErrandLine;
use crate::pages::frame::{Entry, Frame};
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::uploads::Uploaded;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/places.html")]
struct PlacesPage {
    frame: Frame,
    tabs: Vec<Entry>,
    words: String,
    lines: Vec<Line>,
    count: usize,
    sized: usize,
    communities: usize,
    may_change: bool,
    /// The heading of each file, by the word of its kind.
    files: Vec<(&'static str, &'static str, String)>,
    refusal: Option<String>,
    errands: Vec<ErrandLine>,
}

struct Line {
    code: String,
    name: String,
    kind: &'static str,
    parent: String,
    is_closed: bool,
    /// Year, households, residents, workers, workers of the station.
    size: Option<[String; 5]>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
}

/// Organisations that one page shows.
const MOST: usize = 300;

pub(super) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let words = asked.q.unwrap_or_default().chars().take(100).collect();
    shown(&server, &member, (words, None)).await
}

pub(super) async fn import(State(server): State<Server>, member: Member, uploaded: Uploaded) -> Answer {
    let kind = match uploaded.field("kind") {
        "communities" => ImportKind::Communities,
        _ => ImportKind::Organisations,
    };
    match bring_in(&server, &member, (kind, uploaded)).await.tell(member.tongue())? {
        Ok(answer) => Ok(answer),
        Err(refusal) => shown(&server, &member, (String::new(), Some(refusal))).await,
    }
}

async fn shown(server: &Server, member: &Member, (words, refusal): (String, Option<Problem>)) -> Answer {
    let tongue = member.tongue();
    let tree = seen(server, member).await.tell(tongue)?;
    let ids: Vec<OrganisationId> = tree
        .iter()
        .filter(|one| one.kind == OrganisationKind::Community && one.closed_on.is_none())
        .map(|one| one.id)
        .collect();
    let year = server.engine.today(member.visitor.now).year();
    let sizes = server.engine.reader().sizes(&ids, year).await.tell(tongue)?;
    let parent = |id: Option<OrganisationId>| {
        let found = id.and_then(|id| tree.iter().find(|one| one.id == id));
        found.map(|one| name_of(tongue, (&one.name, &one.name_en)).to_owned()).unwrap_or_default()
    };
    let wanted = words.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let found: Vec<_> =
        tree.iter().filter(|one| has(&one.code) || has(&one.name) || has(&one.name_en)).collect();
    let lines = found.iter().take(MOST).map(|one| Line {
        code: one.code.clone(),
        name: name_of(tongue, (&one.name, &one.name_en)).to_owned(),
        kind: one.kind.name(tongue.0),
        parent: parent(one.parent),
        is_closed: one.closed_on.is_some(),
        size: sizes.get(&one.id).map(size_of),
    });
    let file = |kind: ImportKind| (kind.word(), kind.name(tongue.0), kind.columns().join(","));
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    Ok(page_with(
        status,
        &PlacesPage {
            frame: frame(member, "/administration/places"),
            tabs: tabs(member, "/administration/places"),
            lines: lines.collect(),
            count: found.len(),
            sized: sizes.len(),
            communities: ids.len(),
            may_change: may_change(member),
            files: vec![file(ImportKind::Organisations), file(ImportKind::Communities)],
            refusal: refusal.map(|problem| problem.said()),
            errands: imported(server, member).await.tell(tongue)?,
            words,
        },
    ))
}

/// The organisations in an administrator's hands; for whoever oversees a district those of it, and for the city's all.
async fn seen(server: &Server, member: &Member) -> Result<Vec<Organisation>, EngineError> {
    let (engine, actor) = (&server.engine, &member.known.actor);
    if may_change(member) {
        return engine.administered_places(actor).await;
    }
    let district = match (engine.scope(actor), actor) {
        (Scope::Everything, _) | (_, Actor::System) => None,
        (_, Actor::Person(person)) => Some(person.district),
    };
    let mut tree = engine.reader().organisations().await?;
    tree.retain(|one| district.is_none_or(|own| one.district == own));
    Ok(tree)
}

fn size_of(size: &CommunitySize) -> [String; 5] {
    let number = |number: Option<i32>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    [
        size.year.to_string(),
        size.households.to_string(),
        size.residents.to_string(),
        number(size.workers),
        number(size.station_workers),
    ]
}
