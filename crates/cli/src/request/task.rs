//! What can be said about requests on the command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// The request and who acts on it.
#[derive(Debug, Clone, Args)]
pub(crate) struct On {
    /// Number or id of the request
    pub(super) request: String,
    /// Address of the person who acts
    #[arg(long = "as")]
    pub(super) actor: String,
    /// The version the person has seen; another one is refused
    #[arg(long)]
    pub(super) seen: Option<i64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RequestTask {
    /// Requests that the person may see, newest first
    List {
        #[arg(long = "as")]
        actor: Option<String>,
        /// Only requests in these stages
        #[arg(long = "stage")]
        stages: Vec<String>,
        #[arg(long, default_value_t = 100)]
        limit: u64,
        /// As they were at the end of a day, folded from their histories
        #[arg(long, value_name = "DATE")]
        as_of: Option<NaiveDate>,
    },
    /// One request: stage, limit, assessment, assignments, history
    Show {
        request: String,
        #[arg(long = "as")]
        actor: Option<String>,
        /// As it was at the end of a day, folded from its history
        #[arg(long, value_name = "DATE")]
        as_of: Option<NaiveDate>,
    },
    /// Keep a draft from an application (JSON)
    Draft {
        file: PathBuf,
        /// Codes of the communities
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
        #[arg(long = "as")]
        actor: String,
    },
    /// Replace what a draft or returned request says
    Correct {
        #[command(flatten)]
        on: On,
        file: PathBuf,
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
    },
    /// Submit; the rules are run
    Submit(On),
    /// Accept the filing as complete
    AcceptFiling(On),
    /// Return it to the department, once each submission
    Return {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Set another price, shared out as that of the rules was
    Reprice {
        #[command(flatten)]
        on: On,
        /// Yuan with two places
        price: String,
        #[arg(long)]
        reason: String,
    },
    /// Ask others; the decision clock stands until the consultation is closed
    Consult {
        #[command(flatten)]
        on: On,
        #[arg(long, value_parser = ["opinions", "hearing", "expert"], default_value = "opinions")]
        kind: String,
        /// What they are asked
        #[arg(long)]
        question: String,
        /// Codes of the organisations
        #[arg(long, value_delimiter = ',', required = true)]
        invite: Vec<String>,
    },
    /// Give an opinion that was asked for
    Opine {
        #[command(flatten)]
        on: On,
        #[arg(value_parser = ["support", "neutral", "oppose"])]
        stance: String,
        #[arg(long)]
        text: String,
    },
    /// Close the consultation; the clock runs on
    CloseConsultation(On),
    /// More time for the decision or an emergency, once
    Extend {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Freeze the price and ask the department
    Quote(On),
    /// Accept the quote with an offer from this year's budget
    AcceptQuote {
        #[command(flatten)]
        on: On,
        /// Yuan with two places
        amount: String,
        #[arg(long)]
        budget_year: i32,
    },
    /// Decline the quote; the request ends
    DeclineQuote(On),
    /// Propose admission or rejection
    Propose {
        #[command(flatten)]
        on: On,
        #[arg(value_parser = ["admit", "reject"])]
        verdict: String,
        /// Condition of the assessment that is dropped; this needs a reason
        #[arg(long = "without", value_name = "CODE")]
        without: Vec<String>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Approve the proposal of someone else
    Approve(On),
    /// Approve it although the hours are not free
    ApproveForced {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Send the proposal back
    SendBack {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Object while it is published
    Object {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        text: String,
    },
    /// Answer an objection; one that is upheld takes the decision back
    Resolve {
        #[command(flatten)]
        on: On,
        /// Number of the objection, from 1
        objection: usize,
        #[arg(value_parser = ["dismissed", "upheld"])]
        ruling: String,
        #[arg(long)]
        answer: String,
    },
    /// Move the period before the work begins; hours are freed and booked in one step
    Move {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        from: NaiveDate,
        #[arg(long)]
        to: NaiveDate,
        #[arg(long)]
        reason: String,
    },
    /// Commit the funds, from the department's budget line unless another source is named
    CommitFunds {
        #[command(flatten)]
        on: On,
        /// `budget`, `contingency`, or the code of a special fund
        #[arg(long, default_value = "budget")]
        source: String,
    },
    /// The community accepts its assignment
    AcceptAssignment(On),
    /// The community refuses its assignment
    RefuseAssignment {
        #[command(flatten)]
        on: On,
        /// Why, by its code; `other` needs a text
        #[arg(long, value_parser = ["unadmitted", "off_list", "unfunded", "powers_missing", "over_quota", "other"])]
        reason: String,
        #[arg(long)]
        text: Option<String>,
    },
    /// The community has done its work
    Deliver {
        #[command(flatten)]
        on: On,
        /// What was done
        #[arg(long)]
        report: String,
        /// What the work has really cost, in yuan, where the surplus goes back
        #[arg(long)]
        actual: Option<String>,
        /// Real hours of an emergency: `12.5`, or with the kind of day `rest:8`
        #[arg(long = "hours", value_name = "[DAY:]HOURS")]
        hours: Vec<String>,
        /// A file that shows the work; may be given several times
        #[arg(long = "evidence", value_name = "FILE")]
        evidence: Vec<PathBuf>,
    },
    /// Files that communities have handed in with their deliveries, listed or saved
    Evidence {
        /// Number or id of the request
        request: String,
        /// Address of the person who looks; without it all are shown
        #[arg(long = "as")]
        actor: Option<String>,
        /// Only those of the community of a code
        #[arg(long, value_name = "CODE")]
        community: Option<String>,
        /// Write them to `DIR/COMMUNITY/NAME`; nothing is overwritten
        #[arg(long, value_name = "DIR")]
        save: Option<PathBuf>,
    },
    /// File the papers of an emergency after its start
    File(On),
    /// Let the work stand still
    Suspend {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Let the work go on
    Resume {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// End it before its end (准出); what is done is paid, the rest goes back
    Terminate {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
        /// What was done in a community: `CODE=SHARE` or `CODE=SHARE+DIRECT`, such as `420202001001=0.4+120.00`
        #[arg(long = "done", value_name = "CODE=SHARE[+YUAN]")]
        done: Vec<String>,
    },
    /// Draft the successor of a request that is in force
    Renew {
        #[command(flatten)]
        on: On,
        file: PathBuf,
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
    },
    /// Draft a supplement to a request that is in force
    Supplement {
        #[command(flatten)]
        on: On,
        file: PathBuf,
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
    },
    /// Dispute what a community has delivered
    Dispute {
        #[command(flatten)]
        on: On,
        /// Code of the community
        #[arg(long)]
        community: String,
        #[arg(long)]
        reason: String,
    },
    /// Rule on a dispute: the share of the work that counts
    RuleOnDispute {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        community: String,
        /// 0 to 1
        #[arg(long)]
        accepted: String,
        #[arg(long)]
        reason: String,
    },
    /// The department confirms the delivered work
    Confirm(On),
    /// Ask for reconsideration of a rejection, once
    AskReconsideration {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Reconsidered: the rejection stands
    Uphold {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Reconsidered: it is reviewed anew
    Overturn {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Urge whoever holds the step, once a day
    Nudge {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        text: Option<String>,
    },
    /// The department takes the request back
    Withdraw(On),
}
