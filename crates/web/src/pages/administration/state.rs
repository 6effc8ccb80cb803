//! The first page of whoever administers: whether all goes on by itself, and what somebody should look at.

use askama::Template;
use chrono::Datelike;
use engine::{Account, AccountState, Trouble};
use store::LetterState;
use workflow::actor::Role;

use super::by;
use crate::pages::frame::Frame;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/state.html")]
struct StatePage {
    frame: Frame,
    figures: Vec<Figure>,
}

/// One figure with the page where it is dealt with.
struct Figure {
    name: &'static str,
    said: String,
    to: &'static str,
    is_bad: bool,
}

/// Whether somebody has this page instead of a page of requests: they do no business.
pub(crate) fn administers_only(member: &Member) -> bool {
    [Role::Admin, Role::Security].iter().any(|role| member.known.has(*role))
}

pub(crate) async fn home(server: &Server, member: &Member) -> Answer {
    let tongue = member.tongue();
    let mut figures = Vec::new();
    if member.known.has(Role::Admin) {
        figures = of_system(server, member).await?;
    }
    let (accounts, _) = server.engine.accounts(by(member), "", (None, usize::MAX)).await.tell(tongue)?;
    figures.extend(of_accounts(&accounts, member));
    Ok(page(&StatePage { frame: Frame::of(member, "/"), figures }))
}

async fn of_system(server: &Server, member: &Member) -> Result<Vec<Figure>, Failed> {
    let (tongue, now) = (member.tongue(), member.visitor.now);
    let troubles = server.engine.troubles(&server.settings.migrations, now).await;
    let said: Vec<&str> = troubles.iter().map(|trouble| named(*trouble, member)).collect();
    let reader = server.engine.reader();
    let scope = server.engine.letter_scope(&member.known.actor);
    let dead = reader.letter_lines(scope, &[LetterState::Dead], 1).await.tell(tongue)?.total;
    let failures = server.engine.sweep_failures(by(member)).await.tell(tongue)?.len();
    let content = server.engine.content();
    let offset = content.rules.parameters().jurisdiction.offset();
    let known = content.calendar.noticed_years().max().unwrap_or_default();
    let year = now.with_timezone(&offset).year();
    Ok(vec![
        Figure {
            name: tongue.say("运行情况", "How it runs"),
            said: if said.is_empty() {
                tongue.say("正常", "as it should").to_owned()
            } else {
                said.join(tongue.say("；", "; "))
            },
            to: "/administration/jobs",
            is_bad: !said.is_empty(),
        },
        Figure {
            name: tongue.say("无法投递的信件", "Letters that cannot be delivered"),
            said: dead.to_string(),
            to: "/administration/letters",
            is_bad: dead > 0,
        },
        Figure {
            name: tongue.say("未能办理的时限", "Limits that could not be carried out"),
            said: failures.to_string(),
            to: "/administration/jobs",
            is_bad: failures > 0,
        },
        Figure {
            name: tongue.say("放假通知已导入至", "Holiday notices are loaded up to"),
            said: known.to_string(),
            to: "/administration/calendars",
            is_bad: known < year,
        },
    ])
}

fn named(trouble: Trouble, member: &Member) -> &'static str {
    let (zh, en) = match trouble {
        Trouble::Database => ("数据库没有应答", "the database does not answer"),
        Trouble::Migrations => ("数据库结构待升级", "the database waits for its migration"),
        Trouble::Key => ("密钥与历史不符", "the key is not that of the histories"),
        Trouble::Post => ("信件多次未能发出", "letters have failed several times"),
        Trouble::Jobs => ("定时作业没有运行", "the timer does not run"),
    };
    member.tongue().say(zh, en)
}

fn of_accounts(accounts: &[Account], member: &Member) -> Vec<Figure> {
    let tongue = member.tongue();
    let count = |is: fn(&Account) -> bool| accounts.iter().filter(|account| is(account)).count().to_string();
    let open = |account: &Account| !matches!(account.state, AccountState::ClosedSince(_));
    let figure = |name, said| Figure { name, said, to: "/administration", is_bad: false };
    let mut figures = vec![
        figure(tongue.say("账号", "Accounts"), accounts.iter().filter(|one| open(one)).count().to_string()),
        figure(
            tongue.say("未设密码或待首次登录", "Without a password, or awaiting a first sign-in"),
            count(|one| matches!(one.state, AccountState::Unused | AccountState::OneTime)),
        ),
    ];
    if member.known.has(Role::Security) {
        let locked = count(|one| matches!(one.state, AccountState::LockedUntil(_) | AccountState::Locked));
        figures.push(figure(tongue.say("已锁定", "Locked"), locked));
        let single = accounts.iter().filter(|one| open(one) && !one.has_factor).count().to_string();
        figures.push(figure(tongue.say("未启用第二因素", "Without a second factor"), single));
    }
    figures
}
