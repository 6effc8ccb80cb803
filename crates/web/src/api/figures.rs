//! The figures of a year, summed by the database, and what communities refused.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use store::{OrganisationKind, Refusal, Scope};
use workflow::id::OrganisationId;

use super::caller::{Caller, Said, answer};
use super::complaints::Places;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::oversight as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::pages::office::OVERLOOKS;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let office = Admits::Roles(OVERLOOKS);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/figures/{year}", office, get(figures)),
            (
                "show_figures",
                "Requests, hours, money, times to decide and grounds of refusal of a year, by department and community",
            ),
            shapes::figures,
        ),
        Operation::new(
            (Method::GET, "/api/v1/refusals", Admits::SignedIn, get(refusals)),
            (
                "list_refusals",
                "Work that communities refused and why: a committee's own, for the office the district's",
            ),
            shapes::refusals,
        )
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

/// The communities into whose work a scope looks.
async fn communities(server: &Server, caller: &Caller) -> Result<Vec<OrganisationId>, Failed> {
    let reader = server.engine.reader();
    let within = |one: &store::Organisation, district: Option<OrganisationId>| {
        one.kind == OrganisationKind::Community && district.is_none_or(|district| one.district == district)
    };
    let district = match caller.scope(server) {
        Scope::Everything => None,
        Scope::District(district) => Some(district),
        Scope::Community(own) => return reader.with_merged_into(own).await.said(caller.tongue()),
        Scope::Department(_) => return Ok(Vec::new()),
    };
    let tree = reader.organisations().await.said(caller.tongue())?;
    Ok(tree.iter().filter(|one| within(one, district)).map(|one| one.id).collect())
}

async fn figures(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let year = super::inspections::year(&written).said(tongue)?;
    let (engine, reader, scope) = (&server.engine, server.engine.reader(), caller.scope(&server));
    let places = Places::of(&server, &caller).await?;
    let communities = communities(&server, &caller).await?;
    let requests = reader.request_sums(scope, year).await.said(tongue)?;
    let hours = reader.hour_sums(scope, year).await.said(tongue)?;
    let months = reader.month_sums(scope, year).await.said(tongue)?;
    let times = reader.decision_times(scope, year).await.said(tongue)?;
    let grounds = reader.refusal_grounds(scope, year).await.said(tongue)?;
    let capacities = engine.year_capacities(&communities, year).await.said(tongue)?;
    let request = |sum: &store::RequestSum| {
        json!({
            "department": places.of_id(sum.department), "function": sum.function, "month": sum.month,
            "stage": sum.stage, "requests": sum.requests, "price": sum.price,
        })
    };
    let hour = |sum: &store::HourSum| {
        json!({
            "department": places.of_id(sum.department), "function": sum.function,
            "community": places.of_id(sum.community), "hours": sum.hours,
        })
    };
    let month =
        |(month, function, hours): &_| json!({ "month": month, "function": function, "hours": hours });
    let time = |time: &store::DecisionTime| json!({ "request": time.request, "submitted": time.submitted, "decided": time.decided });
    let ground = |ground: &store::RefusalGround| json!({ "code": ground.code, "message": ground.message, "requests": ground.requests });
    let capacity = |(community, can): (&OrganisationId, &engine::MonthCapacity)| json!({ "community": places.of_id(*community), "capacity": can });
    Ok(answer(&json!({
        "year": year,
        "requests": requests.iter().map(request).collect::<Vec<Value>>(),
        "hours": hours.iter().map(hour).collect::<Vec<Value>>(),
        "months": months.iter().map(month).collect::<Vec<Value>>(),
        "times": times.iter().map(time).collect::<Vec<Value>>(),
        "grounds": grounds.iter().map(ground).collect::<Vec<Value>>(),
        "capacities": capacities.iter().map(capacity).collect::<Vec<Value>>(),
    })))
}

async fn refusals(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let communities = communities(&reading.server, &reading.caller).await?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    let refusals = reading.reader().refusals(&communities).await.said(tongue)?;
    let name = |one: &Refusal| format!("{}|{}|{}", one.on, one.task.id, one.community);
    let line = |one: &Refusal| {
        json!({
            "request": one.task.id, "number": one.task.number, "title": one.task.title,
            "community": places.of_id(one.community), "on": one.on, "reason": one.reason, "share": one.share,
        })
    };
    Ok(slice.page((refusals, Order::Falling), name, line))
}
