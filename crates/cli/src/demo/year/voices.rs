//! What communities say: complaints about work that was imposed on them (违规摊派), and ratings of departments.

use chrono::{Days, NaiveDate};
use engine::{By, EngineError, NewComplaint};
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assignment::Assignment;
use workflow::complaint::ComplaintAction;
use workflow::rating::{Answer, Meeting};
use workflow::request::Request;

use crate::demo::year::dates::day;
use crate::demo::year::dice::Dice;
use crate::demo::year::play::Play;
use crate::print::Failure;

/// Complaints of a year; each district has its turn.
const COMPLAINTS: u64 = 24;
/// Calendar days between two complaints.
const EVERY: u64 = 13;
const CRITERIA: [&str; 4] = ["funds_on_time", "clear_task", "support", "burden"];

/// A complaint that is not decided yet.
pub(crate) struct Grievance {
    id: String,
    district: String,
    filed_on: NaiveDate,
    ends: Ends,
}

/// How a complaint ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Upheld,
    Dismissed,
    /// Nobody hears it in time; the leading group does then.
    Escalated,
}

impl Play<'_> {
    /// Files the complaint of the day, if there is one, and goes on with those that are open.
    pub(crate) async fn hear_complaints(&mut self, today: NaiveDate) -> Result<(), Failure> {
        let since = today.signed_duration_since(day("2026-02-03")).num_days();
        let turn = u64::try_from(since).ok().filter(|days| days % EVERY == 0).map(|days| days / EVERY);
        if let Some(turn) = turn.filter(|turn| *turn < COMPLAINTS)
            && let Err(error) = self.complains(turn, today).await
        {
            self.note(error)?;
        }
        let open = std::mem::take(&mut self.grievances);
        for grievance in open {
            match self.hears(&grievance, today).await {
                Ok(true) => {}
                Ok(false) => self.grievances.push(grievance),
                Err(error) => self.note(error)?,
            }
        }
        Ok(())
    }

    async fn complains(&mut self, turn: u64, today: NaiveDate) -> Result<(), EngineError> {
        let mut dice = Dice::of(self.seed, turn, "complaint");
        let districts: Vec<&String> = self.town.communities.keys().collect();
        let Some(district) = dice.pick(&districts).map(|district| (*district).clone()) else { return Ok(()) };
        let communities = self.town.communities.get(&district).map(Vec::as_slice).unwrap_or_default();
        let community = dice.pick(communities).and_then(|code| self.town.id(code));
        let Some(actor) = community.and_then(|community| self.town.committee(community)) else {
            return Ok(());
        };
        let department = format!("{district}-D{:02}", dice.between(1, 28));
        let what =
            dice.pick(&["临时要求每日报送入户数据", "要求社区代为上街巡查执法", "要求完成APP注册指标"]);
        let new = NewComplaint {
            department,
            what: what.copied().unwrap_or_default().to_owned(),
            since: today.checked_sub_days(Days::new(dice.between(1, 20))).unwrap_or(today),
            covered_by: None,
            evidence: Vec::new(),
        };
        let complaint = self.engine.file_complaint(By { actor, now: self.now }, new).await?;
        let ends = dice.weigh(&[(Ends::Upheld, 5), (Ends::Dismissed, 3), (Ends::Escalated, 2)]);
        let (id, ends) = (complaint.id.to_string(), ends.unwrap_or(Ends::Upheld));
        self.grievances.push(Grievance { id, district, filed_on: today, ends });
        Ok(())
    }

    /// Goes on with one complaint; true when it is decided.
    async fn hears(&self, grievance: &Grievance, today: NaiveDate) -> Result<bool, EngineError> {
        let days = today.signed_duration_since(grievance.filed_on).num_days();
        let (take, decide, role) = match grievance.ends {
            Ends::Escalated => (27, 31, Role::Approver),
            _ => (4, 12, Role::Reviewer),
        };
        let Some(actor) = self.town.office(&grievance.district, role, 0) else { return Ok(true) };
        let by = By { actor, now: self.now };
        let action = match grievance.ends {
            _ if days == take => ComplaintAction::Take,
            _ if days != decide => return Ok(false),
            Ends::Dismissed => ComplaintAction::Dismiss { reason: "事项已准入并有派单".to_owned() },
            _ => ComplaintAction::Uphold {
                order: "立即停止摊派，确有需要的依程序申请准入".to_owned()
            },
        };
        self.engine.decide_complaint(by, &grievance.id, action).await?;
        Ok(days == decide)
    }

    /// Communities that have delivered rate the department; in one of them the residents' representatives meet.
    pub(crate) async fn communities_rate(&self, request: &Request) -> Result<(), EngineError> {
        let delivered = request.assignments.iter().filter(|one| one.has_delivered()).take(3);
        for (place, assignment) in delivered.enumerate() {
            let mark = u8::try_from(3 + (place + request.targets.len()) % 3).unwrap_or(3);
            let marks = CRITERIA.iter().map(|id| ((*id).to_owned(), mark)).collect();
            self.rates(request, assignment, Answer::Committee { marks, text: None }).await?;
            if place == 0 && request.targets.len().is_multiple_of(3) {
                self.rates(request, assignment, self.meeting()).await?;
            }
        }
        Ok(())
    }

    fn meeting(&self) -> Answer {
        Answer::Meeting(Meeting {
            held_on: self.now.date_naive(),
            representatives: 61,
            present: 47,
            satisfied: 30,
            basically: 11,
            not_satisfied: 4,
        })
    }

    async fn rates(
        &self,
        request: &Request,
        assignment: &Assignment,
        answer: Answer,
    ) -> Result<(), EngineError> {
        let Some(actor) = self.town.committee(assignment.community) else { return Ok(()) };
        let by = By { actor, now: self.now };
        self.engine.rate(by, &request.id.to_string(), answer).await.map(|_| ())
    }
}

/// Rating is no action on the request; what stands for it in the list of what was tried.
pub(crate) const RATED: ActionKind = ActionKind::Close;
