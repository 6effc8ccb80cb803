//! The API `/api/v1`: JSON in the words of `contract.md`. Each operation is one route with its row of the access table and
//! what the served description says of it, so that neither can be written without the other.

mod accounts;
mod administration;
mod assess;
mod bulk;
mod caller;
mod cards;
mod change;
mod check;
mod chinese;
mod complaints;
pub(crate) mod content;
mod disclosures;
mod dossier;
mod errands;
mod event_log;
mod figures;
mod files;
mod following;
mod identities;
mod inspections;
mod jobs;
mod letters;
mod links;
mod me;
mod meetings;
mod openapi;
mod operation;
mod own_account;
mod own_factor;
mod people;
mod places;
mod ratings;
mod reading;
mod reference;
mod requests;
mod sample;
mod schema;
mod search;
mod shapes;
mod slice;
mod timeline;
mod tokens;
mod treasury;
pub(crate) mod webhooks;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::access::Admits;
use crate::routes::{Route, reads};
pub(crate) use bulk::MANY;
use operation::Operation;

/// Every operation, in the order of the description.
fn operations() -> Vec<Operation> {
    [
        requests::operations(),
        timeline::operations(),
        bulk::operations(),
        dossier::operations(),
        assess::operations(),
        content::operations(),
        places::operations(),
        accounts::operations(),
        treasury::operations(),
        complaints::operations(),
        cards::operations(),
        inspections::operations(),
        ratings::operations(),
        meetings::operations(),
        figures::operations(),
        disclosures::operations(),
        letters::operations(),
        administration::operations(),
        jobs::operations(),
        event_log::operations(),
        people::operations(),
        errands::operations(),
        me::operations(),
        own_account::operations(),
        own_factor::operations(),
        identities::operations(),
        tokens::operations(),
        search::operations(),
        webhooks::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The routes of the operations, and of their description.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        reads("/api", Admits::Anyone, get(reference::show)),
        reads("/api/openapi.json", Admits::Anyone, get(describe)),
    ];
    routes.extend(operations().into_iter().map(|operation| operation.route));
    routes
}

async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi::document(&operations()).to_string())
        .into_response()
}
