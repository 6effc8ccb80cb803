//! The audit: walks every chain to its head, folds it, and holds the rows against what the history tells. It only reads,
//! and needs no rule set.

mod chains;
mod rows;
mod seals;
mod stamps;

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use uuid::Uuid;
use workflow::words;

use crate::connect::Store;
use crate::error::StoreError;
use crate::events::EventLine;
use crate::progress::expect_steps;

words! {
    /// What an audit finds.
    MismatchKind {
        Edited = "edited", "事件被改动", "event was changed";
        Rewritten = "rewritten", "自此事件起被重写", "rewritten from this event on";
        Gap = "gap", "事件缺失", "event is missing";
        Head = "head", "链头不符", "the head of the chain differs";
        Headless = "headless", "历史没有主体", "history without its subject";
        Untold = "untold", "历史未载明内容", "the history does not tell its content";
        Row = "row", "记录与历史不符", "row differs from its history";
        RowGone = "row_gone", "记录缺失", "row has gone";
        RowStray = "row_stray", "记录无历史依据", "no event tells of the row";
        Stamp = "stamp", "记录印记不符", "row differs from its stamp";
        Structure = "structure", "数据库结构被改动", "the structure of the database was changed";
        Database = "database", "数据库文件损坏", "the database file is damaged";
        SealEdited = "seal_edited", "封存被改动", "seal was changed";
        SealGap = "seal_gap", "封存缺号", "seal is missing";
        ChainGone = "chain_gone", "已封存的历史缺失", "a sealed history has gone";
        PastRewritten = "past_rewritten", "封存之后历史被改写", "history was rewritten after its seal";
        Witness = "witness", "与留存的封存值不符", "differs from what the witness keeps";
    }
}

/// One place where the database is not what its history says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    pub kind: MismatchKind,
    /// The subject of a chain, or table and key of a row.
    pub place: String,
    /// The number of the event in its chain.
    pub event: Option<i64>,
    /// Columns, or what could not be read.
    pub about: String,
}

/// A seal that somebody keeps outside, from a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub number: i64,
    pub hash: String,
}

impl std::str::FromStr for Witness {
    type Err = String;

    fn from_str(text: &str) -> Result<Witness, String> {
        let witness = text.split_once(':').and_then(|(number, hash)| {
            Some(Witness { number: number.trim().parse().ok()?, hash: hash.trim().to_owned() })
        });
        witness.ok_or_else(|| format!("`{text}` is no NUMBER:HASH"))
    }
}

/// What an audit looked at, and what it found.
#[derive(Debug, Clone, Default)]
pub struct Audited {
    pub chains: BTreeMap<Uuid, Vec<EventLine>>,
    pub events: usize,
    pub rows: usize,
    pub seals: usize,
    pub mismatches: Vec<Mismatch>,
}

impl Audited {
    pub(crate) fn found(&mut self, kind: MismatchKind, place: impl Display, about: impl Into<String>) {
        self.mismatches.push(Mismatch { kind, place: place.to_string(), event: None, about: about.into() });
    }

    pub(crate) fn found_at(&mut self, kind: MismatchKind, place: impl Display, event: i64) {
        let place = place.to_string();
        self.mismatches.push(Mismatch { kind, place, event: Some(event), about: String::new() });
    }
}

impl Store {
    /// Walks every chain and holds every row against it; linear in events and rows.
    ///
    /// # Errors
    /// The database cannot be read at all.
    pub async fn audit(&self, witnesses: &[Witness]) -> Result<Audited, StoreError> {
        let reader = self.reader();
        let mut audited = Audited::default();
        let heads = reader.heads().await?;
        expect_steps(heads.len() + rows::TABLES);
        for event in reader.all_events().await? {
            audited.events += 1;
            audited.chains.entry(event.subject).or_default().push(event);
        }
        chains::check(&heads, self.audit_key(), &mut audited).await;
        for broken in reader.broken_pages().await? {
            audited.found(MismatchKind::Database, "database", broken);
        }
        for place in reader.odd_cells().await? {
            audited.found(MismatchKind::Row, place, "type");
        }
        let seals = reader.seals().await?;
        seals::check(&seals, witnesses, self.audit_key(), &mut audited);
        seals::cache(&seals, reader.sealed_heads().await?, &mut audited);
        seals::structure(&seals, &reader.structure().await?, &mut audited);
        rows::check(&reader, &mut audited).await?;
        stamps::check(&reader, self.audit_key(), &mut audited).await?;
        Ok(audited)
    }
}
