//! Whom each step tells, and with which values the letters are filled.

use chrono::NaiveDate;

use crate::actor::Role;
use crate::assessment::Outcome;
use crate::assignment::{Assignment, RefusalReason};
use crate::consultation::{Inquiry, Objection, Opinion, Ruling};
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

/// Emergency work begins: there is no price yet and nothing to refuse.
pub(super) fn emergency(request: &Request, moment: &Moment<'_>) -> Vec<Notice> {
    let told = assigned(request, moment).into_iter().map(|mut notice| {
        for (name, value) in &mut notice.values {
            match *name {
                "price" | "paid" => "按实际工时结算 (by real hours)".clone_into(value),
                "due" => *value = request.application.ends_on.map(|end| end.to_string()).unwrap_or_default(),
                _ => {}
            }
        }
        notice
    });
    told.collect()
}

/// Who is asked, what, and until when.
pub(super) fn invited(request: &Request, moment: &Moment<'_>, inquiry: &Inquiry) -> Vec<Notice> {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.consultation).due;
    let values = vec![
        ("due", due.to_string()),
        ("inquiry_zh", inquiry.kind.name(Language::Chinese).to_owned()),
        ("inquiry_en", inquiry.kind.name(Language::English).to_owned()),
        ("question", inquiry.question.clone()),
    ];
    let speaks = [Role::Subdistrict, Role::Committee, Role::Finance, Role::Submitter];
    let each = inquiry.invited.iter().flat_map(|organisation| {
        speaks.map(|role| Audience::Organisation { organisation: *organisation, role })
    });
    each.map(|to| notice(request, NoticeKind::Invited, to, values.clone())).collect()
}

pub(super) fn opinion(request: &Request, opinion: &Opinion) -> Notice {
    let stance = opinion.stance;
    let zh = format!("收到意见：{}", stance.name(Language::Chinese));
    let en = format!("an opinion has come in: {}", stance.name(Language::English));
    to_office(request, Role::Reviewer, (&zh, &en), &opinion.text)
}

pub(super) fn objection(request: &Request, text: &str) -> Notice {
    let said = ("公示期间收到异议，请在公示期满前答复", "an objection has come in; answer it before the end");
    to_office(request, Role::Reviewer, said, text)
}

/// Whoever objected reads the answer.
pub(super) fn answered(request: &Request, objection: &Objection, ruling: Ruling, answer: &str) -> Notice {
    let zh = format!("异议已答复：{}", ruling.name(Language::Chinese));
    let en = format!("the objection is answered: {}", ruling.name(Language::English));
    Notice { to: Audience::Person(objection.by), ..result(request, &zh, &en, answer.to_owned()) }
}

type Said = (&'static str, &'static str);
pub(super) const SUSPENDED: Said = ("已中止，暂停实施", "suspended; work stands still");
pub(super) const RESUMED: Said = ("已恢复实施", "resumed; work goes on");
pub(super) const TERMINATED: Said =
    ("已退出（准出），按已完成部分结算", "terminated; what is done is settled");

/// The department and every community that has not refused.
pub(super) fn everyone(request: &Request, (zh, en): Said, reason: &str) -> Vec<Notice> {
    let told = result(request, zh, en, reason.to_owned());
    let standing = request.assignments.iter().filter(|assignment| !assignment.is_refused());
    let communities = standing.map(|assignment| {
        let to = Audience::Organisation { organisation: assignment.community, role: Role::Committee };
        Notice { to, ..told.clone() }
    });
    let communities: Vec<Notice> = communities.collect();
    std::iter::once(told).chain(communities).collect()
}

pub(super) fn reconsideration(request: &Request, moment: &Moment<'_>, reason: &str) -> Notice {
    let due = moment.calendar.limit(moment.today(), moment.parameters.limits.reconsideration).due;
    let zh = format!("申请单位申请复核，请于 {due} 前由未参与原决定的人办理");
    let en = format!("the department asks for reconsideration by {due}, by someone who took no part");
    to_office(request, Role::Approver, (&zh, &en), reason)
}

pub(super) fn upheld(request: &Request, reason: &str) -> Notice {
    result(request, "复核维持原决定", "reconsidered; the decision stands", reason.to_owned())
}

pub(super) fn overturned(request: &Request, reason: &str) -> Notice {
    result(request, "复核撤销原决定，重新审核", "reconsidered; it is reviewed anew", reason.to_owned())
}

pub(super) fn moved(request: &Request, (from, to): (NaiveDate, NaiveDate), reason: &str) -> Notice {
    let zh = format!("实施期调整为 {from} 至 {to}");
    let en = format!("the period is moved to {from} – {to}");
    result(request, &zh, &en, reason.to_owned())
}

/// A dispute reaches the office and the community.
pub(super) fn disputed(request: &Request, assignment: &Assignment, reason: &str) -> Vec<Notice> {
    let zh = format!("社区 {} 的交付有争议，由办公室裁定", assignment.code);
    let en = format!("the delivery of community {} is disputed; the office rules", assignment.code);
    let told = result(request, &zh, &en, reason.to_owned());
    with_community(&told, assignment, office(request, Role::Reviewer))
}

pub(super) fn ruled(request: &Request, assignment: &Assignment, due: Fen, reason: &str) -> Vec<Notice> {
    let zh = format!("争议已裁定：社区 {} 应得 {}", assignment.code, due.for_people());
    let en = format!("the dispute is ruled on: {} is due to community {}", due.for_people(), assignment.code);
    let told = result(request, &zh, &en, reason.to_owned());
    with_community(&told, assignment, submitters(request))
}

fn with_community(told: &Notice, assignment: &Assignment, other: Audience) -> Vec<Notice> {
    let own = Audience::Organisation { organisation: assignment.community, role: Role::Committee };
    [own, other].map(|to| Notice { to, ..told.clone() }).to_vec()
}

/// Urging goes to whoever holds the step.
pub(super) fn nudged(request: &Request, moment: &Moment<'_>) -> Vec<Notice> {
    let Some(deadline) = crate::deadline::deadline(request, moment) else { return Vec::new() };
    let to = match deadline.role {
        Role::Submitter => submitters(request),
        Role::System => office(request, Role::Reviewer),
        role => office(request, role),
    };
    let stage = request.stage.kind();
    let values = vec![
        ("due", deadline.due.to_string()),
        ("stage_zh", stage.name(Language::Chinese).to_owned()),
        ("stage_en", stage.name(Language::English).to_owned()),
    ];
    vec![notice(request, NoticeKind::Nudged, to, values)]
}

fn to_office(request: &Request, role: Role, (zh, en): (&str, &str), reason: &str) -> Notice {
    Notice { to: office(request, role), ..result(request, zh, en, reason.to_owned()) }
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
