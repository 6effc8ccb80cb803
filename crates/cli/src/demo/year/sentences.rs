//! What the year's tables do not show: how long things took, late money, mergers, what was carried over, what the engine
//! refused, and whether everything holds.

use workflow::language::Language;
use workflow::ledger::Purpose;
use workflow::money::Fen;

use crate::demo::year::summary::{Days, MergerLine, Summary};
use crate::settings::Common;

/// Milliseconds in a tenth of a second.
const TENTH: u64 = 100;

impl Summary {
    pub(crate) fn sentences(&self, common: &Common) -> Vec<String> {
        let language = common.language();
        let mut said = vec![decided(&self.days_to_decide, language), self.funded(language)];
        said.extend(self.merged(language));
        said.push(self.carried(language));
        said.push(self.refused(language));
        said.push(self.doctors(language));
        said
    }

    fn funded(&self, language: Language) -> String {
        let Days { requests, median, longest } = &self.days_to_fund;
        let (late, lapsed) = (self.late_funds.committed, self.late_funds.lapsed);
        match language {
            Language::Chinese => format!(
                "经费到位 {requests} 件，从准入起中位数 {median} 个工作日，最长 {longest} 个；\n迟到 {late} 件，未到位失效 {lapsed} 件"
            ),
            Language::English => format!(
                "{requests} funded, {median} working days after admission by the median, {longest} at the longest;\n\
                 {late} late, {lapsed} lapsed without funds"
            ),
        }
    }

    fn merged(&self, language: Language) -> Vec<String> {
        let money = self.moved_for(Purpose::Merger);
        let said = |line: &MergerLine| {
            let (from, into, requests) = (&line.from, &line.into, line.requests);
            match language {
                Language::Chinese => {
                    format!(
                        "社区合并：{from} 并入 {into}，转接申请 {requests} 件，资金 {}",
                        money.for_people()
                    )
                }
                Language::English => format!(
                    "merger: {from} went into {into} with {requests} requests and {}",
                    money.for_people()
                ),
            }
        };
        self.mergers.iter().map(said).collect()
    }

    fn carried(&self, language: Language) -> String {
        let carried = self.moved_for(Purpose::CarryOver).for_people();
        let lapsed = self.moved_for(Purpose::Lapse).for_people();
        match language {
            Language::Chinese => format!("年终：结转下年 {carried}，收回财政 {lapsed}"),
            Language::English => {
                format!("year's end: {carried} carried over, {lapsed} went back to the treasury")
            }
        }
    }

    /// What people tried and may not do.
    fn refused(&self, language: Language) -> String {
        let count: usize = self.said_no.values().sum();
        let reasons: Vec<String> =
            self.said_no.iter().map(|(code, times)| format!("{code} {times}")).collect();
        let reasons = reasons.join(", ");
        match language {
            Language::Chinese => format!("系统拒绝的操作 {count} 次：{reasons}"),
            Language::English => format!("{count} wishes refused: {reasons}"),
        }
    }

    fn doctors(&self, language: Language) -> String {
        let Some(doctor) = &self.doctor else { return String::new() };
        let (events, postings) = (doctor.events, doctor.postings);
        let tenths = self.elapsed_ms / TENTH;
        let (seconds, tenth) = (tenths / 10, tenths % 10);
        let sound = match (doctor.breaches.as_slice(), language) {
            ([], Language::Chinese) => "各项不变量成立".to_owned(),
            ([], Language::English) => "every invariant holds".to_owned(),
            (breaches, _) => format!("{breaches:#?}"),
        };
        match language {
            Language::Chinese => {
                format!("{sound} · {events} 条事件，{postings} 笔分录 · {seconds}.{tenth} 秒")
            }
            Language::English => {
                format!("{sound} · {events} events, {postings} postings · {seconds}.{tenth} s")
            }
        }
    }

    fn moved_for(&self, purpose: Purpose) -> Fen {
        self.moved.get(purpose.word()).copied().unwrap_or_default()
    }
}

fn decided(days: &Days, language: Language) -> String {
    let Days { requests, median, longest } = days;
    match language {
        Language::Chinese => {
            format!(
                "办结 {requests} 件，从受理到决定中位数 {median} 个工作日，最长 {longest} 个（含征求意见和报价）"
            )
        }
        Language::English => format!(
            "{requests} decided, {median} working days after the filing by the median, {longest} at the longest\n\
             (with the days on which others were heard or a quote was open)"
        ),
    }
}
