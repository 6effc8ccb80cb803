//! Evidence: files with their SHA-256, kept beside their subject and never changed. Limits are judged before. The bytes lie
//! in pieces of their own (`evidence/pieces.rs`).

mod pieces;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::EvidenceId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::handed_in::HandedIn;
use crate::rows::evidence;

/// A file without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    pub id: EvidenceId,
    pub name: String,
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

impl Tx {
    /// Keeps files with a subject: a complaint or a request.
    ///
    /// # Errors
    /// A name that the subject has already is a `Duplicate`.
    pub async fn keep_evidence(
        &self,
        subject: Uuid,
        files: &[HandedIn],
        at: DateTime<Utc>,
    ) -> Result<Vec<Evidence>, StoreError> {
        let kept: Vec<Evidence> = files.iter().map(anew).collect();
        let rows = kept.iter().cloned().map(|Evidence { id, name, sha256, size }| evidence::ActiveModel {
            id: Set(id.0),
            subject_id: Set(subject),
            name: Set(name),
            sha256: Set(sha256),
            size: Set(size),
            kept_at: Set(to_microsecond(at)),
        });
        if !kept.is_empty() {
            evidence::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
            let theirs = evidence::Column::Id.is_in(kept.iter().map(|file| file.id.0));
            self.tell_written::<evidence::Entity>(theirs).await?;
        }
        for (kept, file) in kept.iter().zip(files) {
            self.keep_pieces(kept.id, file).await?;
        }
        Ok(kept)
    }
}

impl Reader<'_> {
    /// The files of a subject by name. Whoever may read the subject may read its evidence.
    ///
    /// # Errors
    /// What the database says.
    pub async fn evidence(&self, subject: Uuid) -> Result<Vec<Evidence>, StoreError> {
        let rows = evidence::Entity::find()
            .filter(evidence::Column::SubjectId.eq(subject))
            .order_by_asc(evidence::Column::Name)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(|row| file(row).1).collect())
    }

    /// A subject's file of a name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn evidence_named(&self, subject: Uuid, name: &str) -> Result<Evidence, StoreError> {
        let found = evidence::Entity::find()
            .filter(evidence::Column::SubjectId.eq(subject))
            .filter(evidence::Column::Name.eq(name))
            .one(&self.on)
            .await?;
        found.map(|row| file(row).1).ok_or(StoreError::NotFound("evidence"))
    }

    /// Every file with its subject: for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_evidence(&self) -> Result<Vec<(Uuid, Evidence)>, StoreError> {
        let rows = evidence::Entity::find().order_by_asc(evidence::Column::Id).all(&self.on).await?;
        Ok(rows.into_iter().map(file).collect())
    }
}

fn anew(file: &HandedIn) -> Evidence {
    Evidence {
        id: EvidenceId(Uuid::now_v7()),
        name: file.name().to_owned(),
        sha256: file.sha256().to_owned(),
        size: i64::try_from(file.size()).unwrap_or(i64::MAX),
    }
}

/// A file with its subject.
fn file(row: evidence::Model) -> (Uuid, Evidence) {
    let evidence::Model { id, subject_id, name, sha256, size, kept_at: _ } = row;
    (subject_id, Evidence { id: EvidenceId(id), name, sha256, size })
}
