//! `zhunru serve`: pages for people, timers and letters beside them, until Ctrl-C. And the demo's pages.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::{Engine, Visit};
use store::{SignInOutcome, Worker};
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::{Secret, Server, WebSettings, hash_password, one_time_password, serve};
use workflow::actor::Role;

use crate::demo::city;
use crate::print::{self, Failure};
use crate::settings::{Common, ServeOptions};
use crate::stopping::Signals;
use crate::traces::Traces;
use crate::{clock, open, stopping};

/// How long the demo waits for what is being answered.
const DEMO_GRACE: Duration = Duration::from_secs(5);

/// Serves the database of the command until Ctrl-C or SIGTERM.
pub(crate) async fn run(
    common: &Common,
    options: ServeOptions,
    traces: Option<Traces>,
) -> Result<ExitCode, Failure> {
    let signals = Signals::listen()?;
    let sign_on = options.sign_on.settings()?;
    let engine = Arc::new(open::engine(common).await?);
    crate::administrators::first_start(common, &engine).await?;
    let listener = listen(options.listen).await?;
    let origin = options.origin.unwrap_or(origin_of(&listener)?);
    let (stop, stopped) = watch::channel(false);
    let loops = tokio::spawn(Arc::clone(&engine).run(clock::now, stopped.clone()));
    print::line(format!("{} {origin}", common.say("网址", "serving on")))?;
    stopping::tell_systemd("READY=1");
    let (metrics_token, migrations) = (options.metrics_token.map(Secret::new), migrations::names());
    let trusted_proxies = options.trusted_proxies;
    let usual = WebSettings::of(origin);
    let arriving = open::beside(common).unwrap_or(usual.arriving.clone());
    let settings = WebSettings { arriving, metrics_token, migrations, trusted_proxies, sign_on, ..usual };
    let server = Server::new(Arc::clone(&engine), settings, clock::now);
    let server = server.map_err(|error| Failure::Input(error.to_string()))?;
    let grace = Duration::from_secs(options.grace_seconds);
    let done = until_stopped((server, listener), (stop, stopped), (grace, signals)).await;
    loops.await.map_err(anyhow::Error::from)??;
    stopping::close(&engine).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    done.map(|()| ExitCode::SUCCESS)
}

/// Shows the demo's city on pages until Ctrl-C or SIGTERM, with a clock, timers and letters that go on from the story's last
/// moment.
pub(crate) async fn show(common: &Common, engine: Engine, since: DateTime<Utc>) -> Result<(), Failure> {
    let signals = Signals::listen()?;
    let engine = Arc::new(engine);
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let origin = origin_of(&listener)?;
    clock::shift_to(since);
    let password = one_time_password();
    let people = one_of_each_role(&engine).await?;
    give(&engine, &people, &password).await?;
    let (stop, stopped) = watch::channel(false);
    let loops = tokio::spawn(Arc::clone(&engine).run(clock::shifted, stopped.clone()));
    let server = Server::new(Arc::clone(&engine), WebSettings::of(origin.clone()), clock::shifted);
    let server = server.map_err(|error| Failure::Input(error.to_string()))?;
    print::line(format!("\n{} {origin}", common.say("网页", "pages on")))?;
    print::line(format!(
        "{} {password}",
        common.say("密码（所有人相同，仅本次演示有效）", "password (the same for all, for this demo only)")
    ))?;
    let row = |(role, worker): &(Role, Worker)| {
        vec![role.name(common.language()).to_owned(), worker.person.name.clone(), worker.email.clone()]
    };
    let heading =
        [common.say("角色", "role"), common.say("姓名", "name"), common.say("登录邮箱", "sign in as")];
    print::line(print::table(&heading, &[], people.iter().map(row).collect()))?;
    print::line(common.say("按 Ctrl-C 结束", "Ctrl-C ends"))?;
    let done = until_stopped((server, listener), (stop, stopped), (DEMO_GRACE, signals)).await;
    loops.await.map_err(anyhow::Error::from)??;
    stopping::close(&engine).await;
    done
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Failure::Input(format!("cannot listen on {address}: {error}")))
}

fn origin_of(listener: &TcpListener) -> Result<String, Failure> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// Serves until somebody asks to end; then takes nothing new, and waits for what is being answered as long as the grace
/// lasts or until somebody asks again.
async fn until_stopped(
    (server, listener): (Server, TcpListener),
    (stop, stopped): (watch::Sender<bool>, watch::Receiver<bool>),
    (grace, mut signals): (Duration, Signals),
) -> Result<(), Failure> {
    let mut task = tokio::spawn(serve(server, listener, stopped));
    let early = tokio::select! {
        ended = &mut task => Some(ended),
        () = signals.next() => None,
    };
    stopping::tell_systemd("STOPPING=1");
    // The loops and the server hold receivers; if they have ended already there is nobody to tell.
    let _ = stop.send(true);
    let late = async {
        tokio::select! {
            ended = &mut task => Some(ended),
            () = tokio::time::sleep(grace) => None,
            () = signals.next() => None,
        }
    };
    let Some(ended) = (if early.is_some() { early } else { late.await }) else {
        tracing::warn!(seconds = grace.as_secs(), "answers that took longer than the grace were cut off");
        return Ok(());
    };
    Ok(ended.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?)
}

/// A person of each role, with the role: of the organisations that the demo has shown, else of their district, else anyone.
async fn one_of_each_role(engine: &Engine) -> Result<Vec<(Role, Worker)>, Failure> {
    let shown = [city::DEPARTMENT_TO_SHOW, city::COMMUNITY_TO_SHOW].map(str::to_owned);
    let shown = engine.reader().organisations_of(&shown).await?;
    let distance = |worker: &Worker| {
        let is_shown = shown.iter().any(|place| place.id == worker.person.organisation);
        let is_near = shown.iter().any(|place| place.district == worker.person.district);
        (!is_shown, !is_near)
    };
    let everyone = engine.reader().everyone().await?;
    let holder = |role: &Role| {
        let holders = everyone.iter().filter(|worker| worker.person.roles.contains(role));
        Some((*role, holders.min_by_key(|worker| distance(worker))?.clone()))
    };
    Ok(Role::ALL.iter().filter_map(holder).collect())
}

async fn give(engine: &Engine, people: &[(Role, Worker)], password: &str) -> Result<(), Failure> {
    let phc = hash_password(password).map_err(anyhow::Error::msg)?;
    let visit = Visit { source: "demo", agent: "demo", now: clock::shifted(), session: None };
    for (_, worker) in people {
        let given = (phc.clone(), SignInOutcome::PasswordSet);
        engine.set_password(worker.person.user, given, visit).await?;
    }
    Ok(())
}

/// Gives a person a password for one sign-in and prints it.
pub(crate) async fn give_one_time(common: &Common, engine: &Engine, email: &str) -> Result<(), Failure> {
    let worker = engine.reader().worker(email).await?;
    let password = one_time_password();
    let phc = hash_password(&password).map_err(anyhow::Error::msg)?;
    let visit = Visit { source: "command line", agent: "zhunru", now: clock::now(), session: None };
    engine.set_password(worker.person.user, (phc, SignInOutcome::OneTimeSet), visit).await?;
    let value = serde_json::json!({ "email": email, "one_time_password": password });
    print::said(common, &value, &format!("{} {password}", common.say("一次性密码", "one-time password")))
}
