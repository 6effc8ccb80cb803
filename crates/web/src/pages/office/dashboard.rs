//! The figures of a year: requests, hours and money by function, department and month, how long decisions took, why requests
//! were refused, and which department fills whose hours. Every figure leads to its requests.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::Datelike;
use engine::Content;
use serde::Deserialize;
use store::{Organisation, OrganisationKind, Scope};
use workflow::calendar::YEARS;
use workflow::id::OrganisationId;

use crate::downloads::download;
use crate::pages::community::LOOKS_IN;
use crate::pages::csv_cells::{UTF_8, cell};
use crate::pages::frame::Frame;
use crate::pages::names::{name, names};
use crate::pages::office::figures::{self, Read};
use crate::pages::office::flow::STREAMS;
use crate::pages::office::tables::Figure;
use crate::pages::sieve::organisation;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
    year: i32,
    /// The district that is shown; empty for all.
    district: String,
    districts: Vec<(String, String)>,
    totals: Vec<(&'static str, String, String)>,
    figures: Vec<Figure>,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    #[serde(default)]
    district: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let tongue = member.tongue();
    let content = server.engine.content();
    let (read, tree) = read(&server, &member, (&asked, &content)).await?;
    let city = server.engine.scope(&member.known.actor) == Scope::Everything;
    let districts = tree.iter().filter(|one| one.kind == OrganisationKind::District && city);
    Ok(page(&DashboardPage {
        frame: Frame::of(&member, "/dashboard"),
        year: read.year,
        district: read.district.map(|id| id.to_string()).unwrap_or_default(),
        districts: districts.map(|one| (one.id.to_string(), name(one, tongue))).collect(),
        totals: figures::totals(&read),
        figures: figures::all(&read, STREAMS),
    }))
}

/// The totals and all tables of the page, none of them cut, as one file for spreadsheets: table, row, column, figure.
pub(crate) async fn export(
    State(server): State<Server>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Failed> {
    let tongue = member.tongue();
    let content = server.engine.content();
    let (read, _) = read(&server, &member, (&asked, &content)).await?;
    let heads = [
        tongue.say("表", "table"),
        tongue.say("行", "row"),
        tongue.say("列", "column"),
        tongue.say("数值", "figure"),
    ];
    let mut lines = vec![heads.map(cell).join(",")];
    let year = read.year.to_string();
    let total = |(name, found, _): (&'static str, String, String)| {
        [tongue.say("合计", "totals"), name, year.as_str(), found.as_str()].map(cell).join(",")
    };
    lines.extend(figures::totals(&read).into_iter().map(total));
    for figure in figures::all(&read, usize::MAX) {
        for row in &figure.rows {
            let cells = figure.heads.iter().zip(&row.cells);
            lines.extend(cells.map(|(head, found)| {
                [figure.title, row.name.as_str(), head.as_str(), found.text.as_str()].map(cell).join(",")
            }));
        }
    }
    let text = format!("{UTF_8}{}\r\n", lines.join("\r\n"));
    Ok(download(&format!("figures-{}.csv", read.year), text.into_bytes()))
}

/// The figures that an address asks for, and the tree of organisations.
async fn read<'a>(
    server: &Server,
    member: &Member,
    (asked, content): (&Asked, &'a Content),
) -> Result<(Read<'a>, Vec<Organisation>), Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let reader = engine.reader();
    let offset = content.rules.parameters().jurisdiction.offset();
    let today = member.visitor.now.with_timezone(&offset).date_naive();
    let year = asked.year.filter(|year| YEARS.contains(year)).unwrap_or(today.year());
    let own = engine.scope(&member.known.actor);
    let chosen = organisation(&asked.district).filter(|_| own == Scope::Everything);
    let scope = chosen.map_or(own, Scope::District);
    let tree = reader.organisations().await.tell(tongue)?;
    let communities: Vec<OrganisationId> = communities(&tree, scope);
    let looks_in = LOOKS_IN.iter().any(|role| member.known.has(*role));
    let read = Read {
        year,
        district: chosen,
        requests: reader.request_sums(scope, year).await.tell(tongue)?,
        hours: reader.hour_sums(scope, year).await.tell(tongue)?,
        months: reader.month_sums(scope, year).await.tell(tongue)?,
        times: reader.decision_times(scope, year).await.tell(tongue)?,
        grounds: reader.refusal_grounds(scope, year).await.tell(tongue)?,
        capacities: engine.year_capacities(&communities, year).await.tell(tongue)?,
        names: names(&tree, tongue),
        codes: tree.iter().filter(|_| looks_in).map(|one| (one.id, one.code.clone())).collect(),
        calendar: &content.calendar,
        offset,
        tongue,
    };
    Ok((read, tree))
}

fn communities(tree: &[Organisation], scope: Scope) -> Vec<OrganisationId> {
    let within = |one: &&Organisation| match scope {
        Scope::Everything => true,
        Scope::District(district) => one.district == district,
        Scope::Department(_) | Scope::Community(_) => false,
    };
    let all = tree.iter().filter(|one| one.kind == OrganisationKind::Community && one.closed_on.is_none());
    all.filter(within).map(|one| one.id).collect()
}
