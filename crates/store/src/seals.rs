//! Seals: all heads of a moment, each seal covering the one before it. Number and hash of a seal, held outside, show even
//! what is rewritten with the key. A seal keeps only the heads that moved since the last one.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::connect::{Reader, Tx, statement};
use crate::error::{StoreError, unreadable};
use crate::events::{AuditKey, Head, START, to_microsecond};
use crate::organisations::BATCH;
use crate::rows::{seal, sealed_head};
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
    /// Seals all heads as they are now; none where nothing has moved since the last seal. Reads only what has moved.
    ///
    /// # Errors
    /// `Duplicate` if another node seals at the same time.
    pub async fn seal(&self, at: DateTime<Utc>) -> Result<Option<Seal>, StoreError> {
        self.finish_event().await?;
        let reader = self.reader();
        let moved = reader.moved_heads().await?;
        if moved.is_empty() {
            return Ok(None);
        }
        let last = reader.newest_seal().await?;
        let mut seal = Seal {
            number: last.as_ref().map_or(0, |last| last.number) + 1,
            at: to_microsecond(at),
            chains: reader.chain_count().await?,
            heads: serde_json::to_string(&moved).map_err(|error| unreadable("seals", at, error))?,
            previous: last.map_or(START.to_owned(), |last| last.hash),
            hash: String::new(),
            mac: String::new(),
        };
        seal.hash = seal.expected_hash();
        seal.mac = seal.expected_mac(&self.key);
        seal::Entity::insert(seal_row(seal.clone())).exec_without_returning(&self.on).await?;
        self.note_sealed(moved).await?;
        Ok(Some(seal))
    }

    /// Keeps what is sealed now, for the next seal.
    async fn note_sealed(&self, moved: Vec<SealedHead>) -> Result<(), StoreError> {
        let anew = OnConflict::column(sealed_head::Column::SubjectId)
            .update_columns([sealed_head::Column::EventCount, sealed_head::Column::EventHead])
            .to_owned();
        for part in moved.chunks(BATCH) {
            let rows = part.iter().map(|(subject, count, hash)| sealed_head::ActiveModel {
                subject_id: Set(*subject),
                event_count: Set(*count),
                event_head: Set(hash.clone()),
            });
            let insert = sealed_head::Entity::insert_many(rows).on_conflict(anew.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The heads that are not those of the last seal, by subject; the structure among them.
    async fn moved_heads(&self) -> Result<Vec<SealedHead>, StoreError> {
        let rows = self.on.query_all_raw(statement(&self.on, &moved(), Vec::new())).await?;
        let mut heads = Vec::with_capacity(rows.len() + 1);
        for row in rows {
            heads.push((
                row.try_get("", "id")?,
                row.try_get("", "event_count")?,
                row.try_get("", "event_head")?,
            ));
        }
        let Head { count, hash } = self.structure().await?;
        let sealed = sealed_head::Entity::find_by_id(STRUCTURE).one(&self.on).await?;
        if sealed.is_none_or(|sealed| sealed.event_count != count || sealed.event_head != hash) {
            heads.push((STRUCTURE, count, hash));
        }
        heads.sort_unstable_by_key(|(subject, _, _)| *subject);
        Ok(heads)
    }

    /// How many chains have begun.
    async fn chain_count(&self) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) AS count FROM ({HEADS}) AS heads WHERE event_count > 0");
        let row = self.on.query_one_raw(statement(&self.on, &sql, Vec::new())).await?;
        row.map_or(Ok(0), |row| Ok(row.try_get("", "count")?))
    }

    /// What the cache says was sealed last, by subject.
    pub(crate) async fn sealed_heads(&self) -> Result<Vec<SealedHead>, StoreError> {
        let rows = sealed_head::Entity::find().all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (row.subject_id, row.event_count, row.event_head)).collect())
    }

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

/// The head of every chain there is.
const HEADS: &str = "SELECT id, event_count, event_head FROM requests \
     UNION ALL SELECT id, event_count, event_head FROM organisations \
     UNION ALL SELECT subject_id, event_count, event_head FROM chains";

fn moved() -> String {
    format!(
        "SELECT heads.id AS id, heads.event_count AS event_count, heads.event_head AS event_head FROM ({HEADS}) AS heads \
         LEFT JOIN sealed_heads AS sealed ON sealed.subject_id = heads.id AND sealed.event_count = heads.event_count \
         AND sealed.event_head = heads.event_head WHERE heads.event_count > 0 AND sealed.subject_id IS NULL"
    )
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
