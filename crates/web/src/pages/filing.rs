//! The application form: new, renewed, supplemented or corrected. Its buttons post the whole form, so that it works without
//! a script; a script asks for the panel while somebody types, and keeps the draft.

mod cells;
pub(crate) mod links;
mod panel;
mod pasted;
mod sheet;
mod shown;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use engine::{Change, Command, EngineError, Filing, FilingOf, Given, Order, Seen};
use serde::Deserialize;
use serde_json::json;
use store::KeptAnswer;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::decide::may_try;
use workflow::dossier::Origin;
use workflow::facts::Application;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

pub(crate) use self::sheet::PERSONAL;
use crate::access::Admits;
use crate::once::{self, Made, Once};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, go, page};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::Member;

use self::cells::wrong;
use self::sheet::Sheet;
use self::shown::{Desk, Shown};

/// Whoever files for a department; a subdistrict that applies has people of this role, too.
const FILERS: Admits = Admits::Roles(&[Role::Submitter]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/requests/new", FILERS, get(new)),
        writes("/requests/new", FILERS, post(file)),
        writes("/requests/new/panel", FILERS, post(assess)),
        writes("/requests/new/autosave", FILERS, post(begin)),
        reads("/requests/{id}/edit", FILERS, get(edit)),
        writes("/requests/{id}/edit", FILERS, post(correct)),
        writes("/requests/{id}/autosave", FILERS, post(autosave)),
    ]
}

/// Fields of a form, several of one name where several are ticked.
type Pairs = Vec<(String, String)>;

#[derive(Deserialize)]
pub(crate) struct From {
    renew: Option<String>,
    supplement: Option<String>,
}

/// What somebody presses.
enum Press {
    Save,
    Submit,
    /// Only the form changes; the lists in which one more row is shown.
    Fill(Option<String>),
}

async fn new(State(server): State<Server>, member: Member, Query(from): Query<From>) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let (word, of) = match (from.renew, from.supplement) {
        (Some(of), _) => ("renew", of),
        (None, Some(of)) => ("supplement", of),
        (None, None) => return desk.show(Shown::of(Sheet::default(), None)).await,
    };
    let old = desk.request(&of).await?;
    let mut sheet = Sheet::of(&old.application, &old);
    if word == "renew" {
        sheet = sheet.renewed(&old.application);
    }
    sheet.set("origin", word);
    sheet.set("of", old.id.to_string());
    sheet.set("of_version", old.version.to_string());
    desk.show(Shown::of(sheet, None)).await
}

async fn edit(State(server): State<Server>, member: Member, Path(written): Path<String>) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let request = desk.request(&written).await?;
    if !may_try(&request, ActionKind::Correct, &member.known.actor) {
        return Ok(go(&format!("/requests/{}", request.id)));
    }
    let sheet = Sheet::of(&request.application, &request);
    desk.show(Shown::of(sheet, Some(request))).await
}

async fn file(State(server): State<Server>, member: Member, Posted(pairs): Posted<Pairs>) -> Answer {
    let desk = Desk { server: &server, member: &member };
    Box::pin(desk.pressed(pairs, None)).await
}

async fn correct(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(pairs): Posted<Pairs>,
) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let request = desk.request(&written).await?;
    Box::pin(desk.pressed(pairs, Some(request))).await
}

/// The panel alone.
async fn assess(State(server): State<Server>, member: Member, Posted(pairs): Posted<Pairs>) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let mut sheet = Sheet::posted(pairs);
    sheet.expand(&desk.places(&sheet).await?);
    let known = match sheet.get("request") {
        "" => None,
        written => Some(desk.request(written).await?),
    };
    let (panel, _) = desk.panel(&sheet, known.as_ref()).await?;
    Ok(page(&panel))
}

/// Makes the draft once something is typed; from then on it is kept at its own address.
async fn begin(State(server): State<Server>, member: Member, Posted(pairs): Posted<Pairs>) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let mut sheet = Sheet::posted(pairs);
    sheet.expand(&desk.places(&sheet).await?);
    if sheet.is_blank() {
        return Ok(kept(StatusCode::OK, json!({ "saved": false, "said": "" })));
    }
    let outcome = match desk.seen(&sheet, None) {
        Ok(seen) => desk.keep(&sheet, (None, seen)).await,
        Err(problem) => return Ok(unkept(&problem)),
    };
    desk.tells(outcome, &sheet)
}

