//! The year's money: every source with what is committed, paid and free; requests that wait for their funds; the newest
//! payments; and the base funds of communities.

use askama::Template;
use axum::extract::State;
use chrono::Datelike;
use engine::{BaseFundLine, Payment, SourceLine};
use store::Scope;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::decide::may_try;
use workflow::money::Fen;
use workflow::request::{Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::pages::addresses::{of_request, segment};
use crate::pages::chips::{Limit, day};
use crate::pages::finance::due::Due;
use crate::pages::frame::Frame;
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::unread::parted;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "finance/budget.html")]
struct BudgetPage {
    frame: Frame,
    year: i32,
    sources: Vec<Source>,
    sums: Option<Source>,
    waiting: Vec<Waiting>,
    due: Vec<Due>,
    payments: Vec<Paid>,
    base: Vec<Base>,
    base_sums: [String; 3],
}

/// One source of funds.
struct Source {
    to: String,
    name: String,
    appropriated: String,
    carried: String,
    committed: String,
    escrow: String,
    paid: String,
    free: String,
    /// Parts of what was there, of a thousand: paid, in escrow, free.
    parts: [i64; 3],
}

/// An admitted request without funds.
struct Waiting {
    to: String,
    number: String,
    title: String,
    department: String,
    price: String,
    limit: Option<Limit>,
    /// Address of the commitment, where it is the reader's.
    commit: Option<String>,
    version: i64,
}

struct Paid {
    on: String,
    purpose: &'static str,
    community: String,
    ledger: String,
    request: Option<(String, String)>,
    amount: String,
}

struct Base {
    ledger: String,
    code: String,
    name: String,
    due: String,
    arrived: String,
    missing: Option<String>,
}

/// Payments that are shown.
const PAYMENTS: u64 = 30;

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let year = asked.or(moment.today().year());
    let actor = &member.known.actor;
    let scope = engine.scope(actor);
    let district = if let Scope::District(district) = scope { Some(district) } else { None };
    let sources = engine.sources(actor, year, None).await.tell(tongue)?;
    let stages = [StageKind::Admitted, StageKind::InForce, StageKind::Acceptance];
    let found = engine.reader().requests_of(scope, &stages).await.tell(tongue)?;
    let (requests, unreadable) = parted(found);
    let unfunded = |request: &Request| matches!(request.stage, Stage::Admitted { funded_on: None, .. });
    let waiting = requests.iter().filter(|request| unfunded(request));
    let mut waiting: Vec<Waiting> = waiting.map(|request| Waiting::of(request, &member, &moment)).collect();
    waiting.sort_by_key(|one| one.limit.as_ref().map(|limit| limit.on));
    let payments = engine.payments(actor, PAYMENTS).await.tell(tongue)?;
    let base = engine.base_funds(district, year).await.tell(tongue)?;
    Ok(page(&BudgetPage {
        frame: Frame::of(&member, "/budget").without(&unreadable),
        year,
        sums: (sources.len() > 1).then(|| Source::sum(&sources, tongue)),
        sources: sources.iter().map(|line| Source::of(line, tongue)).collect(),
        waiting,
        due: Due::of(&requests, &moment, tongue),
        payments: payments.iter().map(|payment| Paid::of(payment, tongue)).collect(),
        base_sums: base_sums(&base),
        base: base.iter().map(Base::of).collect(),
    }))
}

fn ledger(code: &str) -> String {
    format!("/ledger/{}", segment(code))
}

fn base_sums(lines: &[BaseFundLine]) -> [String; 3] {
    let sum = |of: fn(&BaseFundLine) -> Fen| lines.iter().map(of).sum::<Fen>().for_people();
    [sum(|line| line.due), sum(|line| line.arrived), sum(|line| line.missing)]
}

impl Source {
    fn of(line: &SourceLine, tongue: Tongue) -> Source {
        let figures = &line.figures;
        let there = figures.paid.0 + figures.escrow.0 + figures.free.0;
        let part = |amount: Fen| amount.0.max(0).saturating_mul(1000) / there.max(1);
        Source {
            to: ledger(&line.account.code),
            name: line.account.spoken(tongue.0),
            appropriated: figures.appropriated.for_people(),
            carried: (figures.carried_in - figures.carried_out - figures.lapsed).for_people(),
            committed: (figures.committed - figures.returned).for_people(),
            escrow: figures.escrow.for_people(),
            paid: figures.paid.for_people(),
            free: figures.free.for_people(),
            parts: [part(figures.paid), part(figures.escrow), part(figures.free)],
        }
    }

    fn sum(lines: &[SourceLine], tongue: Tongue) -> Source {
        let sum = |of: fn(&SourceLine) -> Fen| lines.iter().map(of).sum::<Fen>();
        let moved =
            |line: &SourceLine| line.figures.carried_in - line.figures.carried_out - line.figures.lapsed;
        Source {
            to: String::new(),
            name: tongue.say("合计", "Total").to_owned(),
            appropriated: sum(|line| line.figures.appropriated).for_people(),
            carried: lines.iter().map(moved).sum::<Fen>().for_people(),
            committed: sum(|line| line.figures.committed - line.figures.returned).for_people(),
            escrow: sum(|line| line.figures.escrow).for_people(),
            paid: sum(|line| line.figures.paid).for_people(),
            free: sum(|line| line.figures.free).for_people(),
            parts: [0; 3],
        }
    }
}

impl Waiting {
    fn of(request: &Request, member: &Member, moment: &Moment<'_>) -> Waiting {
        let is_theirs =
            member.known.has(Role::Finance) && may_try(request, ActionKind::CommitFunds, &member.known.actor);
        let commit = format!("/requests/{}/{}", request.id, ActionKind::CommitFunds.word());
        let department = request.application.department.as_ref().map(|department| department.name.clone());
        Waiting {
            to: of_request(&request.id.to_string()),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: department.unwrap_or_default(),
            price: request.price().for_people(),
            limit: Limit::of(request, moment, member.tongue()),
            commit: is_theirs.then_some(commit),
            version: request.version,
        }
    }
}

impl Paid {
    fn of(payment: &Payment, tongue: Tongue) -> Paid {
        Paid {
            on: day(payment.on, tongue),
            purpose: payment.purpose.name(tongue.0),
            community: payment.community.name.clone(),
            ledger: ledger(&payment.community.code),
            request: payment.request.as_ref().map(|number| (of_request(number), number.clone())),
            amount: payment.amount.for_people(),
        }
    }
}

impl Base {
    fn of(line: &BaseFundLine) -> Base {
        Base {
            ledger: ledger(&line.code),
            code: line.code.clone(),
            name: line.name.clone(),
            due: line.due.for_people(),
            arrived: line.arrived.for_people(),
            missing: (line.missing > Fen::ZERO).then(|| line.missing.for_people()),
        }
    }
}
