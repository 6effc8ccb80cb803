//! The summary as people read it: one small table for each question, in Chinese or English.

use std::collections::BTreeMap;
use std::fmt::Display;

use store::LetterState;
use workflow::assessment::Outcome;
use workflow::assignment::{AssignmentStageKind, RefusalReason};
use workflow::card::{CardStageKind, Colour};
use workflow::catalogue::{Class, Function};
use workflow::complaint::ComplaintStageKind;
use workflow::hours::{Centihours, Pool};
use workflow::inspection::PlanStageKind;
use workflow::language::Language;
use workflow::lateness::Cause;
use workflow::ledger::{AccountKind, Purpose};
use workflow::rating::RatingKind;
use workflow::stage::StageKind;

use crate::demo::year::dates::{first, last};
use crate::demo::year::summary::{REFUSED, Summary, VISITS};
use crate::print;
use crate::settings::Common;

/// Milliseconds in a tenth of a second.
const TENTH: u64 = 100;

impl Summary {
    pub(crate) fn readable(&self, common: &Common) -> String {
        let mut parts = vec![self.heading(common)];
        let language = common.language();
        let named = |title: (&str, &str), counts: &BTreeMap<String, usize>, name: Name| {
            table(common, title, rows(counts, |word| name(word, language)))
        };
        parts.push(named(("申请（按阶段）", "requests by stage"), &self.stages, stage));
        parts.push(named(("申请（按评估结论）", "requests by outcome"), &self.outcomes, outcome));
        parts.push(named(("申请（按类别）", "requests by class"), &self.classes, class));
        parts.push(named(("派单", "assignments"), &self.assignments, assignment));
        parts.push(named(("拒绝理由", "refusals by reason"), &self.refusals, refusal));
        parts.push(self.money_table(common));
        parts.push(table(
            common,
            ("资金变动", "money moved"),
            rows(&self.moved, |word| purpose(word, language)),
        ));
        parts.push(self.hours_table(common));
        parts.push(named(("违规摊派举报", "complaints"), &self.complaints, complaint));
        parts.push(self.cards_table(common));
        parts.push(named(("红黄牌（按阶段）", "cards by stage"), &self.contests, contest));
        parts.push(named(("统一检查考核", "unified inspection"), &self.inspection, inspection));
        parts.push(named(("评议", "ratings"), &self.ratings, rating));
        parts.push(table(common, ("信件", "letters"), rows(&self.letters, |word| letter(word, language))));
        parts.push(self.ending(common));
        parts.join("\n")
    }

    fn heading(&self, common: &Common) -> String {
        let title = common.say("一年小结", "The year");
        let said = common.say("件申请", "requests");
        format!("━━ {title} ━━ {} – {} · {} {said}", first(), last(), self.requests)
    }

    fn money_table(&self, common: &Common) -> String {
        let heading = [
            common.say("资金来源", "source"),
            common.say("下达", "appropriated"),
            common.say("上年结转", "carried in"),
            common.say("到位", "committed"),
            common.say("专户", "escrow"),
            common.say("已付", "paid"),
            common.say("退回", "refunded"),
            common.say("奖励", "rewarded"),
            common.say("结转", "carried over"),
            common.say("收回", "lapsed"),
            common.say("余额", "free"),
        ];
        let rows = self.money.iter().map(|(key, line)| {
            let (kind, year) = key.split_once(':').unwrap_or((key, ""));
            let kind = AccountKind::from_word(kind).map_or(kind, |kind| kind.name(common.language()));
            let sums = [
                line.appropriated,
                line.carried_in,
                line.committed,
                line.escrow,
                line.paid,
                line.returned,
                line.rewarded,
                line.carried_out,
                line.lapsed,
                line.free,
            ];
            let sums = sums.iter().map(|sum| sum.for_people());
            std::iter::once(format!("{kind} {year}")).chain(sums).collect()
        });
        let right: Vec<usize> = (1..heading.len()).collect();
        format!("\n{}", print::table(&heading, &right, rows.collect()))
    }

    fn cards_table(&self, common: &Common) -> String {
        let language = common.language();
        let row = |(key, count): (&String, &usize)| {
            let (colour, cause) = key.split_once(':').unwrap_or((key, ""));
            let colour = Colour::from_word(colour).map_or(colour, |colour| colour.name(language));
            let cause = Cause::from_word(cause).map_or(cause, |cause| cause.name(language));
            vec![format!("{colour} · {cause}"), count.to_string()]
        };
        table(common, ("红黄牌（按责任）", "cards by cause"), self.cards.iter().map(row).collect())
    }

