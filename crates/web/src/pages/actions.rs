//! The open actions of a request as forms, and a sent form as the command that the engine carries out. A stale page is
//! refused by the version it was made from.

mod funds;
mod parts;

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use engine::{Command, EngineError, Order};
use serde_json::{Map, Value, json};
use store::SpecialFund;
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::assignment::RefusalReason;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::facts::Fault;
use workflow::id::OrganisationId;
use workflow::request::Request;
use workflow::stage::Verdict;

use crate::posted::{Posted, UNREAD_FORM};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// How a field is filled in.
pub(crate) enum Kind {
    Area,
    /// A line of its own with the type that HTML gives it.
    Line(&'static str),
    /// Words with their names.
    Choice(Vec<(String, String)>),
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
}

/// What a form names beside its request.
#[derive(Default)]
pub(crate) struct Named {
    /// Names of communities by their codes.
    pub(crate) communities: BTreeMap<String, String>,
    /// Special funds that may pay the request.
    pub(crate) funds: Vec<SpecialFund>,
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
        Some(Form { word: action.word(), name: action.name(tongue.0), fields, is_grave })
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
        A::Consult => consultation(tongue),
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

fn consultation(tongue: Tongue) -> Vec<Field> {
    let invited = tongue.say("征求对象（单位代码，用空格分开）", "Invited (codes, with spaces between)");
    vec![
        choice("kind", tongue.say("方式", "Kind"), names!(InquiryKind, tongue)),
        field("question", tongue.say("征求内容", "Question"), Kind::Area),
        field("invited", invited, Kind::Line("text")),
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

/// A sent form: the action, the version of the page, and the fields.
pub(crate) type Fields = BTreeMap<String, String>;

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path((written, word)): Path<(String, String)>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let tongue = member.tongue();
    let Some(action) = ActionKind::from_word(&word) else {
        return Err(Failed::person(Problem::not_found(tongue), tongue));
    };
    let scope = server.engine.scope(&member.known.actor);
    let id = server.engine.reader().request_id(&written, scope).await.tell(tongue)?;
    let own = member.known.worker.person.organisation;
    let command = command(action, &fields, own).tell(tongue)?;
    let seen = fields.get("version").and_then(|version| version.parse().ok());
    let order = Order { request: id, actor: &member.known.actor, seen, now: member.visitor.now };
    match server.engine.act(order, command).await {
        Ok(_) => Ok(go(&back(&fields).unwrap_or_else(|| format!("/requests/{id}")))),
        Err(EngineError::Stale { .. }) => {
            let said = tongue.say(
                "这件申请刚被他人办理过，您填的内容没有提交。请返回并刷新页面，看过最新情况再办。",
                "somebody else has just acted on this request, and nothing of yours was sent. Go back, reload the page, and look again.",
            );
            Err(Failed::person(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said), tongue))
        }
        Err(error) => Err(error).tell(tongue),
    }
}

/// The page of a meeting to which a form wants to come back; nowhere else.
fn back(fields: &Fields) -> Option<String> {
    let id: Uuid = fields.get("_back")?.parse().ok()?;
    Some(format!("/meetings/{id}"))
}

/// What stands in a field; nothing where there is no such field.
fn written<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

fn fault(name: &str, said: (&str, &str)) -> Fault {
    Fault::new(format!("/{name}"), said)
}

/// The command of a form.
fn command(action: ActionKind, fields: &Fields, own: OrganisationId) -> Result<Command, EngineError> {
    if action == ActionKind::CommitFunds {
        return funds::command(fields);
    }
    let mut command = Map::new();
    command.insert("action".into(), json!(action.word()));
    for (name, value) in
        fields.iter().filter(|(name, _)| !["_token", "_back", "version"].contains(&name.as_str()))
    {
        let value = value.trim();
        let value = match name.as_str() {
            _ if value.is_empty() => Value::Null,
            "budget_year" | "objection" => {
                value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number))
            }
            "invited" => json!(value.split_whitespace().collect::<Vec<_>>()),
            _ => json!(value),
        };
        command.insert(name.clone(), value);
    }
    match action {
        ActionKind::AcceptQuote => {
            command.insert("in_budget".into(), json!(true));
        }
        ActionKind::Propose => {
            command.insert("without".into(), json!([]));
        }
        ActionKind::AcceptAssignment | ActionKind::RefuseAssignment => {
            command.insert("community".into(), json!(own));
        }
        ActionKind::DeliverAssignment => {
            let report = command.remove("report").unwrap_or_default();
            command.insert("community".into(), json!(own));
            command.insert("delivery".into(), json!({ "report": report }));
        }
        _ => parts::read(action, fields, &mut command).map_err(EngineError::Malformed)?,
    }
    serde_json::from_value(Value::Object(command))
        .map_err(|_| EngineError::Malformed(vec![Fault::new("", UNREAD_FORM)]))
}
