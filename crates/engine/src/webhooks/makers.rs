//! Web-hooks whose maker has gone, or no longer sees what they hear of: each is paused with the change of the account, so
//! that no news leaves by the right of somebody who has none. Those of the organisation who see as far are told; one of
//! them may resume it, and then answers for it.

use store::{Sight, StoreError, Tx, Webhook, WebhookState, Worker};
use workflow::actor::Person;
use workflow::decide::DecideError;
use workflow::notice::{Audience, Notice, NoticeKind};

use super::WebhookDeed;
use crate::Engine;
use crate::error::EngineError;
use crate::letters::About;
use crate::oversight::By;

impl Engine {
    /// Pauses the active web-hooks for which a person answers and which see further than the person's roles do by now; the
    /// caller's commit is to wake the delivery.
    ///
    /// # Errors
    /// `Conflict` where somebody turns one at the same time.
    pub(crate) async fn pause_webhooks_of(
        &self,
        tx: &Tx,
        maker: &Person,
        by: By<'_>,
    ) -> Result<(), EngineError> {
        let mut made = tx.reader().webhooks_made_by(maker.user).await?;
        made.retain(|webhook| webhook.state == WebhookState::Active && !self.still_sees(maker, webhook));
        if made.is_empty() {
            return Ok(());
        }
        let everybody = tx.reader().people_in(Some(maker.district)).await?;
        for webhook in made {
            let paused = self.change_webhook(tx, by, (webhook, WebhookDeed::Pause)).await?;
            let notices = self.tidings(&paused, maker, &everybody);
            let about = About { district: paused.district, request: None };
            self.tell(tx, about, &notices, by.now).await?;
        }
        Ok(())
    }

    /// Whoever makes a web-hook or lets it go on, with the roles that are held: nobody closes the account or takes them away
    /// meanwhile.
    ///
    /// # Errors
    /// The account is closed, or has no role any more.
    pub(super) async fn answers_for_it(&self, tx: &Tx, person: &Person) -> Result<Person, EngineError> {
        self.refuse_closed(tx, person.user).await?;
        let found = tx.reader().people_of(&[person.user]).await?.into_iter().next();
        let held = found.ok_or(StoreError::NotFound("person"))?.person;
        match held.roles.is_empty() {
            true => Err(DecideError::NotYours.into()),
            false => Ok(held),
        }
    }

    fn still_sees(&self, person: &Person, webhook: &Webhook) -> bool {
        !person.roles.is_empty() && covers(self.own_sight(person), webhook.sight)
    }

    /// What those are told who may look after a paused web-hook in the place of its maker.
    fn tidings(&self, webhook: &Webhook, maker: &Person, everybody: &[Worker]) -> Vec<Notice> {
        let may_look = |other: &&Worker| {
            let other = &other.person;
            other.user != maker.user
                && other.organisation == webhook.organisation
                && !other.roles.is_empty()
                && self.own_sight(other) == webhook.sight
        };
        let notice = |other: &Worker| Notice {
            kind: NoticeKind::WebhookPaused,
            to: Audience::Person(other.person.user),
            values: vec![
                ("name", webhook.name.clone()),
                ("url", webhook.url.clone()),
                ("maker", maker.name.clone()),
            ],
        };
        everybody.iter().filter(may_look).map(notice).collect()
    }
}

/// Whether whoever sees so far sees all that a web-hook hears of.
fn covers(seen: Sight, heard: Sight) -> bool {
    match (seen, heard) {
        (Sight::Everything, _) | (Sight::District, Sight::Department) => true,
        (seen, heard) => seen == heard,
    }
}
