//! `zhunru user token`: bearer tokens of a person's programs, made, listed, ended.

use clap::{Subcommand, ValueEnum};
use engine::{Engine, NewToken, Visit};
use serde_json::json;
use store::{ApiToken, TokenReach};
use uuid::Uuid;

use crate::clock;
use crate::print::{self, Failure};
use crate::settings::Common;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenTask {
    /// Make a token; it is printed this once
    Make {
        email: String,
        /// What it is for
        name: String,
        #[arg(long, value_enum, default_value_t = Reach::Read)]
        reach: Reach,
        /// How long it lasts
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
    /// The tokens of a person, newest first
    List { email: String },
    /// End a token
    End { email: String, token: Uuid },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Reach {
    Read,
    Write,
}

pub(crate) async fn run(common: &Common, engine: &Engine, task: TokenTask) -> Result<(), Failure> {
    let visit = Visit { source: "command line", agent: "zhunru", now: clock::now(), session: None };
    match task {
        TokenTask::Make { email, name, reach, days } => {
            let person = engine.reader().worker(&email).await?.person.user;
            let (token, token_hash) = web::token();
            let reach = match reach {
                Reach::Read => TokenReach::Read,
                Reach::Write => TokenReach::Write,
            };
            let made = engine.make_token(person, NewToken { name, reach, days, token_hash }, visit).await?;
            let value =
                json!({ "id": made.id, "token": token, "reach": reach, "expires_at": made.expires_at });
            let until = made.expires_at.date_naive();
            print::said(common, &value, &format!("{token}\n{} {until}", common.say("有效至", "until")))
        }
        TokenTask::List { email } => {
            let person = engine.reader().worker(&email).await?.person.user;
            list(common, &engine.reader().tokens(person).await?)
        }
        TokenTask::End { email, token } => {
            let person = engine.reader().worker(&email).await?.person.user;
            engine.end_token((person, token), visit).await?;
            print::said(common, &json!({ "ended": token }), common.say("已撤销", "ended"))
        }
    }
}

fn list(common: &Common, tokens: &[ApiToken]) -> Result<(), Failure> {
    if common.json {
        let line = |one: &ApiToken| json!({ "id": one.id, "name": one.name, "reach": one.reach, "expires_at": one.expires_at, "used_at": one.used_at });
        return print::json(&tokens.iter().map(line).collect::<Vec<_>>());
    }
    let row = |one: &ApiToken| {
        vec![
            one.id.to_string(),
            one.name.clone(),
            one.reach.name(common.language()).to_owned(),
            one.expires_at.date_naive().to_string(),
            one.used_at.map(|used| used.date_naive().to_string()).unwrap_or_default(),
        ]
    };
    let heading = [
        common.say("令牌", "token"),
        common.say("用途", "what for"),
        common.say("权限", "reach"),
        common.say("有效至", "until"),
        common.say("最近使用", "last used"),
    ];
    Ok(print::line(print::table(&heading, &[], tokens.iter().map(row).collect()))?)
}
