//! Places and their hours: organisations, communities, a community's load, the forecast of a district.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use engine::EngineError;
use serde_json::{Value, json};
use store::{Organisation, OrganisationKind, Scope, StoreError};
use workflow::actor::{Actor, Role};
use workflow::calendar::{Month, first_day, last_day};
use workflow::forecast::Quarter;
use workflow::id::OrganisationId;

use super::caller::{Asked, Caller, Said, answer, fault};
use super::operation::{Group, Operation};
use super::schema;
use super::shapes::places as shapes;
use super::slice::{Order, SLICED, Slice};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let office = Admits::Roles(&[Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor]);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/organisations", all, get(organisations)),
            ("list_organisations", "The organisations of the caller's district and city, by code"),
            shapes::organisations,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/communities", all, get(communities)),
            ("list_communities", "The communities of the caller's district with their size, by code"),
            shapes::communities,
        )
        .asks("year", schema::year)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/communities/{code}/quota", all, get(quota)),
            ("community_quota", "A community's hours by pool and month: capacity, reserve, booked, free"),
            shapes::quota,
        )
        .asks("year", schema::year)
        .asks("as_of", schema::day),
        Operation::new(
            (Method::GET, "/api/v1/forecast/{quarter}", office, get(forecast)),
            (
                "forecast",
                "What a quarter will ask of the communities, such as 2026Q3; the fullest month first",
            ),
            shapes::forecast,
        )
        .asks("district", schema::named)
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Places)).collect()
}

/// The district from which the caller looks; none sees all.
pub(super) fn district(server: &Server, caller: &Caller) -> Option<OrganisationId> {
    match (caller.scope(server), caller.actor()) {
        (Scope::Everything, _) | (_, Actor::System) => None,
        (_, Actor::Person(person)) => Some(person.district),
    }
}

fn as_json(one: &Organisation, all: &[Organisation]) -> Value {
    let code = |id: Option<OrganisationId>| {
        id.and_then(|id| all.iter().find(|other| other.id == id)).map(|other| other.code.as_str())
    };
    json!({
        "id": one.id, "code": one.code, "name": one.name, "name_en": one.name_en, "kind": one.kind,
        "parent": code(one.parent), "district": code(Some(one.district)), "body": one.body,
        "hosts_office": one.hosts_office, "closed_on": one.closed_on, "merged_into": code(one.merged_into),
    })
}

async fn organisations(
    State(server): State<Server>,
    caller: Caller,
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let slice = Slice::of(&asked.only(&SLICED).said(tongue)?).said(tongue)?;
    let tree = server.engine.reader().organisations().await.said(caller.tongue())?;
    let district = district(&server, &caller);
    let is_city =
        |id: OrganisationId| tree.iter().any(|one| one.id == id && one.kind == OrganisationKind::City);
    let near = |one: &&Organisation| {
        district.is_none_or(|own| one.district == own || one.id == own || is_city(one.district))
    };
    let seen: Vec<&Organisation> = tree.iter().filter(near).collect();
    Ok(slice.page((seen, Order::Rising), |one| one.code.clone(), |one| as_json(one, &tree)))
}

/// Whether a calendar can count the month.
pub(super) fn is_counted(month: Month) -> bool {
    (first_day()..=last_day()).contains(&month.first())
}

/// Turns of the year from one month to another.
pub(super) fn years_between((from, until): (Month, Month)) -> i32 {
    until.first().year() - from.first().year()
}

pub(super) fn year(asked: &Asked, caller: &Caller) -> Result<i32, EngineError> {
    Ok(asked.number("year", schema::YEARS)?.unwrap_or_else(|| caller.now().year()))
}

async fn communities(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["year", "limit", "after"]).said(tongue)?;
    let slice = Slice::of(&asked).said(tongue)?;
    let year = year(&asked, &caller).said(tongue)?;
    let reader = server.engine.reader();
    let tree = reader.organisations().await.said(tongue)?;
    let district = district(&server, &caller);
    let ours = |one: &&Organisation| {
        one.kind == OrganisationKind::Community && district.is_none_or(|own| one.district == own)
    };
    let seen: Vec<&Organisation> = tree.iter().filter(ours).collect();
    let ids: Vec<OrganisationId> = seen.iter().map(|one| one.id).collect();
    let sizes = reader.sizes(&ids, year).await.said(tongue)?;
    let line = |one: &&Organisation| {
        let size = sizes.get(&one.id);
        json!({
            "code": one.code, "name": one.name, "name_en": one.name_en, "closed_on": one.closed_on,
            "households": size.map(|size| size.households), "residents": size.map(|size| size.residents),
            "workers": size.and_then(|size| size.workers),
            "station_workers": size.and_then(|size| size.station_workers),
        })
    };
    Ok(slice.page((seen, Order::Rising), |one| one.code.clone(), line))
}

/// Whose hours a caller sees: a committee its own; all others those of the district, but a department no tasks.
async fn quota(
    State(server): State<Server>,
    caller: Caller,
    Path(code): Path<String>,
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["year", "as_of"]).said(tongue)?;
    let year = year(&asked, &caller).said(tongue)?;
    let day = asked.counted_day("as_of").said(tongue)?;
    let community = server.engine.reader().organisation(&code).await.said(tongue)?;
    let scope = caller.scope(&server);
    let is_seen = match scope {
        Scope::Community(own) => community.id == own,
        _ => district(&server, &caller).is_none_or(|own| community.district == own),
    };
    if !is_seen {
        return Err(StoreError::NotFound("community")).said(tongue);
    }
    let mut load = server.engine.load(&code, year, day).await.said(tongue)?;
    if matches!(scope, Scope::Department(_)) {
        load.pools.iter_mut().flat_map(|pool| &mut pool.months).for_each(|month| month.tasks.clear());
    }
    Ok(answer(&load))
}

async fn forecast(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["district", "limit", "after"]).said(tongue)?;
    let slice = Slice::of(&asked).said(tongue)?;
    let quarter = Quarter::parse(&written);
    let quarter = quarter.map_err(|error| fault("/path/quarter", error)).said(tongue)?;
    let named = asked.text("district");
    let code = match district(&server, &caller) {
        None => named.map(str::to_owned),
        Some(own) => {
            let own = server.engine.reader().organisation_by_id(own).await.said(tongue)?.code;
            if named.is_some_and(|named| named != own) {
                return Err(StoreError::NotFound("district")).said(tongue);
            }
            Some(own)
        }
    };
    let forecast = server.engine.forecast(code.as_deref(), quarter).await.said(tongue)?;
    // The fullest month comes first, so that a line is named by its place.
    let rows = forecast.rows.into_iter().enumerate().map(|(place, row)| (format!("{place:08}"), row));
    let rows = (rows.collect(), Order::Rising);
    let (lines, next) = slice.lines(rows, |(place, _)| place.clone(), |(_, row)| json!(row));
    Ok(answer(&json!({ "quarter": forecast.quarter.to_string(), "items": lines, "next": next })))
}
