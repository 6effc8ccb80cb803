//! What stands between those who want the same thing at once, and before those who may not read, by name. All of it stands in
//! every build; only in a test build (feature `sabotage`) a store can be opened without some of it, so that a race, or a
//! secret, can be seen to be lost.

/// One guard against those who come at the same time, or who come from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// What is decided on is read inside the transaction that writes; SQLite lets nobody else write meanwhile.
    ReadInside,
    /// A request is written only at the version that was read, and its event only at the place after the last one read.
    Version,
    /// The balances of an event move only where none falls below zero.
    Balance,
    /// The hours of an event are booked only where they are free.
    Quota,
    /// SQLite keeps the checks of the schema; PostgreSQL always does.
    Check,
    /// A request is read, found by its number and listed only within the scope of whoever reads.
    Scope,
}

/// The guards that do not stand; none but in a test build.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Guards {
    #[cfg(feature = "sabotage")]
    pub(crate) off: &'static [Guard],
}

impl Guards {
    #[cfg(feature = "sabotage")]
    pub(crate) fn stand(self, guard: Guard) -> bool {
        !self.off.contains(&guard)
    }

    #[cfg(not(feature = "sabotage"))]
    #[expect(clippy::unused_self, reason = "in a test build it is asked")]
    pub(crate) const fn stand(self, _: Guard) -> bool {
        true
    }
}
