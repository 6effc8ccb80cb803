//! While work goes on: committees accept, refuse and deliver; offices stop and end; departments renew, accept, dispute.

use chrono::{Days, NaiveDate};
use engine::{Command, DoneInCommunity};
use workflow::action::ActionKind;
use workflow::assignment::{Assignment, AssignmentStage, Delivery, RefusalReason, Worked};
use workflow::decimal::Decimal;
use workflow::emergency::Emergency;
use workflow::facts::DayFactor;
use workflow::hours::Centihours;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::demo::year::clerks::{Desk, Next, Who};
use crate::demo::year::fate::Fate;
use crate::demo::year::voices::RATED;

impl Desk<'_> {
    pub(crate) fn in_force(&self, on: NaiveDate) -> Next {
        let papers = self.emergency();
        let now = papers.clone().filter(|next| !matches!(next, Next::Wait(_)));
        if let Some(next) = now.or_else(|| self.turn_in_force(on)) {
            return next;
        }
        let open = self.request.assignments.iter().enumerate().filter(|(_, one)| !one.is_over());
        let steps: Vec<Next> = open.map(|(turn, one)| self.own_work(turn, one)).collect();
        let act = steps.iter().find(|step| !matches!(step, Next::Wait(_)));
        // A wait for papers does not keep the communities from their work.
        let first = steps.iter().chain(&papers).filter_map(|step| match step {
            Next::Wait(day) => Some(*day),
            _ => None,
        });
        match act {
            Some(step) => step.clone(),
            None => self.sooner(first.min()),
        }
    }

    /// The first of some days and of half the period, where something turns.
    fn sooner(&self, day: Option<NaiveDate>) -> Next {
        let tomorrow = self.today.succ_opt().unwrap_or(self.today);
        let end = self.request.application.ends_on.unwrap_or(tomorrow).max(tomorrow);
        let day = day.unwrap_or(end).min(end);
        let turn = self.turns_on().filter(|turn| *turn > self.today);
        Next::Wait(turn.map_or(day, |turn| turn.min(day)).max(tomorrow))
    }

    /// The day in the period on which the fate of a running request turns.
    fn turns_on(&self) -> Option<NaiveDate> {
        let (start, end) = self.request.application.period()?;
        let length = u64::try_from(end.signed_duration_since(start).num_days()).unwrap_or(0);
        match self.fate {
            Fate::Suspended | Fate::SuspendedForGood | Fate::Supplemented | Fate::SupplementedTwice => {
                start.checked_add_days(Days::new(length / 4))
            }
            Fate::Terminated => start.checked_add_days(Days::new(length / 2)),
            Fate::RenewedInTime => start.checked_add_days(Days::new(1)),
            Fate::RenewedTooLate => end.checked_sub_days(Days::new(12)),
            _ => None,
        }
    }

    fn turn_in_force(&self, _: NaiveDate) -> Option<Next> {
        if self.turns_on()? > self.today || self.request.stage.emergency().is_some() {
            return None;
        }
        match self.fate {
            Fate::Suspended | Fate::SuspendedForGood if self.fresh(ActionKind::Suspend) => {
                let reason = "社区集中开展换届选举，暂停实施".to_owned();
                Some(Self::act(Who::Approver(0), ActionKind::Suspend, Command::Suspend { reason }))
            }
            Fate::Terminated if self.fresh(ActionKind::Terminate) => Some(self.termination()),
            Fate::RenewedInTime | Fate::RenewedTooLate if self.fresh(ActionKind::Renew) => Some(Next::Renew),
            _ if self.fate.supplements() > 0 && self.fresh(ActionKind::NoteSupplement) => {
                Some(Next::Supplement)
            }
            _ => None,
        }
    }

    fn termination(&self) -> Next {
        let open = self.request.assignments.iter().filter(|one| !one.is_over());
        let share = Decimal::parse("0.4").unwrap_or_default();
        let done = open.map(|one| DoneInCommunity { code: one.code.clone(), share, direct: Fen::ZERO });
        let reason = "依据文件废止，事项准出".to_owned();
        let terminate = Command::Terminate { done: done.collect(), reason };
        Self::act(Who::Approver(0), ActionKind::Terminate, terminate)
    }

    pub(crate) fn suspended(&self, on: NaiveDate) -> Next {
        match self.fate {
            Fate::SuspendedForGood if self.fresh(ActionKind::Terminate) => {
                self.after(on, (10, 15), self.termination())
            }
            _ if self.fresh(ActionKind::Resume) => {
                let resume = Command::Resume { reason: "换届结束，恢复实施".to_owned() };
                self.after(on, (5, 12), Self::act(Who::Approver(0), ActionKind::Resume, resume))
            }
            _ => self.limit(on, 30),
        }
    }

    fn own_work(&self, turn: usize, assignment: &Assignment) -> Next {
        let community = assignment.community;
        let committee = Who::Body(community);
        let mut dice = self.dice(&assignment.code);
        if let AssignmentStage::Offered { on } = assignment.stage {
            let due = self.calendar.limit(on, u32::try_from(dice.between(1, 4)).unwrap_or(1)).due;
            if due > self.today {
                return Next::Wait(due);
            }
            if self.fate == Fate::Refused && (turn == 0 || dice.percent(8)) {
                return Self::act(committee, ActionKind::RefuseAssignment, self.refusal(turn, assignment));
            }
            if dice.percent(12) {
                return self.limit(on, 5);
            }
            let accept = Command::AcceptAssignment { community };
            return Self::act(committee, ActionKind::AcceptAssignment, accept);
        }
        let end = self.request.application.ends_on.unwrap_or(self.today);
        let lead = Days::new(dice.between(2, 14));
        let delivers_on = self.before_holidays(end.checked_sub_days(lead).unwrap_or(end), end);
        if self.today < delivers_on {
            return Next::Wait(delivers_on);
        }
        let deliver = Command::DeliverAssignment { community, delivery: self.delivery(assignment) };
        Self::act(committee, ActionKind::DeliverAssignment, deliver)
    }

    /// The day, or an earlier one where nobody works any more from it to the end.
    fn before_holidays(&self, mut day: NaiveDate, end: NaiveDate) -> NaiveDate {
        while self.calendar.working_days(day, end) == 0
            && let Some(earlier) = day.pred_opt()
        {
            day = earlier;
        }
        day
    }

    fn refusal(&self, turn: usize, assignment: &Assignment) -> Command {
        let place = (usize::try_from(self.thing).unwrap_or(0) + turn) % RefusalReason::ALL.len();
        let reason = RefusalReason::ALL.get(place).copied().unwrap_or(RefusalReason::OverQuota);
        let text = Some("社区研究后决定不承接，请部门自行办理".to_owned());
        Command::RefuseAssignment { community: assignment.community, reason, text }
    }

    fn delivery(&self, assignment: &Assignment) -> Delivery {
        let mut dice = self.dice(&assignment.code);
        let hours = Centihours(i64::try_from(dice.between(800, 6_400)).unwrap_or(800));
        let half = Centihours(hours.0 / 2);
        let emergency = self.request.stage.emergency().is_some();
        let worked = [DayFactor::Working, DayFactor::Rest].map(|day| Worked { day, hours: half });
        let actual = Fen(assignment.price.0 / 100 * 92);
        Delivery {
            worked: if emergency { worked.to_vec() } else { Vec::new() },
            actual: (self.fate == Fate::ActualCost).then_some(actual),
            ..Delivery::of("已按要求完成，登记资料已移交部门")
        }
    }

    /// What an emergency still lacks: papers, a prolongation, a proposal, a decision, and in the end its money.
    fn emergency(&self) -> Option<Next> {
        let emergency = self.request.stage.emergency()?;
        let ended = self.is(StageKind::Acceptance);
        let since = emergency.started_on;
        let prolongs = self.request.title().ends_with("（第1组）") && self.fresh(ActionKind::Extend);
        let next = match emergency {
            Emergency { filed_on: None, .. } if self.mendings == 0 => {
                self.after(since, (1, 3), Next::Correct)
            }
            Emergency { filed_on: None, .. } => return None,
            Emergency { .. } if prolongs && !ended => {
                let reason = "第二轮强降雨，转移安置继续".to_owned();
                Self::act(Who::Approver(0), ActionKind::Extend, Command::Extend { reason })
            }
            Emergency { proposal: None, .. } => self.after(since, (3, 6), self.proposal(Verdict::Admit)),
            Emergency { decision: None, .. } => {
                self.after(since, (6, 9), Self::act(Who::Approver(1), ActionKind::Approve, Command::Approve))
            }
            Emergency { funded_on: None, .. } if ended => {
                let commit = Command::CommitFundsFrom { source: FundSource::Contingency };
                self.after(since, (10, 12), Self::act(Who::Treasury, ActionKind::CommitFunds, commit))
            }
            Emergency { .. } => return None,
        };
        Some(next)
    }

    pub(crate) fn acceptance(&self, on: NaiveDate) -> Next {
        if let Some(next) = self.emergency() {
            return next;
        }
        let delivered = self.request.assignments.iter().find(|one| one.has_delivered());
        let disputed = self.request.assignments.iter().find(|one| one.is_disputed());
        if let Some(assignment) = disputed {
            let accepted = Decimal::parse("0.6").unwrap_or_default();
            let reason = "抽查登记表，完成六成".to_owned();
            let rule = Command::RuleOnDispute { community: assignment.community, accepted, reason };
            return self.after(on, (6, 9), Self::act(Who::Reviewer, ActionKind::RuleOnDispute, rule));
        }
        if self.fate == Fate::Disputed
            && self.fresh(ActionKind::Dispute)
            && let Some(assignment) = delivered
        {
            let reason = "登记资料不全".to_owned();
            let dispute = Command::Dispute { community: assignment.community, reason };
            return self.after(on, (2, 5), Self::act(Who::Department, ActionKind::Dispute, dispute));
        }
        match self.fate {
            Fate::DeemedSettled => self.limit(on, 10),
            _ => self.after(on, (2, 9), Self::act(Who::Department, ActionKind::Confirm, Command::Confirm)),
        }
    }

    pub(crate) fn settled(&self, on: NaiveDate) -> Next {
        match self.dice("rating").percent(30) && self.fresh(RATED) {
            true => self.after(on, (2, 10), Next::Rate),
            false => Next::Never,
        }
    }
}
