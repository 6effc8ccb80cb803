//! Keeping the texts and their pairs with each change, in its transaction. Only what is different is written.

use std::collections::BTreeSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::Kind;
use super::folding::{fold, grams};
use crate::connect::Tx;
use crate::error::StoreError;
use crate::organisations::BATCH;
use crate::rows::{organisation, search_gram, search_text};

/// A text with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) kind: Kind,
    pub(super) district: Uuid,
    pub(super) subject: Uuid,
    /// Folded.
    pub(super) folded: String,
}

/// The text of a request; fields stand on lines of their own, so that no word reaches over two.
pub(crate) fn number_and_title(number: Option<&str>, title: &str) -> String {
    format!("{}\n{title}", number.unwrap_or_default())
}

/// The text of an organisation.
pub(crate) fn of_organisation(row: &organisation::Model) -> String {
    format!("{}\n{}\n{}", row.code, row.name, row.name_en)
}

impl Text {
    pub(super) fn of((kind, district, subject): (Kind, Uuid, Uuid), text: &str) -> Text {
        Text { kind, district, subject, folded: fold(text) }
    }

    fn row(&self) -> search_text::ActiveModel {
        let Text { kind, district, subject, folded } = self;
        let row = search_text::Model {
            subject_id: *subject,
            district_id: *district,
            kind: kind.number(),
            folded: folded.clone(),
        };
        row.into_active_model()
    }

    fn gram(&self, gram: String) -> search_gram::ActiveModel {
        let (kind, district_id, subject_id) = (self.kind.number(), self.district, self.subject);
        search_gram::Model { kind, gram, district_id, subject_id }.into_active_model()
    }
}

impl Tx {
    /// Keeps the text of a request after a change; `before` is what was kept of it, nothing for a new one.
    pub(crate) async fn index_request(
        &self,
        (district, id): (Uuid, Uuid),
        (before, after): (&str, &str),
    ) -> Result<(), StoreError> {
        let of = (Kind::Request, district, id);
        let (old, new) = (Text::of(of, before), Text::of(of, after));
        if old == new && !before.is_empty() {
            return Ok(());
        }
        let (had, has) = (grams(&old.folded), grams(&new.folded));
        let gone: Vec<String> = had.difference(&has).cloned().collect();
        self.forget_grams(&new, &gone).await?;
        self.put_texts(std::slice::from_ref(&new), |_| has.difference(&had).cloned().collect()).await
    }

    /// Keeps the texts of organisations that were written; what was kept of them is looked up.
    pub(crate) async fn index_organisations(&self, rows: &[organisation::Model]) -> Result<(), StoreError> {
        let texts: Vec<Text> = rows
            .iter()
            .map(|row| Text::of((Kind::Organisation, row.district_id, row.id), &of_organisation(row)))
            .collect();
        let known = search_text::Entity::find()
            .filter(search_text::Column::SubjectId.is_in(texts.iter().map(|text| text.subject)))
            .all(&self.on)
            .await?;
        let old = |text: &Text| known.iter().find(|row| row.subject_id == text.subject);
        let changed = |text: &Text| old(text).is_none_or(|row| row.folded != text.folded);
        let texts: Vec<Text> = texts.iter().filter(|text| changed(text)).cloned().collect();
        let had = |text: &Text| old(text).map(|row| grams(&row.folded)).unwrap_or_default();
        for text in &texts {
            let gone: Vec<String> = had(text).difference(&grams(&text.folded)).cloned().collect();
            self.forget_grams(text, &gone).await?;
        }
        self.put_texts(&texts, |text| grams(&text.folded).difference(&had(text)).cloned().collect()).await
    }

    /// Writes texts, and of each the pairs that are new.
    pub(super) async fn put_texts(
        &self,
        texts: &[Text],
        new: impl Fn(&Text) -> BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let anew = OnConflict::column(search_text::Column::SubjectId)
            .update_columns([search_text::Column::DistrictId, search_text::Column::Folded])
            .to_owned();
        for part in texts.chunks(BATCH) {
            let insert = search_text::Entity::insert_many(part.iter().map(Text::row));
            insert.on_conflict(anew.clone()).exec_without_returning(&self.on).await?;
        }
        let pairs = texts.iter().flat_map(|text| new(text).into_iter().map(|gram| text.gram(gram)));
        let pairs: Vec<search_gram::ActiveModel> = pairs.collect();
        for part in pairs.chunks(BATCH) {
            let insert = search_gram::Entity::insert_many(part.iter().cloned());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    async fn forget_grams(&self, text: &Text, gone: &[String]) -> Result<(), StoreError> {
        use search_gram::Column as C;
        for part in gone.chunks(BATCH) {
            search_gram::Entity::delete_many()
                .filter(C::Kind.eq(text.kind.number()))
                .filter(C::Gram.is_in(part.iter().map(String::as_str)))
                .filter(C::DistrictId.eq(text.district))
                .filter(C::SubjectId.eq(text.subject))
                .exec(&self.on)
                .await?;
        }
        Ok(())
    }
}
