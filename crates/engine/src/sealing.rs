//! The sealer: seals all heads every hour in which something happened, and mails the newest seal to the auditors once a
//! day, so that what is rewritten later can be held against it.

use chrono::{DateTime, Utc};
use store::{Audited, OrganisationKind, Seal, Witness};
use workflow::actor::Role;
use workflow::notice::{Audience, Notice, NoticeKind};

use crate::Engine;
use crate::error::EngineError;
use crate::letters::About;

impl Engine {
    /// Seals and mails what is due; of two nodes one does it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seal_when_due(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        let local = now.with_timezone(&self.content().rules.parameters().jurisdiction.offset());
        let tx = self.store.begin().await?;
        if tx.take_tick("seal", &local.format("%Y-%m-%dT%H").to_string(), now).await? {
            tx.seal(now).await?;
        }
        let newest = tx.reader().newest_seal().await?;
        if let Some(seal) = newest
            && tx.take_tick("heads", &local.date_naive().to_string(), now).await?
        {
            self.mail_seal(&tx, &seal, now).await?;
        }
        tx.commit().await?;
        self.wake_delivery();
        Ok(())
    }

    /// Seals at once, whatever the hour.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seal(&self, now: DateTime<Utc>) -> Result<Option<Seal>, EngineError> {
        let tx = self.store.begin().await?;
        tx.seal(now).await?;
        let newest = tx.reader().newest_seal().await?;
        tx.commit().await?;
        Ok(newest)
    }

    async fn mail_seal(&self, tx: &store::Tx, seal: &Seal, now: DateTime<Utc>) -> Result<(), EngineError> {
        let offset = self.content().rules.parameters().jurisdiction.offset();
        let values = vec![
            ("seal", seal.number.to_string()),
            ("hash", seal.hash.clone()),
            ("chains", seal.chains.to_string()),
            ("sealed_at", seal.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string()),
        ];
        let whole = [OrganisationKind::City, OrganisationKind::District];
        for organisation in tx.reader().organisations_of_kinds(&whole).await? {
            let district = organisation.id;
            let to = Audience::District { district, role: Role::Auditor };
            let notice = Notice { kind: NoticeKind::Sealed, to, values: values.clone() };
            self.tell(tx, About { district, request: None }, &[notice], now).await?;
        }
        Ok(())
    }

    /// Walks chains, seals and rows, and holds the seals against what a witness keeps.
    ///
    /// # Errors
    /// The database cannot be read at all.
    pub async fn audit(&self, witnesses: &[Witness]) -> Result<Audited, EngineError> {
        Ok(self.store.audit(witnesses).await?)
    }
}
