//! Files that show delivered work: kept with the delivery in one transaction, listed and read within the reader's scope.

use serde::Serialize;
use store::{Scope, StoreError};
use workflow::assignment::{Delivery, Evidence};
use workflow::decide::DecideError;
use workflow::evidence;
use workflow::facts::Fault;
use workflow::id::{OrganisationId, RequestId};
use workflow::request::Request;

use crate::Engine;
use crate::error::EngineError;
use crate::step::Step;

/// A file of a delivery, with the community that answers for it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredFile {
    /// Code of the community.
    pub community: String,
    #[serde(flatten)]
    pub file: Evidence,
}

impl Step<'_> {
    /// Keeps the files of a delivery with its request, if the community has an assignment of it.
    ///
    /// # Errors
    /// A file that is not kept: too large, empty, of a foreign kind. What the workflow refuses afterwards keeps nothing.
    pub(crate) async fn keeping(
        &self,
        request: &Request,
        (community, delivery): (OrganisationId, Delivery),
        files: Vec<(String, Vec<u8>)>,
    ) -> Result<Delivery, EngineError> {
        if !delivery.evidence.is_empty() {
            return Err(not_by_name());
        }
        evidence::check(&files, &[], &self.content.rules.parameters().oversight.evidence)?;
        let mut awaited = request.assignments.iter().filter(|one| !one.is_over());
        let own = awaited.find(|one| one.community == community).ok_or(DecideError::NoAssignment)?;
        let named = files.into_iter().map(|(name, bytes)| (evidence::kept_name(&own.code, &name), bytes));
        let kept = self.tx.keep_evidence(request.id.0, &named.collect::<Vec<_>>(), self.now).await?;
        let of_delivery = |file: store::Evidence| Evidence {
            name: file.name,
            sha256: file.sha256,
            size: u64::try_from(file.size).unwrap_or_default(),
        };
        Ok(Delivery { evidence: kept.into_iter().map(of_delivery).collect(), ..delivery })
    }
}

/// Evidence is named by what is kept, never by the caller.
pub(crate) fn not_by_name() -> EngineError {
    let message = "evidence is handed in as files, not by its name".to_owned();
    EngineError::Malformed(vec![Fault { pointer: "/delivery/evidence".into(), message }])
}

impl Engine {
    /// The files of a request's deliveries, by community and name: those of the own community, of the own requests, or
    /// all within a district.
    ///
    /// # Errors
    /// `NotFound` outside the scope.
    pub async fn delivered_files(
        &self,
        request: RequestId,
        scope: Scope,
    ) -> Result<Vec<DeliveredFile>, EngineError> {
        let reader = self.reader();
        let request = reader.request(request, scope).await?;
        let own: Option<Vec<OrganisationId>> = match scope {
            Scope::Everything | Scope::District(_) => None,
            Scope::Department(department) if request.department == department => None,
            Scope::Department(_) => return Ok(Vec::new()),
            Scope::Community(own) => Some(reader.with_merged_into(own).await?),
        };
        let seen = |community: OrganisationId| own.as_ref().is_none_or(|own| own.contains(&community));
        let code = |community| {
            let one = request.assignments.iter().find(|one| one.community == community);
            one.map(|one| one.code.clone()).unwrap_or_default()
        };
        let delivered = request.assignments.iter().filter_map(|one| Some((one.community, one.delivery()?)));
        let parts = request.dossier.parts.iter().map(|part| (part.community, &part.delivery));
        let files = delivered.chain(parts).filter(|(community, _)| seen(*community));
        let mut files: Vec<DeliveredFile> = files
            .flat_map(|(community, delivery)| {
                let of = move |file: &Evidence| (community, file.clone());
                delivery.evidence.iter().map(of)
            })
            .map(|(community, file)| DeliveredFile { community: code(community), file })
            .collect();
        files.sort_by(|a, b| (&a.community, &a.file.name).cmp(&(&b.community, &b.file.name)));
        Ok(files)
    }

    /// The bytes of a file that was listed, as they were handed in.
    ///
    /// # Errors
    /// `Unreadable` if they are no longer what was handed in.
    pub async fn delivered_bytes(&self, request: RequestId, file: &Evidence) -> Result<Vec<u8>, EngineError> {
        let (kept, bytes) = self.reader().evidence_file(request.0, &file.name).await?;
        if kept.sha256 == file.sha256 && bytes.len() as u64 == file.size {
            return Ok(bytes);
        }
        let reason = "it is not what was handed in; ask for `zhunru doctor`".to_owned();
        Err(StoreError::Unreadable { table: "evidence", id: file.name.clone(), reason }.into())
    }
}
