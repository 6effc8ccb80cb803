//! What people do with letters themselves: choose how they get them, send the dead ones again, cancel one. Each is an event
//! in the chain of an organisation.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use store::{EventLine, LetterScope, StoreError, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Role};
use workflow::decide::DecideError;
use workflow::id::{OrganisationId, UserId};
use workflow::language::Language;
use workflow::letters::Preference;
use workflow::words;

use crate::Engine;
use crate::error::EngineError;

words! {
    /// What is done with letters by hand.
    LetterDeed {
        Prefer = "prefer", "设置信件", "prefer";
        Retry = "retry_letters", "重发信件", "retry letters";
        Cancel = "cancel_letter", "取消信件", "cancel a letter";
    }
}

/// Which dead letters are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    One(Uuid),
    All,
}

impl Engine {
    /// Keeps how the person of an address wants letters; what waits already comes as it was kept.
    ///
    /// # Errors
    /// Nobody has the address.
    pub async fn prefer(
        &self,
        email: &str,
        language: Language,
        preference: Preference,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        self.prefers(email, (None, (language, preference)), now).await
    }

    /// The same, if it is wanted still as it was seen.
    ///
    /// # Errors
    /// Nobody has the address; `Conflict` if it was changed meanwhile.
    pub async fn prefer_seen(
        &self,
        email: &str,
        (seen, wanted): ((Language, Preference), (Language, Preference)),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        self.prefers(email, (Some(seen), wanted), now).await
    }

    async fn prefers(
        &self,
        email: &str,
        (seen, wanted): (Option<(Language, Preference)>, (Language, Preference)),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let (language, preference) = wanted;
        let tx = self.store.begin().await?;
        tx.hold_account(tx.reader().worker(email).await?.person.user).await?;
        let worker = tx.reader().worker(email).await?;
        if seen.is_some_and(|seen| seen != (worker.language, worker.preference)) {
            return Err(StoreError::Conflict.into());
        }
        tx.prefer(worker.person.user, language, preference).await?;
        let detail = json!({
            "person": worker.person.user, "language": language, "letters": preference.letters,
            "quiet": preference.quiet,
        });
        let organisation = worker.person.organisation;
        note(&tx, organisation, (LetterDeed::Prefer.word(), detail), (&Actor::Person(worker.person), now))
            .await?;
        self.commit(tx, now, &()).await
    }

    /// Lets dead letters be tried again, from the first try on, and gives their number.
    ///
    /// # Errors
    /// No letter of that id is dead in the actor's district; or the actor does not look after letters.
    pub async fn retry_letters(
        &self,
        actor: &Actor,
        which: Again,
        now: DateTime<Utc>,
    ) -> Result<usize, EngineError> {
        let tx = self.store.begin().await?;
        let one = match which {
            Again::One(id) => Some(id),
            Again::All => None,
        };
        let (post, by) = self.post_of(actor)?;
        let revived = tx.revive_letters(post, one, now).await?;
        for (district, letters) in &revived {
            let detail = json!({ "letters": letters });
            tx.record(*district, done_as((actor.user(), by), (LetterDeed::Retry.word(), detail), now))
                .await?;
        }
        let number: usize = revived.values().map(Vec::len).sum();
        self.commit(tx, now, &number).await?;
        self.wake_delivery();
        Ok(number)
    }

    /// Cancels a letter, or a notice of the next digest, that has not left. A letter that a node is sending at this moment
    /// may still leave.
    ///
    /// # Errors
    /// Nothing of that id waits in the actor's district; or the actor does not look after letters.
    pub async fn cancel_letter(
        &self,
        actor: &Actor,
        letter: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let (post, by) = self.post_of(actor)?;
        let district = tx.cancel_letter(post, letter, CANCELLED).await?;
        let detail = json!({ "letter": letter });
        tx.record(district, done_as((actor.user(), by), (LetterDeed::Cancel.word(), detail), now)).await?;
        self.commit(tx, now, &()).await
    }
}

impl Engine {
    /// Whose letters an actor sees: the district's, the city's in all districts, and anybody else's own.
    #[must_use]
    pub fn letter_scope(&self, actor: &Actor) -> LetterScope {
        let Actor::Person(person) = actor else { return LetterScope::Everything };
        let oversees = [Role::Reviewer, Role::Approver, Role::Admin, Role::Auditor];
        match person.roles.iter().any(|role| oversees.contains(role)) {
            true if self.is_city(person.district) => LetterScope::Everything,
            true => LetterScope::District(person.district),
            false => LetterScope::Person(person.user),
        }
    }

    /// Whose letters an actor may send again or cancel, and by which role: nobody their own, lest a notice of the law be
    /// lost.
    fn post_of(&self, actor: &Actor) -> Result<(LetterScope, Role), EngineError> {
        let Actor::Person(person) = actor else { return Ok((LetterScope::Everything, Role::System)) };
        let looks_after = [Role::Reviewer, Role::Approver, Role::Admin];
        match looks_after.into_iter().find(|role| person.roles.contains(role)) {
            Some(role) => Ok((self.letter_scope(actor), role)),
            None => Err(DecideError::NotYours.into()),
        }
    }
}

/// Why a letter that somebody cancelled never leaves.
const CANCELLED: &str = "cancelled";

/// Begins the event of what somebody has done by hand, where no one role lets people in, in the chain of an organisation.
pub(crate) async fn note(
    tx: &Tx,
    organisation: OrganisationId,
    done: (&str, Value),
    (actor, at): (&Actor, DateTime<Utc>),
) -> Result<(), EngineError> {
    let role = match actor {
        Actor::System => Role::System,
        Actor::Person(person) => person.roles.first().copied().unwrap_or(Role::System),
    };
    tx.record(organisation, done_as((actor.user(), role), done, at)).await?;
    Ok(())
}

/// The event of what somebody has done by hand, in the role that let the person in; the store fills in its place.
pub(crate) fn done_as(
    (user, role): (Option<UserId>, Role),
    (deed, detail): (&str, Value),
    at: DateTime<Utc>,
) -> EventLine {
    EventLine {
        at,
        person: user.map(|user| user.0),
        role: role.word().to_owned(),
        action: deed.to_owned(),
        detail: detail.to_string(),
        ..EventLine::default()
    }
}
