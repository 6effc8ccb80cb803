//! Parts what a list of rows holds into what was read and why the rest could not be: a broken row stops no other, and none
//! goes missing silently.

use store::StoreError;

pub(crate) fn parted<T>(found: Vec<Result<T, StoreError>>) -> (Vec<T>, Vec<String>) {
    let mut read = Vec::with_capacity(found.len());
    let mut unreadable = Vec::new();
    for row in found {
        match row {
            Ok(row) => read.push(row),
            Err(error) => unreadable.push(error.to_string()),
        }
    }
    (read, unreadable)
}

/// What was read, where nobody looks at a list; what could not be is logged.
pub(crate) fn readable<T>(found: Vec<Result<T, StoreError>>) -> Vec<T> {
    let (read, unreadable) = parted(found);
    for failure in unreadable {
        tracing::error!(%failure, "work goes on without a row");
    }
    read
}
