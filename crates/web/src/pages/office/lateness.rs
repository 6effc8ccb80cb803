//! Who was late how often in a year: the steps that each body held, how long, and what answers for the delays; and to whom a
//! limit goes up when it has passed. It only reads.

use askama::Template;
use axum::extract::State;
use chrono::Datelike;
use engine::{EscalationLine, PartyLine};
use store::Scope;
use workflow::lateness::Cause;

use crate::pages::frame::Frame;
use crate::pages::office::charts::{self, Part};
use crate::pages::office::tables::percent;
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "lateness.html")]
struct LatenessPage {
    frame: Frame,
    year: i32,
    keys: Vec<(&'static str, &'static str)>,
    causes: Vec<&'static str>,
    lines: Vec<Line>,
    rungs: Vec<Rung>,
}

/// What one body held.
struct Line {
    name: String,
    bar: String,
    steps: u32,
    late: u32,
    share: String,
    days: u32,
    /// Late working days by who or what answers for them.
    by_cause: Vec<u32>,
}

/// One step up for a limit that has passed.
struct Rung {
    whose: &'static str,
    after: u32,
    to: &'static str,
    /// Districts in which it would reach nobody.
    nobody: String,
}

/// Classes of colour, one for each cause.
const COLOURS: [&str; 4] = ["c1", "c2", "c3", "c8"];

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let (tongue, engine, now) = (member.tongue(), &server.engine, member.visitor.now);
    let year = asked.or(engine.today(now).year());
    let found = engine.parties(engine.scope(&member.known.actor), year, now).await.tell(tongue)?;
    let unreadable: Vec<String> = found.unreadable.into_iter().map(|failed| failed.failure).collect();
    let most = found.parties.iter().map(late_days).max().unwrap_or_default();
    Ok(page(&LatenessPage {
        frame: Frame::of(&member, "/lateness").without(&unreadable),
        year,
        keys: COLOURS.into_iter().zip(Cause::ALL.iter().map(|cause| cause.name(tongue.0))).collect(),
        causes: Cause::ALL.iter().map(|cause| cause.name(tongue.0)).collect(),
        lines: found.parties.iter().map(|one| Line::of(one, most, tongue)).collect(),
        rungs: rungs(&server, &member).await?,
    }))
}

fn late_days(party: &PartyLine) -> i64 {
    party.late_days.values().copied().map(i64::from).sum()
}

impl Line {
    fn of(party: &PartyLine, most: i64, tongue: Tongue) -> Line {
        let days = |cause: &Cause| party.late_days.get(cause.word()).copied().unwrap_or_default();
        let part = |(class, cause): (&'static str, &Cause)| Part {
            class,
            amount: i64::from(days(cause)),
            title: format!("{} {}", cause.name(tongue.0), days(cause)),
        };
        let stacked: Vec<Part> = COLOURS.into_iter().zip(Cause::ALL).map(part).collect();
        let role = || party.whose.map(|role| role.name(tongue.0).to_owned()).unwrap_or_default();
        Line {
            name: party.organisation.clone().unwrap_or_else(role),
            bar: charts::bar(&stacked, most),
            steps: party.steps,
            late: party.late_steps,
            share: percent(i64::from(party.late_steps), i64::from(party.steps)),
            days: party.days,
            by_cause: Cause::ALL.iter().map(days).collect(),
        }
    }
}

/// The configured steps up; names of other districts are none of the reader's business.
async fn rungs(server: &Server, member: &Member) -> Result<Vec<Rung>, Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let own = match engine.scope(&member.known.actor) {
        Scope::Everything => None,
        Scope::District(own) => Some(engine.reader().organisation_by_id(own).await.tell(tongue)?.name),
        Scope::Department(_) | Scope::Community(_) => Some(String::new()),
    };
    let rung = |line: &EscalationLine| {
        let districts = line.reaches_nobody_in.iter().map(String::as_str);
        let seen = districts.filter(|name| own.as_deref().is_none_or(|own| own == *name));
        Rung {
            whose: line.escalation.whose.name(tongue.0),
            after: line.escalation.after.0,
            to: line.escalation.to.name(tongue.0),
            nobody: seen.collect::<Vec<_>>().join(tongue.say("、", ", ")),
        }
    };
    Ok(engine.escalations().await.tell(tongue)?.iter().map(rung).collect())
}
