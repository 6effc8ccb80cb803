//! The summary as people read it: small tables beside each other within 80 columns, then some sentences.

use std::collections::BTreeMap;
use std::fmt::Display;

use workflow::catalogue::Function;
use workflow::hours::{Centihours, Pool};
use workflow::language::Language;
use workflow::ledger::AccountKind;
use workflow::money::Fen;

use crate::demo::year::dates::{YEAR, first, last};
use crate::demo::year::names::{self, Names};
use crate::demo::year::summary::{Hours, Money, Summary};
use crate::print;
use crate::settings::Common;

/// Small tables that stand beside each other.
const ABREAST: usize = 3;

/// What is said of a source's money, in both languages, and which sum it is.
type Figure = (&'static str, &'static str, fn(&Money) -> Fen);

const FIGURES: [Figure; 10] = [
    ("下达", "appropriated", |line| line.appropriated),
    ("上年结转", "carried in", |line| line.carried_in),
    ("到位", "committed", |line| line.committed),
    ("专户余额", "in escrow", |line| line.escrow),
    ("已付社区", "paid", |line| line.paid),
    ("退回", "refunded", |line| line.returned),
    ("以奖代补", "rewarded", |line| line.rewarded),
    ("结转下年", "carried over", |line| line.carried_out),
    ("收回财政", "lapsed", |line| line.lapsed),
    ("余额", "free", |line| line.free),
];

/// A small table: its title, and names with figures.
struct Small {
    title: &'static str,
    rows: Vec<(String, String)>,
}

impl Summary {
    pub(crate) fn readable(&self, common: &Common) -> String {
        let language = common.language();
        let small = |title: (&'static str, &'static str), names: Names, counts: &BTreeMap<String, usize>| {
            Small { title: common.say(title.0, title.1), rows: rows(&names, counts) }
        };
        let parts = [
            self.heading(common),
            abreast(vec![
                small(("办理结果", "ended as"), names::stages(language), &self.endings),
                small(("评估结论", "the rules say"), names::outcomes(language), &self.outcomes),
                small(("类别", "class"), names::classes(language), &self.classes),
            ]),
            spread(&small(("办理中的变化", "turns on the way"), names::turns(language), &self.events), 2),
            self.sources(common),
            spread(
                &Small {
                    title: common.say("资金变动（元）", "money moved (yuan)"),
                    rows: sums(&names::purposes(language), &self.moved),
                },
                2,
            ),
            self.functions(common),
            abreast(vec![
                small(("派单", "assignments"), names::assignments(language), &self.assignments),
                small(("拒绝理由", "refused because"), names::refusals(language), &self.refusals),
                small(("摊派举报", "complaints"), names::complaints(language), &self.complaints),
            ]),
            abreast(vec![
                small(("红黄牌责任", "cards by cause"), names::cards(language), &self.cards),
                small(("红黄牌现状", "cards by stage"), names::contests(language), &self.contests),
                small(("统一检查", "inspection"), names::inspections(language), &self.inspection),
            ]),
            abreast(vec![
                small(("评议", "ratings"), names::ratings(language), &self.ratings),
                Small {
                    title: common.say("信件", "letters"),
                    rows: rows(&names::letters(language), &self.letters),
                },
            ]),
            self.sentences(common).join("\n"),
        ];
        parts.join("\n\n")
    }

    fn heading(&self, common: &Common) -> String {
        let Summary { seed, requests, closed, .. } = self;
        let (first, last) = (first(), last());
        match common.language() {
            Language::Chinese => {
                format!(
                    "━━ 一年小结 ━━ {first} – {last} · 申请 {requests} 件，归档 {closed} 件 · 种子 {seed}"
                )
            }
            Language::English => {
                format!(
                    "━━ The year ━━ {first} – {last} · {requests} requests, {closed} closed · seed {seed}"
                )
            }
        }
    }

