//! What is asked for, and the papers that lie with it. Whose files are seen is decided by the engine, whose siblings by
//! `Eyes`.

use std::collections::BTreeMap;

use store::DecisionRecord;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::eyes::Eyes;
use crate::pages::files::FileLine;
use crate::pages::request::facts::{self, Fact, Named};
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// The papers of a request.
pub(super) struct Documents {
    pub(super) governing: Vec<String>,
    pub(super) files: Vec<Paper>,
}

/// A file that a community has handed in.
pub(super) struct Paper {
    pub(super) community: String,
    pub(super) file: FileLine,
}

impl Documents {
    /// The governing document, and those files of deliveries that the reader may see.
    pub(super) async fn of(server: &Server, member: &Member, request: &Request) -> Result<Documents, Failed> {
        let tongue = member.tongue();
        let scope = server.engine.scope(&member.known.actor);
        let delivered = server.engine.delivered_files(request.id, scope).await.tell(tongue)?;
        let papers = delivered
            .into_iter()
            .map(|one| Paper { file: FileLine::of(request.id, &one.file), community: one.community });
        Ok(Documents { governing: facts::document(&request.application, tongue), files: papers.collect() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.governing.is_empty() && self.files.is_empty()
    }
}

/// The facts of a request; of what the department has filed beside it only what the reader may see.
pub(super) fn asked_for(
    server: &Server,
    (request, record): (&Request, Option<&DecisionRecord>),
    (communities, eyes): (&BTreeMap<String, String>, &Eyes),
    tongue: Tongue,
) -> Vec<Fact> {
    let content = server.engine.content();
    let named = Named { catalogue: content.rules.catalogue(), communities };
    let seen = record.map(|record| eyes.record(record, request));
    facts::of((request, seen.as_ref().and_then(|record| record.get("facts"))), &named, tongue)
}

/// Whether it is still being written or weighed; then what is asked for stands open on the page.
pub(super) fn is_weighed(stage: StageKind) -> bool {
    use StageKind as S;
    matches!(
        stage,
        S::Draft | S::Submitted | S::Returned | S::Review | S::Consultation | S::Quoted | S::Proposed
    )
}
