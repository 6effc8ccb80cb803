//! The source of a request's funds: the choice on its page, and the command of what was chosen. Whether the source holds
//! enough is not decided here.

use engine::{Command, EngineError};
use store::SpecialFund;
use uuid::Uuid;
use workflow::id::FundId;
use workflow::ledger::{AccountKind, FundSource};
use workflow::money::Fen;
use workflow::request::Request;

use super::{Field, Fields, Named, choice, fault, written};
use crate::tongue::Tongue;

const SOURCE: &str = "source";

/// The choice of the source, the department's line first; none where there is nothing to pay.
pub(super) fn fields(request: &Request, (named, tongue): (&Named, Tongue)) -> Vec<Field> {
    if request.price() == Fen::ZERO && request.stage.emergency().is_none() {
        return Vec::new();
    }
    let pools = [AccountKind::BudgetLine, AccountKind::Contingency];
    let pools = pools.iter().map(|kind| (kind.word().to_owned(), kind.name(tongue.0).to_owned()));
    let funds = named.funds.iter().map(|fund| (fund.id.to_string(), spoken(fund, tongue)));
    vec![choice(SOURCE, tongue.say("资金来源", "Source of the funds"), pools.chain(funds).collect())]
}

fn spoken(fund: &SpecialFund, tongue: Tongue) -> String {
    let english = if fund.name_en.is_empty() { &fund.name } else { &fund.name_en };
    let kind = AccountKind::SpecialFund.name(tongue.0);
    format!("{kind} · {} {}", tongue.say(&fund.name, english), fund.code)
}

/// The command of a form; without a choice the department's line pays.
pub(super) fn command(fields: &Fields) -> Result<Command, EngineError> {
    let source = written(fields, SOURCE);
    if source.is_empty() || source == AccountKind::BudgetLine.word() {
        return Ok(Command::CommitFunds);
    }
    if source == AccountKind::Contingency.word() {
        return Ok(Command::CommitFundsFrom { source: FundSource::Contingency });
    }
    let said = ("请选择列出的资金来源", "choose one of the sources that are listed");
    let fund: Uuid = source.parse().map_err(|_| EngineError::Malformed(vec![fault(SOURCE, said)]))?;
    Ok(Command::CommitFundsFrom { source: FundSource::Special(FundId(fund)) })
}
