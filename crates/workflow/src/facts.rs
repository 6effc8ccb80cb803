//! Facts: all that an assessment reads, and nothing else (`contract.md`, Facts). Types only; `read` parses them strictly.

mod node;
mod parse;
mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

pub use node::Fault;
pub use read::{read, read_application, too_much_work};

use crate::calendar::Month;
use crate::decimal::Decimal;
use crate::hours::Centihours;
use crate::money::Fen;
use crate::stage::StageKind;
use crate::words;

/// Limits of what is read from outside, so that every sum fits and nothing runs for ever. They are no policy.
pub mod limits {
    /// Lines of work, direct costs, burdens and kinds of personal data in one request.
    pub const LINES: usize = 100;
    /// Communities of one request, and admitted requests beside it.
    pub const COMMUNITIES: usize = 2_000;
    /// Households, residents and units of one community.
    pub const UNITS: i64 = 10_000_000;
    /// Times a line of work is repeated.
    pub const TIMES: i64 = 10_000;
    /// Minutes of all lines of work in all communities together.
    pub const MINUTES: i128 = 1_000_000_000_000;
    /// Characters of one text.
    pub const CHARACTERS: usize = 4_000;
}

words! {
    /// What kind of body a department is (财综〔2020〕102号 art. 5–8).
    BodyKind {
        StateOrgan = "state_organ", "国家机关", "state organ";
        PartyOrgan = "party_organ", "党的机关", "Party organ";
        MassOrganisation = "mass_organisation", "群团组织", "mass organisation";
        ClassOneInstitution = "class_one_institution", "公益一类事业单位", "class-one institution";
        ClassTwoInstitution = "class_two_institution", "公益二类事业单位", "class-two institution";
        Subdistrict = "subdistrict", "街道办事处", "subdistrict office";
        Enterprise = "enterprise", "企业", "enterprise";
    }
}

words! {
    /// How long a task lasts (`policy.md` §3, intake.period).
    Term {
        LongTerm = "long_term", "长期", "long-term";
        Periodic = "periodic", "阶段性", "periodic";
        Temporary = "temporary", "临时性", "temporary";
        Emergency = "emergency", "应急", "emergency";
    }
}

words! {
    /// The kind of day on which a line of work is done; it decides the factor of its price.
    DayFactor {
        Working = "working", "工作日", "working day";
        Extended = "extended", "延时", "extended hours";
        Rest = "rest", "休息日", "rest day";
        Holiday = "holiday", "法定节假日", "statutory holiday";
    }
}

words! {
    /// Who does a line of work.
    Worker {
        Community = "community", "社区工作者", "community worker";
        Hired = "hired", "聘用人员", "hired hands";
    }
}

words! {
    /// What comes with a task and is looked at by the burden rules.
    BurdenKind {
        Form = "form", "表册", "form";
        Ledger = "ledger", "台账", "ledger";
        Survey = "survey", "调查", "survey";
        Plaque = "plaque", "挂牌", "plaque";
        Target = "target", "指标排名", "target";
        Inspection = "inspection", "检查", "inspection";
        Certificate = "certificate", "证明", "certificate";
        Post = "post", "岗位编制", "post";
    }
}

/// Everything an assessment reads. Money is in fen, hours in hundredths, dates in the jurisdiction's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    pub today: NaiveDate,
    pub request: Application,
    pub communities: Vec<Community>,
    pub register: Register,
    pub admitted: Vec<Admitted>,
    /// What the department has filed beside it, to be added up before any threshold (`crate::siblings`).
    pub siblings: Vec<Sibling>,
}

/// The application form (准入申请审批表) of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Application {
    pub title: Option<String>,
    pub description: Option<String>,
    pub department: Option<Department>,
    pub cosigned_by: Option<BodyKind>,
    pub item: Option<String>,
    pub term: Term,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub occurred_on: Option<NaiveDate>,
    pub governing_document: Option<GoverningDocument>,
    pub declarations: Option<Declarations>,
    pub work: Vec<WorkLine>,
    pub direct_costs: Vec<DirectCost>,
    pub burdens: Vec<Burden>,
    pub personal_data: Vec<String>,
    pub offer: Option<Offer>,
}

impl Application {
    /// First and last day, if both are given and the end is not before the start.
    #[must_use]
    pub fn period(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.starts_on.zip(self.ends_on).filter(|(start, end)| start <= end)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Department {
    pub name: String,
    pub kind: BodyKind,
    /// The leading-group office belongs to this organisation (recusal).
    pub hosts_office: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoverningDocument {
    pub title: String,
    pub number: Option<String>,
    pub expires_on: Option<NaiveDate>,
}

/// The three declarations of Jingmen: what each side does and what support is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declarations {
    pub department: Option<String>,
    pub community: Option<String>,
    pub support: Option<String>,
}

/// One line of work: `volume × times × minutes_per_unit` minutes in each community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkLine {
    pub what: String,
    pub volume: Volume,
    pub times: i64,
    pub minutes_per_unit: Decimal,
    pub day: DayFactor,
    pub worker: Worker,
}

/// How many units a line of work has in one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Volume {
    Fixed { fixed: i64 },
    Coverage { per: Per, coverage: Decimal },
}

words! {
    /// What a coverage is a share of.
    Per {
        Household = "household", "户", "household";
        Resident = "resident", "人", "resident";
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectCost {
    pub what: String,
    pub amount: Fen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Burden {
    pub kind: BurdenKind,
    pub name: String,
    pub number: Option<String>,
    pub approval: Option<String>,
    pub expires_on: Option<NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    pub amount: Fen,
    pub in_budget: bool,
    pub budget_year: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Community {
    pub code: String,
    pub name: String,
    pub households: i64,
    pub residents: i64,
    /// Workers on the roll; none or 0 means the norm counts (`policy.md` §5).
    pub workers: Option<i64>,
    pub booked: BTreeMap<Month, Centihours>,
}

/// What the shared base register already holds about people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Register {
    pub held: Vec<String>,
}

/// A request that is already admitted, for the duplicate rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Admitted {
    pub number: String,
    pub item: Option<String>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub communities: Vec<String>,
}

/// A request of the same department that may be part of the same task: the same item or a like title, a shared
/// community, and a period that overlaps or adjoins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sibling {
    pub number: String,
    pub item: Option<String>,
    pub title: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// Its whole price, in all its communities.
    pub price: Fen,
    pub stage: StageKind,
    /// Its part in the communities that both ask for.
    pub communities: Vec<SiblingPart>,
}

/// What a sibling takes of one community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiblingPart {
    pub code: String,
    /// Minutes of the item's yearly hours that it has been granted; the rest of its work is priced.
    pub granted_minutes: Decimal,
    /// Hours by month that it will take and that are in nobody's booked hours yet.
    pub unbooked: BTreeMap<Month, Centihours>,
}
