//! A community's hours by month and function, the tasks behind each figure, and what it has refused and why. The pools of
//! committee and service station stand apart.

use askama::Template;
use axum::extract::{Path, State};
use chrono::Datelike;
use engine::EngineError;
use serde::Deserialize;
use store::{Organisation, Refusal, Scope};
use workflow::calendar::{Month, YEARS};
use workflow::request::Moment;

use crate::pages::addresses::of_request;
use crate::pages::chips::whole_day;
use crate::pages::community::hours::{PoolHours, load};
use crate::pages::community::months::{Behind, FunctionKey, PoolMonths, Wanted, keys};
use crate::pages::frame::Frame;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "community/quota.html")]
struct QuotaPage {
    frame: Frame,
    name: String,
    code: String,
    year: i32,
    path: String,
    gauges: Vec<PoolHours>,
    pools: Vec<PoolMonths>,
    keys: Vec<FunctionKey>,
    behind: Option<Behind>,
    refused: Vec<Refused>,
    /// Whether the reader may open the requests behind the figures.
    may_open: bool,
}

/// One refusal.
struct Refused {
    on: String,
    to: String,
    number: String,
    title: String,
    reason: &'static str,
    share: String,
}

/// What of the year is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    month: Option<String>,
    function: Option<u8>,
    pool: Option<String>,
}

pub(crate) async fn own(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let own = member.known.worker.person.organisation;
    let own = server.engine.reader().organisation_by_id(own).await.tell(member.tongue())?;
    show(&server, &member, ("/quota".to_owned(), own), asked).await
}

pub(crate) async fn of_community(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let seen = server.engine.community_seen_by(&member.known.actor, &code).await;
    let community = seen.tell(member.tongue())?;
    show(&server, &member, (format!("/communities/{}/quota", community.code), community), asked).await
}

async fn show(
    server: &Server,
    member: &Member,
    (path, community): (String, Organisation),
    asked: Asked,
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let today = moment.today();
    let wanted = Wanted::read(asked.month.as_deref(), asked.function, asked.pool.as_deref());
    let year = wanted.as_ref().map(|wanted| wanted.month.first().year()).or(asked.year);
    let year = year.filter(|year| YEARS.contains(year)).unwrap_or_else(|| today.year());
    let load = load(server, &community.code, year).await.tell(tongue)?;
    let refused = refusals(server, &community, year).await.tell(tongue)?;
    let pools = load.as_ref().map(|load| load.pools.as_slice()).unwrap_or_default();
    let keys = keys(pools, tongue);
    Ok(page(&QuotaPage {
        frame: Frame::of(member, "/quota"),
        gauges: pools.iter().map(|pool| PoolHours::of(pool, Month::of(today), tongue)).collect(),
        pools: pools.iter().map(|pool| PoolMonths::of(pool, &keys, (&path, tongue))).collect(),
        keys,
        behind: wanted.map(|wanted| Behind::of(pools, wanted, tongue)),
        refused: refused.into_iter().map(|one| Refused::of(one, tongue)).collect(),
        may_open: !matches!(engine.scope(&member.known.actor), Scope::Department(_)),
        name: community.name,
        code: community.code,
        year,
        path,
    }))
}

/// What was refused in a year, also by communities that have gone into this one.
async fn refusals(server: &Server, community: &Organisation, year: i32) -> Result<Vec<Refusal>, EngineError> {
    let reader = server.engine.reader();
    let communities = reader.with_merged_into(community.id).await?;
    let mut refused = reader.refusals(&communities).await?;
    refused.retain(|refusal| refusal.on.year() == year);
    Ok(refused)
}

impl Refused {
    fn of(refusal: Refusal, tongue: Tongue) -> Refused {
        let number = refusal.task.number.unwrap_or_else(|| "—".to_owned());
        Refused {
            on: whole_day(refusal.on, tongue),
            to: of_request(&refusal.task.id.to_string()),
            number,
            title: refusal.task.title,
            reason: refusal.reason.name(tongue.0),
            share: refusal.share.for_people(),
        }
    }
}
