//! The use cases, each once, for page, API, command line and timer: read, judge, decide, write, and queue letters in
//! one transaction. Time comes in as an argument; only the loops are handed a clock.

mod account_error;
mod accounts;
mod act;
mod administration;
mod administrators;
mod bulk;
mod calendars;
mod capacity;
mod cards;
mod command;
mod complaints;
mod content;
mod contents;
mod delivery;
mod deputies;
mod digest;
mod doctor;
mod errands;
mod error;
mod evidence;
mod filing;
mod forecast;
mod identities;
mod import;
mod inspections;
mod jobs;
mod judging;
mod lateness;
mod letters;
mod limit_list;
mod limits;
mod load;
mod loops;
mod meetings;
mod mergers;
mod money;
mod neighbourhood;
mod oversight;
mod own_account;
mod places;
mod postroom;
mod ratings;
mod readable;
mod repeated;
mod sealing;
mod seen;
mod standing_in;
mod step;
mod tally;
mod tokens;
mod traces;
mod trial;
mod watch;
mod webhooks;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use notifier::{Caller, Composer, Transport};
use rules::Files;
use store::{OrganisationKind, Reader, Store};
use workflow::id::OrganisationId;

use crate::errands::Errands;
use crate::tally::Tallied;

pub use account_error::AccountError;
pub use accounts::{Candidate, Opening, Proof, SignInError, SignInLimits, Visit};
pub use act::Order;
pub use administration::{Account, AccountChange, AccountDeed, AccountState, roles_version};
pub use administrators::{FIRST_ADDRESSES, FirstPlace};
pub use bulk::Wanted;
pub use capacity::MonthCapacity;
pub use command::{Command, DoneInCommunity};
pub use complaints::{ComplaintOrder, ComplaintView, Complaints, NewComplaint};
pub use content::Content;
pub use delivery::Delivered;
pub use deputies::NewDeputy;
pub use digest::Digested;
pub use doctor::{Breach, Checked};
pub use errands::{Clock, ErrandKind, ErrandOrder};
pub use error::EngineError;
pub use evidence::DeliveredFile;
pub use filing::Filing;
pub use forecast::{Forecast, ForecastLine, ForecastRow};
pub use identities::{Meant, Named, ROUND_TIME};
pub use import::{ImportKind, Imported, NewPerson};
pub use inspections::PlanView;
pub use jobs::{Job, JobLine, RUN_JOB};
pub use judging::{on_large_stack, on_large_stack_aside};
pub use lateness::{HeldLine, Parties, PartyLine};
pub use limit_list::{EscalationLine, LimitLine, Limits};
pub use limits::{Failed, Swept};
pub use load::{CommunityLoad, Figures, MonthLoad, PoolLoad, TaskHours};
pub use meetings::{MeetingView, MeetingWish, Meetings, NewMeeting, RipeCase, RipeCases};
pub use mergers::Merged;
pub use money::{
    AccountBook, AccountName, AccountStatement, BaseFundLine, BookEntry, Closed, Holder, Movement, NewFund,
    Payment, RewardOrder, SourceLine, Statement, TakenBack,
};
pub use oversight::By;
pub use own_account::NewFactor;
pub use places::ChoosablePlace;
pub use postroom::{Again, LetterDeed};
pub use ratings::RatingView;
pub use repeated::{Given, Keeping};
pub use rules::{Change, Way};
pub use seen::Seen;
pub use tally::Tally;
pub use tokens::{LONGEST_TOKEN_DAYS, NewToken};
pub use traces::{SPANS, SpanCounts, Traces};
pub use trial::{FilingOf, Trial};
pub use watch::Trouble;
pub use webhooks::{NewWebhook, WebhookDeed};

/// Where letters come from and go to.
#[derive(Debug)]
pub struct Post {
    /// `Name <address>`.
    pub sender: String,
    /// The right part of Message-IDs.
    pub host: String,
    pub transport: Transport,
    /// Makes the calls of web-hooks.
    pub caller: Caller,
}

/// The engine of one database.
#[derive(Debug)]
pub struct Engine {
    store: Store,
    content: RwLock<Arc<Content>>,
    files: Files,
    cities: RwLock<Vec<OrganisationId>>,
    composer: Composer,
    transport: Transport,
    sender: String,
    tallied: Tallied,
    /// Whether the loops are to end after what they are at.
    stopping: AtomicBool,
    caller: Caller,
    errands: Errands,
    /// Counts the commits of this node.
    commits: tokio::sync::watch::Sender<u64>,
}

impl Engine {
    /// Opens the engine on a store with a rule set's files.
    ///
    /// # Errors
    /// The rules, the calendar or the sender are broken, or the database cannot be read.
    pub async fn open(
        store: Store,
        files: Files,
        post: Post,
        now: DateTime<Utc>,
    ) -> Result<Engine, EngineError> {
        let content = Content::load(&store, files.clone(), now).await?;
        let composer = Composer::new(&post.sender, &post.host)?;
        let engine = Engine {
            store,
            content: RwLock::new(Arc::new(content)),
            files,
            cities: RwLock::new(Vec::new()),
            composer,
            transport: post.transport,
            sender: post.sender,
            tallied: Tallied::default(),
            stopping: AtomicBool::new(false),
            caller: post.caller,
            errands: Errands::default(),
            commits: tokio::sync::watch::Sender::new(0),
        };
        engine.read_cities().await?;
        Ok(engine)
    }

    /// The rule set and calendar in force.
    #[must_use]
    pub fn content(&self) -> Arc<Content> {
        Arc::clone(&self.content.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads what is committed, for views.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        self.store.reader()
    }

    /// Reads the newest catalogue and calendar again.
    pub(crate) async fn reload(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        let content = Content::load(&self.store, self.files.clone(), now).await?;
        *self.content.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(content);
        Ok(())
    }

    /// Reads the calendar again if another process has loaded one.
    pub(crate) async fn reload_if_newer(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        let newest = self.store.reader().calendar_loads().await?.pop().map(|(_, calendar)| calendar);
        match newest == Some(self.content().calendar_id) {
            true => Ok(()),
            false => self.reload(now).await,
        }
    }

    pub(crate) async fn read_cities(&self) -> Result<(), EngineError> {
        let cities = self.store.reader().organisations_of_kinds(&[OrganisationKind::City]).await?;
        let cities = cities.into_iter().map(|city| city.id).collect();
        *self.cities.write().unwrap_or_else(PoisonError::into_inner) = cities;
        Ok(())
    }

    pub(crate) fn is_city(&self, organisation: OrganisationId) -> bool {
        self.cities.read().unwrap_or_else(PoisonError::into_inner).contains(&organisation)
    }

    /// Closes the database; whoever still uses the engine gets an error.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(&self) -> Result<(), EngineError> {
        Ok(self.store.clone().close().await?)
    }

    /// Builds the search's tables again; gives the number of texts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rebuild_search(&self) -> Result<u64, EngineError> {
        Ok(self.store.rebuild_search().await?)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn wake_delivery(&self) {
        self.commits.send_modify(|commits| *commits = commits.wrapping_add(1));
    }

    /// Changes with each commit of this node that others may want to hear of; other nodes' are found by looking.
    #[must_use]
    pub fn commits(&self) -> tokio::sync::watch::Receiver<u64> {
        self.commits.subscribe()
    }
}
