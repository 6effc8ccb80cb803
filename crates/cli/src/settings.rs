//! What can be said on the command line and in the environment.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use engine::ImportKind;
use workflow::language::Language;

/// 准入: funds follow the task (费随事转). Community task admission with rules, deadlines, hours and money.
#[derive(Debug, Parser)]
#[command(name = "zhunru", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) task: Task,
    /// File of settings (default: `zhunru.toml` here, else `/etc/zhunru/zhunru.toml`); `config show` tells what counts
    #[arg(long, global = true, env = "ZHUNRU_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// `sqlite://PATH` or `postgres://USER@HOST/DATABASE`
    #[arg(
        long,
        global = true,
        env = "ZHUNRU_DATABASE",
        default_value = "sqlite://zhunru.db",
        hide_env_values = true
    )]
    pub(crate) database: String,
    /// Language of what is printed: 中文 or English
    #[arg(long, global = true, env = "ZHUNRU_LANG", value_enum, default_value_t = Lang::Zh)]
    pub(crate) lang: Lang,
    /// Print JSON on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Folder of a rule set (default: the one built in)
    #[arg(long, global = true, env = "ZHUNRU_RULES", value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
    /// Catalogue of items (CSV) instead of the rule set's own
    #[arg(long, global = true, env = "ZHUNRU_CATALOGUE", value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    /// Working-day calendar (CSV) instead of the one built in; for `assess` and `rules`
    #[arg(long, global = true, env = "ZHUNRU_CALENDAR", value_name = "FILE")]
    pub(crate) calendar: Option<PathBuf>,
    /// Where letters go: `smtp://127.0.0.1:25`, `smtp+starttls://USER:PASSWORD@HOST:587`, `smtps://…`, or a folder
    #[arg(long, global = true, env = "ZHUNRU_MAIL", default_value = "letters", hide_env_values = true)]
    pub(crate) mail: String,
    /// Sender of letters
    #[arg(
        long,
        global = true,
        env = "ZHUNRU_SENDER",
        default_value = "准入办公室 <zhunru@localhost.localdomain>"
    )]
    pub(crate) sender: String,
    /// Hosts of our own networks that web-hooks may call, with commas between them; without any only public ones
    #[arg(long, global = true, env = "ZHUNRU_WEBHOOK_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub(crate) webhook_hosts: Vec<String>,
    /// File with the key of the histories (default: beside the SQLite file, made on first use)
    #[arg(long, global = true, env = "ZHUNRU_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// What is logged on standard error: `warn`, `info`, or by parts such as `warn,web=info`
    #[arg(long, global = true, env = "ZHUNRU_LOG", default_value = "warn", value_name = "FILTER", value_parser = crate::logging::filter)]
    pub(crate) log: String,
    /// How it is logged
    #[arg(long, global = true, env = "ZHUNRU_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

impl Common {
    pub(crate) fn language(&self) -> Language {
        match self.lang {
            Lang::Zh => Language::Chinese,
            Lang::En => Language::English,
        }
    }

