//! Facts documents of a plausible request: three lines of work, nine burdens, a price, an offer below it, and a period
//! of seven months over the year's end.

use serde_json::{Value, json};

/// A request over so many communities. It fits every quota.
pub fn document(communities: usize) -> Value {
    json!({
        "today": "2026-03-02",
        "request": request(communities),
        "communities": (0..communities).map(community).collect::<Vec<_>>(),
        "register": { "held": ["name", "phone", "id_number", "address"] },
        "admitted": (0..5).map(admitted).collect::<Vec<_>>(),
        "siblings": [],
    })
}

fn request(communities: usize) -> Value {
    json!({
        "title": "文明创建入户宣传与问卷", "description": "入户宣传、问卷与环境整治",
        "department": { "name": "区委宣传部", "kind": "party_organ", "hosts_office": false },
        "cosigned_by": null, "item": "C02-04", "term": "periodic",
        "starts_on": "2026-09-01", "ends_on": "2027-03-31", "occurred_on": null,
        "governing_document": { "title": "文明创建工作方案", "number": "江宣〔2026〕7号", "expires_on": "2027-02-28" },
        "declarations": { "department": "培训、印刷、录入", "community": "入户、登记", "support": "经费、物资" },
        "work": [
            { "what": "入户宣传", "volume": { "per": "household", "coverage": "0.30" }, "times": 1,
              "minutes_per_unit": "6.5", "day": "working", "worker": "community" },
            { "what": "问卷", "volume": { "per": "resident", "coverage": "0.05" }, "times": 2,
              "minutes_per_unit": "4", "day": "extended", "worker": "community" },
            { "what": "布置", "volume": { "fixed": 4 }, "times": 3,
              "minutes_per_unit": "90", "day": "rest", "worker": "hired" },
        ],
        "direct_costs": [ { "what": "印刷", "amount": "1000.01" }, { "what": "物资", "amount": "2400.00" } ],
        "burdens": burdens(),
        "personal_data": ["name", "phone", "opinion"],
        "offer": { "amount": format!("{}.00", 3000 * communities), "in_budget": true, "budget_year": 2026 },
    })
}

fn burdens() -> Value {
    let burden = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "number": null, "approval": null, "expires_on": null });
    let mut valid = burden("form", "创建情况月报表");
    valid["number"] = "江统表12号".into();
    valid["approval"] = "江统制〔2026〕3号".into();
    valid["expires_on"] = "2027-12-31".into();
    json!([
        valid,
        burden("form", "问卷汇总表"),
        burden("ledger", "创建台账"),
        burden("survey", "满意度调查"),
        burden("plaque", "文明创建工作站"),
        burden("target", "入户率百分之九十"),
        burden("target", "月度排名"),
        burden("inspection", "季度检查"),
        burden("certificate", "居民表现证明"),
    ])
}

fn community(index: usize) -> Value {
    json!({
        "code": format!("420202{index:06}"), "name": format!("第{index}社区"),
        "households": 1800 + 13 * index, "residents": 5200 + 37 * index, "workers": 8 + index % 5,
        "booked": { "2026-09": "120.00", "2026-10": "80.50", "2027-01": "33.25" },
    })
}

/// An admitted request that is not the same: another item, or another period.
fn admitted(index: usize) -> Value {
    let item = if index.is_multiple_of(2) { "C02-05" } else { "C02-04" };
    json!({
        "number": format!("准〔2026〕{index}号"), "item": item, "starts_on": "2026-01-05", "ends_on": "2026-06-30",
        "communities": ["420202000000", "420202000001"],
    })
}

/// A request of the department beside it; its yearly hours and unbooked hours are all of what there is.
fn sibling(item: &str, price: &str) -> Value {
    json!({
        "number": "准〔2026〕77号", "item": item, "title": "文明创建入户宣传", "starts_on": "2026-04-01",
        "ends_on": "2026-12-31", "price": price, "stage": "review",
        "communities": [
            { "code": "420202000000", "granted_minutes": "999999", "unbooked": { "2026-10": "900.00" } },
        ],
    })
}

/// The plain request and changes of it, which together make every rule speak.
pub fn variants() -> Vec<Value> {
    let burden =
        json!({ "kind": "post", "name": "协管员", "number": null, "approval": null, "expires_on": null });
    let changes = [
        json!({}),
        json!({ "/request/item": "C02-07" }),
        json!({ "/request/item": null, "/request/description": " " }),
        json!({ "/request/burdens": [burden] }),
        json!({ "/request/burdens": [], "/request/personal_data": [] }),
        json!({ "/request/item": "C08-08", "/request/term": "emergency", "/request/occurred_on": "2026-02-10" }),
        json!({ "/request/item": "C01-09", "/request/offer/amount": "0.00" }),
        json!({ "/request/item": "C01-01" }),
        json!({ "/request/offer": null, "/request/declarations": null }),
        json!({ "/request/offer/in_budget": false, "/request/offer/amount": "9999999.00" }),
        json!({ "/request/ends_on": "2026-12-31" }),
        json!({ "/request/starts_on": "2026-03-30", "/request/ends_on": "2027-03-30" }),
        json!({ "/request/department/kind": "mass_organisation", "/request/department/hosts_office": true }),
        json!({ "/request/department/kind": "mass_organisation", "/request/cosigned_by": "state_organ" }),
        json!({ "/request/governing_document/expires_on": "2026-08-31" }),
        json!({ "/admitted/1/ends_on": "2026-09-01", "/admitted/3/ends_on": "2026-08-31" }),
        json!({ "/communities/0/booked": { "2026-09": "9000.00", "2026-11": "9000.00" } }),
        json!({ "/request/title": null, "/request/work": [] }),
        json!({ "/siblings": [sibling("C02-04", "0.00"), sibling("C02-05", "9000.00")] }),
        json!({ "/siblings": [sibling("C01-09", "5000.00")], "/request/item": "C01-09" }),
        json!({ "/siblings": [sibling("C01-09", "5000.00")], "/request/ends_on": "2026-08-31" }),
    ];
    changes.iter().map(changed).collect()
}

fn changed(changes: &Value) -> Value {
    let mut facts = document(10);
    for (pointer, value) in changes.as_object().expect("changes by pointer") {
        *facts.pointer_mut(pointer).expect("the pointer is in the facts") = value.clone();
    }
    facts
}
