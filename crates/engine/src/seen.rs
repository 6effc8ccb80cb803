//! What an actor has seen of what is to be changed, and whether it may still go by that. What stands open now is the
//! workflow's to say.

use serde_json::Value;
use store::{EventLine, Tx};
use workflow::action::ActionKind;
use workflow::actor::Actor;
use workflow::id::{OrganisationId, UserId};
use workflow::request::Request;

use crate::error::EngineError;

/// What the actor has seen of what is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is changed as it is now.
    Whatever,
    /// It was not there yet.
    Nothing,
    Version(i64),
    /// A version of a request, for an act on the actor's own part of it: what others have done since with theirs, a
    /// delivery in another community or another body's opinion, is none of the actor's business.
    OwnPart(i64),
}

impl From<Option<i64>> for Seen {
    fn from(version: Option<i64>) -> Seen {
        version.map_or(Seen::Whatever, Seen::Version)
    }
}

impl Seen {
    /// What a page at a version has shown to whoever does this by its form.
    #[must_use]
    pub fn on_page(action: ActionKind, version: i64) -> Seen {
        if action.is_of_own_part() { Seen::OwnPart(version) } else { Seen::Version(version) }
    }

    /// # Errors
    /// `Stale` if there is another version now, or none any more.
    pub(crate) fn fits(self, found: Option<i64>) -> Result<(), EngineError> {
        let is_so = match self {
            Seen::Whatever => true,
            Seen::Nothing => found.is_none(),
            Seen::Version(seen) | Seen::OwnPart(seen) => found == Some(seen),
        };
        if is_so { Ok(()) } else { Err(EngineError::Stale) }
    }

    /// The same for a request, whose newer events may be none of the actor's business.
    ///
    /// # Errors
    /// `Stale` if somebody has done something since that the actor had to see.
    pub(crate) async fn fits_request(
        self,
        tx: &Tx,
        request: &Request,
        actor: &Actor,
    ) -> Result<(), EngineError> {
        let fits = self.fits(Some(request.version));
        let Seen::OwnPart(seen) = self else { return fits };
        if fits.is_ok() {
            return fits;
        }
        let missed = u64::try_from(request.version.saturating_sub(seen)).map_err(|_| EngineError::Stale)?;
        // Each version has its event, so that as many are newer than what was seen.
        let newer = tx.reader().newest_events(request.id, missed).await?;
        let is_whole = u64::try_from(newer.len()).is_ok_and(|found| found == missed);
        if !is_whole || newer.iter().any(|event| !is_of_own_part(event)) {
            return Err(EngineError::Stale);
        }
        let hands: Vec<UserId> = newer.iter().filter_map(hand).collect();
        let workers = tx.reader().people_of(&hands).await?;
        let at = |user: UserId| workers.iter().find(|one| one.person.user == user);
        let own = organisations(actor);
        let is_others = |event: &EventLine| match part(event) {
            Some(code) => !is_own_community(&code, request, &own),
            None => hand(event).and_then(at).is_some_and(|worker| !own.contains(&worker.person.organisation)),
        };
        if newer.iter().all(is_others) { Ok(()) } else { Err(EngineError::Stale) }
    }
}

fn is_of_own_part(event: &EventLine) -> bool {
    ActionKind::from_word(&event.action).is_some_and(ActionKind::is_of_own_part)
}

/// For whom the actor may speak: the own organisation, and those of the absent.
fn organisations(actor: &Actor) -> Vec<OrganisationId> {
    match actor {
        Actor::Person(person) => person.standings().map(|standing| standing.organisation).collect(),
        Actor::System => Vec::new(),
    }
}

fn is_own_community(code: &str, request: &Request, own: &[OrganisationId]) -> bool {
    request.targets.iter().any(|target| target.code == code && own.contains(&target.community))
}

/// The code of the community whose part it was; an opinion and an objection are those of who gave them.
fn part(event: &EventLine) -> Option<String> {
    noted(event, "community")
}

/// In whose place it was done, or who did it.
fn hand(event: &EventLine) -> Option<UserId> {
    let principal = noted(event, "principal").and_then(|user| user.parse().ok());
    principal.or(event.person).map(UserId)
}

fn noted(event: &EventLine, name: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(&event.detail).ok()?;
    detail.get(name).and_then(Value::as_str).map(str::to_owned)
}
