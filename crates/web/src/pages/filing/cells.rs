//! The fields of the application form with their names in both languages, and what is said where one is filled in wrongly.

use workflow::facts::{BodyKind, BurdenKind, DayFactor, Fault, Term, Worker};

use super::sheet::Sheet;
use crate::tongue::Tongue;

/// One field as it stands on the page.
pub(crate) struct Cell {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) label: &'static str,
    pub(crate) kind: CellKind,
    pub(crate) value: String,
    pub(crate) hint: &'static str,
    pub(crate) fault: Option<String>,
}

/// How a field is filled in.
pub(crate) enum CellKind {
    /// A line of the type that HTML gives it.
    Line(&'static str),
    Area,
    Choice(Vec<(&'static str, &'static str)>),
    Tick,
}

/// What is wrong with a field, for the summary and for its place.
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) said: String,
}

/// Makes cells of a sheet.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) wrong: &'a [Wrong],
    pub(crate) tongue: Tongue,
}

macro_rules! choice {
    ($list:ident, $tongue:expr) => {
        CellKind::Choice($list::ALL.iter().map(|one| (one.word(), one.name($tongue.0))).collect())
    };
}

impl Cells<'_> {
    fn cell(self, name: &str, kind: CellKind) -> Cell {
        let fault = self.wrong.iter().find(|wrong| wrong.field == name).map(|wrong| wrong.said.clone());
        let (label, hint) = label(name, self.tongue);
        Cell {
            id: id(name),
            name: name.to_owned(),
            label,
            kind,
            value: self.sheet.get(name).to_owned(),
            hint,
            fault,
        }
    }

    /// A cell that starts with something.
    fn starting(self, name: &str, kind: CellKind, start: &str) -> Cell {
        let mut cell = self.cell(name, kind);
        if cell.value.is_empty() {
            start.clone_into(&mut cell.value);
        }
        cell
    }

    pub(crate) fn what(self) -> Vec<Cell> {
        vec![self.cell("title", CellKind::Line("text")), self.cell("description", CellKind::Area)]
    }

    pub(crate) fn term(self) -> Cell {
        self.starting("term", choice!(Term, self.tongue), "temporary")
    }

    pub(crate) fn when(self) -> Vec<Cell> {
        ["starts_on", "ends_on", "occurred_on"].map(|name| self.cell(name, CellKind::Line("date"))).into()
    }

    /// The rows of a list, and so many blank ones.
    pub(crate) fn rows(self, list: &str, blank: usize) -> Vec<Vec<Cell>> {
        let count = self.sheet.rows(list) + blank;
        (0..count).map(|index| self.row(list, &format!("{list}.{index}."))).collect()
    }

    fn row(self, list: &str, row: &str) -> Vec<Cell> {
        let tongue = self.tongue;
        let line = |name: &str| self.cell(&format!("{row}{name}"), CellKind::Line("text"));
        let name = |name: &str| format!("{row}{name}");
        match list {
            "work" => {
                let per = CellKind::Choice(vec![
                    ("household", tongue.say("按户覆盖（%）", "of households (%)")),
                    ("resident", tongue.say("按人覆盖（%）", "of residents (%)")),
                    ("fixed", tongue.say("每社区固定数量", "a number for each community")),
                ]);
                vec![
                    line("what"),
                    self.starting(&name("per"), per, "household"),
                    line("amount"),
                    self.starting(&name("times"), CellKind::Line("text"), "1"),
                    line("minutes_per_unit"),
                    self.starting(&name("day"), choice!(DayFactor, tongue), "working"),
                    self.starting(&name("worker"), choice!(Worker, tongue), "community"),
                ]
            }
            "direct_costs" => vec![line("what"), line("amount")],
            _ => vec![
                self.starting(&name("kind"), choice!(BurdenKind, tongue), "form"),
                line("name"),
                line("number"),
                line("approval"),
                self.cell(&name("expires_on"), CellKind::Line("date")),
            ],
        }
    }

    pub(crate) fn document(self) -> Vec<Cell> {
        vec![
            self.cell("governing_document.title", CellKind::Line("text")),
            self.cell("governing_document.number", CellKind::Line("text")),
            self.cell("governing_document.expires_on", CellKind::Line("date")),
        ]
    }

    pub(crate) fn declarations(self) -> Vec<Cell> {
        ["department", "community", "support"]
            .map(|name| self.cell(&format!("declarations.{name}"), CellKind::Area))
            .into()
    }

    pub(crate) fn money(self) -> Vec<Cell> {
        let mut kinds = vec![("", self.tongue.say("无", "nobody"))];
        kinds.extend(BodyKind::ALL.iter().map(|kind| (kind.word(), kind.name(self.tongue.0))));
        vec![
            self.cell("offer.amount", CellKind::Line("text")),
            self.cell("offer.budget_year", CellKind::Line("text")),
            self.cell("offer.in_budget", CellKind::Tick),
            self.cell("cosigned_by", CellKind::Choice(kinds)),
        ]
    }

    pub(crate) fn personal_other(self) -> Cell {
        self.cell("personal_other", CellKind::Line("text"))
    }
}

