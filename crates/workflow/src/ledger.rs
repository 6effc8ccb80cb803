//! The ledger: money moves between accounts, is never edited, only reversed (`policy.md` §7). A posting is one row with
//! two sides, so the sum of all postings is zero by construction.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{FundId, OrganisationId, RequestId};
use crate::money::Fen;
use crate::request::Request;
use crate::words;

/// Where money lies. Only the outer account of a district may be below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The treasury beyond the program, from which budgets and base funds come.
    Outer { district: OrganisationId },
    /// A department's budget for bought services in a year.
    BudgetLine { department: OrganisationId, year: i32 },
    /// Money committed to a request.
    Escrow { request: RequestId },
    /// What a community has received (费随事转, its own line).
    Community { community: OrganisationId },
    /// A community's base funds of a year.
    BaseFund { community: OrganisationId, year: i32 },
    /// A district's pool for what nobody could plan (应急预备金), of a year.
    Contingency { district: OrganisationId, year: i32 },
    /// What a named special fund (专项资金) holds in a year.
    SpecialFund { fund: FundId, year: i32 },
}

words! {
    /// The kind of an account.
    AccountKind {
        Outer = "outer", "财政外部账户", "outer account";
        BudgetLine = "budget_line", "部门预算", "budget line";
        Escrow = "escrow", "事项专户", "escrow";
        Community = "community", "社区账户", "community account";
        BaseFund = "base_fund", "基础经费", "base fund";
        Contingency = "contingency", "应急预备金", "contingency pool";
        SpecialFund = "special_fund", "专项资金", "special fund";
    }
}

impl Account {
    #[must_use]
    pub fn kind(&self) -> AccountKind {
        match self {
            Account::Outer { .. } => AccountKind::Outer,
            Account::BudgetLine { .. } => AccountKind::BudgetLine,
            Account::Escrow { .. } => AccountKind::Escrow,
            Account::Community { .. } => AccountKind::Community,
            Account::BaseFund { .. } => AccountKind::BaseFund,
            Account::Contingency { .. } => AccountKind::Contingency,
            Account::SpecialFund { .. } => AccountKind::SpecialFund,
        }
    }

    /// Whose account it is: an organisation, a request or a special fund.
    #[must_use]
    pub fn owner(&self) -> Uuid {
        match self {
            Account::Outer { district: OrganisationId(owner) }
            | Account::BudgetLine { department: OrganisationId(owner), .. }
            | Account::Escrow { request: RequestId(owner) }
            | Account::Community { community: OrganisationId(owner) }
            | Account::BaseFund { community: OrganisationId(owner), .. }
            | Account::Contingency { district: OrganisationId(owner), .. }
            | Account::SpecialFund { fund: FundId(owner), .. } => *owner,
        }
    }

    /// The budget year, where the account has one.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        match self {
            Account::Outer { .. } | Account::Escrow { .. } | Account::Community { .. } => None,
            Account::BudgetLine { year, .. }
            | Account::BaseFund { year, .. }
            | Account::Contingency { year, .. }
            | Account::SpecialFund { year, .. } => Some(*year),
        }
    }

    /// The account's name in the database: kind, owner and, where it has one, the year.
    #[must_use]
    pub fn key(&self) -> String {
        let (kind, owner) = (self.kind(), self.owner());
        self.year().map_or_else(|| format!("{kind}:{owner}"), |year| format!("{kind}:{owner}:{year}"))
    }

    /// The account of a key that [`Account::key`] wrote.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Account> {
        let mut parts = key.split(':');
        let kind = AccountKind::from_word(parts.next()?)?;
        let owner: Uuid = parts.next()?.parse().ok()?;
        let year = parts.next().map(str::parse::<i32>).transpose().ok()?;
        let account = match (kind, year) {
            (AccountKind::Outer, None) => Account::Outer { district: OrganisationId(owner) },
            (AccountKind::Escrow, None) => Account::Escrow { request: RequestId(owner) },
            (AccountKind::Community, None) => Account::Community { community: OrganisationId(owner) },
            (AccountKind::BudgetLine, Some(year)) => {
                Account::BudgetLine { department: OrganisationId(owner), year }
            }
            (AccountKind::BaseFund, Some(year)) => {
                Account::BaseFund { community: OrganisationId(owner), year }
            }
            (AccountKind::Contingency, Some(year)) => {
                Account::Contingency { district: OrganisationId(owner), year }
            }
            (AccountKind::SpecialFund, Some(year)) => Account::SpecialFund { fund: FundId(owner), year },
            _ => return None,
        };
        (account.key() == key).then_some(account)
    }
}

/// What pays a request; its refunds go back to the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundSource {
    /// The department's own budget line.
    #[default]
    BudgetLine,
    /// The department's line of the year in which the funds came, since that of the offer was closed meanwhile.
    LaterLine {
        year: i32,
    },
    /// The district's contingency pool.
    Contingency,
    Special(FundId),
}

impl FundSource {
    /// The account that pays a request from this source, in the request's budget year. A refund that arrives after the
    /// year's end may still go there; the next close sweeps it on.
    #[must_use]
    pub fn account(self, request: &Request) -> Account {
        let year = request.budget_year();
        match self {
            FundSource::BudgetLine => Account::BudgetLine { department: request.department, year },
            FundSource::LaterLine { year } => Account::BudgetLine { department: request.department, year },
            FundSource::Contingency => Account::Contingency { district: request.district, year },
            FundSource::Special(fund) => Account::SpecialFund { fund, year },
        }
    }
}

words! {
    /// Why money moved.
    Purpose {
        Appropriation = "appropriation", "预算下达", "appropriation";
        BaseFund = "base_fund", "基础经费", "base funds";
        Commitment = "commitment", "经费到位", "commitment";
        FirstInstalment = "first_instalment", "首期拨付", "first instalment";
        MiddleInstalment = "middle_instalment", "中期拨付", "middle instalment";
        FinalInstalment = "final_instalment", "尾款拨付", "final instalment";
        Refund = "refund", "退回", "refund";
        /// A budget line gives back what nothing has claimed.
        Reduction = "reduction", "预算调减", "reduction";
        Contingency = "contingency", "应急预备金下达", "contingency pool";
        SpecialFund = "special_fund", "专项资金下达", "special fund";
        /// Instead of a subsidy: a special fund rewards work that was accepted.
        Reward = "reward", "以奖代补", "reward";
        Reversal = "reversal", "冲销", "reversal";
        CarryOver = "carry_over", "结转下年", "carry-over";
        Lapse = "lapse", "收回财政", "return to the treasury";
        /// A supplement's part of the price (`policy.md` §7: at most a tenth).
        Supplement = "supplement", "追加经费", "supplement";
        /// Accepted units and proven direct cost when a request ends early.
        Settlement = "settlement", "准出结算", "settlement";
        ActualSurplus = "actual_surplus", "结余退回", "surplus returned";
        LumpSurplus = "lump_surplus", "结余留用", "surplus kept";
        /// What a community held goes to the one into which it is merged.
        Merger = "merger", "合并", "merger";
    }
}

/// A movement of money: out of `credit`, into `debit`, more than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub debit: Account,
    pub credit: Account,
    pub amount: Fen,
    pub purpose: Purpose,
}

impl Posting {
    /// A posting, or none where nothing would move.
    #[must_use]
    pub fn of(purpose: Purpose, credit: Account, debit: Account, amount: Fen) -> Option<Posting> {
        (amount > Fen::ZERO).then_some(Posting { debit, credit, amount, purpose })
    }
}
