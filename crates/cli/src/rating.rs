//! `zhunru rating`: communities and their residents' representatives rate the departments.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::Subcommand;
use engine::{By, Engine, RatingView};
use serde_json::json;
use workflow::rating::{Answer, CriterionResult, Meeting, Rating, Results};

use crate::oversight_names::Names;
use crate::print::{self, Failure};
use crate::settings::{Common, Lang};
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum RatingTask {
    /// The community rates the department of a settled request, once
    Give {
        /// Number or id of the request
        request: String,
        /// A criterion's mark, such as `support=4`; one for each criterion
        #[arg(long = "mark", value_parser = mark, required = true)]
        marks: Vec<(String, u8)>,
        #[arg(long)]
        text: Option<String>,
        #[arg(long = "as")]
        actor: String,
    },
    /// The votes of the residents' representatives' meeting about a settled request
    Meeting {
        request: String,
        /// Day of the meeting
        #[arg(long)]
        on: NaiveDate,
        /// Representatives the community has
        #[arg(long)]
        representatives: u32,
        #[arg(long)]
        present: u32,
        #[arg(long)]
        satisfied: u32,
        #[arg(long)]
        basically: u32,
        #[arg(long)]
        not_satisfied: u32,
        #[arg(long = "as")]
        actor: String,
    },
    /// What the answers about a department come to in a year
    Results {
        /// Code of the department
        department: String,
        #[arg(long, default_value_t = clock::now().year())]
        year: i32,
        #[arg(long = "as")]
        actor: String,
    },
}

fn mark(text: &str) -> Result<(String, u8), String> {
    let pair = text.split_once('=').and_then(|(id, mark)| Some((id.to_owned(), mark.parse().ok()?)));
    pair.ok_or_else(|| format!("`{text}` is no mark such as support=4"))
}

pub(crate) async fn run(common: &Common, task: RatingTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        RatingTask::Give { request, marks, text, actor } => {
            let given = marks.len();
            let marks: BTreeMap<String, u8> = marks.into_iter().collect();
            if marks.len() != given {
                return Err(Failure::Input("a criterion has two marks".into()));
            }
            give(common, &engine, (&request, &actor), Answer::Committee { marks, text }).await?;
        }
        RatingTask::Meeting {
            request,
            on,
            representatives,
            present,
            satisfied,
            basically,
            not_satisfied,
            actor,
        } => {
            let meeting =
                Meeting { held_on: on, representatives, present, satisfied, basically, not_satisfied };
            give(common, &engine, (&request, &actor), Answer::Meeting(meeting)).await?;
        }
        RatingTask::Results { department, year, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let by = By { actor: &actor, now: clock::now() };
            let view = engine.rating_results(by, (&department, year)).await?;
            results(common, &Names::of(&engine).await?, &view)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn give(
    common: &Common,
    engine: &Engine,
    (request, actor): (&str, &str),
    answer: Answer,
) -> Result<(), Failure> {
    let actor = open::actor(engine, actor).await?;
    let rating = engine.rate(By { actor: &actor, now: clock::now() }, request, answer).await?;
    if common.json {
        return print::json(&json!({ "id": rating.id, "answer": rating.answer, "year": rating.year }));
    }
    let thanks = common.say("已记录", "is kept");
    Ok(print::line(format!("{request} {} {thanks}", rating.answer.kind().name(common.language())))?)
}

fn results(common: &Common, names: &Names, view: &RatingView) -> Result<(), Failure> {
    if common.json {
        let answer = |one: &Rating| json!({ "community": names.name(one.community), "on": one.given_on, "answer": one.answer });
        return print::json(&json!({
            "department": names.name(view.department), "year": view.year, "results": view.results,
            "answers": view.answers.iter().map(answer).collect::<Vec<_>>(),
        }));
    }
    let answers = common.say("份评议", "answers");
    print::line(format!(
        "{} {} · {} {answers}",
        names.name(view.department),
        view.year,
        view.results.answers
    ))?;
    if view.results.withheld {
        let few = common.say("份数不足，不予显示", "too few to be shown");
        return Ok(print::line(few)?);
    }
    print::line(marks(common, &view.results.criteria))?;
    for text in &view.results.texts {
        print::line(format!("· {text}"))?;
    }
    Ok(print::line(meetings(common, &view.results))?)
}

fn marks(common: &Common, criteria: &[CriterionResult]) -> String {
    let row = |result: &CriterionResult| {
        let name = match common.lang {
            Lang::Zh => &result.criterion.zh,
            Lang::En => &result.criterion.en,
        };
        let each: Vec<String> = result.distribution.iter().map(ToString::to_string).collect();
        vec![name.clone(), result.mean.clone(), result.count.to_string(), each.join(" / ")]
    };
    let heading = [
        common.say("指标", "criterion"),
        common.say("平均分", "mean"),
        common.say("份数", "count"),
        common.say("1 分起各分份数", "how many gave 1, 2, …"),
    ];
    print::table(&heading, &[1, 2], criteria.iter().map(row).collect())
}

fn meetings(common: &Common, results: &Results) -> String {
    let meetings = &results.meetings;
    let row = vec![
        meetings.meetings.to_string(),
        meetings.present.to_string(),
        meetings.satisfied.to_string(),
        meetings.basically.to_string(),
        meetings.not_satisfied.to_string(),
        meetings.content.clone().unwrap_or_default(),
    ];
    let heading = [
        common.say("居民代表会议", "meetings"),
        common.say("到会", "present"),
        common.say("满意", "satisfied"),
        common.say("基本满意", "basically"),
        common.say("不满意", "not satisfied"),
        common.say("满意和基本满意占比", "satisfied or basically"),
    ];
    print::table(&heading, &[0, 1, 2, 3, 4, 5], vec![row])
}
