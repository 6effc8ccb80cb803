//! Reminders and escalations of a limit: before, on and after its day. They are derived from the request and the calendar
//! whenever they are asked for; nothing is scheduled, so nothing is lost by a return, a restart or a new calendar.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::calendar::{Calendar, WorkingDays};
use crate::deadline::{Deadline, deadline};
use crate::decide::notices;
use crate::id::OrganisationId;
use crate::language::{Bilingual, Language};
use crate::notice::{Audience, Notice, NoticeKind};
use crate::request::{Moment, Request};
use crate::words;

words! {
    /// To whom a limit is told.
    Level {
        Holder = "holder", "承办人", "whoever holds the step";
        Department = "department", "申请部门全体经办人", "every submitter of the department";
        Office = "office", "领导小组办公室", "the office";
        LeadingGroup = "leading_group", "领导小组", "the leading group";
        City = "city", "市办公室和审计", "the city's office and auditors";
    }
}

words! {
    /// What carries an escalation out.
    Executor {
        Sweep = "sweep", "定时巡查", "the sweep of the limits";
    }
}

/// When limits are told and to whom they go up (`policy.md` §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderParameters {
    pub before: Vec<WorkingDays>,
    pub on_the_day: bool,
    pub after: Vec<WorkingDays>,
    pub escalations: Vec<Escalation>,
    /// Calendar days for which fired timers are kept; those of running requests are kept longer.
    pub keep_days: u32,
}

/// A limit of `whose` that is late by so much goes to the next level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    pub whose: Role,
    pub after: WorkingDays,
    pub to: Level,
    pub executor: Executor,
}

/// The roles that can hold a step with a limit.
const HOLDERS: [Role; 4] = [Role::Submitter, Role::Reviewer, Role::Approver, Role::Finance];

impl ReminderParameters {
    /// Refuses what nobody would carry out.
    ///
    /// # Errors
    /// The first escalation, in words, that would never happen, or would happen twice.
    pub fn check(&self) -> Result<(), String> {
        for (index, escalation) in self.escalations.iter().enumerate() {
            let Escalation { whose, after, to, executor: _ } = escalation;
            let named = format!("the escalation of `{whose}` to `{to}` after {} working days", after.0);
            if !HOLDERS.contains(whose) {
                return Err(format!(
                    "{named} is carried out by nobody: `{whose}` holds no step with a limit"
                ));
            }
            if *to == Level::Holder || (*to == Level::Department && *whose != Role::Submitter) {
                return Err(format!("{named} is carried out by nobody: that is not the next level"));
            }
            if self.escalations.iter().take(index).any(|e| (e.whose, e.after, e.to) == (*whose, *after, *to))
            {
                return Err(format!("{named} is there twice"));
            }
        }
        Ok(())
    }
}

/// A place on the way of a limit at which it is told, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Before(WorkingDays),
    OnTheDay,
    After(WorkingDays),
    Escalated(Level, WorkingDays),
}

/// A limit that is to be told today, unless it has been told already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub point: Point,
    pub deadline: Deadline,
    kind: NoticeKind,
    values: Vec<(&'static str, String)>,
}

impl Point {
    /// The part of the key under which it is told once.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Point::Before(days) => format!("before-{}", days.0),
            Point::OnTheDay => "on".to_owned(),
            Point::After(days) => format!("after-{}", days.0),
            Point::Escalated(level, days) => format!("{level}-{}", days.0),
        }
    }

    /// Who is told.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Point::Escalated(level, _) => level,
            _ => Level::Holder,
        }
    }
}

impl Reminder {
    /// The letters of the reminder; `city` stands above the request's district, and is asked for by [`Level::City`] only.
    #[must_use]
    pub fn notices(&self, request: &Request, city: OrganisationId) -> Vec<Notice> {
        let to = audiences(self.point.level(), self.deadline.role, request, city);
        to.into_iter().map(|to| Notice { kind: self.kind, to, values: self.values.clone() }).collect()
    }
}

/// Who is meant by a level.
#[must_use]
pub fn audiences(level: Level, holder: Role, request: &Request, city: OrganisationId) -> Vec<Audience> {
    let submitters = Audience::Organisation { organisation: request.department, role: Role::Submitter };
    match level {
        Level::Holder if holder == Role::Submitter => vec![submitters],
        Level::Holder => vec![notices::office(request, holder)],
        Level::Department => vec![submitters],
        level => overseers(level, request.district, city),
    }
}

/// Who is meant by a level above the step; nobody by the others.
#[must_use]
pub fn overseers(level: Level, district: OrganisationId, city: OrganisationId) -> Vec<Audience> {
    let of = |district, role| Audience::District { district, role };
    match level {
        Level::Holder | Level::Department => Vec::new(),
        Level::Office => vec![of(district, Role::Reviewer)],
        Level::LeadingGroup => vec![of(district, Role::Approver)],
        Level::City => vec![of(city, Role::Reviewer), of(city, Role::Auditor)],
    }
}

