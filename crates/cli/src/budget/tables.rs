//! Tables of budgets: sources of funds, base funds, special funds, what a close has moved.

use engine::{BaseFundLine, Closed, SourceLine};
use serde_json::json;
use store::SpecialFund;
use workflow::money::Fen;

use crate::print::{self, Failure};
use crate::settings::Common;

/// What became of each source's money.
pub(super) fn sources(common: &Common, year: i32, lines: &[SourceLine]) -> Result<(), Failure> {
    if common.json {
        return print::json(&json!({ "year": year, "sources": lines }));
    }
    let rows = lines.iter().map(|line| {
        let f = &line.figures;
        let amounts = [
            f.appropriated,
            f.carried_in - f.carried_out,
            f.lapsed,
            f.committed,
            f.escrow,
            f.paid,
            f.returned,
            f.rewarded,
            f.free,
        ];
        let name = line.account.spoken(common.language());
        std::iter::once(name).chain(amounts.map(shown)).collect()
    });
    let heading = [
        common.say("资金来源", "source of funds"),
        common.say("下达", "appropriated"),
        common.say("结转", "carried over"),
        common.say("收回", "lapsed"),
        common.say("已落实", "committed"),
        common.say("专户在途", "in escrow"),
        common.say("已拨付", "paid"),
        common.say("已退回", "returned"),
        common.say("奖励", "rewards"),
        common.say("可用", "free"),
    ];
    print::line(print::table(&heading, &[1, 2, 3, 4, 5, 6, 7, 8, 9], rows.collect()))?;
    let how = common.say(
        "明细：zhunru ledger 代码（部门、区、专项资金代码或申请编号）",
        "postings behind a figure: zhunru ledger CODE (department, district, fund, or number of a request)",
    );
    Ok(print::line(how)?)
}

/// Nothing is shown as a dash, so that what moved stands out.
fn shown(amount: Fen) -> String {
    if amount == Fen::ZERO { "—".to_owned() } else { amount.for_people() }
}

/// What is due to each community, what has arrived, and the sums.
pub(super) fn base_funds(common: &Common, year: i32, lines: &[BaseFundLine]) -> Result<(), Failure> {
    let sum = |of: fn(&BaseFundLine) -> Fen| lines.iter().map(of).sum::<Fen>();
    let sums = [sum(|line| line.due), sum(|line| line.arrived), sum(|line| line.missing)];
    if common.json {
        let [due, arrived, missing] = sums;
        let value =
            json!({ "year": year, "communities": lines, "due": due, "arrived": arrived, "missing": missing });
        return print::json(&value);
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let mut row = vec![line.code.clone(), line.name.clone(), line.households.to_string()];
        row.extend([line.due, line.arrived, line.missing].map(shown));
        rows.push(row);
    }
    let total = common.say("合计", "sum").to_owned();
    let mut row = vec![total, String::new(), lines.iter().map(|l| l.households).sum::<i64>().to_string()];
    row.extend(sums.map(shown));
    rows.push(row);
    let heading = [
        common.say("代码", "code"),
        common.say("社区", "community"),
        common.say("户数", "households"),
        common.say("应拨", "due"),
        common.say("已到位", "arrived"),
        common.say("未到位", "missing"),
    ];
    Ok(print::line(print::table(&heading, &[2, 3, 4, 5], rows))?)
}

pub(super) fn funds(common: &Common, funds: &[SpecialFund]) -> Result<(), Failure> {
    if common.json {
        return print::json(&funds);
    }
    let rows = funds.iter().map(|fund| {
        let years = format!("{}—{}", fund.first_year, fund.last_year);
        vec![fund.code.clone(), fund.name.clone(), years, fund.purpose.clone()]
    });
    let heading = [
        common.say("代码", "code"),
        common.say("专项资金", "special fund"),
        common.say("年度", "years"),
        common.say("用途", "purpose"),
    ];
    Ok(print::line(print::table(&heading, &[], rows.collect()))?)
}

pub(super) fn closed(common: &Common, year: i32, closed: Closed) -> Result<(), Failure> {
    let Closed { sources, carried_over, lapsed } = closed;
    let value = json!({ "year": year, "sources": sources, "carried_over": carried_over, "lapsed": lapsed });
    let text = match sources {
        0 => format!("{year} {}", common.say("没有可结转或收回的资金", "nothing is free")),
        _ => format!(
            "{year} {}: {sources}, {} {}, {} {}",
            common.say("已关账", "closed"),
            common.say("结转", "carried over"),
            carried_over.for_people(),
            common.say("收回财政", "returned to the treasury"),
            lapsed.for_people(),
        ),
    };
    print::said(common, &value, &text)
}
