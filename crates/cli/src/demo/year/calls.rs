//! What comes from outside the requests on days of the calendar: late base funds, an amended holiday notice, a deputy, a
//! slip of the treasury, the unified inspection, rewards, the year's end.

use chrono::NaiveDate;
use engine::{By, EngineError, ImportKind, NewDeputy, RewardOrder, TakenBack};
use store::Scope;
use workflow::actor::Role;
use workflow::ledger::Account;
use workflow::money::Fen;
use workflow::stage::StageKind;

use crate::demo::year::city::{FUND, appropriate_late_lines, pay_late_base_funds, top_up};
use crate::demo::year::dates::{ABSENCE, ABSENT, YEAR, day};
use crate::demo::year::play::Play;
use crate::print::Failure;

/// The amended notice: one day more after the National Day week, worked off on a Sunday.
const AMENDED: &str = "2026-10-08,国庆节,rest,2026\n2026-10-11,国庆节,work,2026\n";
/// When treasurers look at what is nearly empty.
const TOPPED_UP: [&str; 4] = ["2026-06-22", "2026-08-17", "2026-10-13", "2026-11-30"];
/// The merger: which community goes into which neighbour.
const MERGER: (&str, &str) = ("420202001007", "420202001008");
/// The slip: money for another department, taken back on the same day.
const SLIP: (&str, Fen) = ("420205-D14", Fen(5_000_000));
const REWARD: Fen = Fen(200_000);
/// Rewards of a district.
const REWARDS: usize = 6;

