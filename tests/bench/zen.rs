//! The scope, burden and funds rules as a decision of the crate `zen-engine`: `policy.json`, compiled beforehand.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use workflow::price::Price;
use zen_engine::model::{DecisionContent, GraphContent};
use zen_engine::{Decision, DecisionGraphResponse, EvaluationError, EvaluationOptions, Variable};

type Evaluated = Result<DecisionGraphResponse, Box<EvaluationError>>;

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

/// The findings of one evaluation, as fast as it goes.
pub fn evaluate(decision: &Decision, context: Variable) -> Variable {
    finish(decision.evaluate(context)).result
}

/// The same with a trace of what decided, which an assessment of ours always has.
pub fn evaluate_with_trace(decision: &Decision, context: Variable) -> DecisionGraphResponse {
    finish(decision.evaluate_with_opts(context, EvaluationOptions { trace: true, max_depth: 10 }))
}

/// Nothing in the decision waits, so that a runtime would only cost time.
fn finish(evaluation: impl Future<Output = Evaluated>) -> DecisionGraphResponse {
    let mut evaluation = pin!(evaluation);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(response) = evaluation.as_mut().poll(&mut context) {
            return response.expect("the decision can be evaluated");
        }
    }
}
