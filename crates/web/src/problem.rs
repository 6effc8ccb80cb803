//! What goes wrong, as a problem (RFC 9457) for programs and as a page for people: a stable code, words in the reader's
//! language, and the place of each fault.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::{EngineError, SignInError};
use serde::Serialize;
use store::StoreError;
use workflow::facts::Fault;

use crate::labels::label;
use crate::tongue::Tongue;
use crate::watch::current_request_id;

/// Every code that a problem may have, in the order of the alphabet.
pub(crate) const CODES: &[&str] = &[
    "above_due",
    "account_closed",
    "already_extended",
    "already_funded",
    "already_nudged",
    "already_reconsidered",
    "already_renewed",
    "already_rewarded",
    "ambiguous",
    "at_the_terminal",
    "base_funds_short",
    "broken",
    "broken_rules",
    "busy",
    "city_only",
    "community_closed",
    "conflict",
    "disputes_open",
    "duplicate",
    "emergency_undecided",
    "emergency_unfiled",
    "factor_on",
    "file_content",
    "file_count",
    "file_cut_off",
    "file_empty",
    "file_kind",
    "file_name",
    "file_size",
    "file_twice",
    "foreign_form",
    "four_eyes",
    "funds_short",
    "held_by_another",
    "hours_missing",
    "idempotency_key_reused",
    "identity_taken",
    "identity_there",
    "incomplete",
    "malformed",
    "malformed_file",
    "marks",
    "method_not_allowed",
    "negative_never_admitted",
    "no_assignment",
    "no_community",
    "no_free_day",
    "no_price",
    "no_share",
    "no_such_objection",
    "nobody_invited",
    "nobody_present",
    "not_delivered",
    "not_found",
    "not_funded",
    "not_in_budget",
    "not_on_agenda",
    "not_open",
    "not_refusable",
    "not_reversible",
    "not_settled",
    "not_yet",
    "not_yet_due",
    "not_yours",
    "nothing_on_agenda",
    "nothing_to_inspect",
    "nothing_to_move",
    "objections_open",
    "offer_below_price",
    "outside_years",
    "own_account",
    "own_organisation",
    "password_only",
    "period_backwards",
    "period_too_long",
    "quorum",
    "quota_over",
    "quote_not_accepted",
    "read_only",
    "reason_missing",
    "recused",
    "roles_together",
    "rules_return",
    "same_community",
    "session_needed",
    "share_out_of_range",
    "sign_in_needed",
    "sign_in_throttled",
    "sign_in_unfinished",
    "sign_in_wrong",
    "stale",
    "stale_form",
    "stands_in",
    "supplement_too_large",
    "text_missing",
    "text_too_long",
    "text_unfit",
    "too_late",
    "too_long",
    "too_many_errands",
    "too_many_streams",
    "too_soon",
    "took_part",
    "unavailable",
    "unknown_community",
    "unknown_condition",
    "unnamed",
    "version_needed",
    "votes",
];

/// After how many seconds it is worth asking again where the database was busy or away.
const RETRY_SECONDS: &str = "5";

/// The type of a problem's body.
pub(crate) const KIND: &str = "application/problem+json";

/// A failure on its way to whoever asked.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) faults: Vec<Told>,
    /// Before this it is of no use to try again.
    pub(crate) waits: Option<DateTime<Utc>>,
}

/// A fault in the words of the reader.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    pointer: String,
    message: String,
    #[serde(skip)]
    tongue: Tongue,
}

impl Told {
    pub(crate) fn of(fault: &Fault, tongue: Tongue) -> Told {
        let Fault { pointer, message } = fault;
        Told { pointer: pointer.clone(), message: message.get(tongue.0).to_owned(), tongue }
    }

    /// What a person is told: the name of the field, where it has one, and never its pointer.
    pub(crate) fn shown(&self) -> String {
        match label(&self.pointer, self.tongue) {
            Some(label) => self.shown_as(label),
            None => self.message.clone(),
        }
    }

