//! The ledger: money moves between accounts, is never edited, only reversed (`policy.md` §7). A posting is one row with
//! two sides, so the sum of all postings is zero by construction.

use crate::id::{OrganisationId, RequestId};
use crate::money::Fen;
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
}

words! {
    /// The kind of an account.
    AccountKind {
        Outer = "outer", "财政外部账户", "outer account";
        BudgetLine = "budget_line", "部门预算", "budget line";
        Escrow = "escrow", "事项专户", "escrow";
        Community = "community", "社区账户", "community account";
        BaseFund = "base_fund", "基础经费", "base fund";
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
        }
    }

    /// The account's name in the database: kind, owner and, where it has one, the year.
    #[must_use]
    pub fn key(&self) -> String {
        let kind = self.kind();
        match self {
            Account::Outer { district } => format!("{kind}:{district}"),
            Account::BudgetLine { department, year } => format!("{kind}:{department}:{year}"),
            Account::Escrow { request } => format!("{kind}:{request}"),
            Account::Community { community } => format!("{kind}:{community}"),
            Account::BaseFund { community, year } => format!("{kind}:{community}:{year}"),
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
