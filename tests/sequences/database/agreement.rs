//! What both sides must agree on after each turn: requests, balances, hours, limits; and the invariants of the model.

use std::collections::{BTreeMap, BTreeSet};

use workflow::deadline::{LimitKind, beside, deadline};
use workflow::hours::Centihours;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::StageKind;

use super::walk::Walk;

impl Walk {
    /// Everything is read from the file and compared with the model.
    pub(super) async fn agree(&self) -> Result<(), String> {
        let model = &self.oracle.model;
        let stored = self.desk.engine.reader().requests_in(StageKind::ALL).await.map_err(said)?;
        let stored: Vec<Request> = stored.into_iter().collect::<Result<_, _>>().map_err(said)?;
        same("how many requests", &model.requests.len(), &stored.len())?;
        for (one, other) in model.requests.iter().zip(&stored) {
            same("a request", one, other)?;
            let escrow = workflow::ledger::Account::Escrow { request: one.id };
            same("an escrow", &model.balance(escrow), &other.held_in_escrow())?;
        }
        self.same_balances().await?;
        self.same_hours().await?;
        self.same_limits().await?;
        same("the invariants", &model.breaches(), &Vec::new())
    }

    async fn same_balances(&self) -> Result<(), String> {
        let known = self.oracle.model.balances.iter().map(|(account, fen)| (account.key(), *fen));
        let known: BTreeMap<String, Fen> = known.filter(|(_, fen)| *fen != Fen::ZERO).collect();
        let lines = self.desk.engine.reader().all_accounts().await.map_err(said)?;
        let lines = lines.into_iter().map(|line| (line.key, line.balance));
        same("the balances", &known, &lines.filter(|(_, fen)| *fen != Fen::ZERO).collect())
    }

    async fn same_hours(&self) -> Result<(), String> {
        let booked = self.desk.engine.reader().all_bookings().await.map_err(said)?;
        let booked = booked.into_iter().map(|line| ((line.request, line.place), line.booked.hours));
        let booked: BTreeMap<_, Centihours> = booked.collect();
        same("the hours", &self.oracle.model.booked, &booked)
    }

    /// The limits of all that is open, of the step and beside it, by the calendar of now.
    async fn same_limits(&self) -> Result<(), String> {
        let moment = self.oracle.model.moment();
        let known = self.oracle.model.requests.iter().flat_map(|request| {
            let step = deadline(request, &moment).map(|limit| (LimitKind::Step, None, limit));
            let beside = beside(request, &moment).into_iter();
            let beside =
                beside.map(|one| (one.kind, one.assignment.map(|own| own.code.clone()), one.deadline));
            let limits = step.into_iter().chain(beside);
            limits.map(|(kind, code, limit)| (request.id, kind.word(), code, limit.due, limit.provisional))
        });
        let known: BTreeSet<_> = known.collect();
        let list = self.desk.engine.limits(self.desk.now()).await.map_err(said)?;
        let lines = list.limits.into_iter();
        let lines = lines.map(|one| (one.request, one.kind.word(), one.community, one.due, one.provisional));
        same("the limits", &known, &lines.collect())
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Both sides, line by line where they differ.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, model: &T, engine: &T) -> Result<(), String> {
    if model == engine {
        return Ok(());
    }
    let (model, engine) = (format!("{model:#?}"), format!("{engine:#?}"));
    let mut said = vec![format!("{what} (- the model, + the engine):")];
    let only = |one: &str, other: &str, sign: &str| -> Vec<String> {
        let missing = one.lines().filter(|line| !other.lines().any(|known| known == *line));
        missing.map(|line| format!("{sign}{line}")).take(12).collect()
    };
    said.extend(only(&model, &engine, "-"));
    said.extend(only(&engine, &model, "+"));
    Err(said.join("\n"))
}
