//! Tables, transactions and views, on SQLite and PostgreSQL alike. Rows stay private; domain values and flat views go
//! in and out. A write happens in a [`Tx`] and states what it expects; whoever read another version gets `Conflict`.

mod audit;
mod books;
mod complaints;
mod connect;
mod content;
mod decided;
mod error;
mod events;
mod evidence;
mod fold;
mod funds;
mod hour_entries;
mod inspections;
mod ledger;
mod organisations;
mod outbox;
mod people;
mod quota;
mod ratings;
mod records;
mod requests;
mod rows;
mod siblings;
mod ticks;
mod told;

pub use audit::{Audited, Mismatch, MismatchKind};
pub use complaints::ComplaintScope;
pub use connect::{Reader, Store, Tx};
pub use content::StoredCalendar;
pub use decided::DecisionRecord;
pub use error::StoreError;
pub use events::{AuditKey, DRAFTED, EventLine, Head, REGISTER, TAKEN_OVER};
pub use evidence::Evidence;
pub use funds::{Reward, SpecialFund};
pub use hour_entries::{Cause, HourEntry};
pub use ledger::{AccountLine, PostingLine};
pub use organisations::{CommunitySize, Organisation, OrganisationKind};
pub use outbox::{LetterState, NewLetter, OutboxLetter, Tried};
pub use people::Worker;
pub use quota::{BookingLine, Capacity, QuotaMonth};
pub use ratings::RatingScope;
pub use requests::{RequestLine, Scope};
pub use ticks::SweepFailure;
