//! The bytes of evidence, in pieces: a file is written, read and counted anew without ever being in memory as a whole.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, Statement};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use workflow::id::EvidenceId;

use super::Evidence;
use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::hex;
use crate::handed_in::HandedIn;
use crate::rows::evidence_piece;

/// Bytes of a piece, but for the last one.
const PIECE: usize = 256 << 10;

impl Tx {
    /// Writes the pieces of a file whose row is there.
    pub(super) async fn keep_pieces(&self, id: EvidenceId, file: &HandedIn) -> Result<(), StoreError> {
        let mut from = 0;
        for number in 0.. {
            let bytes = file.read(from, PIECE).map_err(|error| StoreError::Unavailable(error.to_string()))?;
            if bytes.is_empty() {
                break;
            }
            from += bytes.len() as u64;
            let piece = evidence_piece::ActiveModel {
                evidence_id: Set(id.0),
                number: Set(number),
                bytes: Set(bytes),
            };
            evidence_piece::Entity::insert(piece).exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Stray {
    evidence_id: Uuid,
}

impl Reader<'_> {
    /// A piece of a file by its number from 0; none after the last one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn evidence_piece(
        &self,
        EvidenceId(id): EvidenceId,
        number: i32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = evidence_piece::Entity::find_by_id((id, number)).one(&self.on).await?;
        Ok(found.map(|evidence_piece::Model { evidence_id: _, number: _, bytes }| bytes))
    }

    /// Counts a file anew, piece by piece.
    ///
    /// # Errors
    /// `Unreadable` if it is not what was kept.
    pub async fn is_as_kept(&self, file: &Evidence) -> Result<(), StoreError> {
        let (mut hash, mut size) = (Sha256::new(), 0);
        for number in 0.. {
            let Some(piece) = self.evidence_piece(file.id, number).await? else { break };
            hash.update(&piece);
            size += i64::try_from(piece.len()).unwrap_or_default();
        }
        if hex(&hash.finalize()) == file.sha256 && size == file.size {
            return Ok(());
        }
        let reason = "it is not what was handed in; ask for `zhunru doctor`";
        Err(unreadable("evidence", &file.name, reason))
    }

    /// All bytes of a file that is as it was kept, for whoever has the memory.
    ///
    /// # Errors
    /// As [`Reader::is_as_kept`].
    pub async fn evidence_bytes(&self, file: &Evidence) -> Result<Vec<u8>, StoreError> {
        self.is_as_kept(file).await?;
        let mut bytes = Vec::new();
        for number in 0.. {
            let Some(piece) = self.evidence_piece(file.id, number).await? else { break };
            bytes.extend(piece);
        }
        Ok(bytes)
    }

    /// Files of which there are pieces and no row.
    pub(crate) async fn stray_pieces(&self) -> Result<Vec<Uuid>, StoreError> {
        let sql = "SELECT DISTINCT evidence_id FROM evidence_pieces \
                   WHERE evidence_id NOT IN (SELECT id FROM evidence) ORDER BY evidence_id";
        let asked = Statement::from_string(self.on.get_database_backend(), sql);
        let found = Stray::find_by_statement(asked).all(&self.on).await?;
        Ok(found.into_iter().map(|stray| stray.evidence_id).collect())
    }
}
