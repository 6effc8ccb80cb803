//! The public's matters as open data, CSV and JSON: the same question as the page, in larger parts.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::Disclosed;

use crate::pages::csv_cells::{UTF_8, cell};
use crate::pages::disclosure::wanted::{Places, Wanted, function_name};
use crate::query::Query;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

/// Matters of one part.
const PART: u64 = 5_000;

/// The first lines of the table, in both languages.
const HEADING: [&str; 12] = [
    "number 编号",
    "title 事项",
    "district 区",
    "department 申请单位",
    "function 职能",
    "stage 阶段",
    "price_yuan 价格（元）",
    "starts_on 开始",
    "ends_on 结束",
    "communities 社区数",
    "community_codes 社区代码",
    "id",
];

struct Found {
    matters: Vec<Disclosed>,
    total: u64,
    places: Places,
    wanted: Wanted,
}

impl Found {
    /// Where the next part is, if there is one.
    fn next(&self, path: &str) -> Option<String> {
        let page = self.wanted.page();
        (page * PART < self.total).then(|| format!("{path}?{}", self.wanted.at(page + 1)))
    }
}

async fn find(server: &Server, wanted: Wanted, tongue: Tongue) -> Result<Found, Failed> {
    let wanted = wanted.cleaned();
    let reader = server.engine.reader();
    let places = Places::of(reader.organisations().await.tell(tongue)?, tongue);
    let span = ((wanted.page() - 1) * PART, PART);
    let (matters, total) = reader.disclosed(&wanted.filter(&places), span).await.tell(tongue)?;
    Ok(Found { matters, total, places, wanted })
}

pub(crate) async fn csv(
    State(server): State<Server>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failed> {
    let tongue = visitor.tongue;
    let found = find(&server, wanted, tongue).await?;
    let mut text = format!("{UTF_8}{}\r\n", HEADING.map(cell).join(","));
    for matter in &found.matters {
        text.push_str(&cells(matter, &found.places, tongue).map(|value| cell(&value)).join(","));
        text.push_str("\r\n");
    }
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
    let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"disclosure.csv\"");
    let mut answer = ([kind, name], text).into_response();
    // RFC 8288: a table has no place of its own for what follows it.
    let link =
        found.next("/disclosure.csv").map(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")));
    if let Some(Ok(link)) = link {
        answer.headers_mut().insert(header::LINK, link);
    }
    Ok(answer)
}

fn cells(matter: &Disclosed, places: &Places, tongue: Tongue) -> [String; 12] {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let codes: Vec<&str> = matter.communities.iter().map(|id| places.code(*id)).collect();
    [
        matter.number.clone(),
        matter.title.clone(),
        places.name(matter.district).to_owned(),
        places.name(matter.department).to_owned(),
        function_name(matter.function, tongue).to_owned(),
        matter.stage.name(tongue.0).to_owned(),
        matter.price.to_string(),
        day(matter.starts_on),
        day(matter.ends_on),
        codes.len().to_string(),
        codes.join(" "),
        matter.id.to_string(),
    ]
}

pub(crate) async fn json(
    State(server): State<Server>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failed> {
    let found = find(&server, wanted, visitor.tongue).await?;
    let next = found.next("/disclosure.json");
    let Found { matters, total, places, wanted: _ } = found;
    let place = |id| json!({ "code": places.code(id), "name": places.name(id) });
    let item = |matter: &Disclosed| {
        json!({
            "id": matter.id, "number": matter.number, "title": matter.title,
            "district": place(matter.district), "department": place(matter.department),
            "function": matter.function, "stage": matter.stage.word(), "price": matter.price.to_string(),
            "starts_on": matter.starts_on, "ends_on": matter.ends_on,
            "communities": matter.communities.iter().map(|id| place(*id)).collect::<Vec<Value>>(),
        })
    };
    let value =
        json!({ "total": total, "next": next, "items": matters.iter().map(item).collect::<Vec<Value>>() });
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    Ok((kind, value.to_string()).into_response())
}
