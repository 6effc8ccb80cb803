//! The price of a request with its breakdown, as a table and as bars.

use std::collections::BTreeMap;

use serde_json::Value;
use workflow::hours::Centihours;
use workflow::money::Fen;

use crate::pages::office::charts::{self, Part};
use crate::tongue::Tongue;

/// One community's price, or the sum of all.
pub(crate) struct PriceRow {
    pub(crate) name: String,
    pub(crate) hours: Centihours,
    pub(crate) labour: Fen,
    pub(crate) direct: Fen,
    pub(crate) overhead: Fen,
    /// What lifts it to the least price.
    pub(crate) floor: Fen,
    pub(crate) total: Fen,
    pub(crate) bar: String,
}

/// The sum first, then the communities, the dearest first. Bars compare the communities, so the sum has none.
pub(crate) fn read(assessment: &Value, names: &BTreeMap<String, String>, tongue: Tongue) -> Vec<PriceRow> {
    let lines = assessment.pointer("/price/communities").and_then(Value::as_array);
    let mut rows: Vec<PriceRow> =
        lines.into_iter().flatten().map(|line| PriceRow::read(line, names)).collect();
    if rows.is_empty() {
        return rows;
    }
    let sum = |of: fn(&PriceRow) -> Fen| rows.iter().map(of).sum::<Fen>();
    let all = PriceRow {
        name: tongue.say("合计", "Total").to_owned(),
        hours: Centihours(rows.iter().map(|row| row.hours.0).sum()),
        labour: sum(|row| row.labour),
        direct: sum(|row| row.direct),
        overhead: sum(|row| row.overhead),
        floor: sum(|row| row.floor),
        total: sum(|row| row.total),
        bar: String::new(),
    };
    rows.sort_by(|one, other| other.total.cmp(&one.total).then_with(|| one.name.cmp(&other.name)));
    let dearest = rows.first().map_or(Fen::ZERO, |row| row.total);
    let rows = rows.into_iter().map(|row| PriceRow { bar: row.drawn(dearest, tongue), ..row });
    std::iter::once(all).chain(rows).collect()
}

impl PriceRow {
    fn read(line: &Value, names: &BTreeMap<String, String>) -> PriceRow {
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let sum = |key: &str| Fen::parse(text(key)).unwrap_or(Fen::ZERO);
        let (labour, direct, overhead, total) = (sum("labour"), sum("direct"), sum("overhead"), sum("total"));
        PriceRow {
            name: names.get(text("code")).cloned().unwrap_or_else(|| text("code").to_owned()),
            hours: Centihours::parse(text("hours")).unwrap_or(Centihours(0)),
            labour,
            direct,
            overhead,
            floor: (total - labour - direct - overhead).max(Fen::ZERO),
            total,
            bar: String::new(),
        }
    }

    /// What part of the whole a sum is, such as ` 55 %`; nothing where the whole is nothing.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    pub(crate) fn share(&self, sum: &Fen) -> String {
        (sum.0 * 100 + self.total.0 / 2)
            .checked_div(self.total.0)
            .map(|share| format!(" {share} %"))
            .unwrap_or_default()
    }

    fn drawn(&self, whole: Fen, tongue: Tongue) -> String {
        let part = |class, sum: Fen, zh, en| Part {
            class,
            amount: sum.0,
            title: format!("{} {}", tongue.say(zh, en), sum.for_people()),
        };
        let parts = [
            part("c1", self.labour, "人工", "labour"),
            part("c2", self.direct, "直接费用", "direct costs"),
            part("c3", self.overhead, "管理费", "overhead"),
            part("c4", self.floor, "补足起点价", "up to the least price"),
        ];
        charts::bar(&parts, whole.0)
    }
}
