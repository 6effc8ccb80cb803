//! What the rules say of a request: findings, price, quota and the outcome (`contract.md`, Assessment).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalogue::Class;
use crate::language::Bilingual;
use crate::price::Price;
use crate::quota::QuotaRow;
use crate::words;

words! {
    /// How much a finding weighs (`policy.md` §3); the order is that of the outcome.
    Severity {
        Return = "return", "补正", "return";
        Prohibit = "prohibit", "不予准入", "prohibit";
        Refer = "refer", "提交会审", "refer";
        Condition = "condition", "附条件", "condition";
        Note = "note", "说明", "note";
    }
}

words! {
    /// What the rules make of a request.
    Outcome {
        Return = "return", "退回补正", "return";
        Reject = "reject", "不予准入", "reject";
        Refer = "refer", "提交会审", "refer";
        Purchase = "purchase", "购买服务", "purchase";
        Admit = "admit", "准入", "admit";
    }
}

/// One thing a rule says, with the facts it read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub severity: Severity,
    pub code: String,
    pub message: Bilingual,
    pub citation: String,
    pub facts: Map<String, Value>,
}

/// The rule set that was used; the hash covers all its files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleSetName {
    pub name: String,
    pub version: String,
    pub hash: String,
}

/// The assessment of one facts object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    pub outcome: Outcome,
    /// None for an unlisted request.
    pub class: Option<Class>,
    /// 1 to 7; none outside the seven functions.
    pub function: Option<u8>,
    pub price: Price,
    pub quota: Vec<QuotaRow>,
    pub findings: Vec<Finding>,
    /// For unlisted requests; none until proposals are made.
    pub proposal: Option<Value>,
    /// The last day for the decision if the request were accepted today.
    pub decide_by: NaiveDate,
    /// The limit or the period reaches into a year without a notice.
    pub provisional: bool,
    pub rule_set: RuleSetName,
}

impl Outcome {
    /// The outcome of findings (`policy.md` §3): the first that matches wins.
    #[must_use]
    pub fn of(findings: &[Finding], class: Option<Class>, price: &Price) -> Outcome {
        match findings.iter().map(|finding| finding.severity).min() {
            Some(Severity::Return) => Outcome::Return,
            Some(Severity::Prohibit) => Outcome::Reject,
            Some(Severity::Refer) => Outcome::Refer,
            _ if class == Some(Class::Emergency) => Outcome::Admit,
            _ if price.is_due() => Outcome::Purchase,
            _ => Outcome::Admit,
        }
    }
}

words! {
    /// What became of one rule in an assessment.
    TraceResult {
        Fired = "fired", "触发", "fired";
        Passed = "passed", "未触发", "passed";
        NotInForce = "not_in_force", "未施行", "not in force";
        /// A fact that the rule needs is not there, so it was never asked; nothing is known, least of all that it is met.
        NotAsked = "not_asked", "未评估", "not evaluated";
        Failed = "failed", "规则出错", "failed";
    }
}

/// One rule's part in an assessment: whether it fired, and the value that decided it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceLine {
    pub rule: String,
    pub result: TraceResult,
    /// What the rule looked at last before it said nothing, or why it failed.
    pub decided_by: Option<Value>,
}

impl TraceLine {
    /// The line as it is written today: records of the first release say `passed` with a null of rules that were not asked.
    #[must_use]
    pub fn as_written_today(mut self) -> TraceLine {
        let is_null = |value: &Value| value.as_object().is_some_and(|map| map.values().all(Value::is_null));
        if self.result == TraceResult::Passed && self.decided_by.as_ref().is_some_and(is_null) {
            self.result = TraceResult::NotAsked;
        }
        self
    }
}
