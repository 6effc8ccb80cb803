//! What the departments file: requests that can go the whole way, one without papers, one that money cannot cure, two
//! emergencies, and one that takes more hours than there are.

use chrono::{Days, NaiveDate};
use engine::Filing;
use serde_json::{Value, json};
use workflow::dossier::Origin;
use workflow::id::RequestId;
use workflow::request::Request;

use crate::desk::{Desk, duty, flood, negative, purchase};

/// Which request a number means: mostly those that can go far; then those that walks have added.
pub(super) const MEANT: [usize; 16] = [0, 0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8];

/// The requests with which every walk begins.
pub(super) async fn filed(desk: &Desk) -> Vec<RequestId> {
    vec![
        desk.files("health", purchase(), &[1, 2, 3]).await,
        desk.files("civil", duty(), &[1]).await,
        desk.files("health2", blank(), &[3]).await,
        desk.files("women", negative(), &[3]).await,
        desk.files("health", flood(), &[1, 2]).await,
        desk.files("health2", sudden(), &[2]).await,
        desk.files("health", too_much(), &[3]).await,
    ]
}

/// A duty that does not say what the communities are given.
fn blank() -> Value {
    let mut application = duty();
    application["declarations"]["support"] = json!("");
    application
}

/// The same before its papers are written.
fn sudden() -> Value {
    let mut application = flood();
    application["governing_document"] = Value::Null;
    application
}

/// More work than a small community has hours for, and more money than the department has.
fn too_much() -> Value {
    let mut application = purchase();
    application["title"] = json!("房屋安全隐患全面排查");
    application["work"][0]["volume"] = json!({ "fixed": 4000 });
    application["direct_costs"] = json!([]);
    application["offer"]["amount"] = json!("200000.00");
    application
}

/// The same task in the months after.
fn next_period() -> Value {
    let mut application = purchase();
    application["starts_on"] = json!("2026-08-01");
    application["ends_on"] = json!("2026-10-31");
    application
}

/// A small piece of the same kind of work, or one that is too large for a supplement.
fn addition(pick: usize) -> Value {
    let minutes = if pick.is_multiple_of(3) { "600" } else { "30" };
    let mut application = purchase();
    application["title"] = json!("门牌核查补充走访");
    application["starts_on"] = json!("2026-07-01");
    application["work"] = json!([{ "what": "补充走访", "volume": { "fixed": 10 }, "times": 1,
        "minutes_per_unit": minutes, "day": "working", "worker": "hired" }]);
    application["direct_costs"] = json!([]);
    application["burdens"] = json!([]);
    application
}

fn read(application: &Value, request: &Request, communities: usize) -> Filing {
    let codes = request.targets.iter().take(communities.max(1)).map(|target| target.code.clone());
    Filing::read(application, codes.collect()).expect("the application reads")
}

/// Another application: complete, early enough, and for one community less if there are others and it is no emergency.
pub(super) fn corrected(request: &Request, (pick, today): (usize, NaiveDate)) -> Filing {
    let all = request.targets.len();
    match request.application.item.as_deref() {
        Some("C14-07") => read(&flood(), request, all),
        Some("C01-02") => read(&later(duty(), today), request, all),
        _ if matches!(request.dossier.origin, Origin::Supplement { .. }) => {
            read(&addition(pick), request, all)
        }
        _ => read(&later(purchase(), today), request, all - 1),
    }
}

/// The same work some months after today.
fn later(mut application: Value, today: NaiveDate) -> Value {
    application["starts_on"] = json!(today + Days::new(60));
    application["ends_on"] = json!(today + Days::new(140));
    application
}

pub(super) fn renewed(request: &Request) -> Filing {
    read(&next_period(), request, request.targets.len())
}

pub(super) fn added(request: &Request, pick: usize) -> Filing {
    read(&addition(pick), request, 1)
}
