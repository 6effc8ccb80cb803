//! Several requests of the inbox at once: each goes through the same gate as a single one and has an answer of its own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{EngineError, Wanted};
use serde_json::{Map, Value, json};
use workflow::action::ActionKind;
use workflow::language::Language;
use workflow::request::Request;

use crate::api::MANY;
use crate::pages::chips::Chip;
use crate::pages::frame::Frame;
use crate::pages::office::inbox::{AT_ONCE, waiting};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "answers.html")]
struct AnswersPage {
    frame: Frame,
    action: &'static str,
    done: usize,
    answers: Vec<Told>,
}

/// What became of one request.
struct Told {
    id: String,
    number: String,
    title: String,
    /// Where it stands now, or why nothing was done.
    became: Result<Chip, String>,
}

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let tongue = member.tongue();
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let action = ActionKind::from_word(field("action")).filter(|action| AT_ONCE.contains(action));
    let Some(action) = action else {
        let said = tongue.say("请选择要办理的事", "choose what is to be done");
        return Err(refused(said, tongue));
    };
    let picks: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "pick").map(|(_, value)| value.as_str()).collect();
    if picks.is_empty() {
        return Err(refused(tongue.say("请至少勾选一件申请", "tick at least one request"), tongue));
    }
    if picks.len() > MANY {
        let (most, picked) = (MANY, picks.len());
        let said = match tongue.0 {
            Language::Chinese => {
                format!("一次最多办理 {most} 件，您勾选了 {picked} 件；没有提交，请分批办理")
            }
            Language::English => {
                format!("at most {most} at once, you ticked {picked}; nothing was sent, do it in parts")
            }
        };
        return Err(refused(&said, tongue));
    }
    let (known, _) = waiting(&server, &member).await?;
    let asked = (action, field("reason"));
    let wanted = picks.iter().enumerate().map(|(index, pick)| wanted((index, pick), asked, tongue));
    let wanted: Vec<Wanted> = wanted.collect::<Result<_, _>>()?;
    let answers = server.engine.act_on_many(&member.known.actor, &wanted, member.visitor.now).await;
    let told = |(wanted, answer): (&Wanted, Result<Request, EngineError>)| {
        let before = known.iter().find(|request| request.id.to_string() == wanted.request);
        Told::of(wanted, before, &answer, tongue)
    };
    let answers: Vec<Told> = wanted.iter().zip(answers).map(told).collect();
    let done = answers.iter().filter(|one| one.became.is_ok()).count();
    let frame = Frame::of(&member, "/inbox");
    Ok(page(&AnswersPage { frame, action: action.name(tongue.0), done, answers }))
}

impl Told {
    fn of(
        wanted: &Wanted,
        before: Option<&Request>,
        answer: &Result<Request, EngineError>,
        tongue: Tongue,
    ) -> Told {
        let request = answer.as_ref().ok().or(before);
        Told {
            id: wanted.request.clone(),
            number: request.map(|request| request.number().to_owned()).unwrap_or_default(),
            title: request.map_or_else(|| wanted.request.clone(), |request| request.title().to_owned()),
            became: match answer {
                Ok(request) => Ok(Chip::of_request(request, tongue)),
                Err(EngineError::Stale) => Err(tongue
                    .say(
                        "刚被他人办理过，没有提交；请刷新后再看",
                        "somebody else has just acted on it; nothing was sent, look again",
                    )
                    .to_owned()),
                Err(error) => Err(Problem::of(error, tongue).message),
            },
        }
    }
}

/// A ticked box: the request and the version that was seen.
fn wanted(
    (index, pick): (usize, &str),
    (action, reason): (ActionKind, &str),
    tongue: Tongue,
) -> Result<Wanted, Failed> {
    let (request, seen) = pick.split_once(':').unwrap_or((pick, ""));
    let seen = version(seen, tongue).map_err(|problem| Failed::person(problem, tongue))?;
    let mut entry = Map::new();
    entry.insert("action".into(), json!(action.word()));
    entry.insert("request".into(), json!(request));
    entry.insert("seen".into(), json!(seen));
    if matches!(action, ActionKind::Return | ActionKind::SendBack) {
        entry.insert("reason".into(), json!(reason));
    }
    Wanted::read(&Value::Object(entry), index).tell(tongue)
}

fn refused(said: &str, tongue: Tongue) -> Failed {
    Failed::person(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", said), tongue)
}
