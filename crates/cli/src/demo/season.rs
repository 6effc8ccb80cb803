//! The season: day after day the limits are swept, people act, letters leave, and the story is printed as it happens.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use engine::{Command, Engine, Filing, Order, Seen};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::demo::city::People;
use crate::demo::clerks::{Situation, Step};
use crate::demo::script::{Script, Scripted};
use crate::print::{self, Failure};
use crate::settings::Common;

const FIRST_DAY: &str = "2026-02-02";
const LAST_DAY: &str = "2026-09-04";
/// The offices open at nine, Shanghai time.
const OPENING_UTC: i64 = 1;

/// What the season leaves behind.
pub(crate) struct Season {
    requests: BTreeMap<String, RequestId>,
    pub(crate) days: i64,
    /// The last moment of the story.
    pub(crate) now: DateTime<Utc>,
}

impl Season {
    pub(crate) fn request(&self, key: &str) -> Option<RequestId> {
        self.requests.get(key).copied()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("the season's days are dates")
}

fn morning(day: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)) + Duration::hours(OPENING_UTC)
}

/// When the city is founded: the first morning of the season.
pub(crate) fn first_morning() -> DateTime<Utc> {
    morning(day(FIRST_DAY))
}

/// Plays the whole season.
pub(crate) async fn play(common: &Common, engine: &Engine, script: &Script) -> Result<Season, Failure> {
    let (first, last) = (day(FIRST_DAY), day(LAST_DAY));
    let days = last.signed_duration_since(first).num_days();
    let mut stage = Theatre {
        common,
        engine,
        script,
        people: People::of(engine).await?,
        season: Season { requests: BTreeMap::new(), days, now: morning(last) },
        second_thoughts: Vec::new(),
        known: BTreeMap::new(),
        progress: progress(days),
        now: morning(first),
    };
    for today in first.iter_days().take_while(|today| *today <= last) {
        stage.now = morning(today);
        stage.plays(today).await?;
        stage.progress.inc(1);
    }
    stage.progress.finish_and_clear();
    Ok(stage.season)
}

pub(crate) fn progress(days: i64) -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let style =
        ProgressStyle::with_template("{bar:32} {pos}/{len} {msg}").unwrap_or(ProgressStyle::default_bar());
    ProgressBar::with_draw_target(u64::try_from(days).ok(), target).with_style(style)
}

struct Theatre<'a> {
    common: &'a Common,
    engine: &'a Engine,
    script: &'a Script,
    people: People,
    season: Season,
    second_thoughts: Vec<RequestId>,
    /// How much of each history has been told.
    known: BTreeMap<RequestId, i64>,
    progress: ProgressBar,
    now: DateTime<Utc>,
}

