//! The morning's digests: once a working day, everything that waits for a person leaves as one letter. Of two nodes one
//! writes them; a morning that was missed is caught up the same day.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use notifier::Entry;
use store::{DigestItem, NewLetter, StoreError, Tx, Worker, done_steps, expect_steps};
use uuid::Uuid;
use workflow::id::{LetterId, UserId};
use workflow::letters::LetterHours;
use workflow::request::Moment;

use crate::Engine;
use crate::error::EngineError;
use crate::letters::recipient;

/// The job of the ticks.
const JOB: &str = "digest";
/// The kind of such a letter in the outbox.
const KIND: &str = "digest";

/// What a morning's digests came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digested {
    pub letters: usize,
    pub notices: usize,
    /// Items that cannot be read, and people to whom no letter can be written; they wait for the next morning.
    pub failures: usize,
}

impl Engine {
    /// Writes the digests of today, if their hour has come and no node has written them; nothing is done otherwise.
    ///
    /// # Errors
    /// What the database says; nothing is written then, and the next call tries again.
    pub async fn digest(&self, now: DateTime<Utc>) -> Result<Digested, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let Some(day) = moment.digest_day() else { return Ok(Digested::default()) };
        let day = day.to_string();
        if self.store.reader().is_ticked(JOB, &day).await? {
            return Ok(Digested::default());
        }
        let tx = self.store.begin().await?;
        if !tx.take_tick(JOB, &day, now).await? {
            return Ok(Digested::default());
        }
        let at = now.with_timezone(&moment.parameters.jurisdiction.offset());
        let digested = self.write_digests(&tx, at).await?;
        tx.commit().await?;
        Ok(digested)
    }

    async fn write_digests(&self, tx: &Tx, at: DateTime<FixedOffset>) -> Result<Digested, EngineError> {
        let (mut waiting, mut failures) = by_reader(tx.gathered().await?);
        let readers: Vec<UserId> = waiting.keys().copied().collect();
        let (mut letters, mut went) = (Vec::new(), Vec::new());
        expect_steps(readers.len());
        for worker in tx.reader().people_of(&readers).await? {
            done_steps(1).await;
            let items = waiting.remove(&worker.person.user).unwrap_or_default();
            let Some(letter) = self.try_digest(worker, &items, at) else {
                failures += 1;
                continue;
            };
            went.extend(items.iter().map(|item| (item.id, letter.id)));
            letters.push(letter);
        }
        let digested = Digested { letters: letters.len(), notices: went.len(), failures };
        tx.queue(letters).await?;
        tx.note_digests(&went).await?;
        Ok(digested)
    }

    /// One broken reader never stops the others.
    fn try_digest(
        &self,
        worker: Worker,
        items: &[DigestItem],
        at: DateTime<FixedOffset>,
    ) -> Option<NewLetter> {
        let written = self.write_digest(worker, items, at);
        written.inspect_err(|error| tracing::error!(%error, "a digest cannot be written")).ok()
    }

    fn write_digest(
        &self,
        worker: Worker,
        items: &[DigestItem],
        at: DateTime<FixedOffset>,
    ) -> Result<NewLetter, EngineError> {
        let id = LetterId(Uuid::now_v7());
        let district = worker.person.district;
        let entries: Vec<Entry> = items.iter().map(entry).collect();
        let letter = self.composer.digest(&entries, &recipient(worker), id, at)?;
        Ok(NewLetter {
            id,
            district,
            request: None,
            kind: KIND.to_owned(),
            message_id: letter.message_id,
            sender: self.sender.clone(),
            recipient: letter.to,
            subject: letter.subject,
            bytes: letter.bytes,
            at: at.to_utc(),
            hours: LetterHours::Office,
            step: None,
        })
    }
}

type ByReader = BTreeMap<UserId, Vec<DigestItem>>;

/// What waits for each reader, and how many items cannot be read.
fn by_reader(items: Vec<Result<DigestItem, StoreError>>) -> (ByReader, usize) {
    let (mut waiting, mut failures) = (ByReader::new(), 0);
    for item in items {
        match item {
            Ok(item) => waiting.entry(item.person).or_default().push(item),
            Err(error) => {
                failures += 1;
                tracing::error!(%error, "a notice cannot be read");
            }
        }
    }
    (waiting, failures)
}

fn entry(item: &DigestItem) -> Entry {
    Entry { kind: item.kind, request: item.request, values: item.values.clone(), at: item.at }
}
