//! Hearing others: why the decision clock stands, who is asked, what they say; and objections in publication.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{OrganisationId, UserId};
use crate::words;

words! {
    /// Why the decision clock stands while others are heard.
    InquiryKind {
        Opinions = "opinions", "征求意见", "opinions";
        Hearing = "hearing", "听证", "hearing";
        Expert = "expert", "专家论证", "expert opinion";
    }
}

/// Who is asked what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    pub kind: InquiryKind,
    pub question: String,
    pub invited: Vec<OrganisationId>,
}

words! {
    /// What an invited body thinks of a request.
    Stance {
        Support = "support", "赞成", "support";
        Neutral = "neutral", "无意见", "neutral";
        Oppose = "oppose", "反对", "oppose";
    }
}

/// The opinion of an invited body, kept with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub organisation: OrganisationId,
    pub by: UserId,
    pub on: NaiveDate,
    pub stance: Stance,
    pub text: String,
}

/// An objection in publication; it is answered before the publication ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    pub organisation: OrganisationId,
    pub by: UserId,
    pub on: NaiveDate,
    pub text: String,
    pub answer: Option<Answer>,
}

words! {
    /// What becomes of an objection.
    Ruling {
        Dismissed = "dismissed", "不成立", "dismissed";
        Upheld = "upheld", "成立", "upheld";
    }
}

/// The office's answer to an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub by: UserId,
    pub on: NaiveDate,
    pub ruling: Ruling,
    pub text: String,
}
