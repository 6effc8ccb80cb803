//! Tables, transactions and views, on SQLite and PostgreSQL alike. Rows stay private; domain values and flat views go
//! in and out. A write happens in a [`Tx`] and states what it expects; whoever read another version gets `Conflict`.

mod accounts;
mod audit;
mod books;
mod cards;
mod closed_accounts;
mod complaints;
mod connect;
mod content;
mod decided;
mod deputies;
mod digests;
mod disclosed;
mod error;
mod event_log;
mod events;
mod evidence;
mod figures;
mod fold;
mod funds;
mod guard;
mod handed_in;
mod hour_entries;
mod inspections;
mod job_runs;
mod kept_answers;
mod ledger;
mod meetings;
mod mergers;
mod organisations;
mod outbox;
mod past;
mod people;
mod postroom;
mod quota;
mod ratings;
mod records;
mod recovery_codes;
mod refusals;
mod request_lines;
mod requests;
mod rows;
mod scope;
mod seals;
mod search;
mod sessions;
mod siblings;
mod sieve;
mod stamps;
mod structure;
mod superseded;
mod takeover;
mod ticks;
mod timeline;
mod told;
mod wake;
mod watch;
mod webhooks;

/// Rows, values and pages are many small pieces that live for a moment; the C library's allocator spends a fifth of the
/// sandbox year on them (measured: 80 s with it, 71 s with this one). SQLite takes its memory here too, by the flags in
/// `.cargo/config.toml`, so that whatever opens a database links this crate. Refused: in the place of the C library's own
/// for everybody, since a library that is loaded before the program (`faketime` is one) frees what it has not taken.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use accounts::{Credential, SignInLine, SignInOutcome, for_good};
pub use audit::{Audited, Mismatch, MismatchKind, Witness};
pub use complaints::ComplaintScope;
pub use connect::{Reader, SPANS, Store, Tx};
pub use content::StoredCalendar;
pub use decided::DecisionRecord;
pub use deputies::DeputyLine;
pub use digests::DigestItem;
pub use disclosed::{Disclosed, DisclosedItem, DisclosedPart, DisclosureFilter};
pub use error::StoreError;
pub use event_log::{EventPlace, EventSieve};
pub use events::{AuditKey, DRAFTED, EventLine, Head, REGISTER, TAKEN_OVER};
pub use evidence::Evidence;
pub use figures::{DecisionTime, HourSum, RefusalGround, RequestSum};
pub use funds::{Reward, SpecialFund};
pub use guard::Guard;
pub use handed_in::{Arriving, HandedIn};
pub use hour_entries::{Cause, HourEntry};
pub use job_runs::JobRun;
pub use kept_answers::KeptAnswer;
pub use ledger::{AccountLine, PostingLine};
pub use organisations::{CommunitySize, Organisation, OrganisationKind};
pub use outbox::{LetterState, Mail, NewLetter, OutboxLetter, Tried};
pub use past::states;
pub use people::Worker;
pub use postroom::{LetterLine, LetterList, LetterScope};
pub use quota::{BookingLine, Capacity, QuotaMonth};
pub use ratings::RatingScope;
pub use refusals::Refusal;
pub use requests::RequestLine;
pub use scope::Scope;
pub use seals::Seal;
pub use search::SearchFault;
pub use sessions::{ApiToken, Session, SessionState, TokenReach};
pub use sieve::{Refused, Sieve, months_of};
pub use superseded::Waiting;
pub use ticks::SweepFailure;
pub use watch::{Pending, Pool};
pub use webhooks::{Sight, Webhook, WebhookState};
