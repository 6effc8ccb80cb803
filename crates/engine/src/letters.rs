//! Notices become letters in the caller's transaction, so that what was done and what is told cannot differ.

use chrono::{DateTime, Utc};
use notifier::Recipient;
use store::{NewLetter, Tx};
use uuid::Uuid;
use workflow::id::{LetterId, OrganisationId, RequestId};
use workflow::notice::Notice;
use workflow::request::Request;

use crate::Engine;
use crate::error::EngineError;

/// What notices are about: a district's business, and the request if it is one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) district: OrganisationId,
    pub(crate) request: Option<RequestId>,
}

impl From<&Request> for About {
    fn from(request: &Request) -> About {
        About { district: request.district, request: Some(request.id) }
    }
}

impl Engine {
    /// Queues the letters of notices; they leave after the caller's commit, which is to wake the delivery.
    ///
    /// # Errors
    /// An address or a time of which no letter can be written, or what the database says.
    pub(crate) async fn tell(
        &self,
        tx: &Tx,
        about: About,
        notices: &[Notice],
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let letters = self.letters(tx, about, notices, now).await?;
        Ok(tx.queue(letters).await?)
    }

    /// The letters of notices, one for each person meant, with their bytes.
    async fn letters(
        &self,
        tx: &Tx,
        about: About,
        notices: &[Notice],
        now: DateTime<Utc>,
    ) -> Result<Vec<NewLetter>, EngineError> {
        let audiences: Vec<_> = notices.iter().map(|notice| notice.to).collect();
        let recipients = tx.reader().recipients(&audiences).await?;
        let mut letters = Vec::new();
        for (notice, workers) in notices.iter().zip(recipients) {
            for worker in workers {
                let id = LetterId(Uuid::now_v7());
                let to =
                    Recipient { name: worker.person.name, address: worker.email, language: worker.language };
                let letter = self.composer.compose(notice, &to, id, now)?;
                letters.push(NewLetter {
                    id,
                    district: about.district,
                    request: about.request,
                    kind: notice.kind.word().to_owned(),
                    message_id: letter.message_id,
                    sender: self.sender.clone(),
                    recipient: letter.to,
                    subject: letter.subject,
                    bytes: letter.bytes,
                    at: now,
                });
            }
        }
        Ok(letters)
    }
}