    /// The text in the chosen language.
    pub(crate) fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Zh,
    En,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Assess facts: one object, an array or newline-delimited JSON; needs no database
    Assess {
        /// File of facts, `-` for standard input
        file: String,
    },
    /// A city of 133 communities in a throw-away database, moved through a season before your eyes
    Demo(DemoOptions),
    /// Pages for people, with timers and letters, until Ctrl-C
    Serve(ServeOptions),
    /// Every page and API route with who may open it
    Routes,
    /// Bring the database's schema up to date
    Migrate,
    /// Import a CSV file
    Import { kind: Import, file: PathBuf },
    /// People who work with the program
    User {
        #[command(subcommand)]
        task: UserTask,
    },
    /// Who stands in for whom
    Deputy {
        #[command(subcommand)]
        task: crate::deputy::DeputyTask,
    },
    /// Close a community that becomes part of another one
    Merge(crate::merger::MergeOptions),
    /// Budget lines, pools, base funds, rewards, the year's end; alone: what became of each source's money
    Budget(crate::budget::BudgetCommand),
    /// Requests: file, decide, fund, deliver
    Request {
        #[command(subcommand)]
        task: crate::request::RequestTask,
    },
    /// The unified inspection of a year: propose, build, publish, see
    Inspection {
        #[command(subcommand)]
        task: crate::inspection::InspectionTask,
    },
    /// Ratings of departments by communities and residents' representatives
    Rating {
        #[command(subcommand)]
        task: crate::rating::RatingTask,
    },
    /// Many commands on requests at once, each with its answer
    Bulk(crate::bulk::Bulk),
    /// Meetings of the leading group: agenda of ripe cases, votes, decisions, minutes
    Meeting {
        #[command(subcommand)]
        task: crate::meeting::MeetingTask,
    },
    /// Complaints about imposed work: file, handle, see
    Complaint {
        #[command(subcommand)]
        task: crate::complaint::ComplaintTask,
    },
    /// A community's hours: capacity, booked, free, and what books them
    Quota(crate::quota::QuotaOptions),
    /// Accounts and postings of a department, a community, a district, a request or a special fund; statements, reversal
    Ledger(crate::ledger::LedgerCommand),
    /// Letters: what waits, what is dead and why; send again, cancel
    Letters(crate::letters::Letters),
    /// Web-hooks of an organisation: make, list, try out, pause, end
    Webhook {
        #[command(subcommand)]
        task: crate::webhooks::WebhookTask,
    },
    /// Running limits: whose step, until when, what is left
    Limits(crate::limits::LimitOptions),
    /// Yellow and red cards for limits that have passed
    Cards {
        #[command(subcommand)]
        task: crate::cards::CardTask,
    },
    /// Find requests by words that stand anywhere in title, number, department or community
    Search(crate::search::SearchOptions),
    /// Check every invariant; exit 1 on a breach
    Doctor,
    /// Histories and seals: verify, seal, export
    Audit {
        #[command(subcommand)]
        task: crate::audit::AuditTask,
    },
    /// Limits and letters
    Jobs {
        #[command(subcommand)]
        task: JobTask,
    },
    /// Rule sets
    Rules {
        #[command(subcommand)]
        task: RulesTask,
    },
    /// Settings: check them, show where each comes from, print a systemd unit
    Config {
        #[command(subcommand)]
        task: crate::configuration::ConfigTask,
    },
    /// Shell completions
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on
    #[arg(long, env = "ZHUNRU_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: std::net::SocketAddr,
    /// What visitors type, such as `https://zhunru.example.cn`, where a proxy stands before it (default: the address)
    #[arg(long, env = "ZHUNRU_ORIGIN", value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,
    /// How long a stop waits for what is being answered
    #[arg(long, env = "ZHUNRU_GRACE_SECONDS", default_value_t = 30, value_name = "SECONDS")]
    pub(crate) grace_seconds: u64,
    /// Addresses of proxies of ours, by commas; what they say of a visitor's address and of a request's id is believed
    #[arg(long, env = "ZHUNRU_TRUSTED_PROXIES", value_delimiter = ',', value_name = "ADDRESSES")]
    pub(crate) trusted_proxies: Vec<std::net::IpAddr>,
    /// Bearer token with which `/metrics` is read from other machines (default: this machine only)
    #[arg(long, env = "ZHUNRU_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) metrics_token: Option<String>,
    #[command(flatten)]
    pub(crate) sign_on: crate::sign_on::SignOnOptions,
    #[command(flatten)]
    pub(crate) traces: TraceOptions,
}

