//! What people do next with a request, by its path and its stage. It decides nothing of the domain: every wish goes
//! through the engine, which may say no.

use chrono::{Days, NaiveDate};
use engine::Command;
use workflow::actor::Role;
use workflow::assessment::Outcome;
use workflow::assignment::{Assignment, AssignmentStage, Delivery, RefusalReason, Worked};
use workflow::calendar::Calendar;
use workflow::emergency::Emergency;
use workflow::facts::DayFactor;
use workflow::hours::Centihours;
use workflow::id::OrganisationId;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{Stage, StageKind, Verdict};

use crate::demo::script::Path;

/// What a community of the story works in an emergency.
const EMERGENCY_CENTIHOURS: i64 = 3_650;

/// Who does what.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Department(Command),
    Office(Role, Command),
    /// An approver who will not be the one to approve.
    LeadingGroup(Command),
    Treasury(Command),
    Committee(OrganisationId, Command),
    /// The department sends what it has mended.
    Correct,
}

/// Where a request of the story stands, and the day.
pub(crate) struct Situation<'a> {
    pub(crate) path: Path,
    pub(crate) request: &'a Request,
    pub(crate) today: NaiveDate,
    pub(crate) calendar: &'a Calendar,
    /// Whether the first proposal was sent back, or the office returned the filing.
    pub(crate) had_second_thoughts: bool,
}

