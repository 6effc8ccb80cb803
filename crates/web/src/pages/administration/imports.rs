//! A CSV file that is brought in, and its fault by line and column.

use engine::{EngineError, ImportKind, Imported};
use store::StoreError;

use super::by;
use crate::problem::Problem;
use crate::server::Server;
use crate::tongue::Tongue;
use crate::uploads::Uploaded;
use crate::visitor::Member;

/// What an import came to, in words.
pub(super) struct News {
    pub(super) imported: Option<Imported>,
    pub(super) refusal: Option<Problem>,
}

/// Brings the file of a form in. Its name without the ending is the version of a calendar.
pub(super) async fn bring_in(
    server: &Server,
    member: &Member,
    (kind, uploaded): (ImportKind, Uploaded),
) -> Result<News, EngineError> {
    let tongue = member.tongue();
    let refused = |problem: Problem| Ok(News { imported: None, refusal: Some(problem) });
    let Some(file) = uploaded.files.first() else {
        return refused(unread(tongue.say("请选择一个 CSV 文件", "choose a CSV file")));
    };
    let bytes = file.whole().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return refused(unread(tongue.say("文件须为 UTF-8 编码", "the file must be in UTF-8")));
    };
    let name = file.name().rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".csv").to_owned();
    match server.engine.import_by(by(member), kind, (&name, &text)).await {
        Ok(imported) => Ok(News { imported: Some(imported), refusal: None }),
        Err(error @ (EngineError::Csv(_) | EngineError::Account(_))) => refused(said(&error, tongue)),
        Err(error) => Err(error),
    }
}

fn unread(said: &str) -> Problem {
    Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "malformed_file", said)
}

fn said(error: &EngineError, tongue: Tongue) -> Problem {
    let mut problem = Problem::of(error, tongue);
    if let EngineError::Csv(fault) = error {
        let (row, column) = (fault.row, &fault.column);
        let place = match (column.is_empty(), tongue.say("zh", "en")) {
            (true, "zh") => format!("第 {row} 行"),
            (true, _) => format!("line {row}"),
            (false, "zh") => format!("第 {row} 行，{column} 列"),
            (false, _) => format!("line {row}, column {column}"),
        };
        let nothing = tongue.say("未导入任何内容", "nothing was brought in");
        problem.message = format!("{place}: {} — {nothing}", fault.message);
    }
    problem
}
