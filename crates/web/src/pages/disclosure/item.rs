//! One matter of the public: what it is, what it costs, and which community does what part of it.

use askama::Template;
use axum::extract::{Path, State};
use store::{DisclosedPart, Scope};
use workflow::catalogue::Class;

use crate::pages::chips::Chip;
use crate::pages::disclosure::list::period;
use crate::pages::disclosure::wanted::{Places, function_name};
use crate::pages::frame::Frame;
use crate::qr::{self, Drawn};
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "disclosure/item.html")]
struct ItemPage {
    frame: Frame,
    number: String,
    title: String,
    chip: Chip,
    district: String,
    department: String,
    function: &'static str,
    class: &'static str,
    item: Option<String>,
    period: String,
    price: String,
    parts: Vec<Part>,
    /// Of this page, for what is printed.
    qr: Option<Drawn>,
    address: String,
}

struct Part {
    name: String,
    code: String,
    stage: &'static str,
    price: String,
    paid: String,
}

pub(crate) async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Path(written): Path<String>,
) -> Answer {
    let (tongue, reader) = (visitor.tongue, server.engine.reader());
    // What is not public is not found below.
    let id = reader.request_id(&written, Scope::Everything).await.tell(tongue)?;
    let found = reader.disclosed_item(id).await.tell(tongue)?;
    let address = format!("{}/disclosure/{id}", server.settings.origin);
    let places = Places::of(reader.organisations().await.tell(tongue)?, tongue);
    let matter = &found.matter;
    let class = found.class.as_deref().and_then(Class::from_word);
    let part = |part: &DisclosedPart| Part {
        name: places.name(part.community).to_owned(),
        code: places.code(part.community).to_owned(),
        stage: part.stage.name(tongue.0),
        price: part.price.for_people(),
        paid: part.paid.for_people(),
    };
    let begun: Vec<Part> = found.parts.iter().map(part).collect();
    // Before its start the communities have no assignment yet.
    let waiting = matter.communities.iter().filter(|_| begun.is_empty()).map(|id| Part {
        name: places.name(*id).to_owned(),
        code: places.code(*id).to_owned(),
        stage: tongue.say("待开始", "not begun"),
        price: String::new(),
        paid: String::new(),
    });
    let waiting: Vec<Part> = waiting.collect();
    Ok(page(&ItemPage {
        frame: Frame::public(&visitor, "/disclosure"),
        number: matter.number.clone(),
        title: matter.title.clone(),
        chip: Chip::of(matter.stage, tongue),
        district: places.name(matter.district).to_owned(),
        department: places.name(matter.department).to_owned(),
        function: function_name(matter.function, tongue),
        class: class.map_or(tongue.say("目录外", "unlisted"), |class| class.name(tongue.0)),
        period: period(matter, tongue),
        price: matter.price.for_people(),
        parts: begun.into_iter().chain(waiting).collect(),
        item: found.item,
        qr: qr::drawn(&address),
        address,
    }))
}
