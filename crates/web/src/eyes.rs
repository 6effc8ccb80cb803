//! What a reader may see of a request that concerns several bodies. The office, the applicant and audit read all of it; a
//! committee or another department reads its own part whole, and of the others only how far they have come. What they
//! wrote, handed in or were asked hours of is theirs, and so is what the department has filed beside it.

use engine::EngineError;
use serde_json::{Map, Value, json};
use store::{DecisionRecord, EventLine, Scope};
use workflow::action::ActionKind;
use workflow::assignment::Assignment;
use workflow::id::OrganisationId;
use workflow::request::Request;

use crate::server::Server;

/// Whose parts are read whole, and whose requests; none is everybody's.
pub(crate) struct Eyes(Option<Vec<OrganisationId>>);

impl Eyes {
    pub(crate) async fn of(server: &Server, scope: Scope) -> Result<Eyes, EngineError> {
        Ok(Eyes(match scope {
            Scope::Everything | Scope::District(_) => None,
            Scope::Department(own) => Some(vec![own]),
            Scope::Community(own) => Some(server.engine.reader().with_merged_into(own).await?),
        }))
    }

    fn are_of(&self, organisation: OrganisationId) -> bool {
        self.0.as_ref().is_none_or(|own| own.contains(&organisation))
    }

    /// Whether all of the request is read: by those without limits, and by the applicant.
    fn see_all(&self, request: &Request) -> bool {
        self.are_of(request.department)
    }

    /// Whether the part of a request that lies with the community of this code is read whole.
    fn see_code(&self, request: &Request, code: &str) -> bool {
        let targets = request.targets.iter().map(|one| (&one.code, one.community));
        let assigned = request.assignments.iter().map(|one| (&one.code, one.community));
        self.see_all(request)
            || targets.chain(assigned).any(|(known, place)| known == code && self.are_of(place))
    }

    /// An assessment, with the hours of those communities that are read whole, and without what was found of others.
    pub(crate) fn assessment(&self, request: &Request, assessment: &Value) -> Value {
        let mut assessment = assessment.clone();
        if self.see_all(request) {
            return assessment;
        }
        if let Some(rows) = list(&mut assessment, "quota") {
            rows.retain(|row| self.is_own_row(request, (row, "community")));
        }
        if let Some(findings) = list(&mut assessment, "findings") {
            let foreign = request.targets.iter().filter(|target| !self.see_code(request, &target.code));
            let foreign: Vec<&str> = foreign.map(|target| target.code.as_str()).collect();
            findings.retain(|finding| !foreign.iter().any(|code| names(finding, code)));
        }
        assessment
    }

    fn is_own_row(&self, request: &Request, (row, key): (&Value, &str)) -> bool {
        row.get(key).and_then(Value::as_str).is_none_or(|code| self.see_code(request, code))
    }

    /// A decision record; what a rule looked at is for those who read all.
    pub(crate) fn record(&self, record: &DecisionRecord, request: &Request) -> Value {
        let mut facts = json!(record.facts);
        if !self.see_all(request) {
            if let Some(places) = list(&mut facts, "communities") {
                places.retain(|place| self.is_own_row(request, (place, "code")));
            }
            if let Some(filed) = list(&mut facts, "siblings") {
                filed.clear();
            }
        }
        json!({
            "id": record.id, "made_at": record.made_at, "rule_set_hash": record.rule_set_hash,
            "calendar": record.calendar, "facts": facts,
            "assessment": self.assessment(request, &record.assessment), "trace": self.trace(record, request),
        })
    }

    pub(crate) fn trace(&self, record: &DecisionRecord, request: &Request) -> Value {
        let mut trace = json!(record.trace);
        let lines = trace.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
        if !self.see_all(request) {
            for line in lines {
                line.insert("decided_by".to_owned(), Value::Null);
            }
        }
        trace
    }

    pub(crate) fn assignments(&self, request: &Request) -> Vec<Value> {
        let shown = |one: &Assignment| match self.see_all(request) || self.are_of(one.community) {
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
        if !self.see_all(request) {
            dossier.parts.retain(|part| self.are_of(part.community));
            dossier.opinions.retain(|opinion| self.are_of(opinion.organisation));
        }
        json!(dossier)
    }

    /// Whether an event is what others did with their part, or what they were asked for.
    pub(crate) fn is_foreign(&self, event: &EventLine, request: &Request) -> bool {
        if self.see_all(request) {
            return false;
        }
        if event.action == ActionKind::Opine.word() {
            let own = request.dossier.opinions.iter().filter(|opinion| self.are_of(opinion.organisation));
            return !own.into_iter().any(|opinion| Some(opinion.by.0) == event.person);
        }
        // Whose part it is cannot be known where the detail does not read back.
        let Ok(about) = serde_json::from_str::<Map<String, Value>>(&event.detail) else { return true };
        let Some(named) = about.get("community") else { return false };
        named.as_str().is_none_or(|code| !self.see_code(request, code))
    }

    /// Whether the reader is not told who did it; an objection is the body's that made it, not a person's.
    pub(crate) fn hides_person(&self, event: &EventLine, request: &Request) -> bool {
        let is_objection = event.action == ActionKind::Object.word() && !self.see_all(request);
        is_objection || self.is_foreign(event, request)
    }

    /// An event; of what others did nothing but the step, and of the state behind it nothing.
    pub(crate) fn event(&self, event: &EventLine, request: &Request) -> Value {
        if self.see_all(request) {
            return json!(event);
        }
        let is_foreign = self.is_foreign(event, request);
        let EventLine { seq, at, person, role, action, before, after, reason, detail, hash, .. } = event;
        let (reason, detail) = if is_foreign { (&None, "{}") } else { (reason, detail.as_str()) };
        let person = person.filter(|_| !self.hides_person(event, request));
        json!({
            "seq": seq, "at": at, "person": person, "role": role, "action": action, "before": before,
            "after": after, "reason": reason, "detail": detail, "hash": hash,
        })
    }
}

/// Whether a text of the value names the code as a whole, not as a part of a longer one.
fn names(value: &Value, code: &str) -> bool {
    match value {
        Value::String(text) => holds(text, code),
        Value::Array(values) => values.iter().any(|value| names(value, code)),
        Value::Object(map) => map.iter().any(|(key, value)| holds(key, code) || names(value, code)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn holds(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(start, found)| {
        let (before, after) = (text[..start].chars().next_back(), text[start + found.len()..].chars().next());
        !before.into_iter().chain(after).any(|beside| beside.is_ascii_alphanumeric())
    })
}

fn list<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Vec<Value>> {
    value.get_mut(key)?.as_array_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::names;

    #[test]
    fn a_code_is_named_as_a_whole_or_not_at_all() {
        let finding = |text: &str| json!({ "code": "hours_short", "message": { "zh": text }, "facts": { "hours": 101 } });
        for text in ["101", "社区101工时不足", "101、102", "（101）", "101-102", "in 101."] {
            assert!(names(&finding(text), "101"), "{text}");
        }
        for text in ["1010", "2101", "101a", "社区1010工时不足", ""] {
            assert!(!names(&finding(text), "101"), "{text}");
        }
        assert!(names(&json!([{ "short": { "101": "8.00" } }]), "101"), "as a key, too");
    }
}
