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
pub(super) struct Eyes(Option<Vec<OrganisationId>>);

impl Eyes {
    pub(super) async fn of(server: &Server, scope: Scope) -> Result<Eyes, EngineError> {
        let Scope::Community(own) = scope else { return Ok(Eyes(None)) };
        Ok(Eyes(Some(server.engine.reader().with_merged_into(own).await?)))
    }

    fn see(&self, community: OrganisationId) -> bool {
        self.0.as_ref().is_none_or(|own| own.contains(&community))
    }

    pub(super) fn assignments(&self, request: &Request) -> Vec<Value> {
        let shown = |one: &Assignment| match self.see(one.community) {
            true => json!(one),
            false => json!({
                "community": one.community, "code": one.code, "price": one.price, "paid": one.paid,
                "stage": { "stage": one.stage.kind() },
            }),
        };
        request.assignments.iter().map(shown).collect()
    }

    pub(super) fn dossier(&self, request: &Request) -> Value {
        let mut dossier = request.dossier.clone();
        dossier.parts.retain(|part| self.see(part.community));
        json!(dossier)
    }

    /// An event; of what others did nothing but the step, and of the state behind it nothing.
    pub(super) fn event(&self, event: &EventLine, request: &Request) -> Value {
        if self.0.is_none() {
            return json!(event);
        }
        let EventLine { seq, at, person, role, action, before, after, reason, detail, hash, .. } = event;
        let about: Value = serde_json::from_str(detail).unwrap_or_default();
        let code = about.get("community").and_then(Value::as_str);
        let is_foreign = code.is_some_and(|code| {
            !request.assignments.iter().any(|one| one.code == code && self.see(one.community))
        });
        let (reason, detail) = if is_foreign { (&None, "{}") } else { (reason, detail.as_str()) };
        let person = person.filter(|_| !is_foreign);
        json!({
            "seq": seq, "at": at, "person": person, "role": role, "action": action, "before": before,
            "after": after, "reason": reason, "detail": detail, "hash": hash,
        })
    }
}