impl Theatre<'_> {
    async fn plays(&mut self, today: NaiveDate) -> Result<(), Failure> {
        self.progress.set_message(today.to_string());
        let swept = self.engine.sweep(self.now).await?;
        let is_working = self.engine.content().calendar.is_working(today);
        if !is_working && swept.actions == 0 {
            return Ok(());
        }
        let requests = self.requests().await?;
        for request in requests.values() {
            if request.version > self.known.get(&request.id).copied().unwrap_or_default() {
                self.tell_news(request, None).await?;
            }
        }
        if is_working {
            let filed = self.people_file(today).await?;
            self.people_act(today, requests.into_iter().chain(filed).collect()).await?;
        }
        self.engine.deliver_all(self.now).await?;
        Ok(())
    }

    /// Every request of the story as it stands.
    async fn requests(&self) -> Result<BTreeMap<RequestId, Request>, Failure> {
        let requests = self.engine.reader().requests_in(StageKind::ALL).await?;
        let requests = requests.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(requests.into_iter().map(|request| (request.id, request)).collect())
    }

    async fn people_file(&mut self, today: NaiveDate) -> Result<Vec<(RequestId, Request)>, Failure> {
        let script = self.script;
        let mut filed = Vec::new();
        for scripted in script.requests.iter().filter(|scripted| scripted.file_on == today) {
            let Some(department) = self.people.department(&scripted.department) else { continue };
            let filing = Filing::read(&scripted.application, scripted.communities.clone())?;
            let submitter = department.submitter.clone();
            let name = department.name.clone();
            let request = self.engine.draft(filing, &submitter, self.now).await?;
            self.season.requests.insert(scripted.key.clone(), request.id);
            let said = self.common.say("起草", "drafts");
            self.tell(&format!("{name} {said}《{}》 {}", request.title(), mark(&request, 0)))?;
            filed.push((request.id, request));
        }
        Ok(filed)
    }

    async fn people_act(
        &mut self,
        today: NaiveDate,
        mut requests: BTreeMap<RequestId, Request>,
    ) -> Result<(), Failure> {
        let script = self.script;
        for (turn, scripted) in script.requests.iter().enumerate() {
            let id = self.season.request(&scripted.key);
            let Some(mut request) = id.and_then(|id| requests.remove(&id)) else { continue };
            while let Some(step) = self.next(scripted, &request, today) {
                self.now += Duration::minutes(3);
                request = self.carry_out(scripted, request, step, turn).await?;
            }
        }
        Ok(())
    }

    fn next(&self, scripted: &Scripted, request: &Request, today: NaiveDate) -> Option<Step> {
        let content = self.engine.content();
        let situation = Situation {
            path: scripted.path,
            request,
            today,
            calendar: &content.calendar,
            had_second_thoughts: self.second_thoughts.contains(&request.id),
        };
        situation.next()
    }

    async fn carry_out(
        &mut self,
        scripted: &Scripted,
        request: Request,
        step: Step,
        turn: usize,
    ) -> Result<Request, Failure> {
        let department =
            self.people.department(&scripted.department).map(|department| department.submitter.clone());
        let nobody = || Failure::Input(format!("nobody can act on `{}`", scripted.key));
        let (actor, command) = match step {
            Step::Correct => {
                let actor = department.ok_or_else(nobody)?;
                let filing = Filing::read(&scripted.corrected(), scripted.communities.clone())?;
                let order = Order {
                    request: request.id,
                    actor: &actor,
                    seen: Seen::Version(request.version),
                    now: self.now,
                };
                self.engine.correct(order, filing).await?;
                (Some(actor), Command::Submit)
            }
            Step::Department(command) => (department, command),
            Step::Office(role, command) => {
                let turn = if role == Role::Approver { turn + 1 } else { turn };
                (self.people.office(request.district, role, turn).cloned(), command)
            }
            Step::LeadingGroup(command) => {
                (self.people.office(request.district, Role::Approver, turn).cloned(), command)
            }
            Step::Treasury(command) => (self.people.treasurer(request.district).cloned(), command),
            Step::Committee(community, command) => (self.people.committee(community).cloned(), command),
        };
        let actor = actor.ok_or_else(nobody)?;
        if matches!(command, Command::Return { .. } | Command::SendBack { .. }) {
            self.second_thoughts.push(request.id);
        }
        let order = Order { request: request.id, actor: &actor, seen: Seen::Whatever, now: self.now };
        let request = self.engine.act(order, command).await?;
        self.tell_news(&request, Some(&actor)).await?;
        Ok(request)
    }

    /// Tells every event of a request that was not told yet; all of them are committed.
    async fn tell_news(&mut self, request: &Request, actor: Option<&Actor>) -> Result<(), Failure> {
        let language = self.common.language();
        let told = self.known.get(&request.id).copied().unwrap_or_default();
        let history = self.engine.reader().history(request.id).await?;
        for event in history.iter().filter(|event| event.seq > told && event.is_step()) {
            let who = match actor {
                Some(Actor::Person(person)) if event.person == Some(person.user.0) => {
                    format!("{} {}", self.people.name(person.organisation), person.name)
                }
                _ => Role::System.name(language).to_owned(),
            };
            let action = ActionKind::from_word(&event.action).map(|action| action.name(language));
            let after = StageKind::from_word(&event.after).map(|stage| stage.name(language));
            let reason = event.reason.as_deref().map(|reason| format!(" “{reason}”")).unwrap_or_default();
            let submitted = event.action == ActionKind::Submit.word();
            let outcome = request.assessed.as_ref().filter(|_| submitted).map(|assessed| {
                format!(" [{} {}]", assessed.outcome.name(language), assessed.price.for_people())
            });
            self.tell(&format!(
                "{who} {}：{}《{}》 → {}{}{reason} {}",
                action.unwrap_or_default(),
                request.number(),
                request.title(),
                after.unwrap_or_default(),
                outcome.unwrap_or_default(),
                mark(request, event.seq),
            ))?;
            self.known.insert(request.id, event.seq);
        }
        Ok(())
    }

    /// Prints a line of the story; `--json` prints only the summary.
    fn tell(&self, text: &str) -> Result<(), Failure> {
        if self.common.json {
            return Ok(());
        }
        let offset = self.engine.content().rules.parameters().jurisdiction.offset();
        let when = self.now.with_timezone(&offset).format("%m-%d %H:%M");
        Ok(self.progress.suspend(|| print::line(format!("{when} {text}")))?)
    }
}

/// The end of a request's id and the place in its history, so that a line can be found again.
fn mark(request: &Request, seq: i64) -> String {
    let id = request.id.0.simple().to_string();
    format!("#{}.{seq}", id.get(24..).unwrap_or_default())
}
