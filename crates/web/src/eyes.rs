//! What a reader may see of a request that concerns several communities: a committee reads its own part whole, and of the
//! others only how far they have come. What they wrote and handed in is theirs.

use engine::EngineError;
use serde_json::{Value, json};
use store::{EventLine, Scope};
use workflow::assignment::Assignment;
use workflow::id::OrganisationId;
use workflow::request::Request;

use crate::server::Server;

/// Whose parts are read whole; none is everybody's.
pub(crate) struct Eyes(Option<Vec<OrganisationId>>);

impl Eyes {
    pub(crate) async fn of(server: &Server, scope: Scope) -> Result<Eyes, EngineError> {
        let Scope::Community(own) = scope else { return Ok(Eyes(None)) };
        Ok(Eyes(Some(server.engine.reader().with_merged_into(own).await?)))
    }

    fn see(&self, community: OrganisationId) -> bool {
        self.0.as_ref().is_none_or(|own| own.contains(&community))
    }

    /// Whether the part of a request that lies with the community of this code is read whole.
    pub(crate) fn see_code(&self, request: &Request, code: &str) -> bool {
        let targets = request.targets.iter().map(|one| (&one.code, one.community));
        let assigned = request.assignments.iter().map(|one| (&one.code, one.community));
        self.0.is_none() || targets.chain(assigned).any(|(known, place)| known == code && self.see(place))
    }

    /// An assessment, with the hours of those communities that are read whole.
    pub(crate) fn assessment(&self, request: &Request, assessment: &Value) -> Value {
        let mut assessment = assessment.clone();
        if let Some(rows) = assessment.get_mut("quota").and_then(Value::as_array_mut) {
            rows.retain(|row| {
                let code = row.get("community").and_then(Value::as_str);
                code.is_none_or(|code| self.see_code(request, code))
            });
        }
        assessment
    }

    pub(crate) fn assignments(&self, request: &Request) -> Vec<Value> {
        let shown = |one: &Assignment| match self.see(one.community) {
            true => json!(one),
            false => json!({
                "community": one.community, "code": one.code, "price": one.price, "paid": one.paid,
                "stage": { "stage": one.stage.kind() },
            }),
        };
        request.assignments.iter().map(shown).collect()
    }

    pub(crate) fn dossier(&self, request: &Request) -> Value {
        let mut dossier = request.dossier.clone();
        dossier.parts.retain(|part| self.see(part.community));
        json!(dossier)
    }

    /// Whether an event is what another community did with its part.
    pub(crate) fn is_foreign(&self, event: &EventLine, request: &Request) -> bool {
        if self.0.is_none() {
            return false;
        }
        let about: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let code = about.get("community").and_then(Value::as_str);
        code.is_some_and(|code| !self.see_code(request, code))
    }

    /// An event; of what others did nothing but the step, and of the state behind it nothing.
    pub(crate) fn event(&self, event: &EventLine, request: &Request) -> Value {
        if self.0.is_none() {
            return json!(event);
        }
        let is_foreign = self.is_foreign(event, request);
        let EventLine { seq, at, person, role, action, before, after, reason, detail, hash, .. } = event;
        let (reason, detail) = if is_foreign { (&None, "{}") } else { (reason, detail.as_str()) };
        let person = person.filter(|_| !is_foreign);
        json!({
            "seq": seq, "at": at, "person": person, "role": role, "action": action, "before": before,
            "after": after, "reason": reason, "detail": detail, "hash": hash,
        })
    }
}
