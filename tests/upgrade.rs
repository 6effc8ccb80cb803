//! What an older program has kept is still read: a decision is recomputed with the rule set that made it.

use rules::{RuleSet, default_calendar_csv, default_files, read_calendar};
use workflow::facts;

/// The numbers of the first release, which knew no consultation, no letters and no cards.
const FIRST: &str = include_str!("upgrade/parameters.toml");

#[test]
fn a_rule_set_of_the_first_release_still_judges() {
    let mut files = default_files();
    let listed: toml::Table = toml::from_str(FIRST).expect("it is TOML");
    let listed = listed["rule_set"]["rules"].as_array().expect("a list").clone();
    files.retain(|name, _| {
        let rule = name.strip_suffix(".rhai");
        rule.is_none_or(|rule| listed.iter().any(|known| known.as_str() == Some(rule)))
    });
    files.insert("parameters.toml".to_owned(), FIRST.to_owned());
    assert!(RuleSet::load(files.clone()).is_err(), "for new decisions every number is asked for");
    let set = RuleSet::load_kept(files.clone()).expect("it was kept with decisions");
    let calendar = read_calendar("cn-2007-2026", &default_calendar_csv()).expect("the calendar reads");
    let sample = files.get("cases/base.json").expect("the sample");
    let sample = facts::read(&serde_json::from_str(sample).expect("JSON")).expect("facts");
    let then = set.assess(sample.clone(), &calendar.clone().into()).expect("it judges");
    let now = RuleSet::built_in().assess(sample, &calendar.into()).expect("it judges");
    assert_eq!(then.assessment.outcome, now.assessment.outcome);
    assert_eq!(then.assessment.price, now.assessment.price);
    assert_ne!(then.assessment.rule_set.hash, now.assessment.rule_set.hash);
}
