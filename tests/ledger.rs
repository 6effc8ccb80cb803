//! The ledger's names read back, and no fen is lost: base funds in parts, the year's end.

use proptest::prelude::*;
use uuid::Uuid;
use workflow::budget::{CarryOver, Closing, Figures, base_fund_part};
use workflow::decimal::Decimal;
use workflow::id::{FundId, OrganisationId, RequestId};
use workflow::ledger::{Account, FundSource, Purpose};
use workflow::money::Fen;

use crate::memory::cases;

fn account() -> impl Strategy<Value = Account> {
    (0..7u8, any::<u128>(), 2000..2100i32).prop_map(|(kind, owner, year)| {
        let owner = Uuid::from_u128(owner);
        let (organisation, fund) = (OrganisationId(owner), FundId(owner));
        match kind {
            0 => Account::Outer { district: organisation },
            1 => Account::BudgetLine { department: organisation, year },
            2 => Account::Escrow { request: RequestId(owner) },
            3 => Account::Community { community: organisation },
            4 => Account::BaseFund { community: organisation, year },
            5 => Account::Contingency { district: organisation, year },
            _ => Account::SpecialFund { fund, year },
        }
    })
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn an_account_reads_back_from_its_key(account in account(), rubbish in "[a-z0-9:_-]{0,40}") {
        prop_assert_eq!(Account::from_key(&account.key()), Some(account));
        prop_assert_eq!(Account::from_key(&format!("{}:1", account.key())), None);
        prop_assert!(Account::from_key(&rubbish).is_none_or(|read| read.key() == rubbish));
    }

    #[test]
    fn a_source_of_funds_reads_what_it_writes(fund in any::<u128>()) {
        for source in [FundSource::BudgetLine, FundSource::Contingency, FundSource::Special(FundId(Uuid::from_u128(fund)))] {
            let written = serde_json::to_value(source).unwrap();
            prop_assert_eq!(serde_json::from_value::<FundSource>(written).unwrap(), source);
        }
    }

    #[test]
    fn base_funds_in_any_parts_come_to_what_is_due(due in 0i64..10_000_000_000, parts in prop::collection::vec(0i64..=1_000_000, 0..12)) {
        let (due, mut arrived) = (Fen(due), Fen::ZERO);
        for millionths in parts {
            let share = Decimal::parse(&format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)).unwrap();
            arrived += base_fund_part(due, arrived, share);
            prop_assert!(arrived <= due, "never more than is due");
            prop_assert_eq!(base_fund_part(due, arrived, share), Fen::ZERO, "twice is once");
        }
        arrived += base_fund_part(due, arrived, Decimal::ONE);
        prop_assert_eq!(arrived, due);
    }

    #[test]
    fn a_close_moves_all_that_is_free_and_no_more(free in 0i64..1_000_000_000, carried in 0i64..1_000_000, late in 0i64..2_000_000, rule in 0usize..3) {
        let source = Account::BudgetLine { department: OrganisationId(Uuid::nil()), year: 2026 };
        let treasury = Account::Outer { district: OrganisationId(Uuid::nil()) };
        let figures = Figures { free: Fen(free), carried_out: Fen(carried), ..Figures::default() };
        let closing = Closing { source, figures, came_back_late: Fen(late), rule: CarryOver::ALL[rule] };
        let postings = closing.postings(treasury);
        prop_assert_eq!(postings.iter().map(|posting| posting.amount).sum::<Fen>(), Fen(free));
        let over: Fen = postings.iter().filter(|p| p.purpose == Purpose::CarryOver).map(|p| p.amount).sum();
        let expected = match closing.rule {
            CarryOver::All => free,
            CarryOver::Committed => free.min((late - carried).max(0)),
            CarryOver::Nothing => 0,
        };
        prop_assert_eq!(over, Fen(expected));
        prop_assert!(postings.iter().all(|posting| posting.credit == source));
    }
}
