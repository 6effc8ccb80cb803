//! Seals: all heads of a moment, each seal covering the one before it. Number and hash of a seal, held outside, show even
//! what is rewritten with the key. A seal keeps only the heads that moved since the last one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::{AuditKey, Head, START, to_microsecond};
use crate::rows::seal;
use crate::structure::STRUCTURE;
use crate::told::digest;

/// One head in a seal: subject, number and hash of its last event.
pub(crate) type SealedHead = (Uuid, i64, String);

/// A seal as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Seal {
    pub number: i64,
    pub at: DateTime<Utc>,
    /// How many chains there were.
    pub chains: i64,
    /// JSON: the heads that moved since the seal before.
    pub heads: String,
    pub previous: String,
    /// What a witness keeps; it needs no key.
    pub hash: String,
    pub mac: String,
}

impl Seal {
    pub(crate) fn expected_hash(&self) -> String {
        let at = self.at.timestamp_micros();
        let text = format!(
            "{}\n{at}\n{}\n{}\n{}",
            self.number,
            self.chains,
            digest(self.heads.as_bytes()),
            self.previous
        );
        digest(text.as_bytes())
    }

    pub(crate) fn expected_mac(&self, key: &AuditKey) -> String {
        key.mac([&"seal", &self.hash.as_str()])
    }

    pub(crate) fn sealed(&self) -> Result<Vec<SealedHead>, StoreError> {
        serde_json::from_str(&self.heads).map_err(|error| unreadable("seals", self.number, error))
    }
}

impl Tx {
    /// Seals all heads as they are now; none where nothing has moved since the last seal.
    ///
    /// # Errors
    /// `Duplicate` if another node seals at the same time.
    pub async fn seal(&self, at: DateTime<Utc>) -> Result<Option<Seal>, StoreError> {
        self.finish_event().await?;
        let seals = self.reader().seals().await?;
        let mut known: BTreeMap<Uuid, (i64, String)> = BTreeMap::new();
        for seal in &seals {
            known.extend(seal.sealed()?.into_iter().map(|(subject, count, hash)| (subject, (count, hash))));
        }
        let mut heads = self.reader().heads().await?;
        heads.retain(|(_, head)| head.count > 0);
        heads.push((STRUCTURE, self.reader().structure().await?));
        heads.sort_unstable_by_key(|(subject, _)| *subject);
        let chains = i64::try_from(heads.len() - 1).unwrap_or(i64::MAX);
        let moved: Vec<SealedHead> = heads
            .into_iter()
            .map(|(subject, Head { count, hash })| (subject, count, hash))
            .filter(|(subject, count, hash)| known.get(subject) != Some(&(*count, hash.clone())))
            .collect();
        if moved.is_empty() {
            return Ok(None);
        }
        let last = seals.last();
        let mut seal = Seal {
            number: last.map_or(0, |last| last.number) + 1,
            at: to_microsecond(at),
            chains,
            heads: serde_json::to_string(&moved).map_err(|error| unreadable("seals", at, error))?,
            previous: last.map_or(START.to_owned(), |last| last.hash.clone()),
            hash: String::new(),
            mac: String::new(),
        };
        seal.hash = seal.expected_hash();
        seal.mac = seal.expected_mac(&self.key);
        seal::Entity::insert(seal_row(seal.clone())).exec_without_returning(&self.on).await?;
        Ok(Some(seal))
    }
}

impl Reader<'_> {
    /// Every seal, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seals(&self) -> Result<Vec<Seal>, StoreError> {
        let rows = seal::Entity::find().order_by_asc(seal::Column::Number).all(&self.on).await?;
        Ok(rows.into_iter().map(seal_of).collect())
    }

    /// The newest seal.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_seal(&self) -> Result<Option<Seal>, StoreError> {
        let newest = seal::Entity::find().order_by_desc(seal::Column::Number).one(&self.on).await?;
        Ok(newest.map(seal_of))
    }
}

fn seal_row(seal: Seal) -> seal::ActiveModel {
    let Seal { number, at, chains, heads, previous, hash, mac } = seal;
    seal::ActiveModel {
        number: Set(number),
        at: Set(at),
        chains: Set(chains),
        heads: Set(heads),
        previous: Set(previous),
        hash: Set(hash),
        mac: Set(mac),
    }
}

fn seal_of(row: seal::Model) -> Seal {
    let seal::Model { number, at, chains, heads, previous, hash, mac } = row;
    Seal { number, at, chains, heads, previous, hash, mac }
}
