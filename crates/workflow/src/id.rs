//! Ids: UUID v7 made outside, one type for each thing so that they cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

ids! {
    /// A node of the organisation tree.
    OrganisationId
    /// A person who works with the program.
    UserId
    /// A request (申请).
    RequestId
    /// A decision record.
    AssessmentId
    /// A letter in the outbox.
    LetterId
    /// A yellow or red card.
    CardId
    /// A special fund (专项资金).
    FundId
    /// A complaint (违规摊派举报).
    ComplaintId
    /// A year's unified inspection plan.
    PlanId
    /// A file kept as evidence.
    EvidenceId
    /// A subscription of an organisation's program to events.
    WebhookId
    /// A rating of a department.
    RatingId
    /// A meeting of the leading group (联席会议).
    MeetingId
    /// Long work that somebody has begun (后台办理).
    ErrandId
}
