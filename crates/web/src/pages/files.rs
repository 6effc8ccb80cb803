//! Files of deliveries, to be saved by those who may see them; other communities' files are not found.

use axum::extract::{Path, State};
use axum::response::Response;
use workflow::assignment::Evidence;
use workflow::id::RequestId;

use crate::pages::addresses::segment;
use crate::problem::Problem;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::uploads::download;
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
    let bytes = engine.delivered_bytes(id, &found.file).await.tell(tongue)?;
    Ok(download(&found.file.name, bytes))
}