impl Play<'_> {
    /// What happens on a day.
    pub(crate) async fn happens(&mut self, today: NaiveDate) -> Result<(), Failure> {
        if let Err(error) = self.comes(today).await {
            self.note(error)?;
        }
        self.takes_turn(today).await?;
        self.speaks_to_cards(today).await?;
        self.hear_complaints(today).await
    }

    /// What comes once, on its day.
    async fn comes(&self, today: NaiveDate) -> Result<(), EngineError> {
        let is = |text: &str| today == day(text);
        match () {
            () if is("2026-03-10") => pay_late_base_funds(self.engine, &self.town, self.now).await,
            () if is("2026-03-03") => appropriate_late_lines(self.engine, &self.town, self.now).await,
            () if TOPPED_UP.iter().any(|text| is(text)) => top_up(self.engine, &self.town, self.now).await,
            () if is("2026-04-21") => self.slips().await,
            () if is("2026-07-20") => self.appoints().await,
            () if is("2026-08-24") => self.amends_calendar().await,
            () => Ok(()),
        }
    }

    /// What every district does on the same day.
    async fn takes_turn(&mut self, today: NaiveDate) -> Result<(), Failure> {
        let is = |text: &str| today == day(text);
        match () {
            () if is("2026-06-15") => self.merges().await,
            () if is("2026-09-03") => self.propose_inspections().await,
            () if is("2026-09-10") => self.inspection(Role::Reviewer).await,
            () if is("2026-09-17") => self.inspection(Role::Approver).await,
            () if is("2026-12-10") => self.rewards().await,
            () if is("2027-01-25") => self.close_year().await,
            () => Ok(()),
        }
    }

    /// Two communities become one; whoever has not filed yet asks the other one instead.
    async fn merges(&mut self) -> Result<(), Failure> {
        let (from, into) = MERGER;
        let Some(admin) = self.town.admin(from.get(..6).unwrap_or_default()) else { return Ok(()) };
        if let Err(error) = self.engine.merge_communities(admin, MERGER, self.now).await {
            return self.note(error);
        }
        self.town.close(from);
        let filed = self.cases.iter_mut().map(|case| &mut case.planned);
        for planned in filed.chain(&mut self.planned) {
            planned.asks_instead(from, into);
        }
        Ok(())
    }

    async fn amends_calendar(&self) -> Result<(), EngineError> {
        let text = rules::default_calendar_csv();
        let own = text.lines().filter(|line| line.ends_with(&format!(",{YEAR}")));
        let rows: Vec<&str> = text.lines().take(1).chain(own).chain(AMENDED.lines()).collect();
        self.engine.import(ImportKind::Calendar, "cn-2026-b", &rows.join("\n"), self.now).await.map(|_| ())
    }

    /// The treasurer of a district is absent; somebody of the office stands in.
    async fn appoints(&self) -> Result<(), EngineError> {
        let Some(actor) = self.town.treasurer(ABSENT) else { return Ok(()) };
        let new = NewDeputy {
            principal: "xia.xiaodong@hd-caizheng.example.org".to_owned(),
            deputy: "lu.jianguo@hd-office.example.org".to_owned(),
            role: Role::Finance,
            days: (day(ABSENCE.0), day(ABSENCE.1)),
        };
        self.engine.appoint_deputy(actor, new, self.now).await.map(|_| ())
    }

    /// Money goes to the wrong line and is taken back by a reversal.
    async fn slips(&self) -> Result<(), EngineError> {
        let (code, amount) = SLIP;
        let district = code.get(..6).unwrap_or_default();
        let (Some(actor), Some(department)) = (self.town.treasurer(district), self.town.id(code)) else {
            return Ok(());
        };
        self.engine.appropriate(actor, code, (YEAR, amount), self.now).await?;
        let key = Account::BudgetLine { department, year: YEAR }.key();
        let postings = self.engine.reader().postings_of(&key).await?;
        let slip = postings.iter().find(|posting| posting.amount == amount);
        let Some(slip) = slip else { return Ok(()) };
        let taken = TakenBack::Posting(slip.id);
        self.engine.reverse(actor, &taken, "下达单位有误，冲销重办", self.now).await.map(|_| ())
    }

    /// Departments ask to inspect what they have, admitted or not.
    async fn propose_inspections(&mut self) -> Result<(), Failure> {
        let requests = self.engine.reader().requests_in(StageKind::ALL).await?;
        for request in requests.into_iter().flatten().step_by(23) {
            let code = self.town.codes.get(&request.department).cloned().unwrap_or_default();
            let Some(number) = request.number.as_deref() else { continue };
            let Some(actor) = self.town.submitter(&code) else { continue };
            let by = By { actor, now: self.now };
            if let Err(error) = self.engine.propose_inspection(by, (YEAR, number)).await {
                self.note(error)?;
            }
        }
        Ok(())
    }

    /// A reviewer builds the plan of each district, an approver publishes it.
    async fn inspection(&mut self, role: Role) -> Result<(), Failure> {
        let districts: Vec<String> = self.town.communities.keys().cloned().collect();
        for district in districts {
            let Some(actor) = self.town.office(&district, role, 0) else { continue };
            let by = By { actor, now: self.now };
            let done = match role {
                Role::Reviewer => self.engine.build_plan(by, YEAR, &[]).await,
                _ => self.engine.publish_plan(by, YEAR).await,
            };
            if let Err(error) = done {
                self.note(error)?;
            }
        }
        Ok(())
    }

    /// The special fund rewards communities whose work was accepted (以奖代补).
    async fn rewards(&mut self) -> Result<(), Failure> {
        let districts: Vec<String> = self.town.communities.keys().cloned().collect();
        for district in districts {
            let Some(id) = self.town.id(&district) else { continue };
            let settled =
                self.engine.reader().requests_of(Scope::District(id), &[StageKind::Settled]).await?;
            for request in settled.into_iter().flatten().take(REWARDS) {
                let Some(actor) = self.town.treasurer(&district) else { continue };
                let delivered = request.assignments.iter().find(|assignment| assignment.has_delivered());
                let Some(assignment) = delivered else { continue };
                let order = RewardOrder {
                    fund: FUND,
                    request: &request.id.to_string(),
                    community: &assignment.code,
                    amount: REWARD,
                    reason: "居民代表会议评议满意",
                };
                if let Err(error) = self.engine.reward(actor, order, self.now).await {
                    self.note(error)?;
                }
            }
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
}
