//! The words of the stories: a small district with its people, on a real database, with a clock that is a value.

mod applications;
mod behind;
pub(crate) mod papers;
mod post;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use engine::{Command, Engine, EngineError, Filing, ImportKind, NewPerson, Order, Post, Seen};
use notifier::{Caller, Transport};
use serde_json::Value;
use store::{AuditKey, Store};
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, RefusalReason};
use workflow::id::{OrganisationId, RequestId};
use workflow::language::Language;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

pub(crate) use applications::{duty, flood, negative, purchase};
pub(crate) use behind::Copied;

pub(crate) const ORGANISATIONS: &str = "\
code,parent,kind,name,name_en,body,hosts_office
420200,,city,磁湖市,Cihu City,,false
420202,420200,district,江滨区,Jiangbin,,false
420203,420200,district,湖东区,Hudong,,false
OFFICE,420202,office,江滨区领导小组办公室,Jiangbin Office,,false
OFFICE-3,420203,office,湖东区领导小组办公室,Hudong Office,,false
HEALTH,420202,department,区卫健局,Health,state_organ,false
CIVIL,420202,department,区民政局,Civil Affairs,state_organ,true
WOMEN,420202,department,区妇联,Women,mass_organisation,false
TREASURY,420202,department,区财政局,Treasury,state_organ,false
420202001,420202,subdistrict,沿湖街道,Yanhu,subdistrict,false
420202001001,420202001,community,沿湖路社区,Yanhu Road,,false
420202001002,420202001,community,青山湾社区,Qingshan Bay,,false
420202001003,420202001,community,老街社区,Old Street,,false
420203001001,420203,community,湖东路社区,Hudong Road,,false
";

const SIZES: &str = "\
code,year,households,residents,workers
420202001001,2026,2500,8000,10
420202001002,2026,1800,5400,8
420202001003,2026,400,1100,
420203001001,2026,2000,6000,9
";

const PEOPLE: &str = "\
email,name,organisation,roles,language
health@example.org,李卫,HEALTH,submitter,zh
health2@example.org,陈健,HEALTH,submitter,en
civil@example.org,王敏,CIVIL,submitter,zh
women@example.org,赵兰,WOMEN,submitter,zh
review@example.org,张审,OFFICE,reviewer,zh
both@example.org,钱兼,OFFICE,reviewer;approver,zh
approve@example.org,孙批,OFFICE,approver,zh
approve3@example.org,周批,OFFICE-3,approver;reviewer,zh
money@example.org,吴财,TREASURY,finance,zh
audit@example.org,郑计,420200,auditor,en
c1@example.org,冯一,420202001001,committee,zh
c2@example.org,陈二,420202001002,committee,zh
c3@example.org,褚三,420202001003,committee,zh
c9@example.org,卫九,420203001001,committee,zh
";

/// The two databases every story is told on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    actors: BTreeMap<String, Actor>,
    communities: BTreeMap<String, OrganisationId>,
    today: NaiveDate,
    /// Statements of all other nodes on this database so far.
    pub(crate) statements: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A fresh database; PostgreSQL's server is the one that `tests/run` has started.
