//! Files of deliveries, listed for and saved by those who may see them; other communities' files are not found.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use store::Scope;
use workflow::assignment::Evidence;
use workflow::id::RequestId;

use crate::downloads::hand_out;
use crate::pages::addresses::segment;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::visitor::Member;

/// One file with the way to it.
pub(crate) struct FileLine {
    pub(crate) to: String,
    pub(crate) name: String,
    pub(crate) kilobytes: u64,
}

impl FileLine {
    pub(crate) fn of(request: RequestId, file: &Evidence) -> FileLine {
        let parts: Vec<String> = file.name.split('/').map(segment).collect();
        FileLine {
            to: format!("/requests/{request}/files/{}", parts.join("/")),
            name: file.name.rsplit('/').next().unwrap_or_default().to_owned(),
            kilobytes: file.size.div_ceil(1024),
        }
    }
}

#[derive(Template)]
#[template(path = "files.html")]
struct FilesPage {
    frame: Frame,
    number: String,
    title: String,
    to_request: String,
    /// Names of communities with their reports and files.
    parts: Vec<DeliveredPart>,
}

/// What one community has handed in.
struct DeliveredPart {
    code: String,
    on_stage: &'static str,
    report: String,
    files: Vec<FileLine>,
}

/// The deliveries of a request that the reader may see, each with its files.
pub(crate) async fn list(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let scope = engine.scope(&member.known.actor);
    let id = engine.reader().request_id(&written, scope).await.tell(tongue)?;
    let request = engine.reader().request(id, scope).await.tell(tongue)?;
    let files = engine.delivered_files(id, scope).await.tell(tongue)?;
    let own = member.known.worker.person.organisation;
    let sees_all = match scope {
        Scope::Everything | Scope::District(_) => true,
        Scope::Department(department) => request.department == department,
        Scope::Community(_) => false,
    };
    let seen = request.assignments.iter().filter(|one| sees_all || one.community == own);
    let parts = seen.filter_map(|one| {
        let delivery = one.delivery()?;
        let theirs = files.iter().filter(|file| file.community == one.code);
        Some(DeliveredPart {
            code: one.code.clone(),
            on_stage: one.stage.kind().name(tongue.0),
            report: delivery.report.clone(),
            files: theirs.map(|file| FileLine::of(id, &file.file)).collect(),
        })
    });
    Ok(page(&FilesPage {
        frame: Frame::of(&member, "/requests"),
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        to_request: format!("/requests/{id}"),
        parts: parts.collect(),
    }))
}

pub(crate) async fn save(
    State(server): State<Server>,
    member: Member,
    Path((written, name)): Path<(String, String)>,
) -> Result<Response, Failed> {
    let tongue = member.tongue();
    let engine = &server.engine;
    let scope = engine.scope(&member.known.actor);
    let id = engine.reader().request_id(&written, scope).await.tell(tongue)?;
    let files = engine.delivered_files(id, scope).await.tell(tongue)?;
    let Some(found) = files.into_iter().find(|one| one.file.name == name) else {
        return Err(Failed::person(Problem::not_found(tongue), tongue));
    };
    let file = engine.delivered_file(id, &found.file).await.tell(tongue)?;
    Ok(hand_out(&server, file))
}
