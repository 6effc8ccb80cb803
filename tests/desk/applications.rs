//! What departments file in stories: a purchase, a duty, what is never admitted, a flood.

use serde_json::{Value, json};

/// A purchase in three months of 2026, priced above 5,000 yuan in the two larger communities.
pub(crate) fn purchase() -> Value {
    json!({
        "title": "门牌与地名标识核查", "description": "逐户核对门牌与地名标识", "cosigned_by": null,
        "department": null, "item": "C03-09", "term": "temporary",
        "starts_on": "2026-05-06", "ends_on": "2026-07-31", "occurred_on": null,
        "governing_document": { "title": "地名管理条例实施方案", "number": "江民发〔2026〕8号", "expires_on": null },
        "declarations": { "department": "培训、制图、汇总", "community": "入户核对、登记", "support": "经费、底图" },
        "work": [ { "what": "入户核对", "volume": { "per": "household", "coverage": "0.20" }, "times": 1,
                    "minutes_per_unit": "15", "day": "working", "worker": "community" } ],
        "direct_costs": [ { "what": "印制登记表", "amount": "600.00" } ],
        "burdens": [ { "kind": "target", "name": "核查率排名", "number": null, "approval": null, "expires_on": null } ],
        "personal_data": ["name"], "offer": { "amount": "12000.00", "in_budget": true, "budget_year": 2026 }
    })
}

/// A core duty without a price.
pub(crate) fn duty() -> Value {
    let mut application = purchase();
    application["title"] = json!("三会一课与主题党日");
    application["item"] = json!("C01-02");
    application["direct_costs"] = json!([]);
    application["burdens"] = json!([]);
    application["offer"] = Value::Null;
    application
}

/// An item of the negative list, with money on the table.
pub(crate) fn negative() -> Value {
    let mut application = purchase();
    application["title"] = json!("政务APP注册与活跃度指标");
    application["item"] = json!("C02-07");
    application
}

/// A flood watch that has begun today.
pub(crate) fn flood() -> Value {
    let mut application = purchase();
    application["title"] = json!("防汛避险转移");
    application["item"] = json!("C14-07");
    application["term"] = json!("emergency");
    application["starts_on"] = json!("2026-03-02");
    application["occurred_on"] = json!("2026-03-02");
    application["ends_on"] = json!("2026-03-20");
    application["direct_costs"] = json!([]);
    application["burdens"] = json!([]);
    application["personal_data"] = json!([]);
    application["offer"] = Value::Null;
    application
}