/// The id of a field on the page.
pub(crate) fn id(name: &str) -> String {
    name.replace('.', "-")
}

/// What is wrong, by field; several faults of one field are told once, but every wrong community is named.
pub(crate) fn wrong(faults: &[Fault], sheet: &Sheet, tongue: Tongue) -> Vec<Wrong> {
    let mut all: Vec<Wrong> = Vec::new();
    for fault in faults {
        let field = field(&fault.pointer);
        let is_named = ["communities", "codes"].contains(&field.as_str());
        if !is_named && all.iter().any(|known| known.field == field) {
            continue;
        }
        let index = fault.pointer.rsplit('/').next().and_then(|index| index.parse::<usize>().ok());
        let named = match (field.as_str(), index) {
            ("communities", Some(index)) => sheet.communities.iter().nth(index).cloned(),
            ("codes", index) => sheet.strange.named(index, tongue),
            _ => None,
        };
        let said = complaint(&field, tongue);
        let said = named.map_or_else(|| said.to_owned(), |named| format!("{named} {said}"));
        let (name, _) = label(&field, tongue);
        all.push(Wrong { id: id(&field), label: format!("{name}{}", row_of(&field, tongue)), field, said });
    }
    all
}

/// ` 2` for a field of the second row.
fn row_of(field: &str, tongue: Tongue) -> String {
    let index = field.split('.').nth(1).and_then(|part| part.parse::<usize>().ok());
    let of = tongue.say("第", "row ");
    let end = tongue.say("行", "");
    index.map_or_else(String::new, |index| format!(" ({of}{}{end})", index + 1))
}

/// The field that a JSON pointer of the application belongs to.
fn field(pointer: &str) -> String {
    let field = pointer.trim_start_matches('/').replace('/', ".");
    if let Some((row, _)) = field.split_once(".volume") {
        return format!("{row}.amount");
    }
    let first = field.split('.').next().unwrap_or_default();
    match first {
        "personal_data" => "personal_other".to_owned(),
        "communities" | "community" => "communities".to_owned(),
        "codes" => "codes".to_owned(),
        _ => field,
    }
}

