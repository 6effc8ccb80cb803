//! The open actions of a request as forms: their fields with names and defaults. What comes of a sent one is decided in
//! `act`.

mod act;
mod funds;
mod invited;
mod parts;
mod refused;
mod sent;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use store::{Organisation, SpecialFund};
use workflow::action::ActionKind;
use workflow::assignment::RefusalReason;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::request::Request;
use workflow::stage::Verdict;

pub(crate) use self::act::{ON_DECISION, ON_TASK, act};
pub(crate) use self::invited::Group;
pub(crate) use self::refused::{Lost, Refused};
use self::sent::fault;
pub(crate) use self::sent::{Fields, written};
use crate::tongue::Tongue;

/// The field that names those who are heard.
const INVITED: &str = "invited";
/// The field by which a department says that an offer is in its budget.
const IN_BUDGET: &str = "in_budget";

/// How a field is filled in.
pub(crate) enum Kind {
    Area,
    /// A line of its own with the type that HTML gives it.
    Line(&'static str),
    /// Words with their names.
    Choice(Vec<(String, String)>),
    /// One thing that is confirmed.
    Tick,
    /// Any of these, each a field of its own: `NAME.CODE`.
    Ticks(Vec<Group>),
}

/// One field of an action's form.
pub(crate) struct Field {
    /// The key of the command.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) value: String,
    pub(crate) is_needed: bool,
}

/// An open action with its form.
pub(crate) struct Form {
    pub(crate) word: &'static str,
    pub(crate) name: &'static str,
    pub(crate) fields: Vec<Field>,
    /// What takes something away is not the main thing.
    pub(crate) is_grave: bool,
    /// What is to be known before it is sent.
    pub(crate) note: Option<&'static str>,
    /// Why it was refused when it was sent.
    pub(crate) refusal: Option<String>,
}

/// What a form names beside its request.
#[derive(Default)]
pub(crate) struct Named {
    /// Names of communities by their codes.
    pub(crate) communities: BTreeMap<String, String>,
    /// Special funds that may pay the request.
    pub(crate) funds: Vec<SpecialFund>,
    /// Organisations that may be heard.
    pub(crate) invitable: Vec<Organisation>,
}

impl Named {
    /// A community as people choose it.
    fn community(&self, code: &str) -> String {
        self.communities.get(code).map_or_else(|| code.to_owned(), |name| format!("{name} {code}"))
    }
}

/// The words of a closed list with their names.
macro_rules! names {
    ($list:ident, $tongue:expr) => {
        $list::ALL
            .iter()
            .map(|one| (one.word().to_owned(), one.name($tongue.0).to_owned()))
            .collect::<Vec<(String, String)>>()
    };
}

fn choice(name: &str, label: &str, options: Vec<(String, String)>) -> Field {
    field(name, label, Kind::Choice(options))
}

fn field(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Field {
    Field { name: name.into(), label: label.into(), kind, value: String::new(), is_needed: true }
}

impl Field {
    fn filled(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
    }

    fn optional(self) -> Field {
        Field { is_needed: false, ..self }
    }

    /// Whether its label stands above it; what is ticked has it beside it.
    pub(crate) fn is_under_its_label(&self) -> bool {
        !matches!(self.kind, Kind::Tick | Kind::Ticks(_))
    }
}

impl Form {
    /// The form of an action; none for what has a page of its own.
    pub(crate) fn of(action: ActionKind, request: &Request, tongue: Tongue) -> Option<Form> {
        Form::naming(action, request, (&Named::default(), tongue))
    }

    /// The same with names of what can be chosen.
    pub(crate) fn naming(
        action: ActionKind,
        request: &Request,
        (named, tongue): (&Named, Tongue),
    ) -> Option<Form> {
        let fields = fields(action, request, (named, tongue))?;
        let grave = [
            ActionKind::Return,
            ActionKind::DeclineQuote,
            ActionKind::SendBack,
            ActionKind::RefuseAssignment,
            ActionKind::Withdraw,
            ActionKind::Suspend,
            ActionKind::Terminate,
            ActionKind::Dispute,
        ];
        let is_grave = grave.contains(&action);
        let (word, name) = (action.word(), action.name(tongue.0));
        Some(Form { word, name, fields, is_grave, note: None, refusal: None })
    }
}

/// The fields of an action; none for what has a page of its own.
fn fields(action: ActionKind, request: &Request, (named, tongue): (&Named, Tongue)) -> Option<Vec<Field>> {
    use ActionKind as A;
    let reason = || field("reason", tongue.say("理由", "Reason"), Kind::Area);
    let text = || field("text", tongue.say("说明", "Text"), Kind::Area);
    Some(match action {
        A::Submit
        | A::AcceptFiling
        | A::CloseConsultation
        | A::Quote
        | A::DeclineQuote
        | A::Approve
        | A::AcceptAssignment
        | A::File
        | A::Confirm
        | A::Withdraw => Vec::new(),
        A::Return
        | A::Extend
        | A::ApproveForced
        | A::SendBack
        | A::Suspend
        | A::Resume
        | A::AskReconsideration
        | A::Uphold
        | A::Overturn => vec![reason()],
        A::Nudge => vec![text().optional()],
        A::Object => vec![text()],
        A::Opine => vec![choice("stance", tongue.say("意见", "Opinion"), names!(Stance, tongue)), text()],
        A::Reprice => {
            vec![field("price", tongue.say("价格（元）", "Price (yuan)"), Kind::Line("text")), reason()]
        }
        A::Propose => {
            let verdicts = names!(Verdict, tongue);
            vec![choice("verdict", tongue.say("处理意见", "Proposal"), verdicts), reason().optional()]
        }
        A::RefuseAssignment => {
            let reasons = names!(RefusalReason, tongue);
            vec![choice("reason", tongue.say("拒绝理由", "Reason"), reasons), text().optional()]
        }
        A::CommitFunds => funds::fields(request, (named, tongue)),
        A::AcceptQuote => offer(request, tongue),
        A::Resolve => resolution(tongue),
        A::Consult => consultation(request, (named, tongue)),
        A::Move => {
            let mut period = period(request, tongue);
            period.push(reason());
            period
        }
        _ => return parts::fields(action, request, (named, tongue)),
    })
}

fn offer(request: &Request, tongue: Tongue) -> Vec<Field> {
    let amount = plain(&request.price().for_people());
    let year = request.budget_year().to_string();
    vec![
        field("amount", tongue.say("承诺金额（元）", "Offer (yuan)"), Kind::Line("text")).filled(amount),
        field("budget_year", tongue.say("预算年度", "Budget year"), Kind::Line("number")).filled(year),
        field(IN_BUDGET, tongue.say("已列入部门预算", "It is in the department's budget"), Kind::Tick),
    ]
}

fn resolution(tongue: Tongue) -> Vec<Field> {
    let number = tongue.say("第几条异议", "Number of the objection");
    vec![
        field("objection", number, Kind::Line("number")).filled("1"),
        choice("ruling", tongue.say("认定", "Ruling"), names!(Ruling, tongue)),
        field("answer", tongue.say("答复", "Answer"), Kind::Area),
    ]
}

fn consultation(request: &Request, (named, tongue): (&Named, Tongue)) -> Vec<Field> {
    let groups = invited::groups(request, (&named.invitable, tongue));
    vec![
        choice("kind", tongue.say("方式", "Kind"), names!(InquiryKind, tongue)),
        field("question", tongue.say("征求内容", "Question"), Kind::Area),
        field(INVITED, tongue.say("征求对象", "Who is heard"), Kind::Ticks(groups)),
    ]
}

fn period(request: &Request, tongue: Tongue) -> Vec<Field> {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let (first, last) = (day(request.application.starts_on), day(request.application.ends_on));
    vec![
        field("starts_on", tongue.say("开始", "From"), Kind::Line("date")).filled(first),
        field("ends_on", tongue.say("结束", "Until"), Kind::Line("date")).filled(last),
    ]
}

/// An amount as it is written in a command.
fn plain(amount: &str) -> String {
    amount.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect()
}
