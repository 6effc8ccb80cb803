//! How long one assessment takes: zhunru's rule set, the same policy in plain Rust, and the scope, burden and funds rules
//! in zhunru and in zen-engine. Rounds are interleaved, so that a slow moment hits all alike; medians are printed.

mod facts;
mod plain;
mod zen;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use rules::{RuleSet, default_calendar_csv, default_files, read_calendar};
use serde_json::Value;
use workflow::assessment::Assessment;
use workflow::calendar::Calendar;
use workflow::catalogue::Item;
use workflow::facts::{Facts, read};
use workflow::price::Price;
use workflow::quota;

/// Rounds, and runs in each: few enough that the inputs stay in the processor's cache.
const ROUNDS: usize = 501;
const RUNS: usize = 10;

struct Bench {
    set: RuleSet,
    subset: RuleSet,
    decision: zen_engine::Decision,
    calendar: Arc<Calendar>,
}

fn main() {
    let calendar = read_calendar("cn-2007-2026", &default_calendar_csv()).expect("the calendar reads");
    let subset = RuleSet::load(subset()).expect("the subset loads");
    let bench =
        Bench { set: RuleSet::built_in(), subset, decision: zen::decision(), calendar: Arc::new(calendar) };
    for document in [1, 10, 100].map(facts::document).iter().chain(&facts::variants()) {
        bench.compare(document);
    }
    println!("median of {ROUNDS} rounds, microseconds for one assessment");
    println!("             all 24 rules                          11 rules");
    println!(
        "communities  native   plain  zhunru  ÷plain      zhunru    zen  ÷zhunru  traced  ÷zhunru  +native  ÷zhunru"
    );
    for communities in [1, 10, 100] {
        bench.print(communities);
    }
}

/// The default files with the scope, burden and funds rules alone.
fn subset() -> rules::Files {
    let mut files = default_files();
    let kept = |id: &str| ["scope.", "burden.", "funds."].iter().any(|family| id.starts_with(family));
    files.retain(|file, _| !file.ends_with(".rhai") || kept(file));
    let parameters = files.get_mut("parameters.toml").expect("the parameters are built in");
    let (before, rest) = parameters.split_once("rules = [").expect("the rules are listed");
    let (list, after) = rest.split_once(']').expect("the list ends");
    let ids: Vec<&str> = list.split(',').map(str::trim).filter(|id| kept(id.trim_matches('"'))).collect();
    *parameters = format!("{before}rules = [{}]{after}", ids.join(", "));
    files
}

impl Bench {
    fn ours(&self, facts: Facts) -> Assessment {
        self.set.assess(facts, &self.calendar).expect("the item is listed").assessment
    }

    fn plain(&self, facts: Facts) -> Assessment {
        plain::assess(facts, &self.calendar, &self.set)
    }

    fn ours_of_subset(&self, facts: Facts) -> Assessment {
        self.subset.assess(facts, &self.calendar).expect("the item is listed").assessment
    }

    fn item(&self, facts: &Facts) -> Option<&Item> {
        facts.request.item.as_ref().and_then(|code| self.set.catalogue().get(code))
    }

    /// What every way needs: the price and the quota.
    fn native(&self, facts: &Facts) -> (Price, Vec<quota::QuotaRow>) {
        let parameters = self.set.parameters();
        let price = Price::of(facts, self.item(facts), &parameters.price);
        (price, quota::rows(facts, &self.calendar, &parameters.quota))
    }

    fn context(&self, document: &Value, facts: &Facts) -> zen_engine::Variable {
        let class = self.item(facts).map(|item| item.class.word());
        zen::context(document, class, &self.native(facts).0)
    }

    /// All ways must say the same before any is timed.
    fn compare(&self, document: &Value) {
        let facts = read(document).expect("the facts are well formed");
        let ours = self.ours(facts.clone());
        assert_eq!(ours, self.plain(facts.clone()));
        let ours = self.ours_of_subset(facts.clone());
        let codes: Vec<&str> = ours.findings.iter().map(|finding| finding.code.as_str()).collect();
        let zen = zen::evaluate(&self.decision, self.context(document, &facts)).to_value();
        let found = zen.as_array().into_iter().flatten();
        assert_eq!(codes, found.filter_map(|finding| finding["code"].as_str()).collect::<Vec<_>>());
    }

    fn print(&self, communities: usize) {
        let document = facts::document(communities);
        let facts = read(&document).expect("the facts are well formed");
        let context = self.context(&document, &facts);
        let mut medians = [(); 7].map(|()| Vec::new());
        for _ in 0..ROUNDS {
            let copy = || facts.clone();
            let other = || context.deep_clone();
            let both = || (facts.clone(), context.deep_clone());
            let round = [
                time(copy, |facts| self.native(&facts)),
                time(copy, |facts| self.plain(facts)),
                time(copy, |facts| self.ours(facts)),
                time(copy, |facts| self.ours_of_subset(facts)),
                time(other, |context| zen::evaluate(&self.decision, context)),
                time(other, |context| zen::evaluate_with_trace(&self.decision, context)),
                time(both, |(facts, context)| (self.native(&facts), zen::evaluate(&self.decision, context))),
            ];
            medians.iter_mut().zip(round).for_each(|(all, one)| all.push(one));
        }
        let [native, plain, ours, subset, zen, traced, whole] = medians.map(median);
        print!("{communities:11} {native:7.1} {plain:7.1} {ours:7.1} {:7.2} {subset:11.1}", ours / plain);
        for time in [zen, traced, whole] {
            print!(" {time:7.1} {:8.2}", time / subset);
        }
        println!();
    }
}

/// Microseconds of one run; the inputs are made before the clock starts, and dropping what comes out is counted.
fn time<I, O>(prepare: impl Fn() -> I, run: impl Fn(I) -> O) -> f64 {
    let inputs: Vec<I> = (0..RUNS).map(|_| prepare()).collect();
    let started = Instant::now();
    for input in inputs {
        black_box(run(black_box(input)));
    }
    started.elapsed().as_secs_f64() * 1e6 / RUNS as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
