//! Hostile and mistaken rule sets: each is refused when it is loaded, with its place, or breaks while it runs and then
//! refers the request to a person. Each runs on the 2 MiB of stack that a server's thread has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use workflow::assessment::{Outcome, TraceResult};
use workflow::calendar::Calendar;

use crate::set::{Files, RuleSet, SAMPLE_FILE};
use crate::{Judgement, default_files};

const FILE: &str = "scope.posts.rhai";
const HEAD: &str = "//! id: scope.posts\n//! title: 试 | Try\n//! citation: 试\n//! in_force: 2020-03-01 ..\n\
                    //! ceiling: refer\n//! reasons:\n//!   scope.posts | refer | 试 | Try\n";

/// The built-in files with one more or another one.
fn with(file: &str, text: &str) -> Files {
    let mut files = default_files();
    files.insert(file.to_owned(), text.to_owned());
    files
}

/// Loads in bounded time and stack, and says the faults; none if the set can be used.
fn faults(files: Files) -> Vec<String> {
    let started = Instant::now();
    let load = || RuleSet::load(files).err().map_or(Vec::new(), |faults| faults.0);
    let thread =
        std::thread::Builder::new().stack_size(2 << 20).spawn(load).expect("a thread can be started");
    let faults = thread.join().expect("loading never panics");
    assert!(started.elapsed() < Duration::from_secs(20), "loading took {:?}", started.elapsed());
    faults.iter().map(ToString::to_string).collect()
}

/// What is wrong with a rule of this code.
fn script(code: &str) -> String {
    faults(with(FILE, &format!("{HEAD}{code}\n"))).join("\n")
}

/// What is wrong with these statements; `pass` comes after them, in line 8.
fn statements(code: &str) -> String {
    script(&format!("fn check(request) {{ {code} pass(\"a\", 1) }}"))
}

/// What is wrong with a rule of the default head changed in one place.
fn head(from: &str, to: &str) -> String {
    let text = format!("{HEAD}fn check(request) {{ pass(\"a\", 1) }}\n");
    faults(with(FILE, &text.replace(from, to))).join("\n")
}

fn assert_says(found: &str, wanted: &str) {
    assert!(found.contains(wanted), "expected `{wanted}`, found `{found}`");
}

#[test]
fn a_plain_rule_is_no_fault() {
    assert_eq!(statements("let x = switch request.term { \"a\" | \"b\" => 1, _ => 2 };"), "");
}

#[test]
fn what_would_run_on_or_reach_out_cannot_be_written() {
    let codes = "while true {}~loop {}~for x in [1] {}~do {} while true;~throw 1;~try {} catch {}~eval(1);~print(1);\
                 ~debug(1);~import 1 as y;~type_of(1);~this;";
    for code in codes.split('~') {
        let word = code.split([' ', '(', ';']).next().unwrap_or_default();
        assert_says(&statements(code), "scope.posts.rhai:8:21: ");
        assert_says(&statements(code), &format!("'{word}'"));
    }
    assert_says(&statements("let f = |x| x;"), "scope.posts.rhai:8:29: Unexpected '|'");
    assert_says(&statements("let f = Fn(\"check\");"), "8:29: reserved keyword 'Fn'");
    assert_says(&statements("let f = `a${1}`;"), "scope.posts.rhai:8:1: a text stands in double quotes");
}

#[test]
fn what_is_not_registered_does_not_exist() {
    let calls = "'a'.replace(1, 2)~'a'.pad(5, 1)~sleep(5)~timestamp()~[1].sort()~[1].push(1)~rand()~exit()";
    for call in calls.split('~') {
        assert_says(&statements(&format!("let x = {call};")), "scope.posts.rhai:8:");
        assert_says(&statements(&format!("let x = {call};")), "Function not found: ");
    }
    for operator in ["*", "/", "%", "**", "<<", ">>", "&", "^", "..", "..=", "??"] {
        assert_says(&statements(&format!("let x = 1 {operator} 2;")), "scope.posts.rhai:8:31: ");
    }
    assert_says(&statements("let x = \"a\"; x += \"b\";"), "scope.posts.rhai:8:36: Unknown operator: '+='");
    assert_says(&statements("let x = 1.5;"), "scope.posts.rhai:8:31: ");
}

#[test]
fn values_of_two_kinds_are_not_compared() {
    for comparison in ["request.term == 5", "\"30\" == LEAD_DAYS", "1 != \"1\"", "1 == ()", "[] == []"] {
        assert_says(&statements(&format!("if {comparison} {{}}")), "needs two values of the same kind");
    }
    assert_says(&script("fn check(price) { pass(\"a\", price.total < 5) }"), "8:41: `<` needs");
    assert_says(&statements("let x = request.term + \"b\";"), "scope.posts.rhai:8:42: `+` needs");
    assert_says(&statements("let x = \"a\" + \"b\";"), "scope.posts.rhai:8:33: `+` needs");
    assert_says(&statements("let x = 1 | 2;"), "scope.posts.rhai:8:31: `|` needs");
}

