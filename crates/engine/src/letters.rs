//! Notices on their way to people, in the caller's transaction, so that what was done and what is told cannot differ:
//! urgent ones become letters at once, the others wait for the morning's digest.

use chrono::{DateTime, Utc};
use notifier::Recipient;
use store::{DigestItem, NewLetter, Tx, Waiting, Worker};
use uuid::Uuid;
use workflow::id::{LetterId, OrganisationId, RequestId};
use workflow::letters::{LetterHours, Route, route};
use workflow::notice::{Concern, Notice, open_steps};
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::Engine;
use crate::error::EngineError;
use crate::standing_in::StandingIn;

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

/// Why a letter about a step that is over never leaves.
const STEP_IS_OVER: &str = "the step is over";

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
        let asks = notices.iter().any(|notice| notice.kind.concern() == Concern::Stage);
        let stage = match about.request.filter(|_| asks) {
            Some(request) => Some(tx.reader().stage_of(request).await?),
            None => None,
        };
        Telling { engine: self, tx, about, stage, now }.tell(notices).await
    }

    /// After a step of a request: withdraws what waits about steps that are over, and tells of the new ones.
    ///
    /// # Errors
    /// As [`Engine::tell`].
    pub(crate) async fn tell_step(
        &self,
        tx: &Tx,
        (request, waiting): (&Request, Waiting),
        notices: &[Notice],
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        tx.supersede((request.id, waiting), &open_steps(request), STEP_IS_OVER).await?;
        let stage = Some(request.stage.kind());
        Telling { engine: self, tx, about: About::from(request), stage, now }.tell(notices).await
    }
}

/// Notices of one transaction.
struct Telling<'a> {
    engine: &'a Engine,
    tx: &'a Tx,
    about: About,
    /// Where the request stands.
    stage: Option<StageKind>,
    now: DateTime<Utc>,
}

impl Telling<'_> {
    async fn tell(&self, notices: &[Notice]) -> Result<(), EngineError> {
        let content = self.engine.content();
        let parameters = &content.rules.parameters().letters;
        let audiences: Vec<_> = notices.iter().map(|notice| notice.to).collect();
        let today = self.engine.today(self.now);
        let (recipients, somebody_absent) = self.tx.reader().recipients_on(&audiences, today).await?;
        let absent = match somebody_absent {
            true => StandingIn::of(self.tx.reader(), &recipients, today).await?,
            false => StandingIn::default(),
        };
        let (mut letters, mut items) = (Vec::new(), Vec::new());
        for (notice, workers) in notices.iter().zip(recipients) {
            for (notice, worker) in absent.readers(notice, workers) {
                match route(notice.kind, worker.preference, parameters) {
                    Route::AtOnce(hours) => letters.push(self.letter(&notice, worker, hours)?),
                    Route::Digest => items.push(self.item(&notice, &worker)),
                    Route::Nowhere => {}
                }
            }
        }
        self.tx.queue(letters).await?;
        Ok(self.tx.gather(items).await?)
    }

    fn letter(&self, notice: &Notice, worker: Worker, hours: LetterHours) -> Result<NewLetter, EngineError> {
        let id = LetterId(Uuid::now_v7());
        let step = self.step(notice);
        let letter = self.engine.composer.compose(notice, &recipient(worker), id, self.now)?;
        Ok(NewLetter {
            id,
            district: self.about.district,
            request: self.about.request,
            kind: notice.kind.word().to_owned(),
            message_id: letter.message_id,
            sender: self.engine.sender.clone(),
            recipient: letter.to,
            subject: letter.subject,
            bytes: letter.bytes,
            at: self.now,
            hours,
            step,
        })
    }

    fn item(&self, notice: &Notice, worker: &Worker) -> DigestItem {
        let values = notice.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        DigestItem {
            id: Uuid::now_v7(),
            person: worker.person.user,
            district: self.about.district,
            request: self.about.request,
            kind: notice.kind,
            values: values.collect(),
            step: self.step(notice),
            at: self.now,
        }
    }

    /// The step a notice is about; what is about no request is never overtaken.
    fn step(&self, notice: &Notice) -> Option<String> {
        self.about.request?;
        notice.step(self.stage?)
    }
}

pub(crate) fn recipient(worker: Worker) -> Recipient {
    Recipient { name: worker.person.name, address: worker.email, language: worker.language }
}
