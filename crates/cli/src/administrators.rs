//! The first three administrators of a new database (三员分立): made once, their passwords for one sign-in printed once.

use std::io::IsTerminal;

use engine::{Engine, FirstPlace, Visit};
use store::{SignInOutcome, Worker};
use web::{hash_password, one_time_password};

use crate::clock;
use crate::print::{self, Failure};
use crate::settings::{Common, FirstOptions};

/// Makes the three, and says so where somebody administers already.
pub(crate) async fn first(common: &Common, engine: &Engine, options: FirstOptions) -> Result<(), Failure> {
    if make(common, engine, options).await? {
        return Ok(());
    }
    Err(Failure::Input("somebody administers this database already".to_owned()))
}

/// Makes the three when the server starts for the first time. Where nobody sits before it the passwords would end up in
/// a log, so that it only says what to do.
pub(crate) async fn first_start(common: &Common, engine: &Engine) -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        make(common, engine, FirstOptions::default()).await?;
    } else if !engine.has_administrators().await? {
        let hint = "nobody administers this database yet; run `zhunru user first-administrators`";
        tracing::warn!("{hint}");
    }
    Ok(())
}

async fn make(common: &Common, engine: &Engine, options: FirstOptions) -> Result<bool, Failure> {
    if engine.has_administrators().await? {
        return Ok(false);
    }
    let passwords = [one_time_password(), one_time_password(), one_time_password()];
    let mut hashes = [String::new(), String::new(), String::new()];
    for (hash, password) in hashes.iter_mut().zip(&passwords) {
        *hash = hash_password(password).map_err(anyhow::Error::msg)?;
    }
    let sender = common.sender.rsplit('@').next().unwrap_or_default().trim_end_matches('>').to_owned();
    let place = FirstPlace {
        domain: options.at.unwrap_or(sender),
        city: (options.city, options.city_name),
        language: common.language(),
    };
    let Some(workers) = engine.first_administrators(&place, hashes, clock::now()).await? else {
        return Ok(false);
    };
    told(common, &workers, &passwords)?;
    Ok(true)
}

fn told(common: &Common, workers: &[Worker], passwords: &[String; 3]) -> Result<(), Failure> {
    if common.json {
        let one = |(worker, password): (&Worker, &String)| {
            let roles = &worker.person.roles;
            serde_json::json!({ "email": worker.email, "roles": roles, "one_time_password": password })
        };
        print::json(&workers.iter().zip(passwords).map(one).collect::<Vec<_>>())?;
        return Ok(());
    }
    print::line(common.say(
        "首次启动：三名管理员的一次性密码只显示这一次，首次登录时须更改",
        "first start: the one-time passwords of the three administrators are shown this once",
    ))?;
    let row = |(worker, password): (&Worker, &String)| {
        vec![worker.person.name.clone(), worker.email.clone(), password.clone()]
    };
    let heading = [
        common.say("角色", "role"),
        common.say("登录邮箱", "sign in as"),
        common.say("一次性密码", "one-time password"),
    ];
    print::line(print::table(&heading, &[], workers.iter().zip(passwords).map(row).collect()))?;
    Ok(())
}

/// Takes the second factor of a person away who has lost both telephone and recovery codes.
pub(crate) async fn take_factor(common: &Common, engine: &Engine, email: &str) -> Result<(), Failure> {
    let worker = engine.reader().worker(email).await?;
    let visit = Visit { source: "command line", agent: "zhunru", now: clock::now(), session: None };
    engine.take_factor_of(worker.person.user, visit).await?;
    let value = serde_json::json!({ "email": email, "taken": SignInOutcome::FactorTaken });
    print::said(common, &value, &format!("{email} {}", SignInOutcome::FactorTaken.name(common.language())))
}
