//! What a request takes: the same task twice, hours above the quota, and money that is not there.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use serde_json::json;
use workflow::assessment::Severity;
use workflow::hours::Hours;
use workflow::quota;
use workflow::siblings;

use super::{Policy, Reason, in_words, is_too_long};

impl Policy<'_> {
    pub(super) fn duplicates(&mut self) {
        const OVERLAP: Reason =
            Reason("duplicate.overlap", "duplicate.overlap", Severity::Refer, "准入办法：同类事项合并实施");
        let (Some(item), Some(start), Some(end)) = (self.item, self.request.starts_on, self.request.ends_on)
        else {
            return;
        };
        let mut ours: Option<HashSet<&str>> = None;
        let mut numbers = Vec::new();
        for admitted in &self.facts.admitted {
            let same = admitted.item.as_deref() == Some(item.code.as_str());
            if !same || admitted.starts_on > end || start > admitted.ends_on {
                continue;
            }
            let ours =
                ours.get_or_insert_with(|| self.facts.communities.iter().map(|c| c.code.as_str()).collect());
            if admitted.communities.iter().any(|code| ours.contains(code.as_str())) {
                numbers.push(admitted.number.as_str());
            }
        }
        if !numbers.is_empty() {
            let (list, listed) = in_words(&numbers);
            let zh = format!("与已准入的 {list} 事项相同、期间重叠、社区相同，应合并");
            let en = format!(
                "The same item, an overlapping period and a shared community are already admitted ({listed}): merge"
            );
            self.say(&OVERLAP, json!({ "numbers": numbers }), zh, en);
        }
    }

    pub(super) fn split(&mut self) {
        const SPLIT: Reason = Reason(
            "duplicate.split",
            "duplicate.split",
            Severity::Refer,
            "准入办法：同类事项合并计算；政府采购法 第二十八条：不得化整为零",
        );
        if self.facts.siblings.is_empty() {
            return;
        }
        let Some((own, whole)) = self.request.period().zip(siblings::period(self.facts)) else { return };
        let term = self.request.term;
        let small = self.set.parameters().money.paid_at_once_below;
        let price = self.price;
        let crossed = [
            ("longest_period", is_too_long(term, whole) && !is_too_long(term, own)),
            ("yearly_hours", price.communities.iter().any(|line| !line.surplus_by_siblings.is_zero())),
            ("month_hours", self.quota.iter().any(|row| row.over_by_siblings)),
            ("small_sum", price.is_due() && price.total < small && price.together >= small),
        ];
        let crossed: Vec<&str> = crossed.iter().filter(|(_, is)| *is).map(|(word, _)| *word).collect();
        if !crossed.is_empty() {
            let numbers: Vec<&str> = self.facts.siblings.iter().map(|other| other.number.as_str()).collect();
            let ((list, listed), (beyond, past)) = (in_words(&numbers), in_words(&crossed));
            let ((from, to), total) = (whole, price.together);
            let zh = format!(
                "同一部门的 {list} 与本件事项相同或名称相近、社区相同、期间重叠或相接，应合并计算：{from} 至 {to}，共 {total} 元。合并后超过：{beyond}"
            );
            let en = format!(
                "The department has filed {listed} of the same item or a like title for a shared community, in overlapping or adjoining periods. Added up, {from} to {to} and {total} yuan, they go beyond {past}"
            );
            let facts = json!({ "siblings": numbers, "crossed": crossed, "from": from, "to": to, "total": total });
            self.say(&SPLIT, facts, zh, en);
        }
    }

    pub(super) fn quota(&mut self) {
        const OVER: Reason = Reason("quota.month", "quota.over", Severity::Refer, "准入办法：社区工作量限额");
        const ABOVE: Reason = Reason(
            "quota.volume",
            "quota.above_baseline",
            Severity::Note,
            "准入办法：依法协助事项超出目录年工时的部分计价",
        );
        let rows = self.quota.iter().filter(|row| row.over > Hours::ZERO);
        let over: Vec<[String; 3]> = rows
            .map(|row| [row.community.clone(), row.month.to_string(), row.over.rounded().to_string()])
            .collect();
        if !over.is_empty() {
            let month = quota::fitting_start(self.facts, self.calendar, &self.set.parameters().quota);
            let fitting = month.map_or_else(|| "—".to_owned(), |month| month.to_string());
            let list = over.iter().map(|row| row.join("、")).collect::<Vec<_>>().join("；");
            let listed = over.iter().map(|row| row.join(", ")).collect::<Vec<_>>().join("; ");
            let zh =
                format!("超出社区可用工时（社区、月份、超出小时）：{list}。可排下的最早起始月份：{fitting}");
            let en = format!(
                "Hours above what is free (community, month, hours over): {listed}. The first start month that would fit: {fitting}"
            );
            self.say(&OVER, json!({ "over": over }), zh, en);
        }
        let above = self.price.communities.iter().filter(|line| line.surplus.is_some_and(|m| !m.is_zero()));
        let communities: Vec<&str> = above.map(|line| line.code.as_str()).collect();
        if !communities.is_empty() {
            let (list, listed) = in_words(&communities);
            let zh = format!("社区 {list} 的工作量超出目录年工时，超出部分计价");
            let en = format!("Above the item's yearly hours in {listed}: the surplus is priced");
            self.say(&ABOVE, json!({ "communities": communities }), zh, en);
        }
    }

    pub(super) fn funds(&mut self) {
        const BUDGET: Reason = Reason(
            "funds.budget",
            "funds.no_budget",
            Severity::Prohibit,
            "财预〔2017〕87号；财政部令第102号 第十七条",
        );
        const TERM: Reason =
            Reason("funds.term", "funds.term", Severity::Condition, "财政部令第102号 第二十四条");
        const SHORTFALL: Reason =
            Reason("funds.shortfall", "funds.shortfall", Severity::Condition, "准入办法：费随事转，足额保障");
        if !self.is_paid() {
            return;
        }
        let offer = self.request.offer.as_ref();
        if offer.is_some_and(|offer| !offer.in_budget) {
            let zh = "应付费用未列入本年预算，不得购买".into();
            let en = "A price is due that this year's budget does not hold".into();
            self.say(&BUDGET, json!({}), zh, en);
        }
        let year_end = self.request.starts_on.and_then(|start| NaiveDate::from_ymd_opt(start.year(), 12, 31));
        let is_past = |cut_to: &NaiveDate| self.request.ends_on.is_some_and(|end| end > *cut_to);
        if let Some(cut_to) = year_end.filter(is_past) {
            let zh = format!("协议截至预算年度末 {cut_to}，逐年确认，最长三年");
            let en = format!(
                "The agreement is cut to the budget year's end, {cut_to}; confirmed yearly, up to three years"
            );
            self.say(&TERM, json!({ "cut_to": cut_to }), zh, en);
        }
        if let Some(offer) = offer.filter(|offer| offer.amount < self.price.total) {
            let difference = self.price.total - offer.amount;
            let zh = format!("所报经费低于核定价格，差额 {difference} 元");
            let en = format!("The offer is below the price by {difference} yuan");
            self.say(&SHORTFALL, json!({ "difference": difference }), zh, en);
        }
    }
}
