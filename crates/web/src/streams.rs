//! Streams that go on: only so many for each person, since each holds a connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use workflow::id::UserId;

/// Streams of one person at the same time.
const MOST: usize = 8;

/// The streams that are open, by person.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<BTreeMap<UserId, usize>>);

/// The place of one stream; given back when it ends.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Arc<Streams>,
    person: UserId,
}

impl Streams {
    /// A place for one more stream of a person; none where there are too many already.
    pub(crate) fn take(self: &Arc<Self>, person: UserId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Place { streams: Arc::clone(self), person })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&self.person).map_or(0, |count| count.saturating_sub(1));
        match left {
            0 => open.remove(&self.person),
            left => open.insert(self.person, left),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_place_is_given_back() {
        let streams = Arc::new(Streams::default());
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let places: Vec<Place> = (0..MOST).map_while(|_| streams.take(one)).collect();
        assert_eq!(places.len(), MOST);
        assert!(streams.take(one).is_none() && streams.take(other).is_some());
        drop(places);
        assert!(streams.take(one).is_some());
        assert!(streams.0.lock().expect("a map").is_empty(), "nothing is kept of whoever has left");
    }
}
