//! What everybody may read of admitted matters; no person stands in it.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use store::{Disclosed, DisclosedPart, DisclosureFilter, StoreError};
use workflow::id::{OrganisationId, RequestId};

use super::caller::{Asked, Said, answer, fault, with};
use super::operation::{Group, Operation};
use super::schema;
use super::shapes::public as shapes;
use super::slice::Slice;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

pub(crate) fn operations() -> Vec<Operation> {
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/disclosures", Admits::Anyone, get(list)),
            ("list_disclosures", "Admitted matters that everybody may read, newest first"),
            shapes::disclosures,
        )
        .asks("q", schema::named)
        .asks("district", schema::named)
        .asks("department", schema::named)
        .asks("function", shapes::function)
        .sliced_by_id(),
        Operation::new(
            (Method::GET, "/api/v1/disclosures/{id}", Admits::Anyone, get(show)),
            ("show_disclosure", "One admitted matter with what each community does and has been paid for it"),
            shapes::disclosure,
        ),
    ];
    operations.into_iter().map(|one| one.within(Group::Public)).collect()
}

/// Codes and names of organisations, and their ids by code.
struct Named {
    places: BTreeMap<OrganisationId, Value>,
    by_code: BTreeMap<String, OrganisationId>,
}

impl Named {
    async fn read(server: &Server, tongue: Tongue) -> Result<Named, Failed> {
        let tree = server.engine.reader().organisations().await.said(tongue)?;
        let place = |one: &store::Organisation| json!({ "code": one.code, "name": one.name });
        let places = tree.iter().map(|one| (one.id, place(one))).collect();
        Ok(Named { places, by_code: tree.into_iter().map(|one| (one.code, one.id)).collect() })
    }

    fn of(&self, id: OrganisationId) -> &Value {
        self.places.get(&id).unwrap_or(&Value::Null)
    }

    /// Who has the code that was asked for.
    fn asked(&self, asked: &Asked, name: &str) -> Result<Option<OrganisationId>, engine::EngineError> {
        let Some(code) = asked.text(name) else { return Ok(None) };
        let found = self.by_code.get(code).copied();
        let said = || (format!("没有“{code}”"), format!("`{code}` is not known"));
        found.map(Some).ok_or_else(|| fault(&format!("/query/{name}"), said()))
    }

    fn matter(&self, matter: &Disclosed) -> Value {
        let communities: Vec<&Value> = matter.communities.iter().map(|id| self.of(*id)).collect();
        json!({
            "id": matter.id, "number": matter.number, "title": matter.title,
            "district": self.of(matter.district), "department": self.of(matter.department),
            "function": matter.function, "stage": matter.stage, "price": matter.price,
            "starts_on": matter.starts_on, "ends_on": matter.ends_on, "communities": communities,
        })
    }
}

/// Words of one question.
const WORDS: usize = 8;

async fn list(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Result<Response, Failed> {
    let tongue = visitor.tongue;
    let slice = Slice::of(&asked).said(tongue)?;
    let named = Named::read(&server, tongue).await?;
    let function = asked.number("function", 0..=7).said(tongue)?;
    let words = asked.text("q").unwrap_or_default().to_owned();
    if words.split_whitespace().count() > WORDS {
        let said = (format!("最多 {WORDS} 个词"), format!("at most {WORDS} words are expected here"));
        return Err(fault("/query/q", said)).said(tongue);
    }
    let filter = DisclosureFilter {
        words,
        district: named.asked(&asked, "district").said(tongue)?,
        department: named.asked(&asked, "department").said(tongue)?,
        function: function.and_then(|number| u8::try_from(number).ok()),
    };
    let page = (slice.after_id().said(tongue)?.map(RequestId), slice.most as u64 + 1);
    let found = server.engine.reader().disclosed_after(&filter, page).await.said(tongue)?;
    Ok(slice.read(found, |matter| matter.id.to_string(), |matter| named.matter(matter)))
}

async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = visitor.tongue;
    let id = written.parse().map_err(|_| StoreError::NotFound("request")).said(tongue)?;
    let found = server.engine.reader().disclosed_item(RequestId(id)).await.said(tongue)?;
    let named = Named::read(&server, tongue).await?;
    let part = |part: &DisclosedPart| {
        json!({
            "community": named.of(part.community), "stage": part.stage, "price": part.price, "paid": part.paid,
        })
    };
    let shown = with(named.matter(&found.matter), "item", json!(found.item));
    let shown = with(shown, "class", json!(found.class));
    Ok(answer(&with(shown, "parts", found.parts.iter().map(part).collect())))
}
