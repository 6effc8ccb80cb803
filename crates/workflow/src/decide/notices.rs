//! Whom each step tells, and with which values the letters are filled.

use crate::actor::Role;
use crate::assessment::Outcome;
use crate::assignment::{Assignment, RefusalReason};
use crate::language::Language;
use crate::money::Fen;
use crate::notice::{Audience, Notice, NoticeKind};
use crate::request::{Moment, Request};
use crate::stage::{Proposal, Verdict};

type Values = Vec<(&'static str, String)>;

/// What every letter names.
pub(crate) fn common(request: &Request) -> Values {
    let department = request.application.department.as_ref().map(|department| department.name.clone());
    vec![
        ("number", request.number().to_owned()),
        ("title", request.title().to_owned()),
        ("department", department.unwrap_or_default()),
    ]
}

fn submitters(request: &Request) -> Audience {
    Audience::Organisation { organisation: request.department, role: Role::Submitter }
}

pub(crate) fn office(request: &Request, role: Role) -> Audience {
    Audience::District { district: request.district, role }
}

fn notice(request: &Request, kind: NoticeKind, to: Audience, more: Values) -> Notice {
    let mut values = common(request);
    values.extend(more);
    Notice { kind, to, values }
}

/// The office hears of a submission that the rules let through.
pub(super) fn submitted(request: &Request, moment: &Moment<'_>, outcome: Outcome) -> Option<Notice> {
    if outcome == Outcome::Return {
        return None;
    }
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.completeness).due;
    let values = vec![
        ("due", due.to_string()),
        ("outcome_zh", outcome.name(Language::Chinese).to_owned()),
        ("outcome_en", outcome.name(Language::English).to_owned()),
    ];
    Some(notice(request, NoticeKind::Submitted, office(request, Role::Reviewer), values))
}

/// The rules return: the department reads what they say, in its language.
pub(super) fn returned_by_rules(request: &Request, moment: &Moment<'_>) -> Notice {
    let to_mend = request.assessed.iter().flat_map(|assessed| &assessed.to_mend);
    let (zh, en): (Vec<_>, Vec<_>) = to_mend.map(|mend| (mend.zh.as_str(), mend.en.as_str())).unzip();
    returned_for(request, moment, (zh.join("；"), en.join("; ")))
}

pub(super) fn returned(request: &Request, moment: &Moment<'_>, reason: &str) -> Notice {
    returned_for(request, moment, (reason.to_owned(), reason.to_owned()))
}

fn returned_for(request: &Request, moment: &Moment<'_>, (zh, en): (String, String)) -> Notice {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.correction).due;
    let values = vec![("due", due.to_string()), ("reason_zh", zh), ("reason_en", en)];
    notice(request, NoticeKind::Returned, submitters(request), values)
}

pub(super) fn quoted(request: &Request, moment: &Moment<'_>, price: Fen) -> Notice {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.quote).due;
    let values = vec![("due", due.to_string()), ("price", price.for_people())];
    notice(request, NoticeKind::Quoted, submitters(request), values)
}

pub(super) fn decided(request: &Request, proposal: &Proposal) -> Notice {
    let (zh, en) = match proposal.verdict {
        Verdict::Admit => ("拟准予准入，进入公示", "to be admitted; publication begins"),
        Verdict::Reject => ("不予准入", "not admitted"),
    };
    let reason = proposal.reason.clone().unwrap_or_else(|| "—".to_owned());
    result(request, zh, en, reason)
}

/// The department hears that its request is admitted; finance, that money is awaited.
pub(super) fn admitted(request: &Request, moment: &Moment<'_>) -> Vec<Notice> {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.commitment).due;
    let zh = format!("已准入，请于 {due} 前落实经费 {}", request.price().for_people());
    let en = format!("admitted; {} is to be committed by {due}", request.price().for_people());
    let to_finance = Notice { to: office(request, Role::Finance), ..result(request, &zh, &en, "—".into()) };
    vec![result(request, &zh, &en, "—".into()), to_finance]
}

pub(super) fn lapsed(request: &Request) -> Notice {
    let (zh, en) = ("经费逾期未到位，准入失效", "lapsed: the funds were not committed in time");
    result(request, zh, en, "—".into())
}

fn result(request: &Request, zh: &str, en: &str, reason: String) -> Notice {
    let values = vec![("result_zh", zh.to_owned()), ("result_en", en.to_owned()), ("reason", reason)];
    notice(request, NoticeKind::Decided, submitters(request), values)
}

pub(super) fn funded(request: &Request) -> Notice {
    let starts_on = request.application.starts_on.map(|day| day.to_string()).unwrap_or_default();
    let values = vec![("price", request.price().for_people()), ("starts_on", starts_on)];
    notice(request, NoticeKind::Funded, submitters(request), values)
}

/// Every community hears of its own assignment and its own money.
pub(super) fn assigned(request: &Request, moment: &Moment<'_>) -> Vec<Notice> {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.refusal).due;
    let period = request.application.period();
    let period = period.map(|(start, end)| format!("{start} – {end}")).unwrap_or_default();
    let of = |assignment: &Assignment| {
        let to = Audience::Organisation { organisation: assignment.community, role: Role::Committee };
        let values = vec![
            ("price", assignment.price.for_people()),
            ("paid", assignment.paid.for_people()),
            ("period", period.clone()),
            ("due", due.to_string()),
        ];
        notice(request, NoticeKind::Assigned, to, values)
    };
    request.assignments.iter().map(of).collect()
}

/// A refusal reaches the office by itself, and the department.
pub(super) fn refused(
    request: &Request,
    assignment: &Assignment,
    reason: RefusalReason,
    text: Option<&str>,
) -> Vec<Notice> {
    let zh = format!("社区 {} 拒绝派单：{}", assignment.code, reason.name(Language::Chinese));
    let en = format!("community {} refuses: {}", assignment.code, reason.name(Language::English));
    let told = result(request, &zh, &en, text.unwrap_or("—").to_owned());
    let to_office = Notice { to: office(request, Role::Reviewer), ..told.clone() };
    vec![told, to_office]
}
