//! What a request has gathered on its way, as people read it: opinions, objections, disputes, emergency, relatives.

use std::collections::BTreeMap;

use engine::Engine;
use store::{Scope, StoreError};
use workflow::consultation::{Objection, Opinion};
use workflow::dossier::{Dossier, Origin};
use workflow::emergency::Emergency;
use workflow::id::{OrganisationId, RequestId, UserId};
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::Stage;

use crate::print::{self, Failure};
use crate::settings::Common;

/// Everything beside the main line; nothing where there is nothing.
pub(crate) async fn readable(
    common: &Common,
    engine: &Engine,
    (request, scope): (&Request, Scope),
) -> Result<Option<String>, Failure> {
    let names = Names::of(engine, request).await?;
    let mut parts = relatives(common, engine, (request, scope)).await?;
    parts.extend(emergency(common, request));
    parts.extend(price(common, &request.dossier));
    parts.extend(opinions(common, &request.dossier.opinions, &names));
    if let Stage::Publication { objections, .. } = &request.stage {
        parts.extend(objected(common, objections, &names));
    }
    Ok((!parts.is_empty()).then(|| parts.join("\n") + "\n"))
}

/// Names of the people and organisations that spoke.
struct Names {
    people: BTreeMap<UserId, String>,
    organisations: BTreeMap<OrganisationId, String>,
}

impl Names {
    async fn of(engine: &Engine, request: &Request) -> Result<Names, Failure> {
        let mut people: Vec<UserId> = request.dossier.opinions.iter().map(|opinion| opinion.by).collect();
        if let Stage::Publication { objections, .. } = &request.stage {
            people.extend(objections.iter().map(|objection| objection.by));
        }
        if people.is_empty() {
            return Ok(Names { people: BTreeMap::new(), organisations: BTreeMap::new() });
        }
        let reader = engine.reader();
        let tree = reader.organisations().await?;
        let organisations = tree.into_iter().map(|organisation| (organisation.id, organisation.name));
        Ok(Names { people: reader.names(&people).await?, organisations: organisations.collect() })
    }

    fn speaker(&self, organisation: OrganisationId, by: UserId) -> String {
        let place = self.organisations.get(&organisation).map(String::as_str).unwrap_or_default();
        format!("{place} {}", self.people.get(&by).map(String::as_str).unwrap_or_default())
    }
}

fn opinions(common: &Common, opinions: &[Opinion], names: &Names) -> Option<String> {
    let row = |opinion: &Opinion| {
        vec![
            opinion.on.to_string(),
            names.speaker(opinion.organisation, opinion.by),
            opinion.stance.name(common.language()).to_owned(),
            opinion.text.clone(),
        ]
    };
    let heading = [
        common.say("日期", "date"),
        common.say("征求对象", "who was asked"),
        common.say("意见", "opinion"),
        common.say("理由", "reason"),
    ];
    (!opinions.is_empty()).then(|| print::table(&heading, &[], opinions.iter().map(row).collect()))
}

/// Objections with the number by which they are answered.
fn objected(common: &Common, objections: &[Objection], names: &Names) -> Option<String> {
    let row = |(index, objection): (usize, &Objection)| {
        let answer = objection.answer.as_ref();
        let open = common.say("待答复", "not answered yet").to_owned();
        vec![
            (index + 1).to_string(),
            objection.on.to_string(),
            names.speaker(objection.organisation, objection.by),
            objection.text.clone(),
            answer
                .map_or(open, |answer| format!("{}：{}", answer.ruling.name(common.language()), answer.text)),
        ]
    };
    let heading = [
        common.say("序号", "no."),
        common.say("日期", "date"),
        common.say("异议人", "who objects"),
        common.say("异议", "objection"),
        common.say("答复", "answer"),
    ];
    let rows = objections.iter().enumerate().map(row).collect();
    (!objections.is_empty()).then(|| print::table(&heading, &[0], rows))
}

fn emergency(common: &Common, request: &Request) -> Option<String> {
    let Emergency { filed_on, decision, extension, funded_on, .. } = request.stage.emergency()?;
    let missing = || common.say("尚无", "not yet").to_owned();
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(missing, |day| day.to_string());
    let decided = decision.as_ref().map(|decision| decision.approved_on);
    let prolonged = extension.as_ref().map(|extension| extension.on);
    Some(format!(
        "{}: {} {} · {} {} · {} {} · {} {}",
        common.say("应急", "emergency"),
        common.say("备案", "filed"),
        day(*filed_on),
        common.say("审批", "decided"),
        day(decided),
        common.say("延长", "prolonged"),
        day(prolonged),
        common.say("经费", "funded"),
        day(*funded_on),
    ))
}

fn price(common: &Common, dossier: &Dossier) -> Option<String> {
    let repriced = dossier.repriced.as_ref()?;
    let said = common.say("核定价格代替规则价格", "the price was set by a reviewer; that of the rules was");
    Some(format!("{said} {}: {}", repriced.from.for_people(), repriced.reason))
}

/// What it renews or adds to, what renews it, and what was added.
async fn relatives(
    common: &Common,
    engine: &Engine,
    (request, scope): (&Request, Scope),
) -> Result<Vec<String>, Failure> {
    let dossier = &request.dossier;
    let mut lines = Vec::new();
    match dossier.origin {
        Origin::New => {}
        Origin::Renewal { of } => {
            lines.push(format!("{} {}", common.say("续期自", "renews"), number(engine, of, scope).await?));
        }
        Origin::Supplement { of } => {
            lines.push(format!("{} {}", common.say("追加于", "adds to"), number(engine, of, scope).await?));
        }
    }
    if let Some(successor) = dossier.successor {
        let known = number(engine, successor, scope).await?;
        let until = match dossier.renewed_until {
            Some(until) => {
                format!("{} {until}", common.say("经费已到位，事项延续至", "funded, it goes on until"))
            }
            None => common
                .say("经费尚未到位，到期即退出", "not funded yet, the item ends with this request")
                .to_owned(),
        };
        lines.push(format!("{} {known}: {until}", common.say("续期申请", "renewed by")));
    }
    if dossier.supplemented > Fen::ZERO {
        let said = common.say("追加合计", "supplements so far");
        lines.push(format!("{said} {}", dossier.supplemented.for_people()));
    }
    Ok(lines)
}

/// What people call a request; a draft has only its id, and what the reader may not see has no name.
async fn number(engine: &Engine, id: RequestId, scope: Scope) -> Result<String, Failure> {
    match engine.reader().request(id, scope).await {
        Ok(request) => Ok(request.number.unwrap_or_else(|| id.to_string())),
        Err(StoreError::NotFound(_)) => Ok("—".to_owned()),
        Err(error) => Err(error.into()),
    }
}
