//! What belongs to one request: renewals, supplements, ratings, decision records, how long each step took, the load of its
//! communities, and the files of its deliveries.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use engine::{Command, EngineError};
use serde::Deserialize;
use serde_json::{Value, json};
use store::StoreError;
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, Worked};
use workflow::booking::Place;
use workflow::money::Fen;
use workflow::rating::{Answer, Rating};

use super::caller::{Caller, Said, answer};
use super::change::Change;
use super::files::{FILES_BODY, File, bytes_of};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::requests::{done, filing, named, order};
use super::shapes::{dossier as shapes, requests};
use super::slice::Order as Way;
use crate::access::Admits;
use crate::downloads::hand_out;
use crate::eyes::Eyes;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    reads().into_iter().chain(changes()).map(|one| one.within(Group::Requests)).collect()
}

fn changes() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let files = post(deliver).layer(DefaultBodyLimit::max(FILES_BODY));
    let follow_up = |way, said| {
        let made = Operation::new(way, said, requests::done).takes(requests::filing).makes();
        made.such_as(requests::filing_example).versioned().repeatable()
    };
    vec![
        follow_up(
            (Method::POST, "/api/v1/requests/{id}/renewals", all, post(renew)),
            ("renew_request", "Draft the successor of a request that is in force"),
        ),
        follow_up(
            (Method::POST, "/api/v1/requests/{id}/supplements", all, post(supplement)),
            ("supplement_request", "Draft a supplement to a request that is in force"),
        ),
        Operation::new(
            (Method::POST, "/api/v1/requests/{id}/deliveries", COMMITTEE, files),
            ("deliver", "A committee hands in its delivered work with the files that show it"),
            requests::done,
        )
        .takes(shapes::delivery)
        .such_as(shapes::delivery_example)
        .versioned()
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/requests/{id}/ratings", COMMITTEE, post(rate)),
            (
                "rate_request",
                "A committee rates the department after a settlement, or tells a meeting's votes",
            ),
            shapes::given_rating,
        )
        .takes(shapes::rating)
        .such_as(shapes::rating_example)
        .makes()
        .repeatable(),
    ]
}

fn reads() -> Vec<Operation> {
    let all = Admits::SignedIn;
    vec![
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/records", all, get(records)),
            (
                "request_records",
                "The decision records of a request, newest first: facts, assessment and trace",
            ),
            shapes::records,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/lateness", all, get(lateness)),
            (
                "request_lateness",
                "Every step that had a limit: who held it, how long, and what answers for a delay",
            ),
            shapes::lateness,
        ),
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/load", Admits::Roles(&OFFICE), get(load)),
            ("request_load", "The months of each community that the request asks hours of, as they are now"),
            shapes::load,
        ),
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/files", all, get(list_files)),
            ("list_files", "Files of the deliveries that the caller may see, by community and name"),
            shapes::files,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/files/{community}/{name}", all, get(file)),
            ("fetch_file", "The bytes of one file of a delivery"),
            shapes::bytes,
        )
        .gives("application/octet-stream"),
    ]
}

const COMMITTEE: Admits = Admits::Roles(&[Role::Committee]);
const OFFICE: [Role; 4] = [Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor];

async fn renew(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let order = order(&change, &written).await?;
    let filing = filing(&change.sent).said(change.tongue())?;
    change.done(StatusCode::CREATED, change.server.engine.renew(order, filing), done).await
}

async fn supplement(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let order = order(&change, &written).await?;
    let filing = filing(&change.sent).said(change.tongue())?;
    change.done(StatusCode::CREATED, change.server.engine.supplement(order, filing), done).await
}

#[derive(Deserialize)]
struct Delivered {
    report: String,
    #[serde(default)]
    actual: Option<Fen>,
    #[serde(default)]
    worked: Vec<Worked>,
    #[serde(default)]
    files: Vec<File>,
}

async fn deliver(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let order = order(&change, &written).await?;
    let Delivered { report, actual, worked, files } = change.read()?;
    let files = bytes_of(files).said(change.tongue())?;
    let delivery = Box::new(Delivery { report, actual, worked, ..Delivery::default() });
    let community = change.caller.0.known.worker.person.organisation;
    let command = Command::DeliverWithEvidence { community, delivery, files };
    change.done(StatusCode::OK, change.server.engine.act(order, command), done).await
}

fn rated(rating: &Rating) -> Value {
    json!({ "id": rating.id, "request": rating.request, "year": rating.year, "given_on": rating.given_on })
}

async fn rate(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let rating: Answer = change.read()?;
    let work = change.server.engine.rate(change.by(), &written, rating);
    change.done(StatusCode::CREATED, work, rated).await
}

async fn records(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let id = named(&reading.server, &reading.caller, &written).await?;
    let (reader, scope) = (reading.reader(), reading.scope());
    let request = reader.request(id, scope).await.said(tongue)?;
    let eyes = Eyes::of(&reading.server, scope).await.said(tongue)?;
    let records = reader.records(id).await.said(tongue)?;
    Ok(slice.page((records, Way::Falling), |one| one.id.to_string(), |one| eyes.record(one, &request)))
}

async fn lateness(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let id = named(&server, &caller, &written).await?;
    let held = server.engine.held(id, caller.scope(&server), caller.now()).await;
    Ok(answer(&held.said(caller.tongue())?))
}

async fn load(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let id = named(&server, &caller, &written).await?;
    let request = server.engine.reader().request(id, caller.scope(&server)).await.said(tongue)?;
    let assessed = request.assessed.as_ref();
    let asked = assessed.iter().flat_map(|assessed| assessed.hours.iter().map(move |row| (assessed, row)));
    let asked = asked.filter_map(|(assessed, row)| {
        let target = request.targets.iter().find(|target| target.code == row.code)?;
        let place = Place { community: target.community, pool: assessed.pool(&row.code), month: row.month };
        Some((row, place))
    });
    let (rows, places): (Vec<_>, Vec<Place>) = asked.unzip();
    let figures = server.engine.month_figures(&places).await.said(tongue)?;
    let line = |((row, place), figures)| {
        let (row, place): (&workflow::request::MonthHours, &Place) = (row, place);
        json!({
            "community": row.code, "pool": place.pool, "month": place.month, "hours": row.hours,
            "figures": figures,
        })
    };
    let lines: Vec<Value> = rows.into_iter().zip(&places).zip(&figures).map(line).collect();
    Ok(answer(&lines))
}

async fn list_files(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let id = named(&reading.server, &reading.caller, &written).await?;
    let files = reading.engine().delivered_files(id, reading.scope()).await.said(tongue)?;
    let name = |one: &engine::DeliveredFile| one.file.name.clone();
    Ok(slice.page((files, Way::Rising), name, |one| json!(one)))
}

async fn file(
    State(server): State<Server>,
    caller: Caller,
    Path((written, community, name)): Path<(String, String, String)>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let id = named(&server, &caller, &written).await?;
    let files = server.engine.delivered_files(id, caller.scope(&server)).await.said(tongue)?;
    let name = format!("{community}/{name}");
    let found = files.into_iter().find(|one| one.file.name == name);
    let found = found.ok_or(EngineError::Store(StoreError::NotFound("file"))).said(tongue)?;
    let file = server.engine.delivered_file(id, &found.file).await.said(tongue)?;
    Ok(hand_out(&server, file))
}

/// The person who calls; the system never does.
pub(super) fn person(caller: &Caller) -> Result<&workflow::actor::Person, EngineError> {
    match caller.actor() {
        Actor::Person(person) => Ok(person),
        Actor::System => Err(workflow::decide::DecideError::NotYours.into()),
    }
}
