//! How every walk begins: a small district on a file of its own, and the model that knows as much of it.

use std::collections::BTreeMap;

use engine::ImportKind;
use workflow::facts::Department;
use workflow::id::OrganisationId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::quota::Staff;

use super::files;
use super::oracle::Oracle;
use super::people::People;
use super::turns::Reached;
use super::walk::Walk;
use crate::desk::{Database, Desk};
use crate::memory::CALENDAR;
use crate::sequences::model::Model;

/// A service station in one community, and more households than before in another.
const SIZES: &str = "\
code,year,households,residents,workers,station_workers
420202001001,2026,2500,8000,10,
420202001002,2026,1800,5400,8,3
420202001003,2026,450,1100,,
";

impl Walk {
    pub(super) async fn begins() -> Walk {
        let desk = Desk::on(Database::Sqlite).await;
        let sizes = desk.engine.import(ImportKind::Communities, "story", SIZES, desk.now()).await;
        sizes.expect("the file is good");
        let mut requests = Vec::new();
        for id in files::filed(&desk).await {
            requests.push(desk.request(id).await);
        }
        let oracle = oracle(&desk, Model::of(requests, desk.now().date_naive(), CALENDAR.clone())).await;
        Walk { desk, oracle, reached: Reached::default(), calendar_of: None }
    }
}

/// What the model knows at the beginning.
async fn oracle(desk: &Desk, mut model: Model) -> Oracle {
    let tree = desk.engine.reader().organisations().await.expect("organisations");
    let people = People::of(desk);
    let district = people.own["money"].district;
    let near = tree.iter().filter(|place| place.district == district);
    let near: BTreeMap<String, OrganisationId> = near.map(|place| (place.code.clone(), place.id)).collect();
    let departments = tree.iter().filter_map(|place| {
        let (name, kind, hosts_office) = (place.name.clone(), place.body?, place.hosts_office);
        Some((place.id, Department { name, kind, hosts_office }))
    });
    let departments = departments.collect();
    for (code, households, residents, workers, station) in STAFF {
        let staff = Staff { households, residents, workers, station_workers: station };
        model.staff.insert(near[code], staff);
    }
    let (outer, year) = (Account::Outer { district }, 2026);
    for department in ["HEALTH", "CIVIL", "WOMEN"] {
        let line = Account::BudgetLine { department: near[department], year };
        let posting = Posting::of(Purpose::Appropriation, outer, line, Fen(5_000_000));
        model.moves(None, posting.as_slice()).expect("the outer account holds everything");
    }
    for (code, households) in [(STAFF[0].0, 2_500), (STAFF[1].0, 1_800), (STAFF[2].0, 400)] {
        let account = Account::BaseFund { community: near[code], year };
        let posting = Posting::of(Purpose::BaseFund, outer, account, Fen(households * 1_000));
        model.moves(None, posting.as_slice()).expect("the outer account holds everything");
    }
    Oracle { model, people, departments, near, numbers: BTreeMap::new() }
}

/// Code, households, residents, workers on the rolls of committee and station.
type Size = (&'static str, i64, i64, Option<i64>, Option<i64>);

/// As the file of sizes has them.
const STAFF: [Size; 3] = [
    ("420202001001", 2_500, 8_000, Some(10), None),
    ("420202001002", 1_800, 5_400, Some(8), Some(3)),
    ("420202001003", 450, 1_100, None, None),
];
