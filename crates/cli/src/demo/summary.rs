//! What the season came to: requests by stage, outcome and class, money, letters, and the doctor's word.

use std::collections::BTreeMap;
use std::path::Path;

use engine::{Checked, Engine};
use serde::Serialize;
use store::{LetterState, Scope};
use workflow::assessment::Outcome;
use workflow::catalogue::Class;
use workflow::ledger::AccountKind;
use workflow::money::Fen;
use workflow::stage::StageKind;

use crate::demo::season::Season;
use crate::print::{self, Failure};
use crate::settings::Common;

/// The season in figures.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    requests: usize,
    days: i64,
    stages: BTreeMap<StageKind, usize>,
    outcomes: BTreeMap<Outcome, usize>,
    classes: BTreeMap<String, usize>,
    money: BTreeMap<AccountKind, Fen>,
    letters_sent: u64,
    letters_waiting: u64,
    data: String,
    doctor: Checked,
}

pub(crate) async fn of(engine: &Engine, season: &Season, folder: &Path) -> Result<Summary, Failure> {
    let reader = engine.reader();
    let lines = reader.request_lines(Scope::Everything, &[], u64::from(u32::MAX)).await?;
    let mut stages = BTreeMap::new();
    let mut outcomes = BTreeMap::new();
    let mut classes = BTreeMap::new();
    for line in &lines {
        *stages.entry(line.stage).or_default() += 1;
        let request = reader.request(line.id, Scope::Everything).await?;
        if let Some(assessed) = request.assessed {
            *outcomes.entry(assessed.outcome).or_default() += 1;
            let class = assessed.class.map_or("unlisted", Class::word);
            *classes.entry(class.to_owned()).or_default() += 1;
        }
    }
    let mut money: BTreeMap<AccountKind, Fen> = BTreeMap::new();
    for account in reader.all_accounts().await? {
        *money.entry(account.kind).or_default() += account.balance;
    }
    Ok(Summary {
        requests: lines.len(),
        days: season.days,
        stages,
        outcomes,
        classes,
        money,
        letters_sent: reader.letter_count(LetterState::Sent).await?,
        letters_waiting: reader.letter_count(LetterState::Waiting).await?,
        data: folder.display().to_string(),
        doctor: engine.doctor().await?,
    })
}

impl Summary {
    pub(crate) fn is_sound(&self) -> bool {
        self.doctor.breaches.is_empty()
    }

    pub(crate) fn readable(&self, common: &Common) -> String {
        let language = common.language();
        let mut rows = Vec::new();
        let stage = common.say("阶段", "stage");
        rows.extend(
            self.stages.iter().map(|(kind, n)| vec![stage.into(), kind.name(language).into(), n.to_string()]),
        );
        let outcome = common.say("评估结论", "outcome");
        rows.extend(
            self.outcomes
                .iter()
                .map(|(kind, n)| vec![outcome.into(), kind.name(language).into(), n.to_string()]),
        );
        let class = common.say("类别", "class");
        let name = |word: &str| {
            Class::from_word(word).map_or(common.say("目录外", "unlisted"), |c| c.name(language))
        };
        rows.extend(
            self.classes.iter().map(|(word, n)| vec![class.into(), name(word).into(), n.to_string()]),
        );
        let money = common.say("资金", "money");
        rows.extend(
            self.money
                .iter()
                .map(|(kind, sum)| vec![money.into(), kind.name(language).into(), sum.for_people()]),
        );
        let letters = common.say("信件", "letters");
        let sent = common.say("已发", "sent").to_owned();
        rows.push(vec![letters.into(), sent, self.letters_sent.to_string()]);
        let doctor = match self.is_sound() {
            true => common.say("各项不变量成立", "every invariant holds").to_owned(),
            false => format!("{:?}", self.doctor.breaches),
        };
        let title = format!("\n━━ {} ━━", common.say("一季小结", "The season"));
        let what = format!(
            "{} {}, {} {}",
            self.requests,
            common.say("件申请", "requests"),
            self.days,
            common.say("天", "days")
        );
        let table = print::table(
            &[common.say("项目", "figure"), common.say("名称", "of"), common.say("数量", "count")],
            &[2],
            rows,
        );
        format!(
            "{title}\n{what} · {doctor} ({} {})\n{table}",
            self.doctor.events,
            common.say("条事件", "events")
        )
    }
}
