//! The request (申请): one aggregate with its assignments. It is changed by `decide` only.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::action::ActionKind;
use crate::actor::Role;
use crate::assessment::{Assessment, Finding, Outcome, Severity};
use crate::assignment::Assignment;
use crate::calendar::{Calendar, Month};
use crate::catalogue::Class;
use crate::decimal::Decimal;
use crate::dossier::Dossier;
use crate::facts::Application;
use crate::hours::{Centihours, Pool};
use crate::id::{AssessmentId, OrganisationId, RequestId, UserId};
use crate::language::Bilingual;
use crate::ledger::Posting;
use crate::money::Fen;
use crate::notice::Notice;
use crate::parameters::Parameters;
use crate::stage::{Stage, StageKind};

/// A request with everything a decision needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: RequestId,
    pub district: OrganisationId,
    pub department: OrganisationId,
    pub filed_by: UserId,
    /// Given once, on the first submission.
    pub number: Option<String>,
    pub application: Application,
    pub targets: Vec<Target>,
    /// What the rules said on the last submission.
    pub assessed: Option<Assessed>,
    pub stage: Stage,
    pub assignments: Vec<Assignment>,
    pub dossier: Dossier,
    /// Counts the changes; a writer that read another version is refused.
    pub version: i64,
}

/// A community the request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub community: OrganisationId,
    pub code: String,
}

/// What of an assessment a decision needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessed {
    pub assessment: AssessmentId,
    pub outcome: Outcome,
    pub class: Option<Class>,
    /// 1 to 7; none outside the seven functions.
    pub function: Option<u8>,
    pub price: Fen,
    /// The price with those of all siblings; see [`Assessed::together`].
    #[serde(default)]
    pub together: Fen,
    pub shares: Vec<Share>,
    /// What the communities' shares take of the item's yearly hours (class assist).
    #[serde(default)]
    pub granted: Vec<Granted>,
    pub hours: Vec<MonthHours>,
    /// Codes of the findings with a condition.
    pub conditions: Vec<String>,
    /// Conditions that cut the period (`policy.md` §3: funds.term, statute.cut).
    pub cuts: Vec<Cut>,
    pub findings: Vec<String>,
    /// What the department is to mend, in the words of the rules.
    pub to_mend: Vec<Bilingual>,
    /// Codes of the communities whose service station does the work; in all others it is the committee's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stations: Vec<String>,
}

/// A condition that ends the period early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    pub code: String,
    /// The last day that is left.
    pub to: NaiveDate,
}

/// One community's part of the price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub code: String,
    pub price: Fen,
    /// The direct costs in it.
    #[serde(default)]
    pub direct: Fen,
}

/// Minutes of an item's yearly hours in one community, which no sibling can have again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    pub code: String,
    pub minutes: Decimal,
}

/// Hours of a community's month that a request takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthHours {
    pub code: String,
    pub month: Month,
    pub hours: Centihours,
}

impl Assessed {
    /// Takes from an assessment what decisions need.
    #[must_use]
    pub fn of(assessment: &Assessment, id: AssessmentId) -> Assessed {
        let share = |line: &crate::price::CommunityPrice| Share {
            code: line.code.clone(),
            price: line.total,
            direct: line.direct,
        };
        let granted = assessment
            .price
            .communities
            .iter()
            .map(|line| Granted { code: line.code.clone(), minutes: line.granted() });
        let hours = assessment.quota.iter().map(|row| MonthHours {
            code: row.community.clone(),
            month: row.month,
            hours: row.hours.rounded(),
        });
        let returns = assessment.findings.iter().filter(|finding| finding.severity == Severity::Return);
        let condition = |finding: &&Finding| finding.severity == Severity::Condition;
        Assessed {
            assessment: id,
            outcome: assessment.outcome,
            class: assessment.class,
            function: assessment.function,
            price: assessment.price.total,
            together: assessment.price.together,
            shares: assessment.price.communities.iter().map(share).collect(),
            granted: granted.filter(|part| part.minutes > Decimal::default()).collect(),
            hours: hours.filter(|row| row.hours > Centihours::default()).collect(),
            conditions: assessment.findings.iter().filter(condition).map(|f| f.code.clone()).collect(),
            cuts: assessment.findings.iter().filter_map(Cut::of).collect(),
            findings: assessment.findings.iter().map(|finding| finding.code.clone()).collect(),
            to_mend: returns.map(|finding| finding.message.clone()).collect(),
            stations: Vec::new(),
        }
    }

    /// The pool of a community that the work draws on, as it was when the request was submitted.
    #[must_use]
    pub fn pool(&self, code: &str) -> Pool {
        match self.stations.iter().any(|station| station == code) {
            true => Pool::Station,
            false => Pool::Committee,
        }
    }

