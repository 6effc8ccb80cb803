//! What is done with the parts of single communities: a delivery is disputed and ruled on, and work ends before its end
//! with what is done in each of them. What that is worth is not decided here.

use std::collections::BTreeSet;

use engine::DoneInCommunity;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::assignment::{Assignment, AssignmentStage};
use workflow::decimal::Decimal;
use workflow::facts::Fault;
use workflow::money::Fen;
use workflow::request::Request;

use super::{Field, Fields, Kind, Named, choice, fault, field, written};
use crate::tongue::Tongue;

const COMMUNITY: &str = "community";
const ACCEPTED: &str = "accepted";
/// Before the code of a community: the share of its work that is done.
const SHARE: &str = "share.";
/// Before the code of a community: its direct costs that are proven.
const COSTS: &str = "costs.";

/// The fields of an action on parts; none where no part stands where the action is possible.
pub(super) fn fields(
    action: ActionKind,
    request: &Request,
    (named, tongue): (&Named, Tongue),
) -> Option<Vec<Field>> {
    let community = |parts: Vec<&Assignment>| {
        let options = parts.iter().map(|part| (part.community.to_string(), named.community(&part.code)));
        let options: Vec<(String, String)> = options.collect();
        (!options.is_empty()).then(|| choice(COMMUNITY, tongue.say("社区", "Community"), options))
    };
    let parts = || request.assignments.iter();
    let reason = field("reason", tongue.say("理由", "Reason"), Kind::Area);
    match action {
        ActionKind::Dispute => {
            Some(vec![community(parts().filter(|part| is_delivered(part)).collect())?, reason])
        }
        ActionKind::RuleOnDispute => {
            let disputed = community(parts().filter(|part| part.is_disputed()).collect())?;
            let share = tongue.say("认可的完成比例（0至1）", "Share of the work that counts (0 to 1)");
            Some(vec![disputed, field(ACCEPTED, share, Kind::Line("text")), reason])
        }
        ActionKind::Terminate if request.stage.emergency().is_none() => {
            let done =
                parts().filter(|part| is_unsettled(part)).flat_map(|part| done_in(part, (named, tongue)));
            Some([reason].into_iter().chain(done).collect())
        }
        _ => None,
    }
}

fn is_delivered(part: &Assignment) -> bool {
    matches!(part.stage, AssignmentStage::Delivered { .. })
}

/// Whether what it is worth is still open when the work ends.
fn is_unsettled(part: &Assignment) -> bool {
    use AssignmentStage as S;
    matches!(part.stage, S::Offered { .. } | S::Accepted { .. } | S::Delivered { .. } | S::Disputed { .. })
}

/// Share and costs of one community; what is delivered counts as a whole unless something is written.
fn done_in(part: &Assignment, (named, tongue): (&Named, Tongue)) -> [Field; 2] {
    let name = named.community(&part.code);
    let share = tongue.say("已完成比例（0至1）", "share done (0 to 1)");
    let costs = tongue.say("已证明的直接费用（元）", "proven direct costs (yuan)");
    let line = |before: &str, label: &str| {
        field(format!("{before}{}", part.code), format!("{name} · {label}"), Kind::Line("text"))
    };
    if is_delivered(part) {
        let share = tongue.say("已完成比例（0至1，不填为全部）", "share done (0 to 1; all if left empty)");
        return [line(SHARE, share).optional(), line(COSTS, costs).optional()];
    }
    [line(SHARE, share).filled("0"), line(COSTS, costs).filled("0.00").optional()]
}

/// Puts what a form says of parts into its command.
pub(super) fn read(
    action: ActionKind,
    fields: &Fields,
    command: &mut Map<String, Value>,
) -> Result<(), Vec<Fault>> {
    match action {
        ActionKind::Dispute => is_chosen(fields).map_err(|fault| vec![fault]),
        ActionKind::RuleOnDispute => {
            is_chosen(fields).map_err(|fault| vec![fault])?;
            let accepted = share(fields, ACCEPTED).map_err(|fault| vec![fault])?;
            command.insert(ACCEPTED.into(), json!(accepted));
            Ok(())
        }
        ActionKind::Terminate => {
            let done = done(fields)?;
            command.retain(|name, _| code_of(name).is_none());
            command.insert("done".into(), json!(done));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The code of the community for which a field is.
fn code_of(name: &str) -> Option<&str> {
    name.strip_prefix(SHARE).or_else(|| name.strip_prefix(COSTS))
}

fn is_chosen(fields: &Fields) -> Result<(), Fault> {
    let id = written(fields, COMMUNITY).parse::<Uuid>();
    let said = ("请选择列出的社区", "choose one of the communities that are listed");
    id.map(|_| ()).map_err(|_| fault(COMMUNITY, said))
}

/// What was done in each community of which a form says something.
fn done(fields: &Fields) -> Result<Vec<DoneInCommunity>, Vec<Fault>> {
    let codes: BTreeSet<&str> = fields.keys().filter_map(|name| code_of(name)).collect();
    let (mut done, mut faults) = (Vec::new(), Vec::new());
    for code in codes {
        let names = (format!("{SHARE}{code}"), format!("{COSTS}{code}"));
        if written(fields, &names.0).is_empty() && written(fields, &names.1).is_empty() {
            continue;
        }
        match (share(fields, &names.0), costs(fields, &names.1)) {
            (Ok(share), Ok(direct)) => done.push(DoneInCommunity { code: code.to_owned(), share, direct }),
            (share, direct) => faults.extend(share.err().into_iter().chain(direct.err())),
        }
    }
    if faults.is_empty() { Ok(done) } else { Err(faults) }
}

fn share(fields: &Fields, name: &str) -> Result<Decimal, Fault> {
    let said = (
        "请填写0至1的数，最多六位小数，如0.6",
        "enter a number from 0 to 1 with at most six places, such as 0.6",
    );
    Decimal::parse(written(fields, name)).map_err(|_| fault(name, said))
}

/// An amount with two places or none; nothing where nothing is written.
fn costs(fields: &Fields, name: &str) -> Result<Fen, Fault> {
    let said = ("请填写金额（元），如120.00", "enter an amount in yuan, such as 120.00");
    match written(fields, name) {
        "" => Ok(Fen::ZERO),
        text => {
            Fen::parse(text).or_else(|_| Fen::parse(&format!("{text}.00"))).map_err(|_| fault(name, said))
        }
    }
}
