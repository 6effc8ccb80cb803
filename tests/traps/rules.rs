//! Rules: which version judged, what was judged, and what was never looked at (traps 1 to 4).

use std::time::Duration;

use engine::{Command, EngineError, Filing, ImportKind, Order, Seen};
use rules::{CATALOGUE_FILE, default_files};
use serde_json::{Value, json};
use store::DecisionRecord;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::desk::{Desk, purchase};

crate::stories::told_on_both! {
    trap_01_an_old_draft_meets_the_new_rule
    trap_02_what_was_never_looked_at_is_not_met
    trap_03_new_answers_leave_the_old_verdict
    trap_04_a_closed_item_takes_no_more_requests
    an_item_can_be_closed_from_a_day
}

/// The newest first.
async fn records(desk: &Desk, request: RequestId) -> Vec<DecisionRecord> {
    desk.engine.reader().records(request).await.expect("the records")
}

fn codes(record: &DecisionRecord) -> Vec<&str> {
    let findings = record.assessment["findings"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

async fn corrects(desk: &Desk, request: RequestId, application: &Value) {
    let filing = Filing::read(application, vec!["420202001001".into()]).expect("the application reads");
    let actor = desk.actor("health");
    let order = Order { request, actor: &actor, seen: Seen::Whatever, now: desk.now() };
    desk.engine.correct(order, filing).await.expect("a correction");
}

/// Trap 1, civiform/civiform#5541: drafts begun before a new rule escaped it. Here rules are run on submission, never on
/// the draft, and the decision record names the set that was in force then.
async fn trap_01_an_old_draft_meets_the_new_rule(desk: Desk) {
    let before = desk.files("health", purchase(), &[1]).await;
    desk.does("health", before, Command::Submit).await;
    let draft = desk.files("health", purchase(), &[2]).await;
    let mut files = default_files();
    let parameters = files.get_mut("parameters.toml").expect("the parameters");
    *parameters = parameters.replace("LEAD_DAYS = 30 ", "LEAD_DAYS = 60 ");
    let desk = desk.restart_with(files).await;
    desk.does("health", draft, Command::Submit).await;
    assert_eq!(desk.stage(draft).await, StageKind::Returned, "sixty working days are not left");
    let (old, new) = (records(&desk, before).await.remove(0), records(&desk, draft).await.remove(0));
    assert!(codes(&new).contains(&"intake.too_late") && !codes(&old).contains(&"intake.too_late"));
    assert_eq!(new.rule_set_hash, desk.engine.content().rules.name().hash);
    assert_ne!(new.rule_set_hash, old.rule_set_hash);
    assert_eq!(new.assessment["rule_set"]["hash"], json!(new.rule_set_hash), "the verdict says so itself");
    desk.is_sound().await;
}

/// Trap 2, civiform/civiform#5614: “meets eligibility” was shown for a question never asked. Here a rule whose fact is missing
/// is not run, and the trace says `not_asked` with the fact's name; a rule that fails refers to a person.
async fn trap_02_what_was_never_looked_at_is_not_met(desk: Desk) {
    let mut application = purchase();
    application["offer"] = Value::Null;
    application["starts_on"] = Value::Null;
    let request = desk.files("health", application, &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let record = records(&desk, request).await.remove(0);
    let line = |rule: &str| {
        let lines = record.trace.as_array().expect("a trace");
        lines.iter().find(|line| line["rule"] == rule).unwrap_or_else(|| panic!("no line of {rule}")).clone()
    };
    for (rule, missing) in [
        ("funds.budget", "offer"),
        ("funds.shortfall", "offer"),
        ("intake.lead_time", "begins_on"),
        ("intake.period", "starts_on"),
        ("duplicate.overlap", "starts_on"),
    ] {
        let (result, decided_by) = (line(rule)["result"].clone(), line(rule)["decided_by"].clone());
        assert_eq!((result, decided_by), (json!("not_asked"), json!({ missing: null })), "{rule}");
    }
    assert_eq!(line("intake.required")["result"], "fired");
    assert_eq!(line("scope.negative")["result"], "passed");
    desk.is_sound().await;
}

/// Trap 3, civiform/civiform#4414: old applications were judged again by the newest answers. Here each submission keeps a record
/// of its own with the facts it was judged by, and all of them recompute (invariant 6).
async fn trap_03_new_answers_leave_the_old_verdict(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let first = records(&desk, request).await.remove(0);
    desk.does("review", request, Command::Return { reason: "工作量请核实".into() }).await;
    desk.comes("2026-03-03").await;
    let mut mended = purchase();
    mended["work"][0]["volume"]["coverage"] = json!("0.40");
    corrects(&desk, request, &mended).await;
    desk.does("health", request, Command::Submit).await;
    let both = records(&desk, request).await;
    let [second, kept] = both.as_slice() else { panic!("two records") };
    let said = |record: &DecisionRecord| [&record.facts, &record.assessment, &record.trace].map(Clone::clone);
    assert_eq!(
        (kept.id, said(kept)),
        (first.id, said(&first)),
        "the first verdict stands with its own facts"
    );
    assert_eq!(first.facts["request"]["work"][0]["volume"]["coverage"], "0.2");
    assert_eq!(second.facts["request"]["work"][0]["volume"]["coverage"], "0.4");
    assert_ne!(first.assessment["price"]["total"], second.assessment["price"]["total"]);
    assert_eq!(desk.request(request).await.assessed.map(|assessed| assessed.assessment), Some(second.id));
    desk.is_sound().await;
}

/// Trap 4, civiform/civiform#8140: a closed programme still took submissions. Here the catalogue of the day of submission
/// counts: an item that is gone is refused with its place, and nothing has changed.
async fn trap_04_a_closed_item_takes_no_more_requests(desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    let files = default_files();
    let rows = files[CATALOGUE_FILE].lines().filter(|row| !row.starts_with("C03-09,"));
    let without = rows.collect::<Vec<_>>().join("\n");
    desk.engine.import(ImportKind::Catalogue, "2", &without, desk.now()).await.expect("the file is good");
    let before = desk.request(request).await;
    match desk.tries("health", request, Command::Submit).await {
        Err(EngineError::Malformed(faults)) => {
            let found: Vec<_> = faults.iter().map(ToString::to_string).collect();
            assert_eq!(found, ["/request/item: `C03-09` is not in the catalogue"]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.request(request).await, before, "no number is given and nothing is kept");
    assert!(records(&desk, request).await.is_empty());
    desk.is_sound().await;
}

/// The same trap with a day: the catalogue closes the item while a form is open, and the rules return it with the reason.
async fn an_item_can_be_closed_from_a_day(mut desk: Desk) {
    let open = desk.files("health", purchase(), &[1]).await;
    let late = desk.files("health", purchase(), &[2]).await;
    let files = default_files();
    let dated = files[CATALOGUE_FILE].lines().enumerate().map(|(index, row)| match index {
        0 => format!("{row},valid_from,valid_until"),
        _ if row.starts_with("C03-09,") => format!("{row},2020-01-01,2026-05-31"),
        _ => format!("{row},,"),
    });
    let dated = dated.collect::<Vec<_>>().join("\n");
    desk.engine.import(ImportKind::Catalogue, "2", &dated, desk.now()).await.expect("the file is good");
    let submitted = desk.does("health", open, Command::Submit).await;
    assert_eq!(submitted.stage.kind(), StageKind::Submitted, "begun and begins while it is open");
    desk.jumps("2026-06-01");
    let mut later = purchase();
    later["starts_on"] = json!("2026-08-03");
    later["ends_on"] = json!("2026-10-30");
    corrects(&desk, late, &later).await;
    let returned = desk.does("health", late, Command::Submit).await;
    assert_eq!(returned.stage.kind(), StageKind::Returned);
    let told = returned.assessed.expect("assessed").to_mend;
    let told: Vec<&str> = told.iter().map(|reason| reason.zh.as_str()).collect();
    assert_eq!(
        told,
        ["目录事项 C03-09 的受理期为 2020-01-01 .. 2026-05-31，今日或实施开始日不在其内，请改报其他事项"]
    );
    let wrong = dated.replace("2026-05-31", "31.5.2026");
    let refused = desk.engine.import(ImportKind::Catalogue, "3", &wrong, desk.now()).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("valid_until")));
    desk.is_sound().await;
}

/// On one thread: whoever waits for the rules lets it go.
#[tokio::test]
async fn rules_leave_their_callers_thread_to_others() {
    let (tell, told) = std::sync::mpsc::channel();
    let rules = engine::on_large_stack_aside(move || told.recv_timeout(Duration::from_mins(1)).is_ok());
    let (served, ()) = tokio::join!(rules, async { tell.send(()).expect("the rules wait") });
    assert!(served.expect("they ran"), "somebody else was served meanwhile");
}