fn fresh(database: Database, folder: &std::path::Path) -> String {
    match database {
        Database::Sqlite => format!("sqlite://{}/zhunru.db", folder.display()),
        Database::Postgres => {
            let server =
                std::env::var("ZHUNRU_TEST_POSTGRES").expect("tests/run starts PostgreSQL and names it");
            let number = DATABASES.fetch_add(1, Ordering::Relaxed);
            let name = format!("story_{}_{number}", std::process::id());
            behind::psql(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
            format!("{server}/{name}")
        }
    }
}

impl Desk {
    pub(crate) async fn on(database: Database) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let url = fresh(database, folder.path());
        migrations::up(&url).await.expect("the schema is made");
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
        let mut desk = Desk {
            engine: open(&url, today, Transport::memory()).await,
            url,
            actors: BTreeMap::new(),
            communities: BTreeMap::new(),
            today,
            statements: Arc::default(),
            _folder: folder,
        };
        desk.settle_in().await;
        desk
    }

    async fn settle_in(&mut self) {
        let files = [
            (ImportKind::Organisations, ORGANISATIONS),
            (ImportKind::Communities, SIZES),
            (ImportKind::People, PEOPLE),
        ];
        for (kind, text) in files {
            self.engine.import(kind, "story", text, self.now()).await.expect("the file is good");
        }
        for worker in self.engine.reader().everyone().await.expect("people") {
            let name = worker.email.split('@').next().unwrap_or_default().to_owned();
            self.actors.insert(name, Actor::Person(worker.person));
        }
        for organisation in self.engine.reader().organisations().await.expect("organisations") {
            self.communities.insert(organisation.code, organisation.id);
        }
        self.hears_at_once().await;
        let money = self.actor("money");
        for department in ["HEALTH", "CIVIL", "WOMEN"] {
            let budget = (2026, Fen(5_000_000));
            self.engine.appropriate(&money, department, budget, self.now()).await.expect("a budget");
        }
        self.engine.pay_base_funds(&money, 2026, self.now()).await.expect("base funds");
    }

    /// Opens the same database again, as after a restart.
    pub(crate) async fn restart(mut self) -> Desk {
        self.engine = open(&self.url, self.today, Transport::memory()).await;
        self
    }

    /// Opens the same database again with another rule set.
    pub(crate) async fn restart_with(mut self, files: rules::Files) -> Desk {
        self.engine = open_with(&self.url, self.today, (Transport::memory(), files)).await;
        self
    }

    /// A second node on the same database.
    pub(crate) async fn another_node(&self) -> Engine {
        let store = Store::open(&self.url, AuditKey::new([7; 32])).await.expect("the store opens");
        let content = (Transport::memory(), rules::default_files());
        open_store(store.counted(&self.statements), self.today, content).await
    }

    /// Opens the same database again with letters going elsewhere.
    pub(crate) async fn sending_by(mut self, transport: Transport) -> Desk {
        self.engine = open(&self.url, self.today, transport).await;
        self
    }

    pub(crate) fn actor(&self, name: &str) -> Actor {
        match name {
            "system" => Actor::System,
            name => self.actors.get(name).unwrap_or_else(|| panic!("nobody is called {name}")).clone(),
        }
    }

    /// Learns of a person who has come later.
    pub(crate) async fn knows(&mut self, name: &str) {
        let worker = self.engine.reader().worker(&format!("{name}@example.org")).await.expect("a person");
        self.actors.insert(name.to_owned(), Actor::Person(worker.person));
    }

    pub(crate) fn community(&self, number: u8) -> OrganisationId {
        self.communities[&format!("42020200100{number}")]
    }

    /// Nine in the morning of the day, in Shanghai.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let one = NaiveTime::from_hms_opt(1, 0, 0).expect("a time");
        Utc.from_utc_datetime(&self.today.and_time(one))
    }

    /// Moves the clock to a day, sweeping the limits of every day on the way.
    pub(crate) async fn comes(&mut self, day: &str) {
        let day: NaiveDate = day.parse().expect("a date");
        while self.today < day {
            self.today = self.today.succ_opt().expect("a day");
            let swept = self.engine.sweep(self.now()).await.expect("a sweep");
            assert_eq!(swept.failed, Vec::new(), "no limit fails");
        }
    }

    /// Moves the clock without letting the timers run.
    pub(crate) fn jumps(&mut self, day: &str) {
        self.today = day.parse().expect("a date");
    }

    pub(crate) async fn files(&self, who: &str, application: Value, communities: &[u8]) -> RequestId {
        let codes = communities.iter().map(|number| format!("42020200100{number}")).collect();
        let filing = Filing::read(&application, codes).expect("the application reads");
        self.engine.draft(filing, &self.actor(who), self.now()).await.expect("a draft").id
    }

    pub(crate) async fn corrects(
        &self,
        who: &str,
        request: RequestId,
        application: Value,
        communities: &[u8],
    ) {
        let codes = communities.iter().map(|number| format!("42020200100{number}")).collect();
        let filing = Filing::read(&application, codes).expect("the application reads");
        let actor = self.actor(who);
        let order = Order { request, actor: &actor, seen: Seen::Whatever, now: self.now() };
        self.engine.correct(order, filing).await.expect("it is corrected");
    }

    pub(crate) async fn tries(
        &self,
        who: &str,
        request: RequestId,
        command: Command,
    ) -> Result<Request, EngineError> {
        let actor = self.actor(who);
        let order = Order { request, actor: &actor, seen: Seen::Whatever, now: self.now() };
        self.engine.act(order, command).await
    }

    pub(crate) async fn does(&self, who: &str, request: RequestId, command: Command) -> Request {
        let said = format!("{command:?}");
        self.tries(who, request, command).await.unwrap_or_else(|error| panic!("{who} {said}: {error}"))
    }

    /// The code of the refusal.
    pub(crate) async fn refused(&self, who: &str, request: RequestId, command: Command) -> &'static str {
        let said = format!("{command:?}");
        match self.tries(who, request, command).await {
            Ok(request) => panic!("{who} {said} was not refused: {:?}", request.stage),
            Err(error) => error.code(),
        }
    }

    pub(crate) async fn stage(&self, request: RequestId) -> StageKind {
        self.request(request).await.stage.kind()
    }

    pub(crate) async fn request(&self, id: RequestId) -> Request {
        self.engine.reader().request(id, store::Scope::Everything).await.expect("the request")
    }

    pub(crate) async fn proposes_to_admit(&self, request: RequestId) {
        let propose = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
        self.does("review", request, propose).await;
    }

    /// From a submission to publication, with a quote where a price is due.
    pub(crate) async fn is_decided(&self, request: RequestId) {
        self.does("review", request, Command::AcceptFiling).await;
        self.is_decided_anew(request).await;
    }

    /// From review to publication.
    pub(crate) async fn is_decided_anew(&self, request: RequestId) {
        let price = self.request(request).await.price();
        if price > Fen::ZERO {
            self.does("review", request, Command::Quote).await;
            self.does("health", request, Command::accept_quote(price, 2026)).await;
        }
        self.proposes_to_admit(request).await;
        self.does("approve", request, Command::Approve).await;
    }

    pub(crate) fn refusal(&self, community: u8, reason: RefusalReason) -> Command {
        Command::RefuseAssignment { community: self.community(community), reason, text: None }
    }

    pub(crate) fn delivery(&self, community: u8) -> Command {
        Command::DeliverAssignment {
            community: self.community(community), delivery: Delivery::of("已完成")
        }
    }

    /// The history as a person would read it.
    pub(crate) async fn history(&self, request: RequestId) -> String {
        let lines = self.engine.reader().history(request).await.expect("a history");
        let spoken = lines.iter().filter(|event| event.is_step()).map(|event| {
            let reason = event.reason.as_deref().map(|reason| format!(" “{reason}”")).unwrap_or_default();
            let day = event.at.date_naive();
            format!(
                "{day} {}: {} {} → {}{reason} {}",
                event.role, event.action, event.before, event.after, event.detail
            )
        });
        spoken.collect::<Vec<_>>().join("\n")
    }

    /// Balances of everyone who holds or owes money, without ids.
    pub(crate) async fn balances(&self) -> String {
        let names: BTreeMap<_, _> = self.communities.iter().map(|(code, id)| (id.0, code.as_str())).collect();
        let mut lines: Vec<String> = self
            .engine
            .reader()
            .all_accounts()
            .await
            .expect("accounts")
            .into_iter()
            .map(|line| {
                format!(
                    "{} {} {}",
                    line.kind,
                    names.get(&line.owner).copied().unwrap_or("request"),
                    line.balance
                )
            })
            .collect();
        lines.sort();
        lines.join("\n")
    }

    pub(crate) async fn booked(&self) -> String {
        let names: BTreeMap<_, _> = self.communities.iter().map(|(code, id)| (*id, code.as_str())).collect();
        let mut lines: Vec<String> = self
            .engine
            .reader()
            .all_quota_months()
            .await
            .expect("months")
            .into_iter()
            .map(|row| {
                let (at, hours, forced) = (row.place, row.booked.hours, row.booked.forced);
                let base = format!("{} {} {hours} of {}", names[&at.community], at.month, row.capacity);
                format!("{base} {} {forced} forced", at.pool).replace(" committee 0.00 forced", "")
            })
            .collect();
        lines.sort();
        lines.join("\n")
    }

    /// Somebody new in an organisation, with these roles.
    pub(crate) async fn joins(&self, name: &str, roles: &[Role], organisation: &str) {
        let person = NewPerson {
            email: format!("{name}@example.org"),
            name: name.to_owned(),
            organisation: organisation.to_owned(),
            roles: roles.to_vec(),
            language: Language::Chinese,
        };
        self.engine.add_person(person, self.now()).await.expect("a person");
    }

    /// Every invariant holds.
    pub(crate) async fn is_sound(&self) {
        let checked = self.engine.doctor().await.expect("the doctor reads");
        assert_eq!(checked.breaches, Vec::new());
    }
}

async fn open(url: &str, today: NaiveDate, transport: Transport) -> Engine {
    open_with(url, today, (transport, rules::default_files())).await
}

async fn open_with(url: &str, today: NaiveDate, content: (Transport, rules::Files)) -> Engine {
    open_store(Store::open(url, AuditKey::new([7; 32])).await.expect("the store opens"), today, content).await
}

async fn open_store(store: Store, today: NaiveDate, (transport, files): (Transport, rules::Files)) -> Engine {
    let post = Post {
        sender: "准入办公室 <zhunru@example.org>".into(),
        host: "zhunru.example.org".into(),
        transport,
        caller: caller(),
    };
    let now = Utc.from_utc_datetime(&today.and_time(NaiveTime::MIN));
    Engine::open(store, files, post, now).await.expect("the engine opens")
}

/// Calls web-hooks on this machine, too.
fn caller() -> Caller {
    Caller::new(["127.0.0.1".to_owned()], None).expect("it can call")
}