/// What is expected where something else stands.
fn complaint(field: &str, tongue: Tongue) -> &'static str {
    let list = field.split('.').next().unwrap_or_default();
    let (zh, en) = match (list, field.rsplit('.').next().unwrap_or_default()) {
        ("communities", _) => ("不是本区的社区", "is no community of this district"),
        ("codes", _) => ("不是可选的社区", "is no community that may be chosen"),
        ("item", _) => ("目录中没有此事项", "is not in the catalogue"),
        ("work", "work") => ("工作量合计过大，请核对", "the work adds up to too much; check it"),
        ("work", "amount") => (
            "请填数字：覆盖率为 0 至 100，固定数量为整数",
            "give a number: 0 to 100 for a coverage, a whole number for a fixed one",
        ),
        (_, "amount") => ("请填金额，如 1000.00", "enter an amount such as 1000.00"),
        (_, "minutes_per_unit") => ("请填每次分钟数，如 6.5", "give minutes such as 6.5"),
        (_, "times") => ("请填 0 至 10000 的整数", "give a whole number from 0 to 10000"),
        (_, "budget_year") => ("请填年份，如 2026", "give a year such as 2026"),
        (_, "starts_on" | "ends_on" | "occurred_on" | "expires_on") => {
            ("请填日期，如 2026-05-06", "give a date such as 2026-05-06")
        }
        (_, "kind" | "day" | "worker" | "per" | "term" | "cosigned_by") => {
            ("请从列表中选择", "choose one of the list")
        }
        _ => ("请填文字，不超过 4000 字", "give a text of at most 4,000 characters"),
    };
    tongue.say(zh, en)
}

/// Name and hint of a field.
fn label(name: &str, tongue: Tongue) -> (&'static str, &'static str) {
    let list = name.split('.').next().unwrap_or_default();
    let (zh, en) = match (list, name.rsplit('.').next().unwrap_or_default()) {
        ("work", "work") => ("工作内容", "Work"),
        ("work", "what") => ("做什么", "What"),
        ("work", "per") => ("工作量", "Volume"),
        ("work", "amount") => ("数量", "How much"),
        ("work", "times") => ("次数", "Times"),
        ("work", "minutes_per_unit") => ("每次分钟", "Minutes each"),
        ("work", "day") => ("时段", "Kind of day"),
        ("work", "worker") => ("由谁做", "Done by"),
        ("direct_costs", "what") => ("费用名称", "Cost"),
        ("direct_costs", "amount") => ("金额（元）", "Amount (yuan)"),
        ("burdens", "kind") => ("种类", "Kind"),
        ("burdens", "name") => ("名称", "Name"),
        ("burdens", "number") => ("文号", "Number"),
        ("burdens", "approval") => ("批准机关", "Approved by"),
        (_, "expires_on") => ("有效期至", "Valid until"),
        ("governing_document", "title") => ("依据文件", "Governing document"),
        ("governing_document", "number") => ("文号", "Document number"),
        ("declarations", "department") => ("部门做什么", "What the department does"),
        ("declarations", "community") => ("社区做什么", "What the community does"),
        ("declarations", "support") => ("给予什么支持", "What support is given"),
        ("offer", "amount") => ("承诺金额（元）", "Offer (yuan)"),
        ("offer", "budget_year") => ("预算年度", "Budget year"),
        ("offer", "in_budget") => ("已列入部门预算", "In the department's budget"),
        ("cosigned_by", _) => ("联合申请机关", "Co-signed by"),
        ("title", _) => ("事项名称", "Title"),
        ("description", _) => ("说明", "Description"),
        ("item", _) => ("目录事项", "Item of the catalogue"),
        ("term", _) => ("事项类型", "Term"),
        ("starts_on", _) => ("开始", "From"),
        ("ends_on", _) => ("结束", "Until"),
        ("occurred_on", _) => ("发生日期（仅应急）", "Day it happened (emergencies only)"),
        ("personal_other", _) => ("其他个人信息", "Other personal data"),
        ("communities", _) => ("社区", "Communities"),
        ("codes", _) => ("社区代码", "Codes of communities"),
        _ => ("填报内容", "Input"),
    };
    let (hint_zh, hint_en) = match name {
        "offer.amount" => ("留空则由办公室报价后再承诺", "leave it empty to answer the office's quote"),
        "personal_other" => ("用顿号分开", "separated by commas"),
        _ => ("", ""),
    };
    (tongue.say(zh, en), tongue.say(hint_zh, hint_en))
}