    /// What thresholds of money are tested on: the price with those of all siblings at the last submission.
    #[must_use]
    pub fn together(&self) -> Fen {
        self.together.max(self.price)
    }

    /// The earliest day to which the given conditions cut the period.
    #[must_use]
    pub fn cut_by(&self, conditions: &[String]) -> Option<NaiveDate> {
        self.cuts.iter().filter(|cut| conditions.contains(&cut.code)).map(|cut| cut.to).min()
    }

    /// A community's part of the price; zero where it has none.
    #[must_use]
    pub fn share(&self, code: &str) -> Fen {
        self.shares.iter().find(|share| share.code == code).map_or(Fen::ZERO, |share| share.price)
    }

    /// The direct costs in a community's part of the price.
    #[must_use]
    pub fn direct(&self, code: &str) -> Fen {
        self.shares.iter().find(|share| share.code == code).map_or(Fen::ZERO, |share| share.direct)
    }
}

impl Cut {
    fn of(finding: &Finding) -> Option<Cut> {
        let to = finding.facts.get("cut_to")?.as_str()?.parse().ok()?;
        (finding.severity == Severity::Condition).then(|| Cut { code: finding.code.clone(), to })
    }
}

/// When an action happens, and the calendar and numbers it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: DateTime<Utc>,
    pub calendar: &'a Calendar,
    pub parameters: &'a Parameters,
}

impl Moment<'_> {
    /// The day in the jurisdiction's time zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.parameters.jurisdiction.offset()).date_naive()
    }
}

/// One change of a request, as the history keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub user: Option<UserId>,
    pub role: Role,
    pub action: ActionKind,
    pub before: StageKind,
    pub after: StageKind,
    pub reason: Option<String>,
    /// What the reason leaves out: verdict, community, amounts.
    pub detail: Map<String, Value>,
}

/// What becomes of the hours of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bookings {
    Keep,
    /// Every community's every month, all or none.
    Book(Vec<MonthHours>),
    /// The same beyond capacity, too: only on an approver's recorded reason.
    Force(Vec<MonthHours>),
    /// A moved period: frees all and books anew in one step, all or none.
    Rebook(Vec<MonthHours>),
    FreeAll,
    FreeCommunity(OrganisationId),
    /// A community was merged into another: its hours from this month on go there, beyond capacity where they must.
    HandOver {
        from: OrganisationId,
        into: OrganisationId,
        since: Month,
    },
    /// Frees the months later than this one; it and those before it stay booked.
    FreeAfter(Month),
}

/// What an action leads to; the store writes all of it in one transaction or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub request: Request,
    pub event: Event,
    pub postings: Vec<Posting>,
    pub bookings: Bookings,
    pub notices: Vec<Notice>,
    /// The next day on which the system may have something to do on the request, by what is known now.
    pub wake_on: Option<NaiveDate>,
}

impl Request {
    #[must_use]
    pub fn title(&self) -> &str {
        self.application.title.as_deref().unwrap_or("—")
    }

    /// The number people see; a draft has none yet.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or("—")
    }

    /// The price the rules found; zero before the first submission.
    #[must_use]
    pub fn price(&self) -> Fen {
        self.assessed.as_ref().map_or(Fen::ZERO, |assessed| assessed.price)
    }

    /// What supplements may still add to the price, all together at most a share of it (`policy.md` §7).
    #[must_use]
    pub fn room_for_supplements(&self, share: Decimal) -> Fen {
        (self.price().share(share.millionths(), Decimal::SCALE) - self.dossier.supplemented).max(Fen::ZERO)
    }

    /// What its escrow holds now, in fen: the price once it is funded, less what was paid and what refusals took back.
    #[must_use]
    pub fn held_in_escrow(&self) -> Fen {
        match &self.stage {
            Stage::Admitted { funded_on: Some(_), .. } => self.price(),
            Stage::InForce { .. } | Stage::Suspended { .. } | Stage::Acceptance { .. } => {
                let standing = self.assignments.iter().filter(|assignment| !assignment.is_refused());
                standing.map(|assignment| assignment.price - assignment.paid).sum()
            }
            _ => Fen::ZERO,
        }
    }

    /// Whether the office belongs to the organisation that applies (`policy.md` §3, standing.recusal).
    #[must_use]
    pub fn hosts_office(&self) -> bool {
        self.application.department.as_ref().is_some_and(|department| department.hosts_office)
    }

    /// Whether the rules found the item to be an emergency.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.assessed.as_ref().is_some_and(|assessed| assessed.class == Some(Class::Emergency))
    }

    /// The year whose budget pays: that of the offer, else of the start.
    #[must_use]
    pub fn budget_year(&self) -> i32 {
        use chrono::Datelike;
        let offered = self.application.offer.as_ref().map(|offer| offer.budget_year);
        offered.or_else(|| self.application.starts_on.map(|start| start.year())).unwrap_or_default()
    }
}
