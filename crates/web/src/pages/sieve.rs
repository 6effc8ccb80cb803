//! Which requests a figure's link means, as it stands in the address.

use serde::Deserialize;
use store::{Refused, Sieve, months_of};
use uuid::Uuid;
use workflow::calendar::Month;
use workflow::id::{OrganisationId, RequestId};
use workflow::stage::StageKind;

/// The filter of a list of requests; empty fields say nothing.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Words that stand in the title, the number, or the name of the department or a community.
    #[serde(default)]
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) stage: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    function: String,
    #[serde(default)]
    district: String,
    /// A year or a month in which the period begins.
    #[serde(default)]
    begins: String,
    /// A year or a month in which hours are booked.
    #[serde(default)]
    booked: String,
    #[serde(default)]
    community: String,
    /// `any`, or the code of the ground.
    #[serde(default)]
    refused: String,
    /// `admitted`: those whose price is money of what was admitted.
    #[serde(default)]
    money: String,
    /// The number of a span of days to decide, of those that begin in the year.
    #[serde(default)]
    pub(crate) days: String,
    /// The last request of the page before.
    #[serde(default)]
    after: String,
}

impl Asked {
    /// Whether more is asked for than a stage and words.
    pub(crate) fn is_narrow(&self) -> bool {
        let Asked {
            q: _,
            stage: _,
            department,
            function,
            district,
            begins,
            booked,
            community,
            refused,
            money,
            days,
            after: _,
        } = self;
        let all = [department, function, district, begins, booked, community, refused, money, days];
        all.iter().any(|one| !one.is_empty())
    }

    /// Everything that goes along when stage or words are chosen anew.
    pub(crate) fn others(&self) -> Vec<(&'static str, &str)> {
        let Asked {
            q: _,
            stage: _,
            department,
            function,
            district,
            begins,
            booked,
            community,
            refused,
            money,
            days,
            after: _,
        } = self;
        let all = [
            ("department", department),
            ("function", function),
            ("district", district),
            ("begins", begins),
            ("booked", booked),
            ("community", community),
            ("refused", refused),
            ("money", money),
            ("days", days),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect()
    }

    pub(crate) fn sieve(&self) -> Sieve {
        Sieve {
            stages: StageKind::from_word(&self.stage).into_iter().collect(),
            within: match self.money.as_str() {
                "admitted" => StageKind::ALL.iter().copied().filter(|stage| is_admitted(*stage)).collect(),
                _ => Vec::new(),
            },
            department: organisation(&self.department),
            function: self.function.parse().ok().filter(|number| *number <= 7),
            begins: months(&self.begins),
            booked: months(&self.booked),
            community: organisation(&self.community),
            refused: match self.refused.as_str() {
                "" => Refused::Any,
                "any" => Refused::Only,
                code => Refused::On(code.to_owned()),
            },
            words: self.q.clone(),
            among: None,
        }
    }

    /// The request after which the page begins.
    pub(crate) fn after(&self) -> Option<RequestId> {
        Uuid::parse_str(&self.after).ok().map(RequestId)
    }

    pub(crate) fn year(&self) -> Option<i32> {
        self.begins.get(..4)?.parse().ok()
    }

    pub(crate) fn district(&self) -> Option<OrganisationId> {
        organisation(&self.district)
    }
}

/// Whether the price of a request in that stage is money of what was admitted: the work is to begin, goes on or is settled.
pub(crate) fn is_admitted(stage: StageKind) -> bool {
    stage.is_running() || matches!(stage, StageKind::Admitted | StageKind::Settled)
}

pub(crate) fn organisation(written: &str) -> Option<OrganisationId> {
    Uuid::parse_str(written).ok().map(OrganisationId)
}

fn months(written: &str) -> Option<(Month, Month)> {
    match Month::parse(written) {
        Ok(month) => Some((month, month)),
        Err(_) => months_of(written.parse().ok()?),
    }
}
