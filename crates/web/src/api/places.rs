//! Places and their hours: organisations, communities, a community's load, the forecast of a district.

use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use serde_json::{Value, json};
use store::{Organisation, OrganisationKind, Scope, StoreError};
use workflow::actor::Actor;
use workflow::calendar::{Month, first_day, last_day};
use workflow::forecast::Quarter;
use workflow::id::OrganisationId;

use super::caller::{Caller, Said, answer, fault};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::schema;
use super::shapes::places as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::pages::office::MEASURES;
use crate::reply::Failed;
use crate::server::Server;
use crate::unread::counted;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let office = Admits::Roles(MEASURES);
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

async fn organisations(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let tree = reading.reader().organisations().await.said(reading.tongue())?;
    let district = reading.district();
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

async fn communities(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let year = reading.year()?;
    let reader = reading.reader();
    let tree = reader.organisations().await.said(tongue)?;
    let district = reading.district();
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
async fn quota(Path(code): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let year = reading.year()?;
    let day = reading.asked.counted_day("as_of").said(tongue)?;
    let community = reading.reader().organisation(&code).await.said(tongue)?;
    let scope = reading.scope();
    let is_seen = match scope {
        Scope::Community(own) => community.id == own,
        _ => reading.district().is_none_or(|own| community.district == own),
    };
    if !is_seen {
        return Err(StoreError::NotFound("community")).said(tongue);
    }
    let mut load = reading.engine().load(&code, year, day).await.said(tongue)?;
    if matches!(scope, Scope::Department(_)) {
        load.pools.iter_mut().flat_map(|pool| &mut pool.months).for_each(|month| month.tasks.clear());
    }
    Ok(answer(&load))
}

async fn forecast(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let quarter = Quarter::parse(&written);
    let said = |error: String| ("应为季度，如 2026Q3".to_owned(), error);
    let quarter = quarter.map_err(|error| fault("/path/quarter", said(error))).said(tongue)?;
    let named = reading.asked.text("district");
    let code = match reading.district() {
        None => named.map(str::to_owned),
        Some(own) => {
            let own = reading.reader().organisation_by_id(own).await.said(tongue)?.code;
            if named.is_some_and(|named| named != own) {
                return Err(StoreError::NotFound("district")).said(tongue);
            }
            Some(own)
        }
    };
    let forecast = reading.engine().forecast(code.as_deref(), quarter).await.said(tongue)?;
    // The fullest month comes first, so that a line is named by its place.
    let rows = forecast.rows.into_iter().enumerate().map(|(place, row)| (format!("{place:08}"), row));
    let rows = (rows.collect(), Order::Rising);
    let (lines, next) = slice.lines(rows, |(place, _)| place.clone(), |(_, row)| json!(row));
    let (quarter, unreadable) = (forecast.quarter.to_string(), counted(&forecast.unreadable));
    Ok(answer(&json!({ "quarter": quarter, "items": lines, "next": next, "unreadable": unreadable })))
}
