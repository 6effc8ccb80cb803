//! One rule: its head and its compiled script, and one run of it over a case.

use std::fmt;
use std::sync::Arc;

use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Position, Scope};
use serde_json::{Map, Value};
use workflow::assessment::{Finding, Severity, TraceLine, TraceResult};
use workflow::language::{Bilingual, Language, fill};

use crate::dictionary::Dictionary;
use crate::error::LoadFault;
use crate::head::{self, Head};
use crate::host::{self, ARGUMENTS, Case, Raised, SinkHandle, Spoken, to_json};
use crate::source;

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

/// Why a rule broke, and where if that is known.
#[derive(Debug)]
struct Broken {
    place: Position,
    message: String,
}

impl Rule {
    /// Compiles one file with the constants of the set.
    pub(crate) fn compile(
        engine: &Engine,
        constants: &Scope<'_>,
        file: &str,
        text: &str,
    ) -> Result<Rule, Vec<LoadFault>> {
        let text = source::without_mark(text);
        let mut faults = source::check(file, text);
        if !faults.is_empty() {
            return Err(faults);
        }
        let head = head::read(file, text).map_err(|found| faults.extend(found)).ok();
        let script = script(engine, constants, file, text).map_err(|found| faults.extend(found)).ok();
        match (head, script) {
            (Some(head), Some((ast, arguments))) => Ok(Rule { head, ast, arguments }),
            _ => Err(faults),
        }
    }

    /// Runs the rule. It never fails: a script that breaks, overruns or says nothing refers the request to a person.
    pub(crate) fn judge(&self, engine: &Engine, dictionary: &Dictionary, case: &Arc<Case>) -> Verdict {
        self.attempt(engine, dictionary, case).unwrap_or_else(|broken| self.failed(&broken))
    }

    /// What breaks when the rule is run over this case.
    pub(crate) fn fault(
        &self,
        engine: &Engine,
        dictionary: &Dictionary,
        case: &Arc<Case>,
    ) -> Option<LoadFault> {
        let Broken { place, message } = self.attempt(engine, dictionary, case).err()?;
        let file = format!("{}.rhai", self.head.id);
        Some(LoadFault::at(&file, place.line().unwrap_or(0), place.position().unwrap_or(0), message))
    }

    fn attempt(&self, engine: &Engine, dictionary: &Dictionary, case: &Arc<Case>) -> Result<Verdict, Broken> {
        if !self.head.in_force.covers(case.facts.today) {
            return Ok(self.verdict(Vec::new(), TraceResult::NotInForce, None));
        }
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for (name, value) in self.arguments.iter().filter_map(|index| ARGUMENTS.get(*index)) {
            let Some(value) = value(case) else {
                let missing = Some(pair(name, Value::Null));
                return Ok(self.verdict(Vec::new(), TraceResult::NotAsked, missing));
            };
            arguments.push(value);
        }
        let spoken = self.run(engine, arguments)?;
        self.read(spoken, dictionary).map_err(|message| Broken { place: Position::NONE, message })
    }

    fn run(&self, engine: &Engine, arguments: Vec<Dynamic>) -> Result<Vec<Spoken>, Broken> {
        let sink = SinkHandle::default();
        let options = CallFnOptions::new().eval_ast(false).with_tag(Dynamic::from(sink.clone()));
        let mut scope = Scope::new();
        let result: Result<Dynamic, _> =
            engine.call_fn_with_options(options, &mut scope, &self.ast, "check", arguments);
        match result {
            Ok(_) => Ok(sink.take().spoken),
            Err(error) => Err(Broken::of(error.unwrap_inner())),
        }
    }