    /// The same under the name that a form gives the field.
    pub(crate) fn shown_as(&self, label: &str) -> String {
        format!("{label}{}{}", self.tongue.say("：", ": "), self.message)
    }

    /// The field of the body that it is about.
    pub(crate) fn field(&self) -> &str {
        self.pointer.trim_start_matches('/').split('/').next().unwrap_or_default()
    }
}

/// Whether a problem is read by a person or by a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Person,
    Program,
}

#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    title: &'static str,
    detail: &'a str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "<[Told]>::is_empty")]
    errors: &'a [Told],
    /// What stands in the log for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    tongue: Tongue,
    status: u16,
    message: &'a str,
    faults: &'a [Told],
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &str) -> Problem {
        Problem { status, code, message: message.to_owned(), faults: Vec::new(), waits: None }
    }

    pub(crate) fn not_found(tongue: Tongue) -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            tongue.say("没有找到这一页或这件事", "there is no such page or matter"),
        )
    }

    /// A change that a person makes, and none of their programs.
    pub(crate) fn session_needed(tongue: Tongue) -> Problem {
        let said = tongue.say("须由本人登录办理，令牌不能代办", "sign in for this; a token cannot do it");
        Problem::new(StatusCode::FORBIDDEN, "session_needed", said)
    }

    /// Somebody else was faster; the page that is shown again keeps what was typed.
    pub(crate) fn stale(tongue: Tongue) -> Problem {
        let said = tongue.say(
            "刚被他人办理过，您填的内容没有提交，但都还在。请看过最新情况再提交。",
            "Somebody else has just acted on this. Nothing of yours was sent, but what you typed is still here; look at how it stands now, then send it again.",
        );
        Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said)
    }

    /// An error of the engine where the page of the form is shown again.
    pub(crate) fn shown_again(error: &EngineError, tongue: Tongue) -> Problem {
        match error {
            EngineError::Stale => Problem::stale(tongue),
            error => Problem::of(error, tongue),
        }
    }

    /// Whether the page of the form cannot be shown again, since it is not there or nothing works.
    pub(crate) fn ends_here(&self) -> bool {
        self.is_broken() || self.status == StatusCode::NOT_FOUND
    }

    /// An error of the engine in the words of the reader.
    pub(crate) fn of(error: &EngineError, tongue: Tongue) -> Problem {
        let status = status(error);
        let faults: Vec<Told> = match error {
            EngineError::Malformed(faults) => faults.iter().map(|fault| Told::of(fault, tongue)).collect(),
            _ => Vec::new(),
        };
        let message = match error {
            _ if !faults.is_empty() => tongue.say("填报内容有误", "the input is malformed").to_owned(),
            EngineError::Store(StoreError::Unavailable(_)) => tongue
                .say("数据库暂时不可用，请稍后再试", "the database does not answer; try again shortly")
                .to_owned(),
            _ if status == StatusCode::INTERNAL_SERVER_ERROR => tongue
                .say(
                    "系统出错，已记入日志，请稍后再试",
                    "something went wrong; it has been logged, please try again later",
                )
                .to_owned(),
            error => error.message(tongue.0),
        };
        log(error, status);
        Problem { status, code: error.code(), message, faults, waits: waits(error) }
    }

    /// Whether something broke, so that a form is not shown again; one that met a busy database is.
    pub(crate) fn is_broken(&self) -> bool {
        self.status == StatusCode::INTERNAL_SERVER_ERROR
    }

    /// The message with its faults, in one line of a form.
    pub(crate) fn said(&self) -> String {
        let Some(first) = self.faults.first() else { return self.message.clone() };
        let faults: Vec<String> = self.faults.iter().map(Told::shown).collect();
        faults.join(first.tongue.say("；", "; "))
    }

    /// The problem as programs read it (RFC 9457).
    pub(crate) fn details(&self) -> impl Serialize + '_ {
        let Problem { status, code, message, faults, waits: _ } = self;
        let request_id = current_request_id();
        Details {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Problem"),
            detail: message,
            status: status.as_u16(),
            code,
            errors: faults,
            request_id,
        }
    }

    pub(crate) fn answer(&self, reader: Reader, tongue: Tongue) -> Response {
        let mut answer = self.in_words(reader, tongue);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
        }
        answer
    }

    fn in_words(&self, reader: Reader, tongue: Tongue) -> Response {
        let Problem { status, code: _, message, faults, waits } = self;
        if reader == Reader::Program {
            let body = serde_json::to_string(&self.details()).unwrap_or_default();
            let mut answer = (*status, [(header::CONTENT_TYPE, KIND)], body).into_response();
            if *status == StatusCode::UNAUTHORIZED {
                answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            return waiting(answer, *waits);
        }
        let page = Page { tongue, status: status.as_u16(), message, faults };
        let html = page.render().unwrap_or_else(|_| message.clone());
        let mut answer =
            (*status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
        answer.extensions_mut().insert(self.clone());
        waiting(answer, *waits)
    }
}

/// What an answer says of an error, before anybody reads its words.
fn status(error: &EngineError) -> StatusCode {
    match error {
        EngineError::Stale => StatusCode::PRECONDITION_FAILED,
        EngineError::Malformed(_) | EngineError::Csv(_) | EngineError::KeyReused => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        EngineError::SignIn(refusal) => status_of(refusal),
        EngineError::TooManyErrands => StatusCode::TOO_MANY_REQUESTS,
        EngineError::Store(StoreError::NotFound(_)) => StatusCode::NOT_FOUND,
        EngineError::Store(StoreError::Unavailable(_) | StoreError::Again) => StatusCode::SERVICE_UNAVAILABLE,
        EngineError::Store(
            StoreError::Unreadable { .. } | StoreError::Untold(_) | StoreError::Forbidden(_),
        )
        | EngineError::Rules(_)
        | EngineError::Notify(_)
        | EngineError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        EngineError::Refused(_)
        | EngineError::Overseen(_)
        | EngineError::Card(_)
        | EngineError::Ledger(_)
        | EngineError::Merger(_)
        | EngineError::Account(_)
        | EngineError::Store(_) => StatusCode::CONFLICT,
    }
}

/// What a database or a driver says of itself is for the log alone.
fn log(error: &EngineError, status: StatusCode) {
    match error {
        EngineError::Store(StoreError::Duplicate(_)) => log_refusal(error),
        EngineError::Store(StoreError::Unavailable(_)) => {
            log_failure(error, "the database does not do its work");
        }
        _ if status == StatusCode::INTERNAL_SERVER_ERROR => log_failure(error, "a request failed"),
        _ => {}
    }
}

fn log_refusal(error: &EngineError) {
    tracing::info!(%error, "a request was refused");
}

fn log_failure(error: &EngineError, what: &str) {
    tracing::error!(%error, "{what}");
}

/// Until when it is of no use to try again.
fn waits(error: &EngineError) -> Option<DateTime<Utc>> {
    match error {
        EngineError::SignIn(SignInError::Throttled(until)) => Some(*until),
        _ => None,
    }
}

/// The status of an answer by which nobody is signed in.
pub(crate) fn status_of(refusal: &SignInError) -> StatusCode {
    match refusal {
        SignInError::Wrong => StatusCode::UNAUTHORIZED,
        SignInError::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// The answer, saying from when on it may be tried again.
pub(crate) fn waiting(mut answer: Response, until: Option<DateTime<Utc>>) -> Response {
    let written = until.map(|until| until.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(value) = written.and_then(|until| HeaderValue::from_str(&until).ok()) {
        answer.headers_mut().insert(header::RETRY_AFTER, value);
    }
    answer
}
