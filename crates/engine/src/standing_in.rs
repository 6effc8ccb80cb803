//! Who reads a notice besides those it is meant for: a deputy gets the task, the absent person a copy that says so.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use store::{DeputyLine, Reader, Worker};
use workflow::actor::Role;
use workflow::id::UserId;
use workflow::notice::{Audience, Notice};

use crate::error::EngineError;

/// Those who stand in today for whoever is told.
#[derive(Default)]
pub(crate) struct StandingIn {
    lines: Vec<DeputyLine>,
    people: BTreeMap<UserId, Worker>,
}

impl StandingIn {
    /// Looks up the deputies of all whom the notices of a transaction mean; one query where nobody is absent.
    pub(crate) async fn of(
        reader: Reader<'_>,
        meant: &[Vec<Worker>],
        day: NaiveDate,
    ) -> Result<StandingIn, EngineError> {
        let principals: Vec<UserId> = meant.iter().flatten().map(|worker| worker.person.user).collect();
        let lines = reader.deputies_of(&principals, day).await?;
        if lines.is_empty() {
            return Ok(StandingIn { lines, people: BTreeMap::new() });
        }
        let deputies: Vec<UserId> = lines.iter().map(|line| line.deputy).collect();
        let people = reader.people_of(&deputies).await?;
        let people = people.into_iter().map(|worker| (worker.person.user, worker)).collect();
        Ok(StandingIn { lines, people })
    }

    /// Each reader of a notice with what that reader is to be told.
    pub(crate) fn readers(&self, notice: &Notice, meant: Vec<Worker>) -> Vec<(Notice, Worker)> {
        let Some(role) = role(notice.to) else {
            return meant.into_iter().map(|worker| (notice.clone(), worker)).collect();
        };
        let mut readers: Vec<(Notice, Worker)> = Vec::new();
        let own: Vec<UserId> = meant.iter().map(|worker| worker.person.user).collect();
        for worker in meant {
            let deputies: Vec<&Worker> = self.deputies(worker.person.user, role).collect();
            for deputy in &deputies {
                let told = readers.iter().any(|(_, reader)| reader.person.user == deputy.person.user);
                if !told && !own.contains(&deputy.person.user) {
                    readers.push((for_deputy(notice, &worker), (*deputy).clone()));
                }
            }
            let copy = if deputies.is_empty() { notice.clone() } else { copy(notice, &deputies) };
            readers.push((copy, worker));
        }
        readers
    }

    fn deputies(&self, principal: UserId, role: Role) -> impl Iterator<Item = &Worker> {
        let lines = self.lines.iter().filter(move |line| line.principal == principal && line.role == role);
        lines.filter_map(|line| self.people.get(&line.deputy))
    }
}

fn role(to: Audience) -> Option<Role> {
    match to {
        Audience::Organisation { role, .. } | Audience::District { role, .. } => Some(role),
        Audience::Person(_) => None,
    }
}

fn for_deputy(notice: &Notice, principal: &Worker) -> Notice {
    let name = &principal.person.name;
    noted(notice, format!("您代理{name}办理本件。"), format!("You stand in for {name} in this."))
}

fn copy(notice: &Notice, deputies: &[&Worker]) -> Notice {
    let names: Vec<&str> = deputies.iter().map(|deputy| deputy.person.name.as_str()).collect();
    let zh = format!("抄送：您的代理人{}已收到本件，由其办理。", names.join("、"));
    let en = format!("Copy: your deputy {} has received this and will see to it.", names.join(", "));
    noted(notice, zh, en)
}

fn noted(notice: &Notice, zh: String, en: String) -> Notice {
    let mut noted = notice.clone();
    noted.values.extend([("note_zh", zh), ("note_en", en)]);
    noted
}