    /// Checks what was said against the head.
    fn read(&self, spoken: Vec<Spoken>, dictionary: &Dictionary) -> Result<Verdict, String> {
        let mut findings = Vec::new();
        let mut passed = None;
        for one in spoken {
            match one {
                Spoken::Finding(raised) => findings.push(self.finding(raised, dictionary)?),
                Spoken::Pass(name, value) => {
                    let value = to_json(value).ok_or("`pass` is given something that is no value")?;
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

    fn finding(&self, raised: Raised, dictionary: &Dictionary) -> Result<Finding, String> {
        let Raised { code, facts, wording } = raised;
        let reason = self.head.reasons.get(code.as_str());
        let reason = reason.ok_or_else(|| format!("the reason `{code}` is not declared"))?;
        let facts = object(facts)?;
        let wording = object(wording)?;
        let in_words = |language: Language| {
            let spoken = facts.iter().chain(&wording);
            let spoken = spoken.map(|(name, value)| (name.as_str(), dictionary.spoken(value, language)));
            fill(reason.message.get(language), &spoken.collect::<Vec<_>>())
        };
        let message = Bilingual { zh: in_words(Language::Chinese), en: in_words(Language::English) };
        Ok(Finding {
            rule: self.head.id.clone(),
            severity: reason.severity,
            code: code.into(),
            message,
            citation: self.head.citation.clone(),
            facts,
        })
    }

    fn failed(&self, broken: &Broken) -> Verdict {
        let Head { id, title, .. } = &self.head;
        let message = Bilingual {
            zh: format!("规则“{}”（{id}）未能执行（{broken}），提交会审", title.zh),
            en: format!("Rule {id}, {}, could not be carried out ({broken}): a person decides", title.en),
        };
        let finding = Finding {
            rule: self.head.id.clone(),
            severity: Severity::Refer,
            code: FAILED.to_owned(),
            message,
            citation: self.head.citation.clone(),
            facts: Map::new(),
        };
        self.verdict(vec![finding], TraceResult::Failed, Some(Value::from(broken.to_string())))
    }

    fn verdict(&self, findings: Vec<Finding>, result: TraceResult, decided_by: Option<Value>) -> Verdict {
        Verdict { findings, trace: TraceLine { rule: self.head.id.clone(), result, decided_by } }
    }
}

impl Broken {
    fn of(error: &EvalAltResult) -> Broken {
        let place = error.position();
        let message = match error {
            EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
            other => without_place(&other.to_string(), place),
        };
        Broken { place, message }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place.line(), self.place.position()) {
            (Some(line), Some(column)) => write!(f, "{line}:{column}: {}", self.message),
            _ => f.write_str(&self.message),
        }
    }
}

/// An error's text without the place that rhai appends, since a fault carries its own.
fn without_place(text: &str, place: Position) -> String {
    let appended = format!(" ({place})");
    text.strip_suffix(appended.as_str()).unwrap_or(text).to_owned()
}

/// The compiled script and what its `check` takes.
fn script(
    engine: &Engine,
    constants: &Scope<'_>,
    file: &str,
    text: &str,
) -> Result<(AST, Vec<usize>), Vec<LoadFault>> {
    let ast = engine.compile_with_scope(constants, text).map_err(|error| {
        let place = error.position();
        let (line, column) = (place.line().unwrap_or(0), place.position().unwrap_or(0));
        let message = source::explained(error.err_type().to_string(), text, line);
        vec![LoadFault::at(file, line, column, message)]
    })?;
    let mut faults = Vec::new();
    for (name, _, _) in ast.iter_literal_variables(true, true) {
        faults.push(LoadFault::new(
            file,
            0,
            format!("`{name}` stands outside a function; constants are parameters"),
        ));
    }
    let taken = host::names(engine);
    for function in ast.iter_functions().filter(|function| taken.contains(function.name)) {
        faults.push(LoadFault::new(file, 0, format!("`{}` is a function of the host", function.name)));
    }
    let arguments = arguments(&ast).map_err(|message| faults.push(LoadFault::new(file, 0, message)));
    arguments.ok().filter(|_| faults.is_empty()).map(|arguments| (ast, arguments)).ok_or(faults)
}

/// Which arguments `check` takes.
fn arguments(ast: &AST) -> Result<Vec<usize>, String> {
    let mut checks = ast.iter_functions().filter(|function| function.name == "check");
    let (Some(check), None) = (checks.next(), checks.next()) else {
        return Err("a rule has one function `check(…)`".to_owned());
    };
    let known = || ARGUMENTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let place = |wanted: &&str| {
        let place = ARGUMENTS.iter().position(|(name, _)| name == wanted);
        place.ok_or_else(|| format!("`check` can take {}; not `{wanted}`", known()))
    };
    check.params.iter().map(place).collect()
}

fn object(map: rhai::Map) -> Result<Map<String, Value>, String> {
    let mut object = Map::new();
    for (name, value) in map {
        let name = String::from(name);
        let json = to_json(value).ok_or_else(|| format!("the fact `{name}` is no value"))?;
        object.insert(name, json);
    }
    Ok(object)
}

fn pair(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
