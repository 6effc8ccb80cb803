//! What became of the money of a budget line, the contingency pool or a special fund: figures counted from movements,
//! the year's end, base funds in parts, and what of it may be taken back (`policy.md` §7). It moves nothing itself.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decimal::Decimal;
use crate::language::Language;
use crate::ledger::{Account, AccountKind, Posting, Purpose};
use crate::money::Fen;
use crate::words;

/// All that moved between two accounts for one purpose, in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    pub credit: Account,
    pub debit: Account,
    pub purpose: Purpose,
    pub amount: Fen,
}

/// The money of one source. Two sums always hold: `appropriated + carried_in = carried_out + lapsed + committed −
/// returned + rewarded + free` and `committed = returned + escrow + paid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// From the treasury, less reductions.
    pub appropriated: Fen,
    /// From the year before.
    pub carried_in: Fen,
    /// To the next year.
    pub carried_out: Fen,
    /// Back to the treasury at the year's end.
    pub lapsed: Fen,
    /// Ever put into escrow.
    pub committed: Fen,
    /// What of it lies in escrow still.
    pub escrow: Fen,
    /// What of it communities have received and kept.
    pub paid: Fen,
    /// What of it came back, from escrow or from a community that refused.
    pub returned: Fen,
    /// Paid to communities as rewards.
    pub rewarded: Fen,
    /// What may still be committed.
    pub free: Fen,
}

impl Figures {
    /// Whether the two sums hold and nothing is below zero that may not be.
    #[must_use]
    pub fn are_consistent(&self) -> bool {
        let spent = self.carried_out + self.lapsed + self.committed - self.returned + self.rewarded;
        self.appropriated + self.carried_in == spent + self.free
            && self.committed == self.returned + self.escrow + self.paid
            && self.free >= Fen::ZERO
            && self.escrow >= Fen::ZERO
    }
}

/// The figures of every source of funds that money has touched. An escrow belongs to the source that filled it first.
#[must_use]
pub fn figures(flows: &[Flow]) -> BTreeMap<Account, Figures> {
    let mut figures: BTreeMap<Account, Figures> = BTreeMap::new();
    let filled = flows.iter().filter(|f| f.credit.is_source() && f.debit.kind() == AccountKind::Escrow);
    let payers: BTreeMap<Account, Account> = filled.rev().map(|flow| (flow.debit, flow.credit)).collect();
    for flow in flows {
        let amount = flow.amount;
        if flow.credit.is_source() {
            leaves(figures.entry(flow.credit).or_default(), flow);
        }
        if flow.debit.is_source() {
            arrives(figures.entry(flow.debit).or_default(), flow);
        }
        if let Some(payer) = payers.get(&flow.credit) {
            let line = figures.entry(*payer).or_default();
            line.escrow += -amount;
            line.paid += if flow.debit.kind() == AccountKind::Community { amount } else { Fen::ZERO };
        }
        if let Some(payer) = payers.get(&flow.debit) {
            let line = figures.entry(*payer).or_default();
            line.escrow += amount;
            line.paid += if flow.credit.kind() == AccountKind::Community { -amount } else { Fen::ZERO };
        }
    }
    figures
}

fn leaves(line: &mut Figures, flow: &Flow) {
    line.free += -flow.amount;
    match flow.debit.kind() {
        AccountKind::Outer if flow.purpose == Purpose::Lapse => line.lapsed += flow.amount,
        AccountKind::Outer => line.appropriated += -flow.amount,
        AccountKind::Escrow => line.committed += flow.amount,
        AccountKind::Community => line.rewarded += flow.amount,
        _ => line.carried_out += flow.amount,
    }
}

fn arrives(line: &mut Figures, flow: &Flow) {
    line.free += flow.amount;
    match flow.credit.kind() {
        AccountKind::Outer => line.appropriated += flow.amount,
        AccountKind::Escrow => line.returned += flow.amount,
        AccountKind::Community if flow.purpose == Purpose::Reversal => line.rewarded += -flow.amount,
        AccountKind::Community => {
            line.returned += flow.amount;
            line.paid += -flow.amount;
        }
        _ => line.carried_in += flow.amount,
    }
}

words! {
    /// What becomes at the year's end of money that nothing has claimed. Escrows stay with their requests in any case.
    CarryOver {
        All = "all", "全部结转", "all is carried over";
        /// What was committed at the year's end and came back later is carried over; what was free lapses.
        Committed = "committed", "仅结转已落实部分", "what was committed is carried over";
        Nothing = "none", "全部收回", "nothing is carried over";
    }
}

/// A source of a year that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    pub source: Account,
    pub figures: Figures,
    /// What came back after the year's end.
    pub came_back_late: Fen,
    pub rule: CarryOver,
}

