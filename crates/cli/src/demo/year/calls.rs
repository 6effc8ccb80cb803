//! What comes from outside the requests on days of the calendar: late base funds, an amended holiday notice, complaints,
//! the inspection, ratings, the year's end.

use chrono::NaiveDate;
use engine::{By, EngineError};
use workflow::rating::Answer;
use workflow::request::Request;

use crate::demo::year::city::pay_late_base_funds;
use crate::demo::year::dates::{YEAR, day};
use crate::demo::year::play::Play;
use crate::print::Failure;

/// A refusal's code.
pub(crate) fn code(error: &EngineError) -> String {
    error.code().to_owned()
}

impl Play<'_> {
    /// What happens on a day.
    pub(crate) async fn happens(&mut self, today: NaiveDate) -> Result<(), Failure> {
        if today == day("2026-03-16") {
            pay_late_base_funds(self.engine, &self.town, self.now).await?;
        }
        if today == day("2027-01-11") {
            self.close_year().await?;
        }
        Ok(())
    }

    async fn close_year(&mut self) -> Result<(), Failure> {
        let districts: Vec<String> = self.town.communities.keys().cloned().collect();
        for district in districts {
            let Some(treasurer) = self.town.treasurer(&district) else { continue };
            if let Err(error) = self.engine.close_year(treasurer, YEAR, None, self.now).await {
                self.note(error)?;
            }
        }
        Ok(())
    }

    /// Communities that have delivered rate the department.
    pub(crate) async fn communities_rate(&self, request: &Request) -> Result<(), EngineError> {
        let delivered = request.assignments.iter().filter(|one| one.has_delivered()).take(3);
        for (place, assignment) in delivered.enumerate() {
            let Some(actor) = self.town.committee(assignment.community) else { continue };
            let mark = u8::try_from(3 + (place + request.targets.len()) % 3).unwrap_or(3);
            let criteria = ["funds_on_time", "clear_task", "support", "burden"];
            let marks = criteria.iter().map(|id| ((*id).to_owned(), mark)).collect();
            let answer = Answer::Committee { marks, text: None };
            let by = By { actor, now: self.now };
            self.engine.rate(by, &request.id.to_string(), answer).await?;
        }
        Ok(())
    }
}