/// Keeps the draft while somebody types; only a draft, since what is returned is corrected knowingly.
async fn autosave(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(pairs): Posted<Pairs>,
) -> Answer {
    let desk = Desk { server: &server, member: &member };
    let tongue = member.tongue();
    let request = desk.request(&written).await?;
    let mut sheet = Sheet::posted(pairs);
    sheet.expand(&desk.places(&sheet).await?);
    if request.stage.kind() != StageKind::Draft {
        let said = tongue.say("已提交，不再自动保存", "submitted; nothing is kept by itself any more");
        return Ok(kept(StatusCode::CONFLICT, json!({ "saved": false, "said": said })));
    }
    let outcome = match desk.seen(&sheet, Some(&request)) {
        Ok(seen) => desk.keep(&sheet, (Some(&request), seen)).await,
        Err(problem) => return Ok(unkept(&problem)),
    };
    desk.tells(outcome, &sheet)
}

fn kept(status: StatusCode, said: serde_json::Value) -> Response {
    (status, Json(said)).into_response()
}

fn unkept(problem: &Problem) -> Response {
    kept(problem.status, json!({ "saved": false, "said": problem.message }))
}

impl Press {
    /// Reads the button and does to the sheet what it says.
    fn read(sheet: &mut Sheet) -> Press {
        let pressed = sheet.get("do").to_owned();
        match pressed.split_once(':') {
            None if pressed == "save" => Press::Save,
            None if pressed == "submit" => Press::Submit,
            Some(("add", list)) => Press::Fill(Some(list.to_owned())),
            Some(("drop", row)) => {
                sheet.drop_row(row);
                Press::Fill(None)
            }
            Some(("change", written)) => {
                let changes: Vec<Change> = serde_json::from_str(written).unwrap_or_default();
                for change in changes {
                    sheet.fill(change);
                }
                Press::Fill(None)
            }
            _ => Press::Fill(None),
        }
    }
}