impl Closing {
    /// What is carried over and what goes back to the treasury; together all that is free, so a second run finds
    /// nothing.
    #[must_use]
    pub fn postings(&self, treasury: Account) -> Vec<Posting> {
        let free = self.figures.free.max(Fen::ZERO);
        let carried = match self.rule {
            CarryOver::All => free,
            CarryOver::Committed => free.min((self.came_back_late - self.figures.carried_out).max(Fen::ZERO)),
            CarryOver::Nothing => Fen::ZERO,
        };
        let next = self.source.of_next_year();
        let carried_over = next.and_then(|next| Posting::of(Purpose::CarryOver, self.source, next, carried));
        let rest = if carried_over.is_some() { free - carried } else { free };
        let lapsed = Posting::of(Purpose::Lapse, self.source, treasury, rest);
        carried_over.into_iter().chain(lapsed).collect()
    }
}

/// What is paid now so that a share of the due sum has arrived; nothing where it has.
#[must_use]
pub fn base_fund_part(due: Fen, arrived: Fen, share: Decimal) -> Fen {
    let wanted = due.share(share.millionths(), Decimal::SCALE).min(due);
    (wanted - arrived).max(Fen::ZERO)
}

impl Account {
    /// Whether requests can be paid from it.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.kind(), AccountKind::BudgetLine | AccountKind::Contingency | AccountKind::SpecialFund)
    }

    /// The same source in the next year.
    #[must_use]
    pub fn of_next_year(self) -> Option<Account> {
        match self {
            Account::BudgetLine { department, year } => {
                Some(Account::BudgetLine { department, year: year + 1 })
            }
            Account::Contingency { district, year } => {
                Some(Account::Contingency { district, year: year + 1 })
            }
            Account::SpecialFund { fund, year } => Some(Account::SpecialFund { fund, year: year + 1 }),
            _ => None,
        }
    }
}

impl Purpose {
    /// Whether finance may take it back by hand. What belongs to a request goes back by refund or termination, so that
    /// the request's own books stay right; a close is undone by a new appropriation.
    #[must_use]
    pub fn may_be_reversed(self) -> bool {
        matches!(
            self,
            Purpose::Appropriation
                | Purpose::Reduction
                | Purpose::BaseFund
                | Purpose::Contingency
                | Purpose::SpecialFund
                | Purpose::Reward
        )
    }
}

impl Posting {
    /// The opposite movement.
    ///
    /// # Errors
    /// `NotReversible`.
    pub fn reversed(&self) -> Result<Posting, LedgerRefusal> {
        let Posting { debit, credit, amount, purpose } = *self;
        if !purpose.may_be_reversed() {
            return Err(LedgerRefusal::NotReversible { purpose });
        }
        Ok(Posting { debit: credit, credit: debit, amount, purpose: Purpose::Reversal })
    }
}

/// Why money is not moved; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerRefusal {
    #[error("the amount must be above zero")]
    NothingToMove,
    #[error("a share is at most 1, not {0}")]
    NoShare(Decimal),
    #[error("{due} yuan of base funds are due and {arrived} have arrived; no more can be paid")]
    AboveDue { due: Fen, arrived: Fen },
    #[error("`{purpose}` is not reversed by hand: a request's money goes back by refund or termination")]
    NotReversible { purpose: Purpose },
    #[error("the fund is for the years {first} to {last}")]
    OutsideYears { first: i32, last: i32 },
    #[error("a reward follows accepted work: the request is not settled, or the community has not delivered")]
    NotDelivered,
    #[error("this community has had its reward for this request")]
    AlreadyRewarded,
    #[error("a code, a name and a purpose are needed")]
    Unnamed,
}

impl LedgerRefusal {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            LedgerRefusal::NothingToMove => "nothing_to_move",
            LedgerRefusal::NoShare(_) => "no_share",
            LedgerRefusal::AboveDue { .. } => "above_due",
            LedgerRefusal::NotReversible { .. } => "not_reversible",
            LedgerRefusal::OutsideYears { .. } => "outside_years",
            LedgerRefusal::NotDelivered => "not_delivered",
            LedgerRefusal::AlreadyRewarded => "already_rewarded",
            LedgerRefusal::Unnamed => "unnamed",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => self.in_chinese(),
        }
    }

    fn in_chinese(&self) -> String {
        match self {
            LedgerRefusal::NothingToMove => "金额必须大于零".into(),
            LedgerRefusal::NoShare(share) => format!("比例不得大于 1，现为 {share}"),
            LedgerRefusal::AboveDue { due, arrived } => {
                format!("应拨基础经费 {due} 元，已到位 {arrived} 元，不得超拨")
            }
            LedgerRefusal::NotReversible { purpose } => {
                let name = purpose.name(Language::Chinese);
                format!("“{name}”不能手工冲销：事项经费通过退回或准出结算退还")
            }
            LedgerRefusal::OutsideYears { first, last } => format!("该专项资金只用于 {first}—{last} 年"),
            LedgerRefusal::NotDelivered => "奖励以验收为前提：申请尚未结算，或该社区未完成".into(),
            LedgerRefusal::AlreadyRewarded => "该社区已因此申请获得奖励".into(),
            LedgerRefusal::Unnamed => "请填写代码、名称和用途".into(),
        }
    }
}
