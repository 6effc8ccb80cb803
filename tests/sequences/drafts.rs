//! What the walks in memory begin with: four drafts of two districts, and what the rules might say of each.

use uuid::Uuid;
use workflow::assessment::Outcome;
use workflow::calendar::Month;
use workflow::catalogue::Class;
use workflow::hours::Centihours;
use workflow::id::RequestId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::request::{Assessed, MonthHours, Request, Share, Target};

use super::model::Model;
use crate::memory::{
    self, CALENDAR, CIVIL, DISTRICT, HEALTH, OTHER_DISTRICT, OTHER_HEALTH, day, organisation,
};

/// Enough for one large request of a department, and not for two.
const BUDGET: Fen = Fen(2_000_000);

impl Model {
    /// Two departments of one district with three requests for its communities, and one in another district.
    pub(super) fn new() -> Model {
        let requests = vec![
            filed(0, DISTRICT, HEALTH, "health", &[1, 2, 3]),
            filed(1, DISTRICT, HEALTH, "chief", &[1, 2]),
            filed(2, DISTRICT, CIVIL, "civil", &[1]),
            filed(3, OTHER_DISTRICT, OTHER_HEALTH, "health3", &[9]),
        ];
        let mut model = Model::of(requests, day("2026-03-02"), CALENDAR.clone());
        for (district, department) in [(DISTRICT, HEALTH), (DISTRICT, CIVIL), (OTHER_DISTRICT, OTHER_HEALTH)]
        {
            let outer = Account::Outer { district: organisation(district) };
            let line = Account::BudgetLine { department: organisation(department), year: 2026 };
            let posting = Posting::of(Purpose::Appropriation, outer, line, BUDGET).expect("a sum");
            model.moves(None, &[posting]).expect("the outer account holds everything");
        }
        model
    }
}

fn filed(number: u128, district: u128, department: u128, by: &str, communities: &[u128]) -> Request {
    let target = |of: &u128| Target { community: organisation(100 + of), code: format!("c{of}") };
    let mut draft = memory::draft();
    if number == 2 {
        // An emergency, if the rules say that it is one, can only begin on a day that has come.
        draft.application.starts_on = Some(day("2026-03-02"));
        draft.application.ends_on = Some(day("2026-03-31"));
    }
    Request {
        id: RequestId(Uuid::from_u128(500 + number)),
        district: organisation(district),
        department: organisation(department),
        filed_by: memory::user(by),
        number: Some(format!("准〔2026〕{number}号")),
        targets: communities.iter().map(target).collect(),
        ..draft
    }
}

/// What the rules might say of a request: mostly a price, sometimes none, less than an instalment, or an objection.
pub(super) fn assess(request: &Request, pick: usize) -> Assessed {
    let each = match pick % 8 {
        0 | 1 => [0, 0, 0],
        2 => [100_000, 33_333, 1],
        _ => [700_000, 400_000, 100_000],
    };
    let (outcome, class) = match pick % 16 {
        _ if request.application.starts_on == Some(day("2026-03-02")) && pick % 4 < 2 => {
            (if pick.is_multiple_of(4) { Outcome::Return } else { Outcome::Admit }, Some(Class::Emergency))
        }
        4 => (Outcome::Return, Some(Class::Purchase)),
        8 => (Outcome::Reject, Some(Class::Negative)),
        12 => (Outcome::Refer, None),
        14 if pick.is_multiple_of(4) => (Outcome::Admit, Some(Class::Emergency)),
        14 => (Outcome::Return, Some(Class::Emergency)),
        _ if each == [0, 0, 0] => (Outcome::Admit, Some(Class::Core)),
        _ => (Outcome::Purchase, Some(Class::Purchase)),
    };
    let months = ["2026-05", "2026-06"].map(|month| Month::parse(month).expect("a month"));
    let codes = request.targets.iter().map(|target| target.code.clone()).zip(each);
    let hours = codes.clone().flat_map(|(code, fen)| {
        months.map(|month| MonthHours { code: code.clone(), month, hours: Centihours(1 + fen / 150) })
    });
    Assessed {
        outcome,
        class,
        price: codes.clone().map(|(_, fen)| Fen(fen)).sum(),
        hours: hours.collect(),
        shares: codes.map(|(code, fen)| Share { code, price: Fen(fen), direct: Fen::ZERO }).collect(),
        ..memory::assessed()
    }
}
