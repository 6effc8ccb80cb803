//! Rows that could not be read: lists go on without them, and whoever reads a list learns that it is not whole. Why stands in
//! the log.

use store::StoreError;
use workflow::request::Request;

/// The requests that were read, and for each of the others why it was not.
pub(crate) fn parted(found: Vec<Result<Request, StoreError>>) -> (Vec<Request>, Vec<String>) {
    let mut read = Vec::with_capacity(found.len());
    let mut unreadable = Vec::new();
    for request in found {
        match request {
            Ok(request) => read.push(request),
            Err(error) => unreadable.push(error.to_string()),
        }
    }
    (read, unreadable)
}

/// How many there are; each is logged.
pub(crate) fn counted(unreadable: &[String]) -> usize {
    for failure in unreadable {
        tracing::error!(%failure, "a list goes on without a row");
    }
    unreadable.len()
}
