//! Letters kept in memory, for trying the program out and for stories in tests.

use std::sync::{Arc, Mutex, PoisonError};

/// Recipient and bytes.
type Kept = (String, Vec<u8>);

/// All clones share the same letters.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    letters: Arc<Mutex<Vec<Kept>>>,
}

impl Memory {
    pub(crate) fn keep(&self, letter: &[u8], to: &str) {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.push((to.to_owned(), letter.to_vec()));
    }

    pub(crate) fn delivered(&self) -> Vec<Kept> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