impl Desk<'_> {
    async fn request(self, written: &str) -> Result<Request, Failed> {
        let (engine, tongue) = (&self.server.engine, self.member.tongue());
        let scope = engine.scope(&self.member.known.actor);
        let id = engine.reader().request_id(written, scope).await.tell(tongue)?;
        let request = engine.reader().request(id, scope).await.tell(tongue)?;
        let own = request.department == self.member.known.worker.person.organisation;
        if own { Ok(request) } else { Err(Failed::person(Problem::not_found(tongue), tongue)) }
    }

    async fn pressed(self, pairs: Pairs, known: Option<Request>) -> Answer {
        let mut sheet = Sheet::posted(pairs);
        sheet.expand(&self.places(&sheet).await?);
        let press = Press::read(&mut sheet);
        if let Press::Fill(list) = press {
            return self.show(Shown::checked(sheet, known).adding(list)).await;
        }
        let seen = match self.seen(&sheet, known.as_ref()) {
            Ok(seen) => seen,
            Err(problem) => return self.show(Shown::unseen(sheet, known, problem)).await,
        };
        let request = match self.keep(&sheet, (known.as_ref(), seen)).await {
            Ok(request) => request,
            Err(error) => return self.show(Shown::refused(sheet, known, &error)).await,
        };
        let actor = &self.member.known.actor;
        // What came twice may have been submitted by the first time; its page says so.
        if matches!(press, Press::Save) || !may_try(&request, ActionKind::Correct, actor) {
            return Ok(go(&format!("/requests/{}/edit", request.id)));
        }
        sheet.set("version", request.version.to_string());
        let seen = Seen::Version(request.version);
        let order = Order { request: request.id, actor, seen, now: self.member.visitor.now };
        match self.server.engine.act(order, Command::Submit).await {
            Ok(request) => Ok(go(&format!("/requests/{}", request.id))),
            Err(error) => self.show(Shown::refused(sheet, Some(request), &error)).await,
        }
    }

    /// What the form was made from: a request that is known, or the one that is renewed or added to; else nothing.
    fn seen(self, sheet: &Sheet, known: Option<&Request>) -> Result<Seen, Problem> {
        let written = match (known, origin(sheet)) {
            (Some(_), _) => sheet.get("version"),
            (None, Origin::New) => return Ok(Seen::Nothing),
            (None, Origin::Renewal { .. } | Origin::Supplement { .. }) => sheet.get("of_version"),
        };
        version(written, self.member.tongue()).map(Seen::Version)
    }

    /// Keeps what is typed, as a new request or in the place of what is known.
    async fn keep(
        self,
        sheet: &Sheet,
        (known, seen): (Option<&Request>, Seen),
    ) -> Result<Request, EngineError> {
        let (engine, filing) = (&self.server.engine, sheet.filing()?);
        if let Some(request) = known {
            return engine.correct(self.order(request.id, seen), filing).await;
        }
        let Some(once) = Once::sent(sheet.get(once::FIELD), "/requests/new") else {
            return self.begun((sheet, seen), filing).await;
        };
        let made = |request: &Request| json!({ "id": request.id, "version": request.version });
        let begun = Box::pin(self.begun((sheet, seen), filing.clone()));
        match engine.given_once(&self.member.known.actor, once.keeping(made), begun).await? {
            Given::Now(request) => Ok(request),
            Given::Before(kept) => self.again(&kept, filing).await,
        }
    }

    fn order(&self, request: RequestId, seen: Seen) -> Order<'_> {
        Order { request, actor: &self.member.known.actor, seen, now: self.member.visitor.now }
    }

    /// A new draft, bound to what the form says.
    async fn begun(self, (sheet, seen): (&Sheet, Seen), filing: Filing) -> Result<Request, EngineError> {
        let engine = &self.server.engine;
        let order = |of| self.order(of, seen);
        match origin(sheet) {
            Origin::New => engine.draft(filing, &self.member.known.actor, self.member.visitor.now).await,
            Origin::Renewal { of } => engine.renew(order(of), filing).await,
            Origin::Supplement { of } => engine.supplement(order(of), filing).await,
        }
    }

    /// The draft that the form has made when it came first, with what is typed now.
    async fn again(self, kept: &KeptAnswer, filing: Filing) -> Result<Request, EngineError> {
        let (engine, Made { id, version }) = (&self.server.engine, Made::before(kept)?);
        let scope = engine.scope(&self.member.known.actor);
        let request = engine.reader().request(RequestId(id), scope).await?;
        let is_there = |code: &String| request.targets.iter().any(|target| target.code == *code);
        // The department is not typed: the engine fills it in.
        let department = request.application.department.clone();
        let typed = Application { department, ..filing.application.clone() };
        let is_same = request.application == typed
            && request.targets.len() == filing.communities.len()
            && filing.communities.iter().all(is_there);
        if is_same {
            return Ok(request);
        }
        engine.correct(self.order(request.id, Seen::Version(version)), filing).await
    }

    /// What the script hears: the draft with its addresses, or why it is not kept.
    fn tells(self, outcome: Result<Request, EngineError>, sheet: &Sheet) -> Answer {
        let tongue = self.member.tongue();
        Ok(match outcome {
            Ok(request) => {
                let id = request.id.to_string();
                let told = json!({
                    "saved": true,
                    "said": tongue.say("草稿已自动保存", "The draft is kept"),
                    "edit": format!("/requests/{id}/edit"),
                    "autosave": format!("/requests/{id}/autosave"),
                    "version": request.version,
                    "id": id,
                });
                kept(StatusCode::OK, told)
            }
            Err(EngineError::Malformed(faults)) => {
                let found = wrong(&faults, sheet, tongue);
                let mut places: Vec<String> = found.into_iter().map(|one| one.label).collect();
                places.dedup();
                let said = tongue.say("填写有误，改正后再自动保存：", "Not kept; filled in wrongly: ");
                let said = format!("{said}{}", places.join(tongue.say("、", ", ")));
                kept(StatusCode::UNPROCESSABLE_ENTITY, json!({ "saved": false, "said": said }))
            }
            Err(EngineError::Stale) => {
                let said =
                    tongue.say("草稿已在别处改过，请刷新", "The draft was changed elsewhere; reload it");
                kept(StatusCode::PRECONDITION_FAILED, json!({ "saved": false, "said": said }))
            }
            Err(error) => return Err(error).tell(tongue),
        })
    }
}

/// What a new request is bound to.
fn origin(sheet: &Sheet) -> Origin {
    let of = uuid::Uuid::parse_str(sheet.get("of")).ok().map(RequestId);
    match (sheet.get("origin"), of) {
        ("renew", Some(of)) => Origin::Renewal { of },
        ("supplement", Some(of)) => Origin::Supplement { of },
        _ => Origin::New,
    }
}

/// Which request is assessed.
fn filing_of(sheet: &Sheet, known: Option<&Request>) -> FilingOf {
    known.map_or_else(|| FilingOf::New(origin(sheet)), |request| FilingOf::Known(request.id))
}
