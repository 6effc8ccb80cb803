//! Who people are at identity providers. The history tells of it, of the subject by its hash only, since a provider may use
//! a number there that is nobody else's business.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;
use workflow::id::UserId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::identity;

/// Who a person is at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: Uuid,
    pub person: UserId,
    /// The provider; subjects mean nothing without it.
    pub issuer: String,
    pub subject: String,
    pub linked_at: DateTime<Utc>,
    /// Who linked it: the person, or an administrator.
    pub linked_by: Option<UserId>,
}

impl Tx {
    /// Keeps a new identity.
    ///
    /// # Errors
    /// `Duplicate`: it is somebody's, or the person has one of that issuer.
    pub async fn add_identity(&self, identity: &Identity) -> Result<(), StoreError> {
        let row = identity_row(identity);
        self.tell([&row]);
        identity::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Takes identities of a person away, of one issuer or all; gives how many there were.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_identities(&self, person: UserId, issuer: Option<&str>) -> Result<u64, StoreError> {
        let of_issuer = issuer.map(|issuer| identity::Column::Issuer.eq(issuer));
        let theirs = Condition::all().add(identity::Column::PersonId.eq(person.0)).add_option(of_issuer);
        self.tell_gone(&identity::Entity::find().filter(theirs.clone()).all(&self.on).await?);
        Ok(identity::Entity::delete_many().filter(theirs).exec(&self.on).await?.rows_affected)
    }
}

impl Reader<'_> {
    /// The identity of a subject, if it is somebody's.
    ///
    /// # Errors
    /// What the database says.
    pub async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<Identity>, StoreError> {
        let found = identity::Entity::find()
            .filter(identity::Column::Issuer.eq(issuer))
            .filter(identity::Column::Subject.eq(subject));
        Ok(found.one(&self.on).await?.map(identity_of))
    }

    /// Who a person is at a provider.
    ///
    /// # Errors
    /// What the database says.
    pub async fn identity_of(&self, person: UserId, issuer: &str) -> Result<Option<Identity>, StoreError> {
        let found = identity::Entity::find()
            .filter(identity::Column::PersonId.eq(person.0))
            .filter(identity::Column::Issuer.eq(issuer));
        Ok(found.one(&self.on).await?.map(identity_of))
    }
}

fn identity_row(identity: &Identity) -> identity::Model {
    let Identity { id, person, issuer, subject, linked_at, linked_by } = identity;
    identity::Model {
        id: *id,
        person_id: person.0,
        issuer: issuer.clone(),
        subject: subject.clone(),
        linked_at: to_microsecond(*linked_at),
        linked_by: linked_by.map(|user| user.0),
    }
}

fn identity_of(row: identity::Model) -> Identity {
    let identity::Model { id, person_id, issuer, subject, linked_at, linked_by } = row;
    let (person, linked_by) = (UserId(person_id), linked_by.map(UserId));
    Identity { id, person, issuer, subject, linked_at, linked_by }
}