/// Where traces of the work go; the variables are those of OpenTelemetry.
#[derive(Debug, Clone, Args)]
pub(crate) struct TraceOptions {
    /// Collector of traces (OTLP over HTTP), such as `https://otel.example.cn:4318`; without one nothing is traced
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub(crate) otlp_endpoint: Option<String>,
    /// Headers for the collector, `NAME=VALUE`, with commas between them
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_HEADERS",
        value_name = "HEADERS",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(crate) otlp_headers: Vec<String>,
    /// What this program is called in traces
    #[arg(long, env = "OTEL_SERVICE_NAME", value_name = "NAME", default_value = "zhunru")]
    pub(crate) service_name: String,
    /// Share of the traces that are kept, 0 to 1; a trace that a trusted proxy has begun is kept if the proxy keeps it
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", value_name = "SHARE", default_value = "1", value_parser = crate::traces::share)]
    pub(crate) trace_share: f64,
}

#[derive(Debug, Args)]
pub(crate) struct FirstOptions {
    /// Right part of their addresses (default: that of the sender)
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) at: Option<String>,
    /// Code of the city, where there is none yet
    #[arg(long, value_name = "CODE", default_value = CITY)]
    pub(crate) city: String,
    /// Name of the city, where there is none yet
    #[arg(long, value_name = "NAME", default_value = CITY_NAME)]
    pub(crate) city_name: String,
}

/// A city that nobody has named yet; importing organisations with this code names it.
const CITY: &str = "000000";
const CITY_NAME: &str = "本市";

impl Default for FirstOptions {
    fn default() -> FirstOptions {
        FirstOptions { at: None, city: CITY.to_owned(), city_name: CITY_NAME.to_owned() }
    }
}

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// End after the story; without it its pages are served until Ctrl-C
    #[arg(long)]
    pub(crate) exit: bool,
    /// Keep `DIR/zhunru.db` and `DIR/letters/*.eml`
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A whole year of about 2,000 requests instead of the season; prints its summary only
    #[arg(long)]
    pub(crate) year: bool,
    /// The number from which the year's chances follow
    #[arg(long, value_name = "N", default_value_t = 2026, requires = "year")]
    pub(crate) seed: u64,
    /// How many requests departments file in the year
    #[arg(long, value_name = "N", default_value_t = 2000, requires = "year")]
    pub(crate) requests: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Import {
    Organisations,
    Communities,
    People,
    Catalogue,
    Calendar,
}

impl From<Import> for ImportKind {
    fn from(import: Import) -> ImportKind {
        match import {
            Import::Organisations => ImportKind::Organisations,
            Import::Communities => ImportKind::Communities,
            Import::People => ImportKind::People,
            Import::Catalogue => ImportKind::Catalogue,
            Import::Calendar => ImportKind::Calendar,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserTask {
    /// Add a person
    Add {
        email: String,
        name: String,
        /// Code of the organisation
        #[arg(long)]
        organisation: String,
        /// submitter, reviewer, approver, finance, committee, subdistrict, auditor, admin, security or policy
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Language of the person's letters
        #[arg(long, value_enum, default_value_t = Lang::Zh)]
        letters: Lang,
    },
    /// The roles that a person has from now on, in the place of all others; without any the person can do nothing more
    Roles {
        email: String,
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// Everyone with their roles
    List,
    /// Give a person a password for one sign-in
    Password { email: String },
    /// Take the second factor away of a person who has lost telephone and recovery codes
    TakeFactor { email: String },
    /// The separate administrators of a new database: system, security, audit, each with a password for one sign-in
    FirstAdministrators(FirstOptions),
    /// Make, list and end the bearer tokens of a person's programs
    Token {
        #[command(subcommand)]
        task: crate::tokens::TokenTask,
    },
    /// How a person wants letters: a digest, each at once, or only urgent ones; language, quiet hours
    Prefer(crate::letters::Preferences),
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobTask {
    /// Carry out limits and deliver letters until Ctrl-C
    Run,
    /// The same, once
    Once,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesTask {
    /// Load the rule set and list every fault with file, line and column
    Check,
    /// Run the cases beside the scripts
    Test,
}
