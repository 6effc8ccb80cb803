//! What is raced for: each contest brings requests to the edge and says what the sixteen then want.

use engine::{Command, Filing, NewDeputy, Order, Seen};
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::id::RequestId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use super::{ACTORS, Try};
use crate::desk::{Desk, purchase};

/// How often each contest is run: `ZHUNRU_TEST_ROUNDS`, else few times, since every change runs all tests.
pub(super) fn rounds() -> usize {
    std::env::var("ZHUNRU_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(4)
}

/// What only one of sixteen can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contest {
    /// One proposal, two approvers and the deputy of one of them.
    Approval,
    /// Two requests of 60 on a line of 100.
    Line,
    /// The funds of one request.
    Commitment,
    /// Withdraw or commit, both having seen the same.
    Withdrawal,
    /// One termination with its refund.
    Termination,
    /// One acceptance with its last payment.
    Confirmation,
    /// Two supplements of 6 % each, out of two sources, so that no line makes one wait for the other.
    Supplements,
}

/// 60 of the 100, in fen; a supplement adds 6 % of it.
const PRICE: Fen = Fen(600_000);
const LINE: Fen = Fen(1_000_000);

impl Contest {
    /// The tries of so many rounds; the clock passes for all of them together.
    pub(super) async fn prepares(self, desk: &mut Desk, rounds: usize) -> Vec<Vec<Try>> {
        self.has_money(desk).await;
        let each = if self == Contest::Line { 2 } else { 1 };
        let mut requests = Vec::new();
        for number in 0..rounds * each {
            requests.push(is_proposed(desk, number, PRICE).await);
        }
        if self == Contest::Approval {
            stands_in(desk).await;
        } else {
            self.comes_to_the_edge(desk, &requests).await;
        }
        if self == Contest::Supplements {
            requests = supplements(desk, &requests).await;
        }
        let mut tries = Vec::new();
        for wanted in requests.chunks(requests.len() / rounds) {
            tries.push(self.tries(desk, wanted).await);
        }
        tries
    }

    /// A line of 100 for the race over the line, more than enough for the others.
    async fn has_money(self, desk: &Desk) {
        let (money, now) = (desk.actor("money"), desk.now());
        if self == Contest::Line {
            let less = (2026, Fen(5_000_000 - (LINE.0 - PRICE.0)));
            desk.engine.reduce(&money, "HEALTH", less, ("年中压减", now)).await.expect("a reduction");
            return;
        }
        let more = (2026, Fen(100_000_000));
        desk.engine.appropriate(&money, "HEALTH", more, now).await.expect("a budget");
        desk.engine.fill_contingency(&money, more, now).await.expect("a pool");
    }

    /// Fills the line up again before the next round.
    pub(super) async fn opens(self, desk: &Desk) {
        if self == Contest::Line {
            let (money, now) = (desk.actor("money"), desk.now());
            desk.engine.appropriate(&money, "HEALTH", (2026, PRICE), now).await.expect("a budget");
        }
    }

    async fn comes_to_the_edge(self, desk: &mut Desk, requests: &[RequestId]) {
        for request in requests {
            desk.does("approve", *request, Command::Approve).await;
        }
        desk.comes("2026-03-10").await;
        if !matches!(self, Contest::Termination | Contest::Confirmation | Contest::Supplements) {
            return;
        }
        for request in requests {
            desk.does("money", *request, Command::CommitFunds).await;
        }
        desk.comes("2026-05-06").await;
        if self == Contest::Confirmation {
            for request in requests {
                desk.does("c1", *request, desk.delivery(1)).await;
                assert_eq!(desk.stage(*request).await, StageKind::Acceptance);
            }
        }
    }

