//! The decision record as people read it: outcome, findings with their clauses, price, hours, the trace of every rule.

use serde_json::Value;
use workflow::assessment::{Assessment, TraceResult};
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Function};
use workflow::money::Fen;

use crate::print;
use crate::settings::Common;

/// An assessment as readable text.
pub(crate) fn assessment(common: &Common, assessment: &Assessment) -> String {
    let value = serde_json::to_value(assessment).unwrap_or_default();
    readable(common, &value)
}

/// A stored assessment as readable text.
pub(crate) fn readable(common: &Common, assessment: &Value) -> String {
    let mut parts = vec![head(common, assessment), findings(common, assessment)];
    if at(assessment, "/price/communities").as_array().is_some_and(|rows| !rows.is_empty()) {
        parts.push(price(common, assessment));
    }
    if at(assessment, "/quota").as_array().is_some_and(|rows| !rows.is_empty()) {
        parts.push(quota(common, assessment));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n") + "\n"
}

fn head(common: &Common, assessment: &Value) -> String {
    let language = common.language();
    let outcome = word(assessment, "outcome", |w| {
        workflow::assessment::Outcome::from_word(w).map(|o| o.name(language))
    });
    let class = word(assessment, "class", |w| Class::from_word(w).map(|class| class.name(language)));
    let unlisted = common.say("目录外", "unlisted");
    let function = assessment["function"].as_u64().and_then(|number| u8::try_from(number).ok());
    let function = function.and_then(Function::of_number).map(|function| function.name(language));
    let outside = common.say("职能之外", "outside the functions");
    let provisional = assessment["provisional"].as_bool().unwrap_or_default();
    let note = if provisional {
        common.say("(年度放假通知未发布，暂定)", "(provisional: a notice is missing)")
    } else {
        ""
    };
    let rule_set = &assessment["rule_set"];
    let hash = text(&rule_set["hash"]).chars().take(12).collect::<String>();
    [
        format!("{}  {}", common.say("结论", "outcome"), outcome.unwrap_or_default()),
        format!("{}  {}", common.say("类别", "class"), class.unwrap_or_else(|| unlisted.to_owned())),
        format!("{}  {}", common.say("职能", "function"), function.unwrap_or(outside)),
        format!("{}  {}", common.say("价格", "price"), price_total(assessment)),
        format!("{}  {} {note}", common.say("决定期限", "decide by"), text(&assessment["decide_by"])),
        format!(
            "{}  {} {} {hash}",
            common.say("规则集", "rule set"),
            text(&rule_set["name"]),
            text(&rule_set["version"])
        ),
    ]
    .join("\n")
}

fn price_total(assessment: &Value) -> String {
    Fen::parse(text(at(assessment, "/price/total"))).unwrap_or_default().for_people()
}

fn findings(common: &Common, assessment: &Value) -> String {
    let empty = Vec::new();
    let findings = assessment["findings"].as_array().unwrap_or(&empty);
    if findings.is_empty() {
        return common.say("没有需要说明的事项", "nothing to remark").to_owned();
    }
    let line = |finding: &Value| {
        let severity = text(&finding["severity"]);
        let name = workflow::assessment::Severity::from_word(severity).map(|s| s.name(common.language()));
        let message = text(at(finding, &format!("/message/{}", common.language().code())));
        let (code, citation) = (text(&finding["code"]), text(&finding["citation"]));
        format!("· [{}] {message}\n    {code} · {citation}", name.unwrap_or(severity))
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn price(common: &Common, assessment: &Value) -> String {
    let heading = [
        common.say("社区", "community"),
        common.say("小时", "hours"),
        common.say("人工", "labour"),
        common.say("直接费用", "direct"),
        common.say("管理费", "overhead"),
        common.say("合计", "total"),
    ];
    let keys = ["code", "hours", "labour", "direct", "overhead", "total"];
    print::table(&heading, &[1, 2, 3, 4, 5], rows(at(assessment, "/price/communities"), &keys))
}

fn quota(common: &Common, assessment: &Value) -> String {
    let heading = [
        common.say("社区", "community"),
        common.say("月份", "month"),
        common.say("本事项小时", "hours"),
        common.say("可用", "free"),
        common.say("超出", "over"),
    ];
    let keys = ["community", "month", "hours", "free", "over"];
    print::table(&heading, &[2, 3, 4], rows(at(assessment, "/quota"), &keys))
}

/// The trace: which rules fired, and the value that decided those that did not.
pub(crate) fn trace(common: &Common, trace: &Value) -> String {
    let empty = Vec::new();
    let line = |line: &Value| {
        let result =
            TraceResult::from_word(text(&line["result"])).map(|result| result.name(common.language()));
        let decided =
            if line["decided_by"].is_null() { String::new() } else { line["decided_by"].to_string() };
        vec![text(&line["rule"]).to_owned(), result.unwrap_or_default().to_owned(), decided]
    };
    let rows = trace.as_array().unwrap_or(&empty).iter().map(line).collect();
    let heading =
        [common.say("规则", "rule"), common.say("结果", "result"), common.say("依据的值", "decided by")];
    print::table(&heading, &[], rows)
}

/// How a limit was counted, day by day.
pub(crate) fn limit(common: &Common, calendar: &Calendar, start: chrono::NaiveDate, days: u32) -> String {
    let limit = calendar.limit(start, days);
    let counted: Vec<String> = calendar.explain(&limit).iter().map(ToString::to_string).collect();
    let title = common.say("期限的计算(起算日不计)", "how the limit was counted (the start day is not)");
    format!("{title}: {start} + {days} = {} [{}]\n  {}", limit.due, calendar.version(), counted.join("; "))
}

fn rows(list: &Value, keys: &[&str]) -> Vec<Vec<String>> {
    let empty = Vec::new();
    let row = |row: &Value| keys.iter().map(|key| text(&row[*key]).to_owned()).collect();
    list.as_array().unwrap_or(&empty).iter().map(row).collect()
}

/// The value at a pointer; null where there is none.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The name of a stored word.
fn word(assessment: &Value, key: &str, name: impl Fn(&str) -> Option<&'static str>) -> Option<String> {
    name(assessment[key].as_str()?).map(str::to_owned)
}
