//! What handlers give back: a page, a way to another page, or a failure in the words of the reader.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::EngineError;
use store::StoreError;

use crate::problem::{Problem, Reader};
use crate::tongue::Tongue;

/// What a page's handler gives back.
pub(crate) type Answer = Result<Response, Failed>;

/// A failure with the language in which it is told.
#[derive(Debug)]
pub(crate) struct Failed {
    problem: Box<Problem>,
    reader: Reader,
    tongue: Tongue,
}

impl Failed {
    pub(crate) fn person(problem: Problem, tongue: Tongue) -> Failed {
        Failed { problem: Box::new(problem), reader: Reader::Person, tongue }
    }

    pub(crate) fn program(problem: Problem, tongue: Tongue) -> Failed {
        Failed { problem: Box::new(problem), reader: Reader::Program, tongue }
    }

    pub(crate) fn to(reader: Reader, problem: Problem, tongue: Tongue) -> Failed {
        Failed { problem: Box::new(problem), reader, tongue }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        self.problem.answer(self.reader, self.tongue)
    }
}

/// Puts an error into the words of a person.
pub(crate) trait Tell<T> {
    fn tell(self, tongue: Tongue) -> Result<T, Failed>;
}

impl<T> Tell<T> for Result<T, EngineError> {
    fn tell(self, tongue: Tongue) -> Result<T, Failed> {
        self.map_err(|error| Failed::person(Problem::of(&error, tongue), tongue))
    }
}

impl<T> Tell<T> for Result<T, StoreError> {
    fn tell(self, tongue: Tongue) -> Result<T, Failed> {
        self.map_err(EngineError::from).tell(tongue)
    }
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

/// A page with a status of its own, such as a form that is shown again with its faults.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The way to another page, to be read anew.
pub(crate) fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}
