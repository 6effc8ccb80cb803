//! The API `/api/v1`: JSON in the words of `contract.md`. Each operation is one route with its row of the access table and
//! what the served description says of it, so that neither can be written without the other.

mod assess;
mod caller;
mod openapi;
mod operation;
mod oversight;
mod places;
mod requests;
mod schema;
mod search;
mod shapes;
mod tokens;
mod views;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::access::Admits;
use crate::routes::{Route, reads};
use operation::Operation;

/// Every operation, in the order of the description.
fn operations() -> Vec<Operation> {
    [
        assess::operations(),
        requests::operations(),
        places::operations(),
        views::operations(),
        oversight::operations(),
        tokens::operations(),
        search::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The routes of the operations, and of their description.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![reads("/api/openapi.json", Admits::Anyone, get(describe))];
    routes.extend(operations().into_iter().map(|operation| operation.route));
    routes
}

async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi::document(&operations()).to_string())
        .into_response()
}