/// What is to be told of a request's limit today: the point reached last, and every escalation that is reached. Points
/// that were missed are caught up by the last of them, not one by one.
#[must_use]
pub fn reminders(request: &Request, moment: &Moment<'_>) -> Vec<Reminder> {
    let Some(deadline) = told(request, moment) else { return Vec::new() };
    let points = reached(deadline, moment);
    points.into_iter().map(|point| reminder(request, deadline, point, moment)).collect()
}

/// The first day after today on which something more may be told: while a limit is late, every day, since cards follow
/// from it as well.
#[must_use]
pub fn next_day(request: &Request, moment: &Moment<'_>) -> Option<NaiveDate> {
    let deadline = told(request, moment)?;
    let parameters = &moment.parameters.reminders;
    if moment.today() > deadline.due {
        return moment.today().succ_opt();
    }
    let before = parameters.before.iter().filter_map(|days| earlier(moment.calendar, deadline.due, *days));
    let on = parameters.on_the_day.then_some(deadline.due);
    let after = deadline.due.succ_opt();
    before.chain(on).chain(after).filter(|day| *day > moment.today()).min()
}

/// The limit, where somebody is to be told of it: neither the system nor the communities at work.
fn told(request: &Request, moment: &Moment<'_>) -> Option<Deadline> {
    let holds = |deadline: &Deadline| HOLDERS.contains(&deadline.role);
    deadline(request, moment).filter(holds)
}

/// The first day on which no more than so many working days are left.
fn earlier(calendar: &Calendar, due: NaiveDate, days: WorkingDays) -> Option<NaiveDate> {
    let mut day = due;
    while calendar.days_left(day.pred_opt()?, due) <= i64::from(days.0) {
        day = day.pred_opt()?;
    }
    Some(day)
}

fn reached(deadline: Deadline, moment: &Moment<'_>) -> Vec<Point> {
    let (calendar, today) = (moment.calendar, moment.today());
    let parameters = &moment.parameters.reminders;
    if let Some(late) = calendar.days_late(today, deadline.due) {
        let after = parameters.after.iter().filter(|days| **days <= late).max();
        let escalated = |e: &&Escalation| e.whose == deadline.role && e.after <= late;
        let escalations = parameters.escalations.iter().filter(escalated);
        let escalations = escalations.map(|escalation| Point::Escalated(escalation.to, escalation.after));
        return after.map(|days| Point::After(*days)).into_iter().chain(escalations).collect();
    }
    if today == deadline.due && parameters.on_the_day {
        return vec![Point::OnTheDay];
    }
    let left = calendar.days_left(today, deadline.due);
    let near = parameters.before.iter().filter(|days| left <= i64::from(days.0)).min();
    near.map(|days| Point::Before(*days)).into_iter().collect()
}

fn reminder(request: &Request, deadline: Deadline, point: Point, moment: &Moment<'_>) -> Reminder {
    let kind = match point {
        Point::Before(_) | Point::OnTheDay => NoticeKind::LimitNear,
        Point::After(_) => NoticeKind::LimitPassed,
        Point::Escalated(..) => NoticeKind::Escalated,
    };
    let stage = request.stage.kind();
    let left = left(moment.calendar, moment.today(), deadline.due);
    let mut values = notices::common(request);
    values.extend([
        ("due", deadline.due.to_string()),
        ("stage_zh", stage.name(Language::Chinese).to_owned()),
        ("stage_en", stage.name(Language::English).to_owned()),
        ("left_zh", left.zh),
        ("left_en", left.en),
    ]);
    if kind == NoticeKind::Escalated {
        values.push(("whose_zh", deadline.role.name(Language::Chinese).to_owned()));
        values.push(("whose_en", deadline.role.name(Language::English).to_owned()));
    }
    Reminder { point, deadline, kind, values }
}

/// What is left of a limit, in words.
#[must_use]
pub fn left(calendar: &Calendar, today: NaiveDate, due: NaiveDate) -> Bilingual {
    let said = |zh: String, en: String| Bilingual { zh, en };
    let plural = |days: i64| if days == 1 { "day" } else { "days" };
    if let Some(WorkingDays(late)) = calendar.days_late(today, due) {
        if late == 0 {
            return said("时限已过".to_owned(), "passed".to_owned());
        }
        let days = plural(i64::from(late));
        return said(format!("已超 {late} 个工作日"), format!("{late} working {days} late"));
    }
    match calendar.days_left(today, due) {
        _ if today == due => said("今日到期".to_owned(), "due today".to_owned()),
        left => said(format!("剩 {left} 个工作日"), format!("{left} working {} left", plural(left))),
    }
}

/// The key under which a reminder is told once for each day on which the limit ends. Stage, point and due day make it: a
/// return and a new submission give a new limit, whose reminders are new as well.
#[must_use]
pub fn job(request: &Request, point: Point) -> String {
    format!("remind:{}:{}:{}", request.id, request.stage.kind(), point.key())
}
