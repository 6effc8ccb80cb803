//! The office's own commands: imports, people, limits, the doctor.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use engine::{ImportKind, NewPerson};
use serde_json::json;
use tokio::sync::watch;
use workflow::actor::Role;

use crate::print::{self, Failure};
use crate::settings::{Common, JobTask, UserTask};
use crate::stopping::Signals;
use crate::{administrators, clock, limits, open, stopping};

pub(crate) async fn import(common: &Common, kind: ImportKind, file: &Path) -> Result<ExitCode, Failure> {
    let text = open::read(file)?;
    let engine = open::engine(common).await?;
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let imported = engine.import(kind, &name, &text, clock::now()).await?;
    if common.json {
        print::json(&imported)?;
    } else {
        let what = imported.kind.name(common.language());
        print::line(format!("{what}: {} {}", imported.rows, common.say("行", "rows")))?;
        limits::moved(common, &imported.moved)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn user(common: &Common, task: UserTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        UserTask::Prefer(preferences) => crate::letters::prefer(common, preferences).await?,
        UserTask::Add { email, name, organisation, roles, letters } => {
            let language = Common { lang: letters, ..common.clone() }.language();
            let roles = roles.iter().map(|word| role(word)).collect::<Result<Vec<_>, _>>()?;
            let new = NewPerson { email: email.clone(), name, organisation, roles, language };
            engine.add_person(new, clock::now()).await?;
            print::said(common, &json!({ "email": email }), &email)?;
        }
        UserTask::Roles { email, roles } => {
            let roles = roles.iter().map(|word| role(word)).collect::<Result<Vec<_>, _>>()?;
            let worker = engine.set_roles(&email, &roles, clock::now()).await?;
            let said: Vec<_> = worker.person.roles.iter().map(|role| role.name(common.language())).collect();
            let value = json!({ "email": email, "roles": worker.person.roles });
            print::said(common, &value, &format!("{email} {}", said.join("、")))?;
        }
        UserTask::Token { task } => crate::tokens::run(common, &engine, task).await?,
        UserTask::Password { email } => crate::serve::give_one_time(common, &engine, &email).await?,
        UserTask::TakeFactor { email } => administrators::take_factor(common, &engine, &email).await?,
        UserTask::FirstAdministrators(options) => administrators::first(common, &engine, options).await?,
        UserTask::List => {
            let everyone = engine.reader().everyone().await?;
            let tree = engine.reader().organisations().await?;
            let named = |worker: &store::Worker| {
                let organisation = tree.iter().find(|o| o.id == worker.person.organisation);
                organisation.map(|o| o.name.clone()).unwrap_or_default()
            };
            let roles = |worker: &store::Worker| {
                worker
                    .person
                    .roles
                    .iter()
                    .map(|role| role.name(common.language()))
                    .collect::<Vec<_>>()
                    .join("、")
            };
            if common.json {
                let list: Vec<_> = everyone
                    .iter()
                    .map(|w| json!({ "email": w.email, "name": w.person.name, "organisation": named(w), "roles": w.person.roles }))
                    .collect();
                print::json(&list)?;
            } else {
                let rows =
                    everyone.iter().map(|w| vec![w.email.clone(), w.person.name.clone(), named(w), roles(w)]);
                let heading = [
                    common.say("地址", "address"),
                    common.say("姓名", "name"),
                    common.say("机构", "organisation"),
                    common.say("角色", "roles"),
                ];
                print::line(print::table(&heading, &[], rows.collect()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn role(word: &str) -> Result<Role, Failure> {
    let role = Role::from_word(word).filter(|role| *role != Role::System);
    let known =
        || Role::ALL.iter().filter(|r| **r != Role::System).map(|r| r.word()).collect::<Vec<_>>().join(", ");
    role.ok_or_else(|| Failure::Input(format!("`{word}` is no role; known are {}", known())))
}

pub(crate) async fn jobs(common: &Common, task: &JobTask) -> Result<ExitCode, Failure> {
    let engine = Arc::new(open::engine(common).await?);
    match task {
        JobTask::Once => {
            let swept = engine.sweep(clock::now()).await?;
            engine.seal_when_due(clock::now()).await?;
            let delivered = engine.deliver_all(clock::now()).await?;
            let called = engine.call_all(clock::now()).await?;
            let value = json!({
                "calls": { "sent": called.sent, "again": called.again, "dead": called.dead },
                "actions": swept.actions, "reminders": swept.reminders, "failed": swept.failed,
                "sent": delivered.sent, "again": delivered.again, "dead": delivered.dead,
            });
            let limits = common.say("时限动作、提醒、失败", "actions by limits, reminders, failures");
            let letters = common.say("信件已发、再试、无法投递", "letters sent, to be tried again, dead");
            let counts = format!("{} {} {}", swept.actions, swept.reminders, swept.failed.len());
            let post = format!("{} {} {}", delivered.sent, delivered.again, delivered.dead);
            let calls = common.say("回调已发、再试、无法投递", "calls made, to be made again, dead");
            let made = format!("{} {} {}", called.sent, called.again, called.dead);
            let text = format!("{limits}: {counts}\n{letters}: {post}\n{calls}: {made}");
            print::said(common, &value, &text)?;
        }
        JobTask::Run => {
            let mut signals = Signals::listen()?;
            let (stop, stopped) = watch::channel(false);
            let running = tokio::spawn(Arc::clone(&engine).run(clock::now, stopped));
            stopping::tell_systemd("READY=1");
            signals.next().await;
            stopping::tell_systemd("STOPPING=1");
            // The loops hold the receiver; if they have ended already there is nobody to tell.
            let _ = stop.send(true);
            running.await.map_err(anyhow::Error::from)??;
            stopping::close(&engine).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn doctor(common: &Common) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    let checked = engine.doctor().await?;
    if common.json {
        print::json(&checked)?;
    } else {
        for breach in &checked.breaches {
            print::line(format!("✗ {} {}: {}", breach.invariant, breach.place, breach.message))?;
        }
        let sound = common.say("各项不变量成立", "every invariant holds");
        let verdict = if checked.breaches.is_empty() {
            sound
        } else {
            common.say("存在违反", "there are breaches")
        };
        print::line(format!(
            "{verdict}: {} {}, {} {}, {} {}, {} {}, {} {}",
            checked.requests,
            common.say("件申请", "requests"),
            checked.events,
            common.say("条事件", "events"),
            checked.postings,
            common.say("笔分录", "postings"),
            checked.quota_months,
            common.say("个社区月", "community months"),
            checked.records,
            common.say("份评估重算", "assessments recomputed"),
        ))?;
        if checked.forced.0 > 0 {
            let forced = common.say("其中强制超额占用（小时）", "of them forced beyond capacity (hours)");
            print::line(format!("{forced}: {}", checked.forced))?;
        }
    }
    Ok(if checked.breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
