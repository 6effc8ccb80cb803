//! Public disclosure (公示), for everybody without signing in: what is admitted, in force or settled, with its number,
//! money, communities and period. No person's name stands here.

mod item;
mod list;
mod open_data;
mod wanted;

use axum::routing::get;

use crate::access::Admits;
use crate::routes::{Route, reads};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/disclosure", Admits::Anyone, get(list::show)),
        reads("/disclosure.csv", Admits::Anyone, get(open_data::csv)),
        reads("/disclosure.json", Admits::Anyone, get(open_data::json)),
        reads("/disclosure/{id}", Admits::Anyone, get(item::show)),
    ]
}
