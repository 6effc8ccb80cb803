//! Two communities become one: both are chosen, what would be carried over is shown before anything happens, and only then is
//! it done. It cannot be taken back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{EngineError, Merged};
use serde::Deserialize;
use store::OrganisationKind;

use super::people::name_of;
use super::tabs;
use crate::pages::frame::{Entry, Frame};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/merger.html")]
struct MergerPage {
    frame: Frame,
    tabs: Vec<Entry>,
    /// Code and name of every open community.
    communities: Vec<(String, String)>,
    chosen: Chosen,
    refusal: Option<String>,
    /// What it would carry over.
    ahead: Option<Carried>,
    /// What it has carried over.
    done: Option<Carried>,
}

/// The communities of a merger; none are chosen yet where it is empty.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    from: String,
    #[serde(default)]
    into: String,
}

/// What goes from one community to the other.
struct Carried {
    from: String,
    into: String,
    on: String,
    requests: usize,
    people: usize,
    money: String,
}

pub(super) async fn show(
    State(server): State<Server>,
    member: Member,
    Query(chosen): Query<Chosen>,
) -> Answer {
    if chosen.from.is_empty() && chosen.into.is_empty() {
        return shown(&server, &member, (chosen, Told::Nothing)).await;
    }
    let codes = (chosen.from.as_str(), chosen.into.as_str());
    let ahead = server.engine.merger_ahead(&member.known.actor, codes, member.visitor.now).await;
    let told = refused(ahead.map(Told::Ahead), &member).tell(member.tongue())?;
    shown(&server, &member, (chosen, told)).await
}

pub(super) async fn merge(
    State(server): State<Server>,
    member: Member,
    Posted(chosen): Posted<Chosen>,
) -> Answer {
    let codes = (chosen.from.as_str(), chosen.into.as_str());
    let merged = server.engine.merge_communities(&member.known.actor, codes, member.visitor.now).await;
    let told = refused(merged.map(Told::Done), &member).tell(member.tongue())?;
    shown(&server, &member, (chosen, told)).await
}

/// What the page tells beside the choice.
enum Told {
    Nothing,
    Ahead(Merged),
    Done(Merged),
    Refused(Problem),
}

/// A refusal is told on the page, beside what was chosen; faults of our own are not.
fn refused(told: Result<Told, EngineError>, member: &Member) -> Result<Told, EngineError> {
    told.or_else(|error| {
        let problem = Problem::of(&error, member.tongue());
        if problem.is_broken() { Err(error) } else { Ok(Told::Refused(problem)) }
    })
}

async fn shown(server: &Server, member: &Member, (chosen, told): (Chosen, Told)) -> Answer {
    let tongue = member.tongue();
    let tree = server.engine.administered_places(&member.known.actor).await.tell(tongue)?;
    let named = |code: &str| {
        let place = tree.iter().find(|one| one.code == code);
        place.map_or_else(|| code.to_owned(), |one| name_of(tongue, (&one.name, &one.name_en)).to_owned())
    };
    let carried = |merged: Merged| Carried {
        from: named(&merged.from),
        into: named(&merged.into),
        on: merged.on.to_string(),
        requests: merged.requests,
        people: merged.people,
        money: merged.money.for_people(),
    };
    let open = tree.iter().filter(|one| one.kind == OrganisationKind::Community && one.closed_on.is_none());
    let communities = open.map(|one| {
        (one.code.clone(), format!("{} {}", one.code, name_of(tongue, (&one.name, &one.name_en))))
    });
    let (mut status, mut refusal, mut ahead, mut done) = (StatusCode::OK, None, None, None);
    match told {
        Told::Nothing => {}
        Told::Ahead(merged) => ahead = Some(carried(merged)),
        Told::Done(merged) => done = Some(carried(merged)),
        Told::Refused(problem) => {
            status = problem.status;
            refusal = Some(problem.said());
        }
    }
    Ok(page_with(
        status,
        &MergerPage {
            frame: Frame::of(member, "/administration"),
            tabs: tabs(member, "/administration/places"),
            communities: communities.collect(),
            chosen,
            refusal,
            ahead,
            done,
        },
    ))
}