impl Situation<'_> {
    /// The next thing someone does today; none when everyone waits.
    pub(crate) fn next(&self) -> Option<Step> {
        match &self.request.stage {
            Stage::Draft => (self.path != Path::Draft).then_some(Step::Department(Command::Submit)),
            Stage::Submitted { on } => self.after(*on, 2).and_then(|()| self.filing()),
            Stage::Returned { on } => self.after(*on, 3).and_then(|()| self.mending()),
            Stage::Review { on, accepted_quote, .. } => {
                self.after(*on, 2).and_then(|()| self.review(accepted_quote.is_some()))
            }
            Stage::Quoted { on, price, .. } => self.after(*on, 2).and_then(|()| self.answer(*price)),
            Stage::Proposed { on, .. } => self.after(*on, 1).and_then(|()| self.approval()),
            Stage::Admitted { on, funded_on: None, .. } => self.after(*on, 2).and_then(|()| self.funds()),
            Stage::InForce { .. } => self.emergency().or_else(|| self.work()),
            Stage::Acceptance { on, .. } => {
                self.emergency().or_else(|| self.after(*on, 4).and_then(|()| self.acceptance()))
            }
            _ => None,
        }
    }

    /// Something once that many working days have passed; emergencies do not wait.
    fn after(&self, on: NaiveDate, days: u32) -> Option<()> {
        let days = if self.path == Path::Emergency { 0 } else { days };
        (self.calendar.limit(on, days).due <= self.today).then_some(())
    }

    fn filing(&self) -> Option<Step> {
        match self.path {
            Path::Submitted | Path::DeemedSettled => None,
            Path::OfficeReturn if !self.had_second_thoughts => {
                let reason = "请补充分工方案并明确社区每次投入人数".to_owned();
                Some(Step::Office(Role::Reviewer, Command::Return { reason }))
            }
            _ => Some(Step::Office(Role::Reviewer, Command::AcceptFiling)),
        }
    }

    fn mending(&self) -> Option<Step> {
        match self.path {
            Path::Corrected => Some(Step::Correct),
            Path::OfficeReturn => Some(Step::Department(Command::Submit)),
            _ => None,
        }
    }

    fn review(&self, quoted: bool) -> Option<Step> {
        let reject = matches!(self.path, Path::RejectedByRules | Path::Rejected | Path::OverQuota);
        match self.path {
            Path::Review => None,
            Path::Withdrawn => Some(Step::Department(Command::Withdraw)),
            _ if reject => Some(self.proposal(Verdict::Reject)),
            _ if self.request.price() > Fen::ZERO && !quoted => {
                Some(Step::Office(Role::Reviewer, Command::Quote))
            }
            _ => Some(self.proposal(Verdict::Admit)),
        }
    }

    fn proposal(&self, verdict: Verdict) -> Step {
        let assessed = self.request.assessed.as_ref();
        let referred = assessed.is_some_and(|assessed| assessed.outcome == Outcome::Refer);
        let reason = match (verdict, self.path) {
            (Verdict::Reject, Path::OverQuota) => Some("社区当月工时不足，请错峰后重新申请"),
            (Verdict::Reject, _) if referred => Some("经会审，事项属部门自身职责，不宜交社区承担"),
            (Verdict::Admit, _) if referred => Some("经会审，事项确有必要，工时和经费有保障，同意准入"),
            _ => None,
        };
        let reason = reason.map(str::to_owned);
        let propose = Command::Propose { verdict, without: Vec::new(), reason };
        // Where the office belongs to the applicant, the leading group proposes and decides.
        match self.request.hosts_office() {
            true => Step::LeadingGroup(propose),
            false => Step::Office(Role::Reviewer, propose),
        }
    }

    fn answer(&self, price: Fen) -> Option<Step> {
        match self.path {
            Path::Quoted | Path::QuoteLapsed => None,
            Path::QuoteDeclined => Some(Step::Department(Command::DeclineQuote)),
            _ => {
                let offered = self.request.application.offer.as_ref().map_or(Fen::ZERO, |offer| offer.amount);
                let year = self.request.budget_year();
                Some(Step::Department(Command::accept_quote(offered.max(price), year)))
            }
        }
    }

    fn approval(&self) -> Option<Step> {
        match self.path {
            Path::Proposed => None,
            Path::SentBack if !self.had_second_thoughts => {
                let reason = "请先征求街道意见".to_owned();
                Some(Step::Office(Role::Approver, Command::SendBack { reason }))
            }
            _ => Some(Step::Office(Role::Approver, Command::Approve)),
        }
    }

    fn funds(&self) -> Option<Step> {
        let waits = matches!(self.path, Path::Admitted | Path::FundsLapsed);
        (!waits).then_some(Step::Treasury(Command::CommitFunds))
    }

    /// Committees accept within days (some let the limit speak), one may refuse, most deliver before the end.
    fn work(&self) -> Option<Step> {
        let assignments = self.request.assignments.iter().enumerate();
        assignments
            .filter(|(_, assignment)| !assignment.is_over())
            .find_map(|(turn, one)| self.own_work(turn, one))
    }

    fn own_work(&self, turn: usize, assignment: &Assignment) -> Option<Step> {
        let community = assignment.community;
        if let AssignmentStage::Offered { on } = assignment.stage {
            self.after(on, 1)?;
            if self.path == Path::RefusedByOne && turn == 0 {
                let text = Some("入户核查需要执法身份，社区没有相应权限".to_owned());
                let refuse =
                    Command::RefuseAssignment { community, reason: RefusalReason::PowersMissing, text };
                return Some(Step::Committee(community, refuse));
            }
            let speaks = turn % 3 != 2;
            return speaks.then_some(Step::Committee(community, Command::AcceptAssignment { community }));
        }
        let end = self.request.application.ends_on?;
        let lead = Days::new(2 + u64::try_from(turn % 5).unwrap_or(0));
        let delivers_on = end.checked_sub_days(lead)?;
        if self.path == Path::InForce || self.today < delivers_on {
            return None;
        }
        let report = "已按要求完成，登记资料已移交部门".to_owned();
        let hours = Centihours(EMERGENCY_CENTIHOURS);
        let worked = vec![Worked { day: DayFactor::Working, hours }];
        let worked = if self.request.stage.emergency().is_some() { worked } else { Vec::new() };
        let delivery = Delivery { worked, ..Delivery::of(report) };
        Some(Step::Committee(community, Command::DeliverAssignment { community, delivery }))
    }

    /// What an emergency still lacks: papers, a proposal, a decision, and in the end its money.
    fn emergency(&self) -> Option<Step> {
        let emergency = self.request.stage.emergency()?;
        let ended = self.request.stage.kind() == StageKind::Acceptance;
        match emergency {
            Emergency { filed_on: None, .. } => Some(Step::Department(Command::File)),
            Emergency { proposal: None, .. } => Some(self.proposal(Verdict::Admit)),
            Emergency { decision: None, .. } => Some(Step::Office(Role::Approver, Command::Approve)),
            Emergency { funded_on: None, .. } if ended => Some(Step::Treasury(Command::CommitFunds)),
            Emergency { .. } => None,
        }
    }

    fn acceptance(&self) -> Option<Step> {
        let waits = matches!(self.path, Path::DeemedSettled | Path::Acceptance);
        (!waits).then_some(Step::Department(Command::Confirm))
    }
}
