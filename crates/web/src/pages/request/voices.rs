//! What others have said on a request – invited bodies in the consultation, anybody in the publication – and the letters
//! that went out about it, for those who look after letters.

use store::{EventLine, LetterScope, Scope};
use workflow::consultation::{Inquiry, Objection, Opinion, Stance};
use workflow::id::OrganisationId;
use workflow::request::Request;

use crate::pages::chips::whole_day;
use crate::pages::names::{Names, names, subject};
use crate::pages::request::heard::Heard;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// All that was asked and said.
pub(super) struct Voices {
    pub(super) questions: Vec<Question>,
    pub(super) opinions: Vec<Voice>,
    /// The newest publication first.
    pub(super) objections: Vec<Round>,
}

/// What the invited were asked.
pub(super) struct Question {
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// The objections of one publication, in the order of the numbers by which they are answered.
pub(super) struct Round {
    pub(super) title: &'static str,
    pub(super) voices: Vec<Voice>,
}

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

/// Questions, opinions and objections, as the history tells them. The office, the applicant and audit read all opinions
/// and who objected; anybody else reads the own opinion, questions that were put to them, and of objections what was said.
pub(super) async fn of(
    server: &Server,
    member: &Member,
    (request, history): (&Request, &[EventLine]),
) -> Result<Voices, Failed> {
    let tongue = member.tongue();
    let own = member.known.worker.person.organisation;
    let scope = server.engine.scope(&member.known.actor);
    let sees_all = matches!(scope, Scope::Everything | Scope::District(_)) || request.department == own;
    let heard = Heard::of(history, server.engine.content().rules.parameters().jurisdiction.offset());
    let of_reader = |opinion: &&Opinion| sees_all || opinion.organisation == own;
    let opinions: Vec<&Opinion> = request.dossier.opinions.iter().filter(of_reader).collect();
    let is_silent = opinions.is_empty() && heard.rounds.iter().all(Vec::is_empty);
    let names = match is_silent {
        true => Names::new(),
        false => names(&server.engine.reader().organisations().await.tell(tongue)?, tongue),
    };
    let listener = Listener { names, own, sees_all, tongue };
    Ok(Voices {
        questions: listener.questions(&heard.inquiries),
        opinions: opinions.into_iter().map(|opinion| listener.opinion(opinion)).collect(),
        objections: listener.rounds(&heard.rounds),
    })
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

/// Who reads, with the names of those who spoke.
struct Listener {
    names: Names,
    own: OrganisationId,
    sees_all: bool,
    tongue: Tongue,
}

impl Listener {
    fn questions(&self, inquiries: &[Inquiry]) -> Vec<Question> {
        let theirs = |inquiry: &&Inquiry| self.sees_all || inquiry.invited.contains(&self.own);
        let question = |inquiry: &Inquiry| Question {
            kind: inquiry.kind.name(self.tongue.0),
            text: inquiry.question.clone(),
        };
        inquiries.iter().filter(theirs).map(question).collect()
    }

    fn opinion(&self, opinion: &Opinion) -> Voice {
        Voice {
            who: self.name(opinion.organisation),
            on: whole_day(opinion.on, self.tongue),
            stance: opinion.stance.name(self.tongue.0),
            tone: match opinion.stance {
                Stance::Support => "good",
                Stance::Neutral => "quiet",
                Stance::Oppose => "wait",
            },
            text: opinion.text.clone(),
            answer: None,
        }
    }

    /// Publications in which somebody objected.
    fn rounds(&self, rounds: &[Vec<Objection>]) -> Vec<Round> {
        let last = rounds.len().saturating_sub(1);
        let round = |(index, objections): (usize, &Vec<Objection>)| Round {
            title: match index == last {
                true => self.tongue.say("公示期间的异议", "Objections"),
                false => self.tongue.say("此前公示期间的异议", "Objections in an earlier publication"),
            },
            voices: objections.iter().map(|objection| self.objection(objection)).collect(),
        };
        let all = rounds.iter().enumerate().rev().map(round);
        all.filter(|round| !round.voices.is_empty()).collect()
    }

    fn objection(&self, objection: &Objection) -> Voice {
        let answer = objection.answer.as_ref();
        let is_named = self.sees_all || objection.organisation == self.own;
        Voice {
            who: match is_named {
                true => self.name(objection.organisation),
                false => self.tongue.say("另一单位", "Another body").to_owned(),
            },
            on: whole_day(objection.on, self.tongue),
            stance: answer.map_or(self.tongue.say("待答复", "not answered yet"), |one| {
                one.ruling.name(self.tongue.0)
            }),
            tone: if answer.is_some() { "quiet" } else { "wait" },
            text: objection.text.clone(),
            answer: answer.map(|one| one.text.clone()),
        }
    }

    fn name(&self, organisation: OrganisationId) -> String {
        self.names.get(&organisation).cloned().unwrap_or_default()
    }
}
