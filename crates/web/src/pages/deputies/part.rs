//! Who stands in for somebody, and the form by which one more is appointed: by the absent person, or by an administrator for
//! whoever cannot do it any more.

use std::collections::BTreeMap;

use engine::{EngineError, NewDeputy};
use serde::Deserialize;
use store::{DeputyLine, Worker};
use workflow::actor::Role;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::id::UserId;
use workflow::notice::Audience;

use crate::pages::chips::whole_day;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// The deputies of one person, with what the form needs.
pub(crate) struct Part {
    /// Where the form is sent.
    pub(crate) to: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) roles: Vec<(&'static str, &'static str)>,
    pub(crate) colleagues: Vec<(String, String)>,
    pub(crate) today: String,
    pub(crate) written: Appointed,
}

/// A role in another's hands for some days.
pub(crate) struct Line {
    pub(crate) person: String,
    pub(crate) role: &'static str,
    pub(crate) word: &'static str,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) is_running: bool,
}

/// What the form sends.
#[derive(Default, Deserialize)]
pub(crate) struct Appointed {
    pub(crate) deputy: String,
    #[serde(default)]
    pub(crate) other: String,
    pub(crate) role: String,
    pub(crate) from: String,
    pub(crate) until: String,
}

/// What the button beside a line sends.
#[derive(Deserialize)]
pub(crate) struct Ended {
    pub(crate) role: String,
}

/// What runs from today on, with the names of those concerned.
pub(crate) struct Running {
    lines: Vec<DeputyLine>,
    names: BTreeMap<UserId, String>,
}

impl Running {
    /// What concerns one person.
    pub(crate) async fn of(server: &Server, member: &Member, user: UserId) -> Result<Running, Failed> {
        let tongue = member.tongue();
        let reader = server.engine.reader();
        let mut lines = reader.deputies(server.engine.today(member.visitor.now)).await.tell(tongue)?;
        lines.retain(|line| [line.principal, line.deputy].contains(&user));
        let ids: Vec<UserId> = lines.iter().flat_map(|line| [line.principal, line.deputy]).collect();
        Ok(Running { lines, names: reader.names(&ids).await.tell(tongue)? })
    }

    /// Those lines in which the person stands on one side, with the name of whoever stands on the other.
    pub(crate) fn lines(
        &self,
        member: &Member,
        server: &Server,
        sides: impl Fn(&DeputyLine) -> Option<UserId>,
    ) -> Vec<Line> {
        let (tongue, today) = (member.tongue(), server.engine.today(member.visitor.now));
        let line = |line: &DeputyLine| {
            let other = sides(line)?;
            Some(Line {
                person: self.names.get(&other).cloned().unwrap_or_default(),
                role: line.role.name(tongue.0),
                word: line.role.word(),
                from: whole_day(line.from, tongue),
                until: whole_day(line.until, tongue),
                is_running: line.from <= today,
            })
        };
        self.lines.iter().filter_map(line).collect()
    }
}

impl Part {
    /// The deputies of a principal among what runs.
    pub(crate) async fn of(
        server: &Server,
        member: &Member,
        (principal, running): (&Worker, &Running),
        (to, written): (String, Appointed),
    ) -> Result<Part, Failed> {
        let tongue = member.tongue();
        let user = principal.person.user;
        let lines = running.lines(member, server, |line| (line.principal == user).then_some(line.deputy));
        let roles = principal.person.roles.iter().map(|role| (role.word(), role.name(tongue.0)));
        Ok(Part {
            to,
            lines,
            roles: roles.collect(),
            colleagues: colleagues(server, principal, tongue).await?,
            today: server.engine.today(member.visitor.now).to_string(),
            written,
        })
    }
}

/// Address and name of everybody else in somebody's organisation. One query.
async fn colleagues(
    server: &Server,
    Worker { person, .. }: &Worker,
    tongue: Tongue,
) -> Result<Vec<(String, String)>, Failed> {
    let of_role = |role: &Role| Audience::Organisation { organisation: person.organisation, role: *role };
    let audiences: Vec<Audience> = Role::ALL.iter().map(of_role).collect();
    let found = server.engine.reader().recipients(&audiences).await.tell(tongue)?;
    let others = found.into_iter().flatten().filter(|worker| worker.person.user != person.user);
    let by_address: BTreeMap<String, String> =
        others.map(|Worker { email, person, .. }| (email, person.name)).collect();
    Ok(by_address.into_iter().collect())
}

impl Appointed {
    /// What is wanted for a principal.
    pub(crate) fn read(&self, principal: String) -> Result<NewDeputy, EngineError> {
        let day = |name: &str, text: &str| {
            let fault = || fault(name, ("请填写日期", "enter a day"));
            read_day(text.trim()).ok_or_else(fault)
        };
        let other = self.other.trim();
        Ok(NewDeputy {
            principal,
            deputy: if other.is_empty() { self.deputy.clone() } else { other.to_owned() },
            role: role_of(&self.role)?,
            days: (day("from", &self.from)?, day("until", &self.until)?),
        })
    }
}

pub(crate) fn role_of(word: &str) -> Result<Role, EngineError> {
    Role::from_word(word).ok_or_else(|| fault("role", ("请选择角色", "choose a role")))
}

fn fault(name: &str, said: (&str, &str)) -> EngineError {
    EngineError::Malformed(vec![Fault::new(format!("/{name}"), said)])
}