    async fn tries(self, desk: &Desk, requests: &[RequestId]) -> Vec<Try> {
        let first = requests[0];
        let seen = Some(desk.request(first).await.version);
        let mut tries = Vec::new();
        for number in 0..ACTORS {
            let request = requests[number / 2 % requests.len()];
            let half = |one: &'static str, other: &'static str| if number % 4 < 2 { one } else { other };
            let reason = || "居民代表会议不同意".to_owned();
            let commit = Try::of("money", request, Command::CommitFunds);
            tries.push(match self {
                Contest::Approval => {
                    Try::of(["approve", "both", "money"][number % 3], request, Command::Approve)
                }
                Contest::Supplements if request != first => {
                    let source = FundSource::Contingency;
                    Try::of("money", request, Command::CommitFundsFrom { source })
                }
                Contest::Line | Contest::Commitment | Contest::Supplements => commit,
                Contest::Withdrawal => match number % 4 < 2 {
                    true => Try { seen, ..Try::of("health", request, Command::Withdraw) },
                    false => Try { seen, ..commit },
                },
                Contest::Termination => {
                    let end = Command::Terminate { done: Vec::new(), reason: reason() };
                    Try::of(half("approve", "both"), request, end)
                }
                Contest::Confirmation => Try::of(half("health", "health2"), request, Command::Confirm),
            });
        }
        tries
    }
}

/// Finance decides for an absent approver.
async fn stands_in(desk: &Desk) {
    let days = (desk.now().date_naive(), desk.now().date_naive());
    let new = NewDeputy {
        principal: "approve@example.org".into(),
        deputy: "money@example.org".into(),
        role: Role::Approver,
        days,
    };
    desk.engine.appoint_deputy(&desk.actor("approve"), new, desk.now()).await.expect("a deputy");
}

/// A purchase of one community at that price and not alike to the others.
fn application(number: usize, price: Fen) -> Value {
    let mut application = purchase();
    let title = ["门牌核查", "古树登记", "消防巡查", "燃气宣传", "井盖普查", "路灯报修", "楼道清理"];
    application["title"] = json!(format!("{}{number}", title[number % title.len()]));
    application["item"] = json!(["C03-09", "C08-07", "C02-04"][number % 3]);
    application["work"][0]["volume"] = json!({ "fixed": 1 });
    application["work"][0]["minutes_per_unit"] = json!("0");
    application["direct_costs"][0]["amount"] = json!(price.to_string());
    application["offer"] = Value::Null;
    application
}

/// Proposed to be admitted at that price, from a draft of the health department.
async fn is_proposed(desk: &Desk, number: usize, price: Fen) -> RequestId {
    let request = desk.files("health", application(number, price), &[1]).await;
    proposed(desk, request, price).await
}

async fn proposed(desk: &Desk, request: RequestId, price: Fen) -> RequestId {
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    if desk.request(request).await.price() != price {
        let reprice = Command::Reprice { price, reason: "按实际核定".into() };
        desk.does("review", request, reprice).await;
    }
    desk.does("review", request, Command::Quote).await;
    desk.does("health", request, Command::accept_quote(price, 2026)).await;
    let reason = Some("会审同意".to_owned());
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
    desk.does("review", request, admit).await;
    request
}

/// Two admitted supplements of 6 % to each request in force.
async fn supplements(desk: &mut Desk, parents: &[RequestId]) -> Vec<RequestId> {
    let mut added = Vec::new();
    for parent in parents {
        for _ in 0..2 {
            let number = added.len();
            let price = Fen(PRICE.0 * 6 / 100);
            let mut application = application(number, price);
            application["starts_on"] = json!("2026-07-06");
            let filing = Filing::read(&application, vec!["420202001001".into()]);
            let (actor, now) = (desk.actor("health"), desk.now());
            let order = Order { request: *parent, actor: &actor, seen: Seen::Whatever, now };
            let draft = desk.engine.supplement(order, filing.expect("it reads")).await.expect("a draft");
            let request = proposed(desk, draft.id, price).await;
            desk.does("approve", request, Command::Approve).await;
            added.push(request);
        }
    }
    let after = desk.now().date_naive() + chrono::Days::new(9);
    desk.comes(&after.to_string()).await;
    added
}
