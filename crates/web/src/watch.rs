//! What those see who run the program: health, figures and a line of the log for each answer. No person, number, title
//! or address is in any of it.

mod answered;
mod exposition;
mod figures;
mod health;
mod request_id;

use axum::routing::get;

use crate::access::Admits;
use crate::routes::{Route, reads};

pub(crate) use answered::answered;
pub(crate) use figures::Figures;
pub(crate) use request_id::current as current_request_id;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/healthz", Admits::Anyone, get(health::alive)),
        reads("/readyz", Admits::Anyone, get(health::ready)),
        reads("/metrics", Admits::Anyone, get(figures::show)),
    ]
}