#[test]
fn nothing_grows_without_end() {
    for code in ["fn check(request) { check(request) }", "fn f(x) { f(x) }\nfn check(request) { f(1) }"] {
        assert_says(&script(code), "Stack overflow");
    }
    let twice = "fn f(n) { if n == 0 { return 0; } f(n - 1) + f(n - 1) }\nfn check(request) { f(14); }";
    assert_says(&script(twice), "Too many operations");
    assert_says(&statements(&format!("let x = 1; {}", "x = 1; ".repeat(4_000))), "Too many operations");
    for growth in ["x = [x];", "x = [x, x];", "x = #{ a: x };", "x = [#{ a: x }];", "x = #{ a: x, b: x };"] {
        assert_says(&statements(&format!("let x = []; {}", growth.repeat(1_500))), "too large");
    }
    let own = format!("fn f(x) {{ {} x }}\nfn check(request) {{ f([1]); }}", "x[0] = x; ".repeat(400));
    assert_says(&script(&own), "too large");
    assert_says(&statements(&format!("let x = [{}];", "1, ".repeat(300))), "exceeds the maximum limit");
    assert_says(&statements(&format!("let x = \"{}\";", "a".repeat(20_000))), "Length of string");
    let speaks = "fn f(n) { pass(\"a\", n); if n > 0 { f(n - 1); f(n - 1); } }\nfn check(request) { f(8) }";
    assert_says(&script(speaks), "the rule says more than a rule may");
}

#[test]
fn nothing_nests_without_end() {
    for (open, inner, close) in
        [("(", "1", ")"), ("[", "", "]"), ("!", "1", ""), ("f(", "1", ")"), ("#{a:", "1", "}")]
    {
        let code = format!("let x = {}{inner}{};", open.repeat(5_000), close.repeat(5_000));
        assert_says(&statements(&code), "Expression exceeds maximum complexity");
    }
    for (first, rest) in [("request", ".a"), ("1", "+1"), ("true", "&&true"), ("1", " in []"), ("1", "==1")] {
        let code = format!("let x = {first}{};", rest.repeat(5_000));
        assert_says(&statements(&code), "Expression exceeds maximum complexity");
    }
    assert_says(&statements(&format!("{}{}", "{".repeat(5_000), "}".repeat(5_000))), "maximum complexity");
    let ladder = " else if request.is_listed {}".repeat(1_000);
    assert_says(&statements(&format!("if true {{}}{ladder}")), "Expression exceeds maximum complexity");
    assert_says(&statements(&" ".repeat(40_000)), "scope.posts.rhai: the file is longer than 32768 bytes");
}

#[test]
fn numbers_and_dates_out_of_range_are_errors() {
    let values = "today.plus_days(9223372036854775807)~today.plus_days(-1)~today.plus_months(4294967295)\
                  ~calendar.limit(today, 4294967295)~calendar.limit(today, -1)~9223372036854775807 + LEAD_DAYS";
    for value in values.split('~') {
        let found = script(&format!("fn check(calendar, today) {{ pass(\"a\", {value}) }}"));
        assert_says(&found, "scope.posts.rhai:8:");
    }
}

#[test]
fn mistakes_are_found_with_their_place() {
    for (code, fault) in [
        ("if request.is_lsited {}", "8:32: Unknown property 'is_lsited'"),
        ("if requst.is_listed {}", "8:24: Undefined variable: requst"),
        ("let x = 1；", "8:30: Unexpected '；'; the mark `；` is full-width: write it in half width (半角)"),
        ("let x = “a”;", "8:29: Unexpected '“'; the mark `“` is full-width"),
        ("let x = 1;\0", "8:31: the character U+0000 cannot be seen"),
        ("let x = \"\u{202e}\";", "8:30: the character U+202E cannot be seen"),
        ("request.term = \"x\";", "8:29: No writable property 'term'"),
        ("return pass(\"a\", request);", ": `pass` is given something that is no value"),
        ("return finding(\"scope.posts\", #{ a: request });", ": the fact `a` is no value"),
        ("return finding(\"scope.other\", #{});", ": the reason `scope.other` is not declared"),
    ] {
        assert_says(&statements(code), &format!("scope.posts.rhai:{fault}").replace("rhai::", "rhai:"));
    }
    assert_says(&script("fn check（request) { }"), "function check; the mark `（`");
    assert_says(&script("fn check(request) { }"), "it says neither `finding` nor `pass`");
    assert_says(&script("fn chek(request) { }"), "a rule has one function `check(…)`");
    assert_says(&script("fn check() { }\nfn check(item) { }"), "a rule has one function `check(…)`");
    assert_says(&script("fn check(money) { }"), "not `money`");
    assert_says(&script("fn pass(a, b) { }\nfn check(request) { }"), "`pass` is a function of the host");
    assert_says(&script("const LEAD_DAYS = 1;\nfn check(request) { }"), "`LEAD_DAYS` stands outside");
}

