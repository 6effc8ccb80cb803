//! One rule: its head and its compiled script, and one run of it over a case.

use std::sync::Arc;

use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Scope};
use serde_json::{Map, Value};
use workflow::assessment::{Finding, Severity, TraceLine, TraceResult};
use workflow::language::Bilingual;

use crate::error::LoadFault;
use crate::head::{self, Head};
use crate::host::{ARGUMENTS, Case, Raised, SinkHandle, Spoken, to_json};

/// A rule that has been read, checked and compiled.
pub(crate) struct Rule {
    pub(crate) head: Head,
    ast: AST,
    /// What `check` takes, in its order.
    arguments: Vec<usize>,
}

/// The code of the finding that stands for a rule that failed.
pub(crate) const FAILED: &str = "rule.failed";

/// What a rule made of a case.
pub(crate) struct Verdict {
    pub(crate) findings: Vec<Finding>,
    pub(crate) trace: TraceLine,
}

impl Rule {
    /// Compiles one file with the constants of the set.
    pub(crate) fn compile(engine: &Engine, constants: &Scope<'_>, file: &str, text: &str) -> Result<Rule, Vec<LoadFault>> {
        let head = head::read(file, text)?;
        let ast = engine.compile_with_scope(constants, text).map_err(|error| {
            let position = error.position();
            vec![LoadFault {
                file: file.to_owned(),
                line: position.line().unwrap_or(0),
                column: position.position().unwrap_or(0),
                message: plain(&error.err_type().to_string(), text),
            }]
        })?;
        let arguments = arguments(&ast).map_err(|message| vec![LoadFault::new(file, 1, message)])?;
        Ok(Rule { head, ast, arguments })
    }

    /// Runs the rule. It never fails: a script that breaks, overruns or says nothing refers the request to a person.
    pub(crate) fn judge(&self, engine: &Engine, case: &Arc<Case>) -> Verdict {
        if !self.head.in_force.covers(case.facts.today) {
            return self.verdict(Vec::new(), TraceResult::NotInForce, None);
        }
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for (name, value) in self.arguments.iter().filter_map(|index| ARGUMENTS.get(*index)) {
            match value(case) {
                Some(value) => arguments.push(value),
                None => return self.verdict(Vec::new(), TraceResult::Passed, Some(pair(name, Value::Null))),
            }
        }
        match self.run(engine, arguments).and_then(|spoken| self.read(spoken)) {
            Ok(verdict) => verdict,
            Err(reason) => self.failed(&reason),
        }
    }

    fn run(&self, engine: &Engine, arguments: Vec<Dynamic>) -> Result<Vec<Spoken>, String> {
        let sink = SinkHandle::default();
        let options = CallFnOptions::new().eval_ast(false).with_tag(Dynamic::from(sink.clone()));
        let mut scope = Scope::new();
        engine
            .call_fn_with_options::<Dynamic>(options, &mut scope, &self.ast, "check", arguments)
            .map_err(|error: Box<EvalAltResult>| error.to_string())?;
        Ok(sink.take().spoken)
    }

    /// Checks what was said against the head.
    fn read(&self, spoken: Vec<Spoken>) -> Result<Verdict, String> {
        let mut findings = Vec::new();
        let mut passed = None;
        for one in spoken {
            match one {
                Spoken::Finding(raised) => findings.push(self.finding(&raised)?),
                Spoken::Pass(name, value) => {
                    let value = to_json(&value).ok_or("`pass` is given something that is no value")?;
                    passed = Some(pair(&name, value));
                }
            }
        }
        match (findings.is_empty(), passed) {
            (true, None) => Err("it says neither `finding` nor `pass`".to_owned()),
            (true, passed) => Ok(self.verdict(Vec::new(), TraceResult::Passed, passed)),
            (false, _) => Ok(self.verdict(findings, TraceResult::Fired, None)),
        }
    }

    fn finding(&self, raised: &Raised) -> Result<Finding, String> {
        let reason = self.head.reasons.get(raised.code.as_str());
        let reason = reason.ok_or_else(|| format!("the reason `{}` is not declared", raised.code))?;
        let facts = object(&raised.facts)?;
        let wording = object(&raised.wording)?;
        let values: Vec<(&str, String)> =
            facts.iter().chain(&wording).map(|(name, value)| (name.as_str(), spoken_as(value))).collect();
        Ok(Finding {
            rule: self.head.id.clone(),
            severity: reason.severity,
            code: raised.code.to_string(),
            message: reason.message.fill(&values),
            citation: self.head.citation.clone(),
            facts,
        })
    }

    fn failed(&self, reason: &str) -> Verdict {
        let message = Bilingual {
            zh: format!("规则 {} 未能执行（{reason}），提交会审", self.head.id),
            en: format!("Rule {} could not be carried out ({reason}): a person decides", self.head.id),
        };
        let finding = Finding {
            rule: self.head.id.clone(),
            severity: Severity::Refer,
            code: FAILED.to_owned(),
            message,
            citation: self.head.citation.clone(),
            facts: Map::new(),
        };
        self.verdict(vec![finding], TraceResult::Failed, Some(Value::from(reason)))
    }

    fn verdict(&self, findings: Vec<Finding>, result: TraceResult, decided_by: Option<Value>) -> Verdict {
        Verdict { findings, trace: TraceLine { rule: self.head.id.clone(), result, decided_by } }
    }
}

/// Which arguments `check` takes.
fn arguments(ast: &AST) -> Result<Vec<usize>, String> {
    let check = ast.iter_functions().find(|function| function.name == "check");
    let check = check.ok_or("the rule has no `fn check(…)`")?;
    let known = || ARGUMENTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let place = |wanted: &&str| {
        let place = ARGUMENTS.iter().position(|(name, _)| name == wanted);
        place.ok_or_else(|| format!("`check` can take {}; not `{wanted}`", known()))
    };
    check.params.iter().map(|wanted| place(wanted)).collect()
}

fn object(map: &rhai::Map) -> Result<Map<String, Value>, String> {
    let mut object = Map::new();
    for (name, value) in map {
        let json = to_json(value).ok_or_else(|| format!("the fact `{name}` is no value"))?;
        object.insert(name.to_string(), json);
    }
    Ok(object)
}

fn pair(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

/// A fact inside a sentence.
fn spoken_as(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().any(Value::is_array) => {
            list.iter().map(spoken_as).collect::<Vec<_>>().join("；")
        }
        Value::Array(list) => list.iter().map(spoken_as).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}

/// The compiler's message, with a sentence for the trap of full-width punctuation.
fn plain(message: &str, script: &str) -> String {
    let full_width = ['；', '“', '”', '（', '）', '，', '：', '！', '｛', '｝'];
    let outside_comments = script.lines().filter_map(|line| line.split("//").next());
    let found = outside_comments.flat_map(str::chars).find(|c| full_width.contains(c));
    match found {
        Some(mark) if message.contains(mark) => {
            format!("{message}; the mark `{mark}` is full-width: write it in half width (半角)")
        }
        _ => message.to_owned(),
    }
}
