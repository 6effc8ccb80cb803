//! Money that finance moves by itself, on both sides.

use workflow::actor::Role;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;

use super::agreement::same;
use super::oracle::{Code, Oracle};
use super::walk::{Walk, coded};

impl Walk {
    /// What finance does by itself: more for a line, less, base funds, the contingency pool.
    pub(super) async fn moves_money(&mut self, pick: usize) -> Result<&'static str, String> {
        let (money, now) = (self.desk.actor("money"), self.desk.now());
        let engine = &self.desk.engine;
        let (year, million) = (2026, Fen(1_000_000));
        let done = match pick % 4 {
            0 => engine.appropriate(&money, "HEALTH", (year, million), now).await,
            1 => engine.reduce(&money, "HEALTH", (year, million), ("调减", now)).await,
            2 => engine.pay_base_funds(&money, year, now).await.map(drop),
            _ => engine.fill_contingency(&money, (year, million), now).await,
        };
        let told = done.map_err(|error| coded(&error));
        let predicted = self.oracle.moves_money(pick % 4, (year, million));
        same("the treasury", &predicted, &told)?;
        match told {
            Ok(()) => Ok("treasury"),
            Err(code) => {
                *self.reached.refusals.entry(code).or_default() += 1;
                Ok("no money")
            }
        }
    }
}

impl Oracle {
    fn moves_money(&mut self, what: usize, (year, amount): (i32, Fen)) -> Result<(), Code> {
        let money = &self.people.own["money"];
        if !money.roles.contains(&Role::Finance) {
            return Err("not_yours");
        }
        let (outer, district) = (Account::Outer { district: money.district }, money.district);
        let line = Account::BudgetLine { department: self.people.own["health"].organisation, year };
        let postings: Vec<Posting> = match what {
            0 => Posting::of(Purpose::Appropriation, outer, line, amount).into_iter().collect(),
            1 => Posting::of(Purpose::Reduction, line, outer, amount).into_iter().collect(),
            2 => self.base_funds(outer, year),
            _ => {
                let pool = Account::Contingency { district, year };
                Posting::of(Purpose::Contingency, outer, pool, amount).into_iter().collect()
            }
        };
        let mut changed = self.model.clone();
        changed.moves(None, &postings).map_err(|refused| refused.code())?;
        self.model = changed;
        Ok(())
    }

    /// What every community of the district still lacks.
    fn base_funds(&self, outer: Account, year: i32) -> Vec<Posting> {
        let missing = self.model.staff.iter().filter_map(|(community, staff)| {
            let account = Account::BaseFund { community: *community, year };
            let missing = Fen(staff.households * 1_000) - self.model.balance(account);
            Posting::of(Purpose::BaseFund, outer, account, missing)
        });
        missing.collect()
    }
}
