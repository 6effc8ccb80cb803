//! Facts from JSON: every fault with its JSON pointer, or facts that are whole.

use std::cell::RefCell;

use serde_json::Value;

use super::node::{Fault, Node};
use super::{Application, Facts, limits, parse};

/// Reads one facts object.
///
/// # Errors
/// Every fault that was found, each with the JSON pointer of its place: unknown keys, wrong types, numbers and
/// dates out of range, texts that are no money or decimal. Nothing is guessed and nothing is left out silently.
pub fn read(document: &Value) -> Result<Facts, Vec<Fault>> {
    let faults = RefCell::new(Vec::new());
    let root = Node::root(document, &faults);
    let facts = parse::facts(&root);
    if let Some(facts) = &facts {
        faults.borrow_mut().extend(
            too_much_work(facts)
                .map(|fault| Fault { pointer: format!("/request{}", fault.pointer), ..fault }),
        );
    }
    match (facts, faults.into_inner()) {
        (Some(facts), faults) if faults.is_empty() => Ok(facts),
        (_, faults) => Err(faults),
    }
}

/// Reads an application alone, as a department files it.
///
/// # Errors
/// As [`read`], with pointers from the application's own root.
pub fn read_application(document: &Value) -> Result<Application, Vec<Fault>> {
    let faults = RefCell::new(Vec::new());
    let application = parse::application(&Node::root(document, &faults));
    match (application, faults.into_inner()) {
        (Some(application), faults) if faults.is_empty() => Ok(application),
        (_, faults) => Err(faults),
    }
}

/// What is wrong with work that adds up to more than can be priced, with its pointer from the application's root.
#[must_use]
pub fn too_much_work(facts: &Facts) -> Option<Fault> {
    let minutes = facts.communities.iter().flat_map(|community| {
        facts.request.work.iter().map(|line| crate::price::minutes_of(line, community))
    });
    let total: i128 = minutes.map(|minutes| minutes.0 / 1_000_000).sum();
    let most = limits::MINUTES;
    let told = || {
        let zh = format!("工作量合计 {total} 分钟，超过可计算的 {most} 分钟");
        Fault::new("/work", (zh, format!("the work adds up to {total} minutes; at most {most} are read")))
    };
    (total > most).then(told)
}
