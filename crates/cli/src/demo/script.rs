//! The script of the season: requests as clerks would write them, and what becomes of each.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::print::Failure;

const REQUESTS: &str = include_str!("../../demo/requests.json");

/// Every request of the season in the order of filing.
pub(crate) struct Script {
    pub(crate) requests: Vec<Scripted>,
}

/// One request of the script.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scripted {
    pub(crate) key: String,
    /// Code of the department that files it.
    pub(crate) department: String,
    pub(crate) file_on: NaiveDate,
    pub(crate) communities: Vec<String>,
    pub(crate) path: Path,
    /// What the department corrects after a return, by JSON pointer.
    pub(crate) correct: Option<Map<String, Value>>,
    pub(crate) application: Value,
}

/// What becomes of a request: how people treat it, or the stage in which the season's end finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Path {
    Settled,
    DeemedSettled,
    Acceptance,
    InForce,
    Admitted,
    Publication,
    Proposed,
    Quoted,
    Review,
    Submitted,
    Returned,
    Draft,
    RulesReturn,
    Corrected,
    OfficeReturn,
    RejectedByRules,
    Rejected,
    AdmittedAfterReferral,
    SentBack,
    OverQuota,
    QuoteDeclined,
    QuoteLapsed,
    Withdrawn,
    FundsLapsed,
    RefusedByOne,
    Emergency,
}

impl Script {
    pub(crate) fn read() -> Result<Script, Failure> {
        let requests = serde_json::from_str(REQUESTS).map_err(anyhow::Error::from)?;
        Ok(Script { requests })
    }
}

impl Scripted {
    /// The application after the department has corrected it.
    pub(crate) fn corrected(&self) -> Value {
        let mut application = self.application.clone();
        for (pointer, value) in self.correct.iter().flatten() {
            if let Some(place) = application.pointer_mut(pointer) {
                *place = value.clone();
            }
        }
        application
    }
}
