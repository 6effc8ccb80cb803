//! One assessment: facts are priced and counted natively, then every rule is run, in the set's order.

use std::sync::{Arc, OnceLock};

use serde_json::Value;
use workflow::assessment::{Assessment, Outcome, TraceLine};
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Function, Item};
use workflow::facts::{self, Facts, Fault};
use workflow::price::Price;
use workflow::quota;

use crate::error::LoadFault;
use crate::host::Case;
use crate::set::{RuleSet, SAMPLE_FILE};

/// An assessment with the trace of every rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub assessment: Assessment,
    pub trace: Vec<TraceLine>,
}

impl RuleSet {
    /// Reads a facts document and assesses it.
    ///
    /// # Errors
    /// Every fault of the document with its JSON pointer; an item that the catalogue lacks is one.
    pub fn assess_document(
        &self,
        document: &Value,
        calendar: &Arc<Calendar>,
    ) -> Result<Judgement, Vec<Fault>> {
        self.assess(facts::read(document)?, calendar).map_err(|fault| vec![fault])
    }

    /// Assesses facts. Call it on a thread with at least 2 MiB of stack; the scripts' depth is limited to fit.
    ///
    /// # Errors
    /// The item is not in the catalogue.
    pub fn assess(&self, facts: Facts, calendar: &Arc<Calendar>) -> Result<Judgement, Fault> {
        Ok(self.judge(self.case(facts, calendar)?))
    }

    /// Every rule's part on a case.
    pub(crate) fn judge(&self, case: Case) -> Judgement {
        let case = Arc::new(case);
        let mut findings = Vec::new();
        let mut trace = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let verdict = rule.judge(&self.engine, &self.dictionary, &case);
            findings.extend(verdict.findings);
            trace.push(verdict.trace);
        }
        let decision = case.calendar.limit(case.facts.today, self.parameters.limits.decision);
        let provisional = decision.provisional || reaches_into_provisional(&case);
        let class = class(case.item.as_ref());
        let function = case.item.as_ref().and_then(|item| item.function).map(Function::number);
        let (price, quota) = match Arc::try_unwrap(case) {
            Ok(case) => (case.price, case.quota),
            Err(case) => (case.price.clone(), case.quota.clone()),
        };
        let assessment = Assessment {
            outcome: Outcome::of(&findings, class, &price),
            class,
            function,
            price,
            quota,
            findings,
            proposal: None,
            decide_by: decision.due,
            provisional,
            rule_set: self.name.clone(),
        };
        Judgement { assessment, trace }
    }

    /// The facts with their price and their quota.
    pub(crate) fn case(&self, facts: Facts, calendar: &Arc<Calendar>) -> Result<Case, Fault> {
        let item = self.item(&facts)?.cloned();
        let price = Price::of(&facts, item.as_ref(), &self.parameters.price);
        let books = !price.communities.is_empty() && class(item.as_ref()) != Some(Class::Negative);
        let quota = if books { quota::rows(&facts, calendar, &self.parameters.quota) } else { Vec::new() };
        let quota_parameters = self.parameters.quota.clone();
        let paid_at_once_below = self.parameters.money.paid_at_once_below;
        let calendar = Arc::clone(calendar);
        let fitting_start = OnceLock::new();
        Ok(Case { facts, item, price, quota, calendar, quota_parameters, paid_at_once_below, fitting_start })
    }

    fn item(&self, facts: &Facts) -> Result<Option<&Item>, Fault> {
        let Some(code) = &facts.request.item else {
            return Ok(None);
        };
        let missing = || {
            let said = (format!("事项目录中没有“{code}”"), format!("`{code}` is not in the catalogue"));
            Fault::new("/request/item", said)
        };
        self.catalogue.get(code).map(Some).ok_or_else(missing)
    }

    /// Runs every rule once over the sample, since a misspelt field shows only when it is read.
    pub(crate) fn faults_on_sample(&self) -> Vec<LoadFault> {
        let fault = |message: String| vec![LoadFault::new(SAMPLE_FILE, 0, message)];
        let Some(text) = self.files.get(SAMPLE_FILE) else {
            return fault("the file is missing".into());
        };
        let document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => return fault(error.to_string()),
        };
        let calendar = Arc::new(Calendar::new("sample", []));
        let case =
            facts::read(&document).and_then(|facts| self.case(facts, &calendar).map_err(|fault| vec![fault]));
        match case {
            Err(faults) => faults.into_iter().flat_map(|found| fault(found.to_string())).collect(),
            Ok(case) => {
                let case = Arc::new(case);
                self.rules
                    .iter()
                    .filter_map(|rule| rule.fault(&self.engine, &self.dictionary, &case))
                    .collect()
            }
        }
    }
}

fn class(item: Option<&Item>) -> Option<Class> {
    item.map(|item| item.class)
}

fn reaches_into_provisional(case: &Case) -> bool {
    case.facts.request.period().is_some_and(|(start, end)| {
        use chrono::Datelike;
        let first_of = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1);
        (start.year()..=end.year()).filter_map(first_of).any(|day| case.calendar.is_provisional(day))
    })
}
