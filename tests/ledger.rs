//! The ledger's names: every account reads back from its key, and every source of funds from its JSON.

use proptest::prelude::*;
use uuid::Uuid;
use workflow::id::{FundId, OrganisationId, RequestId};
use workflow::ledger::{Account, FundSource};

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
}
