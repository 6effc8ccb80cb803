//! The department's part of the first page: its running requests by stage with their limits, and its money of this year.

use chrono::Datelike;
use workflow::deadline::deadline;
use workflow::ledger::AccountKind;
use workflow::money::Fen;
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::chips::{Chip, Limit};
use crate::pages::requests::Line;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// What a department sees first.
pub(crate) struct Department {
    pub(crate) stages: Vec<StageGroup>,
    pub(crate) year: i32,
    pub(crate) money: Vec<BudgetLine>,
}

/// The running requests of one stage, the most urgent first.
pub(crate) struct StageGroup {
    pub(crate) chip: Chip,
    pub(crate) word: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) more: usize,
}

/// A budget line of this year; the lengths are parts of a thousand of what there was.
pub(crate) struct BudgetLine {
    pub(crate) name: String,
    pub(crate) whole: String,
    pub(crate) committed: String,
    pub(crate) paid: String,
    pub(crate) free: String,
    pub(crate) paid_part: i64,
    pub(crate) committed_part: i64,
}

/// Lines of one stage.
const MOST: usize = 8;

impl Department {
    /// From the requests that the first page has read already; two queries more for the money.
    pub(crate) async fn of(
        server: &Server,
        member: &Member,
        (requests, moment): (&[Request], &Moment<'_>),
    ) -> Result<Department, Failed> {
        let tongue = member.tongue();
        let year = moment.today().year();
        let sources = server.engine.sources(&member.known.actor, year, None).await.tell(tongue)?;
        let own = member.known.worker.person.organisation;
        let ours: Vec<&Request> = requests.iter().filter(|request| request.department == own).collect();
        let stages = StageKind::ALL.iter().filter(|stage| !stage.is_over());
        let stages = stages.filter_map(|stage| group(*stage, &ours, (moment, tongue)));
        let lines = sources.into_iter().filter(|line| line.account.kind == AccountKind::BudgetLine);
        Ok(Department { stages: stages.collect(), year, money: lines.map(|line| budget(&line)).collect() })
    }
}

fn group(stage: StageKind, ours: &[&Request], (moment, tongue): (&Moment<'_>, Tongue)) -> Option<StageGroup> {
    let mut here: Vec<&Request> =
        ours.iter().copied().filter(|request| request.stage.kind() == stage).collect();
    here.sort_by_key(|request| {
        let due = deadline(request, moment).map(|deadline| deadline.due);
        (due.is_none(), due, request.id)
    });
    let line = |request: &Request| Line::of(request, Limit::of(request, moment, tongue), tongue);
    let group = StageGroup {
        chip: Chip::of(stage, tongue),
        word: stage.word(),
        lines: here.iter().take(MOST).map(|request| line(request)).collect(),
        more: here.len().saturating_sub(MOST),
    };
    (!here.is_empty()).then_some(group)
}

fn budget(line: &engine::SourceLine) -> BudgetLine {
    let figures = line.figures;
    let whole = figures.appropriated + figures.carried_in;
    let committed = figures.committed - figures.returned;
    let part = |sum: Fen| if whole > Fen::ZERO { (sum.0 * 1000 / whole.0).clamp(0, 1000) } else { 0 };
    BudgetLine {
        name: line.account.name.clone(),
        whole: whole.for_people(),
        committed: committed.for_people(),
        paid: figures.paid.for_people(),
        free: figures.free.for_people(),
        paid_part: part(figures.paid),
        committed_part: part(committed),
    }
}
