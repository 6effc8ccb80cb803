//! Files that show delivered work: kept with the delivery in one transaction, listed and read within the reader's scope.

use serde::Serialize;
use store::{HandedIn, Scope, StoreError};
use workflow::assignment::{Delivery, Evidence};
use workflow::decide::DecideError;
use workflow::evidence::{self, FileSign, Seems};
use workflow::facts::Fault;
use workflow::id::{EvidenceId, OrganisationId, RequestId};
use workflow::oversight::OversightError;
use workflow::parameters::EvidenceParameters;
use workflow::request::Request;

use crate::Engine;
use crate::contents::{Judged, begins, judge, seems};
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
    /// Whether they may be kept was judged before the transaction began, since it reads all of them.
    ///
    /// # Errors
    /// The community has no part in the request. What the workflow refuses afterwards keeps nothing.
    pub(crate) async fn keeping(
        &self,
        request: &Request,
        (community, delivery): (OrganisationId, Delivery),
        files: Vec<HandedIn>,
    ) -> Result<Delivery, EngineError> {
        if !delivery.evidence.is_empty() {
            return Err(not_by_name());
        }
        let mut awaited = request.assignments.iter().filter(|one| !one.is_over());
        let own = awaited.find(|one| one.community == community).ok_or(DecideError::NoAssignment)?;
        let named = files.iter().map(|file| file.renamed(evidence::kept_name(&own.code, file.name())));
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
    let said = ("材料须以文件上传，不能只写名称", "evidence is handed in as files, not by its name");
    EngineError::Malformed(vec![Fault::new("/delivery/evidence", said)])
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

    /// A file that was listed, as it was handed in; its bytes are read by [`Engine::piece`].
    ///
    /// # Errors
    /// `Unreadable` if it is no longer what was handed in.
    pub async fn delivered_file(
        &self,
        request: RequestId,
        file: &Evidence,
    ) -> Result<store::Evidence, EngineError> {
        let reader = self.reader();
        let kept = reader.evidence_named(request.0, &file.name).await?;
        let told = store::Evidence {
            sha256: file.sha256.clone(),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            ..kept
        };
        reader.is_as_kept(&told).await?;
        Ok(told)
    }

    /// All bytes of a file that was listed.
    ///
    /// # Errors
    /// As [`Engine::delivered_file`].
    pub async fn delivered_bytes(&self, request: RequestId, file: &Evidence) -> Result<Vec<u8>, EngineError> {
        let file = self.delivered_file(request, file).await?;
        Ok(self.reader().evidence_bytes(&file).await?)
    }

    /// The bytes of a file from a place on, as they lie together; none at its end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn piece(&self, file: EvidenceId, number: i32) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.reader().evidence_piece(file, number).await?)
    }

    /// Whether files may be kept: names, sizes and kinds, and each content as its kind is known by.
    ///
    /// # Errors
    /// The first file that is not kept.
    pub(crate) async fn are_fit(&self, files: &[HandedIn]) -> Result<(), EngineError> {
        let content = self.content();
        let files = files.to_vec();
        // All of each file is read, from disk.
        let looked = tokio::task::spawn_blocking(move || {
            are_fit(&files, &content.rules.parameters().oversight.evidence)
        });
        looked.await.map_err(|error| EngineError::Broken(error.to_string()))?
    }
}

fn are_fit(files: &[HandedIn], parameters: &EvidenceParameters) -> Result<(), EngineError> {
    let known: Vec<(&str, u64)> = files.iter().map(|file| (file.name(), file.size())).collect();
    evidence::check(&known, &[], parameters)?;
    for file in files {
        let name = file.name().to_owned();
        let unread = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let judged = match evidence::sign(file.name(), parameters)? {
            FileSign::Begins(bytes) => begins(file, bytes),
            FileSign::Form(form) => judge(file, *form),
        };
        match judged.map_err(unread)? {
            Judged::Whole => {}
            Judged::CutOff => return Err(OversightError::FileCutOff(name).into()),
            Judged::Other => {
                let seems: Seems = seems(file).map_err(unread)?;
                return Err(OversightError::FileContent { name, seems }.into());
            }
        }
    }
    Ok(())
}
