//! The one list of routes. Each is made together with its row of the access table, and the router is made from the list,
//! so that nothing is served that the table does not know.

use std::collections::HashMap;

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use crate::access::{Admits, Row};
use crate::api;
use crate::assets;
use crate::pages;
use crate::server::Server;
use crate::sign_in;
use crate::watch;

/// A route: its row and what answers.
pub(crate) struct Route {
    pub(crate) row: Row,
    pub(crate) handler: MethodRouter<Server>,
}

pub(crate) fn reads(path: &'static str, admits: Admits, handler: MethodRouter<Server>) -> Route {
    Route { row: Row { method: Method::GET, path, admits, in_person: false }, handler }
}

pub(crate) fn writes(path: &'static str, admits: Admits, handler: MethodRouter<Server>) -> Route {
    Route { row: Row { method: Method::POST, path, admits, in_person: false }, handler }
}

fn routes() -> Vec<Route> {
    let mut routes = vec![
        reads("/assets/{*path}", Admits::Anyone, get(assets::file)),
        writes("/language", Admits::Anyone, post(pages::language::choose)),
    ];
    routes.extend(sign_in::routes());
    routes.extend(watch::routes());
    routes.extend(pages::routes());
    routes.extend(api::routes());
    routes
}

/// The access table, in the order of the routes.
#[must_use]
pub fn rows() -> Vec<Row> {
    routes().into_iter().map(|route| route.row).collect()
}

/// The table by method and pattern, for the guard.
pub(crate) fn table() -> HashMap<(Method, &'static str), Row> {
    rows().into_iter().map(|row| ((row.method.clone(), row.path), row)).collect()
}

/// The router of all routes.
pub(crate) fn router() -> Router<Server> {
    routes().into_iter().fold(Router::new(), |router, Route { row, handler }| router.route(row.path, handler))
}
