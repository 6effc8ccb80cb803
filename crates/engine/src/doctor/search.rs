//! The search's tables against the rows that they follow from.

use store::{Reader, SearchFault};

use super::Checked;
use crate::error::EngineError;

/// Faults that are listed one by one; `zhunru search --rebuild` cures all.
const LISTED: usize = 20;

pub(super) async fn check(reader: &Reader<'_>, checked: &mut Checked) -> Result<(), EngineError> {
    let faults = reader.search_faults().await?;
    for fault in faults.iter().take(LISTED) {
        match fault {
            SearchFault::Text(subject) => checked.breach(5, subject, "it is not found by its words"),
            SearchFault::Pair { gram, kept, wanted } => {
                checked.breach(
                    5,
                    format!("`{gram}`"),
                    format!("found in {kept} places, but stands in {wanted}"),
                );
            }
        }
    }
    if let Some(more) = faults.len().checked_sub(LISTED).filter(|more| *more > 0) {
        checked.breach(5, "search", format!("{more} faults more; rebuild it"));
    }
    Ok(())
}