    /// What became of the year's money: a source a column. The next year's sources hold only what was carried over.
    fn sources(&self, common: &Common) -> String {
        let of_source = |key: &String| {
            let (kind, year) = key.split_once(':').unwrap_or((key, ""));
            let name = AccountKind::from_word(kind).map_or(kind, |kind| kind.name(common.language()));
            format!("{}\n{year}", name.replace(' ', "\n"))
        };
        let sources: Vec<(&String, &Money)> =
            self.money.iter().filter(|(key, _)| key.ends_with(&format!(":{YEAR}"))).collect();
        let title = common.say("资金状态（元）", "money (yuan)").to_owned();
        let named = sources.iter().map(|(key, _)| of_source(key));
        let heading: Vec<String> = std::iter::once(title).chain(named).collect();
        let row = |(zh, en, figure): &Figure| {
            let sums = sources.iter().map(|(_, line)| yuan(figure(line)));
            std::iter::once(common.say(zh, en).to_owned()).chain(sums).collect()
        };
        let right: Vec<usize> = (1..heading.len()).collect();
        let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
        print::table(&heading, &right, FIGURES.iter().map(row).collect())
    }

    /// Hours by function and pool, with their sum.
    fn functions(&self, common: &Common) -> String {
        let language = common.language();
        let pools = Pool::ALL.iter().map(|pool| pool.name(language).replace(' ', "\n"));
        let heading: Vec<String> = [common.say("职能", "function"), common.say("工时", "hours")]
            .map(str::to_owned)
            .into_iter()
            .chain(pools)
            .chain([common.say("超额安排", "forced").to_owned()])
            .collect();
        let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
        let name = |key: &str| {
            let function = key.parse().ok().and_then(Function::of_number);
            function.map_or(common.say("七项职能以外", "outside the seven"), |function| {
                function.name(language)
            })
        };
        let mut rows: Vec<Vec<String>> = self.hours.iter().map(|(key, own)| hours(name(key), own)).collect();
        let mut all = Hours::default();
        for own in self.hours.values() {
            all.add(own);
        }
        rows.push(hours(common.say("合计", "together"), &all));
        print::table(&heading, &[1, 2, 3, 4], rows)
    }
}

/// A row of hours: all, by pool, forced.
fn hours(name: &str, own: &Hours) -> Vec<String> {
    let pools = Pool::ALL.iter().map(|pool| own.pools.get(pool.word()).copied().unwrap_or_default());
    let all = std::iter::once(own.booked).chain(pools).chain([own.forced]);
    std::iter::once(name.to_owned()).chain(all.map(|hours: Centihours| hours.to_string())).collect()
}

/// A sum without its sign of currency, which stands in the title.
fn yuan(sum: Fen) -> String {
    sum.for_people().replace('￥', "")
}

fn rows<T: Display>(names: &Names, counts: &BTreeMap<String, T>) -> Vec<(String, String)> {
    let row = |(key, name): &(String, String)| Some((name.clone(), counts.get(key)?.to_string()));
    names.iter().filter_map(row).collect()
}

fn sums(names: &Names, moved: &BTreeMap<String, Fen>) -> Vec<(String, String)> {
    let row = |(key, name): &(String, String)| Some((name.clone(), yuan(*moved.get(key)?)));
    names.iter().filter_map(row).collect()
}

/// A long list in columns of equal length.
fn spread(list: &Small, columns: usize) -> String {
    let length = list.rows.len().div_ceil(columns).max(1);
    let parts = list.rows.chunks(length).enumerate();
    let part = |(place, rows): (usize, &[(String, String)])| Small {
        title: if place == 0 { list.title } else { "" },
        rows: rows.to_vec(),
    };
    abreast(parts.map(part).collect())
}

/// Small tables beside each other, as one that is aligned; the empty ones are left out.
fn abreast(tables: Vec<Small>) -> String {
    let tables: Vec<Small> =
        tables.into_iter().filter(|table| !table.rows.is_empty()).take(ABREAST).collect();
    let heading: Vec<&str> = tables.iter().flat_map(|table| [table.title, ""]).collect();
    let right: Vec<usize> = (0..tables.len()).map(|place| place * 2 + 1).collect();
    let length = tables.iter().map(|table| table.rows.len()).max().unwrap_or(0);
    let line = |index: usize| {
        let cell = |table: &Small| {
            let (name, figure) = table.rows.get(index).cloned().unwrap_or_default();
            [name, figure]
        };
        tables.iter().flat_map(cell).collect()
    };
    print::table(&heading, &right, (0..length).map(line).collect())
}