    fn hours_table(&self, common: &Common) -> String {
        let language = common.language();
        let pools = Pool::ALL.iter().map(|pool| pool.name(language));
        let heading: Vec<&str> = [common.say("职能", "function"), common.say("工时", "hours")]
            .into_iter()
            .chain(pools)
            .chain([common.say("超额安排", "forced")])
            .collect();
        let rows = self.hours.iter().map(|(key, own)| {
            let function = key.parse().ok().and_then(Function::of_number);
            let name = function
                .map_or(common.say("七项职能以外", "outside"), |function| function.name(language));
            let pools = Pool::ALL.iter().map(|pool| own.pools.get(pool.word()).copied().unwrap_or_default());
            let all = std::iter::once(own.booked).chain(pools).chain([own.forced]);
            std::iter::once(name.to_owned()).chain(all.map(spoken)).collect()
        });
        format!("\n{}", print::table(&heading, &[1, 2, 3, 4], rows.collect()))
    }

    fn ending(&self, common: &Common) -> String {
        let days = &self.days_to_decide;
        let (median, longest) = (days.median, days.longest);
        let decided = match common.language() {
            Language::Chinese => {
                format!("办结 {} 件，从受理到决定中位数 {median} 个工作日，最长 {longest} 个", days.decided)
            }
            Language::English => {
                let count = days.decided;
                format!("{count} decided, in {median} working days by the median, {longest} at the longest")
            }
        };
        let Some(doctor) = &self.doctor else { return decided };
        let sound = match doctor.breaches.as_slice() {
            [] => common.say("各项不变量成立", "every invariant holds").to_owned(),
            breaches => format!("{breaches:#?}"),
        };
        let (events, postings) = (doctor.events, doctor.postings);
        let counted = match common.language() {
            Language::Chinese => format!("{events} 条事件，{postings} 笔分录"),
            Language::English => format!("{events} events, {postings} postings"),
        };
        let tenths = self.elapsed_ms / TENTH;
        let (seconds, tenth) = (tenths / 10, tenths % 10);
        format!("\n{decided}\n{sound} · {counted} · {seconds}.{tenth} s")
    }
}

type Name = fn(&str, Language) -> Option<&'static str>;

fn stage(word: &str, language: Language) -> Option<&'static str> {
    StageKind::from_word(word).map(|word| word.name(language))
}

fn outcome(word: &str, language: Language) -> Option<&'static str> {
    Outcome::from_word(word).map(|word| word.name(language))
}

fn class(word: &str, language: Language) -> Option<&'static str> {
    let unlisted = match language {
        Language::Chinese => "目录外",
        Language::English => "unlisted",
    };
    Class::from_word(word).map(|word| word.name(language)).or(Some(unlisted))
}

fn assignment(word: &str, language: Language) -> Option<&'static str> {
    AssignmentStageKind::from_word(word).map(|word| word.name(language))
}

fn refusal(word: &str, language: Language) -> Option<&'static str> {
    RefusalReason::from_word(word).map(|word| word.name(language))
}

fn purpose(word: &str, language: Language) -> Option<&'static str> {
    Purpose::from_word(word).map(|word| word.name(language))
}

fn complaint(word: &str, language: Language) -> Option<&'static str> {
    ComplaintStageKind::from_word(word).map(|word| word.name(language))
}

fn contest(word: &str, language: Language) -> Option<&'static str> {
    CardStageKind::from_word(word).map(|word| word.name(language))
}

fn inspection(word: &str, language: Language) -> Option<&'static str> {
    match (word, language) {
        (VISITS, Language::Chinese) => Some("检查社区次数"),
        (VISITS, Language::English) => Some("communities visited, one date each"),
        (REFUSED, Language::Chinese) => Some("不予列入的检查"),
        (REFUSED, Language::English) => Some("inspections refused"),
        _ => PlanStageKind::from_word(word).map(|word| word.name(language)),
    }
}

fn rating(word: &str, language: Language) -> Option<&'static str> {
    RatingKind::from_word(word).map(|word| word.name(language))
}

fn letter(word: &str, language: Language) -> Option<&'static str> {
    LetterState::from_word(word).map(|word| word.name(language))
}

fn rows<T: Display>(
    counts: &BTreeMap<String, T>,
    name: impl Fn(&str) -> Option<&'static str>,
) -> Vec<Vec<String>> {
    let row = |(word, count): (&String, &T)| vec![name(word).unwrap_or(word).to_owned(), count.to_string()];
    counts.iter().map(row).collect()
}

fn table(common: &Common, (zh, en): (&str, &str), rows: Vec<Vec<String>>) -> String {
    format!("\n{}", print::table(&[common.say(zh, en), ""], &[1], rows))
}

/// Hours with two places.
fn spoken(hours: Centihours) -> String {
    hours.to_string()
}