#[test]
fn heads_are_read_strictly() {
    assert_eq!(head("//! id", "\u{feff}//! id"), "");
    assert_says(&head("refer | 试", "prohibit | 试"), "7:1: `prohibit` is above the rule's ceiling");
    assert_says(&head("ceiling: refer", "ceiling: severe"), "scope.posts.rhai:5:1: `severe` is none of");
    assert_says(&head("id: scope.posts", "id: scope.other"), "the id must be the file's name");
    assert_says(&head("//! citation: 试\n", ""), "the head lacks `citation`");
    assert_says(&head("//! citation: 试", "//! title: 试 | Try"), "3:1: `title` is given twice");
    assert_says(&head("试 | Try\n//! c", "试\n//! c"), "2:1: `Chinese | English` is expected");
    assert_says(&head("2020-03-01 ..", "2020-03-01 .. 2020-02-01"), "scope.posts.rhai:4:1: ");
    assert_says(&head("refer | 试 | Try", "refer | | Try"), "7:1: none of the four parts may be blank");
    let reason = "//!   scope.posts | refer | 试 | Try\n";
    assert_says(&head(reason, &reason.repeat(2)), "8:1: the reason `scope.posts` is given twice");
    assert_says(&head(reason, ""), "the head declares no reason");
}

#[test]
fn a_set_names_all_its_faults_at_once() {
    let mut files = with(FILE, "fn check(request) { 1； }");
    files.insert("scope.extra.rhai".into(), HEAD.into());
    files.remove("data.held.rhai");
    files.insert("catalogue.csv".into(), "code\n".into());
    let found = faults(files).join("\n");
    assert_says(&found, "scope.posts.rhai:1:1: the head lacks `id`");
    assert_says(&found, "scope.posts.rhai:1:22: Unexpected '；'");
    assert_says(&found, "scope.extra.rhai: the rule is not listed");
    assert_says(&found, "data.held.rhai: the file is missing");
    assert_says(&found, "catalogue.csv:1:1: ");
    let parameters = default_files().remove("parameters.toml").expect("the file is built in");
    let twice = parameters.replace("\"statute.expired\",", "\"statute.expired\", \"statute.expired\",");
    assert_says(&faults(with("parameters.toml", &twice)).join("\n"), "`statute.expired` is listed twice");
    let unknown = parameters.replace("leave = ", "leaf = ");
    assert_says(&faults(with("parameters.toml", &unknown)).join("\n"), "parameters.toml:");
    assert_says(&faults(with(SAMPLE_FILE, "{}")).join("\n"), "cases/base.json: ");
    assert_says(&faults(Files::new()).join("\n"), "parameters.toml: the file is missing");
}

#[test]
fn a_rule_that_breaks_later_refers_the_request() {
    for code in ["request.lsited", "check(request)", "if request.term == 5 {}", "1", "finding(\"a\", #{})"] {
        let code = format!("if request.is_emergency {{ {code}; return; }}");
        let text = format!("{HEAD}fn check(request) {{ {code} pass(\"a\", 1) }}");
        let judgement = emergency(&RuleSet::load(with(FILE, &text)).expect("the sample is no emergency"));
        let broken = judgement.assessment.findings.iter().find(|finding| finding.rule == "scope.posts");
        assert_eq!(broken.expect("the rule is named").code, "rule.failed");
        let trace =
            judgement.trace.iter().find(|line| line.rule == "scope.posts").expect("every rule is traced");
        assert_eq!((judgement.assessment.outcome, trace.result), (Outcome::Refer, TraceResult::Failed));
    }
}

/// The sample as an emergency, judged on a server's stack.
fn emergency(set: &RuleSet) -> Judgement {
    let mut facts: Value = serde_json::from_str(&set.files()[SAMPLE_FILE]).expect("the sample is JSON");
    facts["request"]["term"] = "emergency".into();
    facts["request"]["ends_on"] = "2026-05-31".into();
    let calendar = Arc::new(Calendar::new("none", []));
    let judge = || set.assess_document(&facts, &calendar).expect("the facts are well formed");
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, judge);
        thread.expect("a thread can be started").join().expect("judging never panics")
    })
}
