//! A CSV file that is brought in, as an errand; its fault by line and column is told there.

use axum::response::Response;
use engine::{EngineError, ErrandOrder, ImportKind};
use store::StoreError;

use crate::pages::errands::begin;
use crate::problem::Problem;
use crate::server::Server;
use crate::uploads::Uploaded;
use crate::visitor::Member;

/// Begins to bring the file of a form in, or says what is wrong with it. Its name without the ending is the version of a
/// calendar.
pub(super) async fn bring_in(
    server: &Server,
    member: &Member,
    (kind, uploaded): (ImportKind, Uploaded),
) -> Result<Result<Response, Problem>, EngineError> {
    let tongue = member.tongue();
    let Some(file) = uploaded.files.first() else {
        return Ok(Err(unread(tongue.say("请选择一个 CSV 文件", "choose a CSV file"))));
    };
    let bytes = file.whole().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Err(unread(tongue.say("文件须为 UTF-8 编码", "the file must be in UTF-8"))));
    };
    let name = file.name().rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".csv").to_owned();
    match begin(server, member, ErrandOrder::Import { kind, name, text }).await {
        Ok(answer) => Ok(Ok(answer)),
        Err(error @ EngineError::Account(_)) => Ok(Err(Problem::of(&error, tongue))),
        Err(error) => Err(error),
    }
}

fn unread(said: &str) -> Problem {
    Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "malformed_file", said)
}
