//! What communities say of departments: one department's answers, all of a year, and what the caller's community has said.

use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use engine::RatingView;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::rating::Rating;

use super::caller::{Said, answer};
use super::complaints::Places;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::schema;
use super::shapes::ratings as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;

pub(crate) fn operations() -> Vec<Operation> {
    let overseers = Admits::Roles(&[Role::Reviewer, Role::Approver, Role::Auditor]);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/departments/{code}/ratings", Admits::SignedIn, get(of_department)),
            (
                "department_ratings",
                "What communities answered about a department in a year, as the caller may see it",
            ),
            shapes::of_department,
        )
        .asks("year", schema::year),
        Operation::new(
            (Method::GET, "/api/v1/ratings", overseers, get(of_year)),
            ("list_ratings", "What communities answered about each department in a year, by department"),
            shapes::of_year,
        )
        .asks("year", schema::year)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/me/ratings", Admits::Roles(&[Role::Committee]), get(own)),
            ("list_own_ratings", "All that the caller's community has answered, oldest first"),
            shapes::own,
        )
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

fn one(rating: &Rating, places: &Places) -> Value {
    json!({
        "id": rating.id, "request": rating.request, "community": places.of_id(rating.community),
        "given_on": rating.given_on, "answer": rating.answer,
    })
}

fn as_json(view: &RatingView, places: &Places) -> Value {
    json!({
        "department": places.of_id(view.department), "year": view.year, "results": view.results,
        "answers": view.answers.iter().map(|rating| one(rating, places)).collect::<Vec<_>>(),
    })
}

async fn of_department(Path(code): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let year = reading.year()?;
    let view = reading.engine().rating_results(reading.by(), (&code, year)).await.said(reading.tongue())?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    Ok(answer(&as_json(&view, &places)))
}

async fn of_year(reading: Reading) -> Result<Response, Failed> {
    let (slice, year) = (reading.slice()?, reading.year()?);
    let views = reading.engine().ratings_of_year(reading.by(), year).await.said(reading.tongue())?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    let name = |view: &RatingView| {
        let code = places.of_id(view.department).get("code").and_then(Value::as_str);
        code.unwrap_or_default().to_owned()
    };
    Ok(slice.page((views, Order::Rising), name, |view| as_json(view, &places)))
}

async fn own(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let given = reading.engine().own_ratings(reading.by()).await.said(reading.tongue())?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    let line = |rating: &Rating| {
        json!({
            "id": rating.id, "request": rating.request, "department": places.of_id(rating.department),
            "year": rating.year, "given_on": rating.given_on, "answer": rating.answer,
        })
    };
    Ok(slice.page((given, Order::Rising), |rating| rating.id.to_string(), line))
}
