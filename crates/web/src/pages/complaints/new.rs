//! Reporting imposed work: who, what, since when, and files that show it. What is refused comes back with what was written.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use engine::{By, EngineError, Given, NewComplaint};
use serde_json::json;
use workflow::calendar::read_day;
use workflow::complaint::Complaint;
use workflow::facts::Fault;

use crate::once::{self, Made, Once};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page_with};
use crate::server::Server;
use crate::uploads::Uploaded;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "complaints/new.html")]
struct NewComplaintPage {
    frame: Frame,
    /// Codes and names.
    departments: Vec<(String, String)>,
    written: Written,
    refusal: Option<String>,
    today: String,
    kinds: String,
    most_files: usize,
    most_megabytes: usize,
}

/// What somebody has written already.
#[derive(Default)]
struct Written {
    department: String,
    what: String,
    since: String,
    covered_by: String,
    once: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member) -> Answer {
    form(&server, &member, (Written::default(), None)).await
}

async fn form(server: &Server, member: &Member, (written, refusal): (Written, Option<Problem>)) -> Answer {
    let tongue = member.tongue();
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let evidence = &parameters.oversight.evidence;
    let departments = server.engine.accusable_by(&member.known.actor).await.tell(tongue)?;
    let today = member.visitor.now.with_timezone(&parameters.jurisdiction.offset()).date_naive();
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let kinds: Vec<String> = evidence.kinds.keys().map(|kind| format!(".{kind}")).collect();
    let template = NewComplaintPage {
        frame: Frame::of(member, "/complaints"),
        departments: departments.into_iter().map(|one| (one.code, one.name)).collect(),
        written: Written { once: once::key_of(&written.once), ..written },
        refusal: refusal.map(|problem| problem.said()),
        today: today.to_string(),
        kinds: kinds.join(", "),
        most_files: evidence.most_files,
        most_megabytes: evidence.most_bytes >> 20,
    };
    Ok(page_with(status, &template))
}

pub(crate) async fn file(State(server): State<Server>, member: Member, uploaded: Uploaded) -> Answer {
    let tongue = member.tongue();
    let written = Written {
        department: uploaded.field("department").to_owned(),
        what: uploaded.field("what").to_owned(),
        since: uploaded.field("since").to_owned(),
        covered_by: uploaded.field("covered_by").to_owned(),
        once: uploaded.field(once::FIELD).to_owned(),
    };
    match filed(&server, &member, (&written, uploaded)).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let problem = Problem::of(&error, tongue);
            if problem.is_broken() {
                return Err(error).tell(tongue);
            }
            form(&server, &member, (written, Some(problem))).await
        }
    }
}

async fn filed(
    server: &Server,
    member: &Member,
    (written, uploaded): (&Written, Uploaded),
) -> Result<Response, EngineError> {
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let new = NewComplaint {
        department: written.department.clone(),
        what: written.what.clone(),
        since: since(&written.since)?,
        covered_by: Some(written.covered_by.clone()).filter(|number| !number.is_empty()),
        evidence: uploaded.files,
    };
    let filed = server.engine.file_complaint(by, new);
    let id = match Once::sent(&written.once, "/complaints/new") {
        None => filed.await?.id.0,
        Some(once) => {
            let made = |filed: &Complaint| json!({ "id": filed.id, "version": filed.version });
            match server.engine.given_once(by.actor, once.keeping(made), filed).await? {
                Given::Now(complaint) => complaint.id.0,
                Given::Before(kept) => Made::before(&kept)?.id,
            }
        }
    };
    Ok(go(&format!("/complaints/{id}")))
}

fn since(text: &str) -> Result<NaiveDate, EngineError> {
    let said = ("请填写日期，如 2026-05-06", "enter a day such as 2026-05-06");
    let fault = || Fault::new("/since", said);
    read_day(text).ok_or_else(|| EngineError::Malformed(vec![fault()]))
}
