//! The dossier (卷宗): what a request gathers on its way and keeps in every stage.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::assignment::Delivery;
use crate::consultation::Opinion;
use crate::id::{OrganisationId, RequestId, UserId};
use crate::ledger::FundSource;
use crate::money::Fen;
use crate::stage::Decision;

/// What a request gathers on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dossier {
    pub origin: Origin,
    /// Those for whom the filer stood in.
    pub filed_for: Vec<UserId>,
    /// What invited bodies said, with their authors.
    pub opinions: Vec<Opinion>,
    /// The price that a reviewer set in the place of the rules' price.
    pub repriced: Option<Repriced>,
    /// What pays it, and where refunds go back to.
    pub source: FundSource,
    /// Decisions that were taken back by a reconsideration or an objection.
    pub past_decisions: Vec<Decision>,
    /// The day on which the department asked for reconsideration; it may do so once.
    pub reconsidered_on: Option<NaiveDate>,
    /// The sum of all supplements that are funded; at most a share of the price (`policy.md` §7).
    pub supplemented: Fen,
    /// The request that is to go on where this one ends.
    pub successor: Option<RequestId>,
    /// The end of the successor, once its funds are committed before the end of this one.
    pub renewed_until: Option<NaiveDate>,
    /// What communities had delivered before they were merged into one that still works; it joins that one's delivery.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The last day of urging (催办); once a day.
    pub nudged_on: Option<NaiveDate>,
}

/// Work that was delivered by a community that is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Who delivers the rest.
    pub community: OrganisationId,
    pub delivery: Delivery,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    #[default]
    New,
    /// It goes on where another one ends (续期).
    Renewal { of: RequestId },
    /// It adds to one that is in force (追加).
    Supplement { of: RequestId },
}

impl Origin {
    /// The request it belongs to, if there is one.
    #[must_use]
    pub fn of(self) -> Option<RequestId> {
        match self {
            Origin::New => None,
            Origin::Renewal { of } | Origin::Supplement { of } => Some(of),
        }
    }
}

/// A price set by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repriced {
    pub by: UserId,
    pub on: NaiveDate,
    /// The price that the rules found.
    pub from: Fen,
    pub reason: String,
}
