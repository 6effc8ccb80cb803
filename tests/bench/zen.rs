//! The scope, burden and funds rules as a decision of the crate `zen-engine`: `policy.json`, compiled beforehand.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use workflow::price::Price;
use zen_engine::model::{DecisionContent, GraphContent};
use zen_engine::{Decision, Variable};

/// The decision with its expressions compiled and its tables indexed.
pub fn decision() -> Decision {
    let content: DecisionContent =
        serde_json::from_str(include_str!("policy.json")).expect("the decision is JSON");
    let graph: GraphContent = content.as_graph().expect("the decision is a graph").clone();
    let mut decision = Decision::from(graph);
    decision.compile();
    decision
}

/// What the decision reads: the request with its amounts as numbers, the item's class and the price.
pub fn context(document: &Value, class: Option<&str>, price: &Price) -> Variable {
    let mut request = document["request"].clone();
    if let Some(amount) = request.pointer("/offer/amount").and_then(Value::as_str) {
        let fen: i64 = amount.replace('.', "").parse().expect("an amount in yuan");
        request["offer"]["amount"] = fen.into();
    }
    let item = class.map(|class| json!({ "class": class }));
    json!({ "request": request, "item": item, "price": { "total": price.total.0 } }).into()
}

/// The findings of one evaluation.
pub fn evaluate(decision: &Decision, context: Variable) -> Variable {
    let mut future = pin!(decision.evaluate(context));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(response) = future.as_mut().poll(&mut context) {
            return response.expect("the decision can be evaluated").result;
        }
    }
}
