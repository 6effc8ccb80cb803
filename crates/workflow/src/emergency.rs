//! Emergencies (应急): what is kept of one until it is decided and paid.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clock::Extension;
use crate::stage::{Decision, Proposal};

/// An emergency (应急): work first; filing, approval and settlement by real hours afterwards (`workflow.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub started_on: NaiveDate,
    /// The day on which complete papers were there; none before it, and no inspection until then.
    pub filed_on: Option<NaiveDate>,
    pub proposal: Option<Proposal>,
    pub decision: Option<Decision>,
    /// The one prolongation; a second needs a full request.
    pub extension: Option<Extension>,
    /// The day on which money for the real hours was committed.
    pub funded_on: Option<NaiveDate>,
}
