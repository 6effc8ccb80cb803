//! The pages, one file each: a struct with the template of the same name, and the handler that fills it.

mod account;
mod actions;
pub(crate) mod addresses;
pub(crate) mod administration;
mod audit;
mod bars;
mod catalogue;
pub(crate) mod chips;
mod community;
mod complaints;
pub(crate) mod csv_cells;
mod department;
mod deputies;
mod disclosure;
mod errands;
mod files;
mod filing;
mod finance;
pub(crate) mod frame;
mod home;
mod inspections;
pub(crate) mod language;
pub(crate) mod meetings;
mod names;
mod notices;
pub(crate) mod office;
pub(crate) mod ratings;
mod request;
mod requests;
mod sieve;
mod tokens;
mod webhooks;
mod years;

use axum::routing::{get, post};

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Routes of pages that show and change matters.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        reads("/", Admits::SignedIn, get(home::show)),
        reads("/requests", Admits::SignedIn, get(requests::list)),
        reads("/requests/{id}", Admits::SignedIn, get(request::show)),
        writes("/requests/{id}/{action}", Admits::SignedIn, post(actions::act)),
    ];
    routes.extend(office::routes());
    routes.extend(community::routes());
    routes.extend(complaints::routes());
    routes.extend(disclosure::routes());
    routes.extend(finance::routes());
    routes.extend(filing::routes());
    routes.extend(tokens::routes());
    routes.extend(account::routes());
    routes.extend(administration::routes());
    routes.extend(inspections::routes());
    routes.extend(ratings::routes());
    routes.extend(meetings::routes());
    routes.extend(deputies::routes());
    routes.extend(notices::routes());
    routes.extend(catalogue::routes());
    routes.extend(audit::routes());
    routes.extend(errands::routes());
    routes.extend(webhooks::routes());
    routes
}
