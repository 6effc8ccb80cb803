//! The home of a community, phone first: the hours of this month and year, what is to be done now, the money of this year,
//! and one button to report what was imposed.

use askama::Template;
use chrono::Datelike;
use engine::Holder;
use workflow::calendar::Month;
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::actions::{Kind, ON_TASK};
use crate::pages::community::hours::{PoolHours, load};
use crate::pages::community::money::Income;
use crate::pages::community::tasks::Task;
use crate::pages::frame::Frame;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::unread::parted;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "community/home.html")]
struct CommunityHomePage {
    frame: Frame,
    name: String,
    code: String,
    year: i32,
    pools: Vec<PoolHours>,
    tasks: Vec<Task>,
    income: Income,
    published: usize,
}

/// Stages in which something of a community's may be open.
const RUNNING: &[StageKind] = &[StageKind::Publication, StageKind::InForce, StageKind::Suspended];

pub(crate) async fn show(server: &Server, member: &Member) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let (today, scope) = (moment.today(), engine.scope(&member.known.actor));
    let reader = engine.reader();
    let own = reader.organisation_by_id(member.known.worker.person.organisation).await.tell(tongue)?;
    let load = load(server, &own.code, today.year()).await.tell(tongue)?;
    let found = reader.requests_of(scope, RUNNING).await.tell(tongue)?;
    let (requests, unreadable) = parted(found);
    let books = engine.books(&Holder::Organisation(own.clone()), None).await.tell(tongue)?;
    let pools = load.iter().flat_map(|load| &load.pools);
    let published = |request: &&Request| request.stage.kind() == StageKind::Publication;
    Ok(page(&CommunityHomePage {
        frame: Frame::of(member, "/").without(&unreadable),
        pools: pools.map(|pool| PoolHours::of(pool, Month::of(today), tongue)).collect(),
        tasks: Task::open(&requests, member, &moment),
        income: Income::of(&books, today.year(), tongue),
        published: requests.iter().filter(published).count(),
        name: own.name,
        code: own.code,
        year: today.year(),
    }))
}
