//! What others have said on a request – invited bodies in the consultation, anybody in the publication – and the letters
//! that went out about it, for those who look after letters.

use store::{LetterScope, Scope};
use workflow::consultation::{Objection, Opinion, Stance};
use workflow::id::OrganisationId;
use workflow::request::Request;
use workflow::stage::Stage;

use crate::pages::chips::whole_day;
use crate::pages::names::{Names, names, subject};
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// An opinion or an objection.
pub(super) struct Voice {
    pub(super) who: String,
    pub(super) on: String,
    pub(super) stance: &'static str,
    pub(super) tone: &'static str,
    pub(super) text: String,
    pub(super) answer: Option<String>,
}

/// A letter about the request.
pub(super) struct Sent {
    pub(super) at: String,
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) state: &'static str,
}

/// Letters that are shown.
const MOST: u64 = 50;

/// Opinions and objections. The office, the applicant and audit read all opinions, anybody else the own one; an
/// objection is public as the publication is.
pub(super) async fn of(
    server: &Server,
    member: &Member,
    request: &Request,
) -> Result<(Vec<Voice>, Vec<Voice>), Failed> {
    let tongue = member.tongue();
    let own = member.known.worker.person.organisation;
    let scope = server.engine.scope(&member.known.actor);
    let whole = matches!(scope, Scope::Everything | Scope::District(_)) || request.department == own;
    let heard: Vec<&Opinion> =
        request.dossier.opinions.iter().filter(|opinion| whole || opinion.organisation == own).collect();
    let objections = match &request.stage {
        Stage::Publication { objections, .. } => objections.as_slice(),
        _ => &[],
    };
    if heard.is_empty() && objections.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let names = names(&server.engine.reader().organisations().await.tell(tongue)?, tongue);
    let opinions = heard.into_iter().map(|opinion| Voice::of_opinion(opinion, (&names, tongue)));
    let objections = objections.iter().map(|objection| Voice::of_objection(objection, (&names, tongue)));
    Ok((opinions.collect(), objections.collect()))
}

/// The letters about the request; none for whoever does not look after letters.
pub(super) async fn letters(
    server: &Server,
    member: &Member,
    request: &Request,
) -> Result<Vec<Sent>, Failed> {
    let tongue = member.tongue();
    let scope = server.engine.letter_scope(&member.known.actor);
    if matches!(scope, LetterScope::Person(_)) {
        return Ok(Vec::new());
    }
    let lines = server.engine.reader().letters_about(request.id, scope, (None, MOST)).await.tell(tongue)?;
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let line = |line: store::LetterLine| {
        let at = line.sent_at.or(line.next_at);
        Sent {
            at: at
                .map(|at| at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default(),
            subject: subject(&line, tongue),
            to: line.recipient,
            state: line.state.name(tongue.0),
        }
    };
    Ok(lines.into_iter().map(line).collect())
}

impl Voice {
    fn of_opinion(opinion: &Opinion, (names, tongue): (&Names, Tongue)) -> Voice {
        Voice {
            who: said_by(opinion.organisation, names),
            on: whole_day(opinion.on, tongue),
            stance: opinion.stance.name(tongue.0),
            tone: match opinion.stance {
                Stance::Support => "good",
                Stance::Neutral => "quiet",
                Stance::Oppose => "wait",
            },
            text: opinion.text.clone(),
            answer: None,
        }
    }

    fn of_objection(objection: &Objection, (names, tongue): (&Names, Tongue)) -> Voice {
        let answer = objection.answer.as_ref();
        Voice {
            who: said_by(objection.organisation, names),
            on: whole_day(objection.on, tongue),
            stance: answer
                .map_or(tongue.say("待答复", "not answered yet"), |one| one.ruling.name(tongue.0)),
            tone: if answer.is_some() { "quiet" } else { "wait" },
            text: objection.text.clone(),
            answer: answer.map(|one| one.text.clone()),
        }
    }
}

fn said_by(organisation: OrganisationId, names: &Names) -> String {
    names.get(&organisation).cloned().unwrap_or_default()
}
