//! What people do next with a request of the year, by its stage and its fate. They decide nothing of the domain: every
//! wish goes through the engine, which may say no.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use engine::Command;
use workflow::action::ActionKind;
use workflow::assessment::Outcome;
use workflow::calendar::Calendar;
use workflow::catalogue::Class;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::id::OrganisationId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{Stage, StageKind, Verdict};

use crate::demo::year::dates::YEAR;
use crate::demo::year::dice::Dice;
use crate::demo::year::fate::Fate;

/// What the rules find where hours are short.
const OVER_QUOTA: &str = "quota.over";
/// Of a hundred requests that are left to people or lack hours, those that are refused.
const UNSURE: u64 = 22;

/// Whose hands act.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Who {
    Department,
    Reviewer,
    /// The first or the second of the leading group; the turn differs for the second.
    Approver(usize),
    Treasury,
    Body(OrganisationId),
}

/// What happens next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    Act(Who, ActionKind, Command),
    /// The department mends its papers.
    Correct,
    Renew,
    Supplement,
    /// Communities rate a department.
    Rate,
    /// Nobody does anything before that day.
    Wait(NaiveDate),
    Never,
}

/// Where a request stands, and what was done with it.
pub(crate) struct Desk<'a> {
    pub(crate) seed: u64,
    pub(crate) thing: u64,
    pub(crate) fate: Fate,
    pub(crate) request: &'a Request,
    pub(crate) today: NaiveDate,
    pub(crate) calendar: &'a Calendar,
    /// What was tried already, whether the engine took it or not.
    pub(crate) tried: &'a BTreeSet<ActionKind>,
    /// How often a decision was proposed.
    pub(crate) rounds: usize,
    /// How often the papers were mended.
    pub(crate) mendings: usize,
    /// A body that may be asked for its opinion: the district's treasury.
    pub(crate) treasury: &'a str,
}

