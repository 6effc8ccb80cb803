//! Evidence: files with their SHA-256, kept beside their subject and never changed. Limits are judged before.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use workflow::id::EvidenceId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::{hex, to_microsecond};
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
        files: &[(String, Vec<u8>)],
        at: DateTime<Utc>,
    ) -> Result<Vec<Evidence>, StoreError> {
        let kept: Vec<Evidence> = files.iter().map(|(name, bytes)| of_file(name, bytes)).collect();
        let rows = kept.iter().zip(files).map(|(file, (_, bytes))| {
            let Evidence { id, name, sha256, size } = file.clone();
            evidence::ActiveModel {
                id: Set(id.0),
                subject_id: Set(subject),
                name: Set(name),
                sha256: Set(sha256),
                size: Set(size),
                bytes: Set(bytes.clone()),
                kept_at: Set(to_microsecond(at)),
            }
        });
        if !kept.is_empty() {
            evidence::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
            let theirs = evidence::Column::Id.is_in(kept.iter().map(|file| file.id.0));
            self.tell_written::<evidence::Entity>(theirs).await?;
        }
        Ok(kept)
    }
}

type Columns = (Uuid, String, String, i64);

impl Reader<'_> {
    /// The files of a subject by name, without their bytes. Whoever may read the subject may read its evidence.
    ///
    /// # Errors
    /// What the database says.
    pub async fn evidence(&self, subject: Uuid) -> Result<Vec<Evidence>, StoreError> {
        let rows: Vec<Columns> = evidence::Entity::find()
            .select_only()
            .columns([
                evidence::Column::Id,
                evidence::Column::Name,
                evidence::Column::Sha256,
                evidence::Column::Size,
            ])
            .filter(evidence::Column::SubjectId.eq(subject))
            .order_by_asc(evidence::Column::Name)
            .into_tuple()
            .all(&self.on)
            .await?;
        let file = |(id, name, sha256, size)| Evidence { id: EvidenceId(id), name, sha256, size };
        Ok(rows.into_iter().map(file).collect())
    }

    /// The bytes of a subject's file.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn evidence_bytes(&self, subject: Uuid, name: &str) -> Result<Vec<u8>, StoreError> {
        Ok(self.evidence_file(subject, name).await?.1)
    }

    /// A subject's file with hash and size counted anew from its bytes.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn evidence_file(&self, subject: Uuid, name: &str) -> Result<(Evidence, Vec<u8>), StoreError> {
        let found = evidence::Entity::find()
            .filter(evidence::Column::SubjectId.eq(subject))
            .filter(evidence::Column::Name.eq(name))
            .one(&self.on)
            .await?;
        let row = found.ok_or(StoreError::NotFound("evidence"))?;
        Ok((Evidence { id: EvidenceId(row.id), ..of_file(&row.name, &row.bytes) }, row.bytes))
    }

    /// Every file with its subject, without its bytes: for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_evidence(&self) -> Result<Vec<(Uuid, Evidence)>, StoreError> {
        type Columns = (Uuid, Uuid, String, String, i64);
        let rows: Vec<Columns> = evidence::Entity::find()
            .select_only()
            .columns([
                evidence::Column::Id,
                evidence::Column::SubjectId,
                evidence::Column::Name,
                evidence::Column::Sha256,
                evidence::Column::Size,
            ])
            .order_by_asc(evidence::Column::Id)
            .into_tuple()
            .all(&self.on)
            .await?;
        let file = |(id, subject, name, sha256, size)| {
            (subject, Evidence { id: EvidenceId(id), name, sha256, size })
        };
        Ok(rows.into_iter().map(file).collect())
    }

    /// The files, with their subjects, whose bytes are not what was kept: for the doctor, one file after the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn broken_evidence(&self) -> Result<Vec<(Uuid, String)>, StoreError> {
        let ids: Vec<Uuid> = evidence::Entity::find()
            .select_only()
            .column(evidence::Column::Id)
            .order_by_asc(evidence::Column::Id)
            .into_tuple()
            .all(&self.on)
            .await?;
        let mut broken = Vec::new();
        // A file at a time, since together they may be larger than the memory.
        for id in ids {
            let Some(row) = evidence::Entity::find_by_id(id).one(&self.on).await? else { continue };
            let evidence::Model { id: _, subject_id, name, sha256, size, bytes, kept_at: _ } = row;
            let now = of_file(&name, &bytes);
            if now.sha256 != sha256 || now.size != size {
                broken.push((subject_id, name));
            }
        }
        Ok(broken)
    }
}

fn of_file(name: &str, bytes: &[u8]) -> Evidence {
    Evidence {
        id: EvidenceId(Uuid::now_v7()),
        name: name.to_owned(),
        sha256: hex(&Sha256::digest(bytes)),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    }
}