impl Desk<'_> {
    pub(crate) fn next(&self) -> Next {
        match &self.request.stage {
            Stage::Draft => self.draft(),
            Stage::Submitted { on } => self.submitted(*on),
            Stage::Returned { on } => self.returned(*on),
            Stage::Review { on, accepted_quote, .. } => self.review(*on, *accepted_quote),
            Stage::Consultation { on, .. } => self.consultation(*on),
            Stage::Quoted { on, price, .. } => self.quoted(*on, *price),
            Stage::Proposed { on, .. } => self.proposed(*on),
            Stage::Publication { on, .. } => self.publication(*on),
            Stage::Admitted { on, funded_on, .. } => self.admitted(*on, *funded_on),
            Stage::InForce { on, .. } => self.in_force(*on),
            Stage::Suspended { on, .. } => self.suspended(*on),
            Stage::Acceptance { on, .. } => self.acceptance(*on),
            Stage::Settled { on, .. } => self.settled(*on),
            Stage::Rejected { on, .. } => self.rejected(*on),
            Stage::Reconsideration { on, .. } => self.reconsideration(*on),
            _ => Next::Never,
        }
    }

    pub(crate) fn dice(&self, question: &str) -> Dice {
        Dice::of(self.seed, self.thing, question)
    }

    pub(crate) fn fresh(&self, action: ActionKind) -> bool {
        !self.tried.contains(&action)
    }

    /// That once so many working days have passed, drawn between two; a wait before.
    pub(crate) fn after(&self, on: NaiveDate, (least, most): (u64, u64), next: Next) -> Next {
        let days = self.dice(self.request.stage.kind().word()).between(least, most);
        let due = self.calendar.limit(on, u32::try_from(days).unwrap_or(1)).due;
        if due <= self.today { next } else { Next::Wait(due) }
    }

    /// Nobody acts; the limit of so many working days speaks.
    pub(crate) fn limit(&self, on: NaiveDate, days: u32) -> Next {
        let due = self.calendar.limit(on, days + 1).due;
        let tomorrow = self.today.succ_opt().unwrap_or(self.today);
        Next::Wait(due.max(tomorrow))
    }

    pub(crate) fn act(who: Who, kind: ActionKind, command: Command) -> Next {
        Next::Act(who, kind, command)
    }

    fn draft(&self) -> Next {
        match self.fate {
            Fate::LeftInDraft => Next::Never,
            _ => Self::act(Who::Department, ActionKind::Submit, Command::Submit),
        }
    }

    fn submitted(&self, on: NaiveDate) -> Next {
        match self.fate {
            Fate::Nudged if self.fresh(ActionKind::Nudge) => {
                let text = Some("项目时间紧，请尽快受理".to_owned());
                self.after(on, (3, 4), Self::act(Who::Department, ActionKind::Nudge, Command::Nudge { text }))
            }
            Fate::DeemedFiled | Fate::Nudged => self.limit(on, 5),
            Fate::ReturnedByOffice if self.fresh(ActionKind::Return) => {
                let reason = "请补充分工方案并明确社区每次投入人数".to_owned();
                self.after(
                    on,
                    (1, 4),
                    Self::act(Who::Reviewer, ActionKind::Return, Command::Return { reason }),
                )
            }
            _ => self.after(
                on,
                (1, 4),
                Self::act(Who::Reviewer, ActionKind::AcceptFiling, Command::AcceptFiling),
            ),
        }
    }

    fn returned(&self, on: NaiveDate) -> Next {
        match self.fate {
            Fate::NeverMended => self.limit(on, 10),
            _ if self.mendings > 2 => self.limit(on, 10),
            _ => self.after(on, (2, 7), Next::Correct),
        }
    }

    fn review(&self, on: NaiveDate, quote: Option<Fen>) -> Next {
        if let Some(side) = self.side_step(on) {
            return side;
        }
        let price = self.request.price();
        let verdict = self.verdict();
        if verdict == Verdict::Admit && price > Fen::ZERO && quote != Some(price) {
            return self.after(on, (1, 4), Self::act(Who::Reviewer, ActionKind::Quote, Command::Quote));
        }
        self.after(on, (1, 5), self.proposal(verdict))
    }

    /// Hearing others, more time, another price: once each.
    fn side_step(&self, on: NaiveDate) -> Option<Next> {
        let step = match self.fate {
            Fate::Withdrawn if self.fresh(ActionKind::Withdraw) => {
                self.after(on, (1, 3), Self::act(Who::Department, ActionKind::Withdraw, Command::Withdraw))
            }
            Fate::Consulted | Fate::Heard if self.fresh(ActionKind::Consult) => {
                let kind =
                    if self.fate == Fate::Heard { InquiryKind::Hearing } else { InquiryKind::Opinions };
                let question = "该事项由社区承担是否合适，经费是否足额".to_owned();
                let bodies = self.request.targets.iter().take(2).map(|target| target.code.clone());
                let invited = bodies.chain([self.treasury.to_owned()]).collect();
                let consult = Command::Consult { kind, question, invited };
                self.after(on, (1, 3), Self::act(Who::Reviewer, ActionKind::Consult, consult))
            }
            Fate::Extended if self.fresh(ActionKind::Extend) => {
                let reason = "事项涉及多个部门，需进一步核实工作量".to_owned();
                self.after(
                    on,
                    (9, 12),
                    Self::act(Who::Approver(0), ActionKind::Extend, Command::Extend { reason }),
                )
            }
            Fate::Repriced if self.fresh(ActionKind::Reprice) && self.request.price() > Fen::ZERO => {
                let price = Fen(self.request.price().0 / 100 * 95);
                let reason = "同类事项合并培训，核减部分工时".to_owned();
                let reprice = Command::Reprice { price, reason };
                self.after(on, (1, 3), Self::act(Who::Reviewer, ActionKind::Reprice, reprice))
            }
            _ => return None,
        };
        Some(step)
    }

    /// What the rules prohibit is refused; what they leave to people is mostly admitted.
    fn verdict(&self) -> Verdict {
        let assessed = self.request.assessed.as_ref();
        let outcome = assessed.map(|assessed| assessed.outcome);
        let negative = assessed.and_then(|assessed| assessed.class) == Some(Class::Negative);
        let early = self.rounds == 0;
        let refused = match self.fate {
            Fate::Rejected | Fate::Upheld => true,
            Fate::Overturned => early,
            Fate::ObjectionUpheld => !early,
            _ => false,
        };
        let doubtful = outcome == Some(Outcome::Refer) || self.is_over_quota();
        let unsure = doubtful && self.fate == Fate::Straight && self.dice("verdict").percent(UNSURE);
        if negative || refused || unsure || outcome == Some(Outcome::Reject) {
            return Verdict::Reject;
        }
        Verdict::Admit
    }

    /// The rules have found too few hours, or the publication has ended without them: it is the second round, and nothing
    /// else has led to it.
    fn is_over_quota(&self) -> bool {
        let assessed = self.request.assessed.as_ref();
        let found = assessed.is_some_and(|assessed| assessed.findings.iter().any(|code| code == OVER_QUOTA));
        let again = matches!(self.fate, Fate::SentBack | Fate::Overturned | Fate::ObjectionUpheld);
        found || self.rounds > usize::from(self.is(StageKind::Proposed)) && !again
    }

    pub(crate) fn proposal(&self, verdict: Verdict) -> Next {
        let outcome = self.request.assessed.as_ref().map(|assessed| assessed.outcome);
        let agrees = matches!(
            (verdict, outcome),
            (Verdict::Admit, Some(Outcome::Admit | Outcome::Purchase))
                | (Verdict::Reject, Some(Outcome::Reject))
        );
        let reason = match verdict {
            Verdict::Reject => "经会审，不宜交社区承担",
            Verdict::Admit => "经会审，事项确有必要，工时和经费有保障，同意准入",
        };
        let reason = (!agrees).then(|| reason.to_owned());
        let who = if self.request.hosts_office() { Who::Approver(0) } else { Who::Reviewer };
        Self::act(who, ActionKind::Propose, Command::Propose { verdict, without: Vec::new(), reason })
    }

    fn consultation(&self, on: NaiveDate) -> Next {
        let Stage::Consultation { inquiry, .. } = &self.request.stage else { return Next::Never };
        let silent = usize::try_from(self.dice("silent").below(3)).unwrap_or(0);
        let spoken = |body: &&OrganisationId| {
            self.request.dossier.opinions.iter().any(|opinion| opinion.organisation == **body)
        };
        let next = inquiry.invited.iter().skip(silent.min(1)).find(|body| !spoken(body));
        if let Some(body) = next {
            let stance = self.dice("stance").pick(Stance::ALL).copied().unwrap_or(Stance::Neutral);
            let text = "已征求居民代表意见，建议明确经费和时间".to_owned();
            let opine = Command::Opine { stance, text };
            return self.after(on, (3, 6), Self::act(Who::Body(*body), ActionKind::Opine, opine));
        }
        if silent == 2 {
            return self.limit(on, 20);
        }
        let close = Command::CloseConsultation;
        self.after(on, (8, 12), Self::act(Who::Reviewer, ActionKind::CloseConsultation, close))
    }

    fn quoted(&self, on: NaiveDate, price: Fen) -> Next {
        let decline = Self::act(Who::Department, ActionKind::DeclineQuote, Command::DeclineQuote);
        match self.fate {
            Fate::QuoteLapses => self.limit(on, 10),
            Fate::QuoteDeclined => self.after(on, (2, 6), decline),
            _ if !self.fresh(ActionKind::AcceptQuote) && self.rounds == 0 => decline,
            _ => {
                let accept = Command::accept_quote(price, YEAR);
                self.after(on, (1, 6), Self::act(Who::Department, ActionKind::AcceptQuote, accept))
            }
        }
    }

    fn proposed(&self, on: NaiveDate) -> Next {
        if self.fate == Fate::SentBack && self.fresh(ActionKind::SendBack) {
            let reason = "请先征求街道意见".to_owned();
            let back = Command::SendBack { reason };
            return self.after(on, (1, 3), Self::act(Who::Approver(1), ActionKind::SendBack, back));
        }
        let admits = matches!(&self.request.stage, Stage::Proposed { proposal, .. } if proposal.verdict == Verdict::Admit);
        if admits && self.is_over_quota() {
            let reason = "汛期和创建任务重叠，领导小组决定超额安排".to_owned();
            let forced = Command::ApproveForced { reason };
            return self.after(on, (1, 3), Self::act(Who::Approver(1), ActionKind::ApproveForced, forced));
        }
        self.after(on, (1, 4), Self::act(Who::Approver(1), ActionKind::Approve, Command::Approve))
    }

    fn publication(&self, on: NaiveDate) -> Next {
        let upheld = self.fate == Fate::ObjectionUpheld;
        let objects = upheld || self.fate == Fate::ObjectionDismissed;
        if objects
            && self.fresh(ActionKind::Object)
            && let Some(target) = self.request.targets.first()
        {
            let object = Command::Object { text: "与社区现有工作重复，人手不足".to_owned() };
            let who = Who::Body(target.community);
            return self.after(on, (1, 2), Self::act(who, ActionKind::Object, object));
        }
        if objects && self.fresh(ActionKind::Resolve) {
            let ruling = if upheld { Ruling::Upheld } else { Ruling::Dismissed };
            let answer = "已核对工作量台账并与社区沟通".to_owned();
            let resolve = Command::Resolve { objection: 1, ruling, answer };
            return self.after(on, (3, 4), Self::act(Who::Reviewer, ActionKind::Resolve, resolve));
        }
        self.limit(on, 5)
    }

    fn admitted(&self, on: NaiveDate, funded_on: Option<NaiveDate>) -> Next {
        if funded_on.is_some() {
            let starts_on = self.request.application.starts_on.unwrap_or(self.today);
            return Next::Wait(starts_on.max(self.today.succ_opt().unwrap_or(self.today)));
        }
        match self.fate {
            Fate::FundsLapse => return self.limit(on, 30),
            Fate::WithdrawnLate if self.fresh(ActionKind::Withdraw) => {
                return self.after(
                    on,
                    (2, 6),
                    Self::act(Who::Department, ActionKind::Withdraw, Command::Withdraw),
                );
            }
            Fate::Moved if self.fresh(ActionKind::Move) => return self.moving(on),
            _ => {}
        }
        let (kind, commit) = match self.fate {
            Fate::Contingency if self.request.price() > Fen::ZERO => {
                (ActionKind::CommitFunds, Command::CommitFundsFrom { source: FundSource::Contingency })
            }
            _ => (ActionKind::CommitFunds, Command::CommitFunds),
        };
        self.after(on, (2, 12), Self::act(Who::Treasury, kind, commit))
    }

    fn moving(&self, on: NaiveDate) -> Next {
        let Some((starts_on, ends_on)) = self.request.application.period() else { return Next::Never };
        let later = |day: NaiveDate| day.checked_add_days(Days::new(21)).unwrap_or(day);
        let (starts_on, ends_on) = (later(starts_on.max(self.today)), ends_on.max(later(starts_on)));
        let reason = "与社区换届时间冲突，推迟三周实施".to_owned();
        let command = Command::Move { starts_on, ends_on, reason };
        self.after(on, (1, 4), Self::act(Who::Reviewer, ActionKind::Move, command))
    }

    fn rejected(&self, on: NaiveDate) -> Next {
        let asks = matches!(self.fate, Fate::Upheld | Fate::Overturned);
        if !asks || !self.fresh(ActionKind::AskReconsideration) {
            return Next::Never;
        }
        let ask = Command::AskReconsideration {
            reason: "事项有明确依据，部门已追加人员和经费".to_owned()
        };
        self.after(on, (3, 8), Self::act(Who::Department, ActionKind::AskReconsideration, ask))
    }

    fn reconsideration(&self, on: NaiveDate) -> Next {
        let (kind, command) = match self.fate {
            Fate::Overturned if self.fresh(ActionKind::Overturn) => {
                (ActionKind::Overturn, Command::Overturn { reason: "复核认为工作量测算成立".to_owned() })
            }
            _ if self.fresh(ActionKind::Uphold) => {
                (ActionKind::Uphold, Command::Uphold { reason: "复核认为原决定正确".to_owned() })
            }
            _ => return Next::Never,
        };
        self.after(on, (5, 12), Self::act(Who::Approver(0), kind, command))
    }

    pub(crate) fn is(&self, stage: StageKind) -> bool {
        self.request.stage.kind() == stage
    }
}
