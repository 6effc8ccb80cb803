//! Building the whole of it again, and comparing it with the rows it follows from.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Kind;
use super::folding::grams;
use super::index::{Text, number_and_title, of_organisation};
use crate::connect::{Reader, Store};
use crate::error::StoreError;
use crate::organisations::BATCH;
use crate::rows::{organisation, request, search_gram, search_text};

/// Where the search does not find what is there, or finds what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchFault {
    /// The text of a request or an organisation is missing, is not its own, or belongs to nothing.
    Text(Uuid),
    /// A pair of characters is kept more or less often than the texts have it.
    Pair { gram: String, kept: u64, wanted: u64 },
}

/// Rows of a page while everything is gone through.
const PAGE: u64 = 1_000;

/// The places of a pair of characters: how many, and a sum that a single other place changes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Places {
    count: u64,
    sum: u128,
}

impl Places {
    fn add(&mut self, kind: i32, district: Uuid, subject: Uuid) {
        let kind = u128::from(kind.unsigned_abs());
        let place = subject.as_u128().wrapping_mul(3).wrapping_add(district.as_u128().wrapping_mul(5));
        self.count += 1;
        self.sum = self.sum.wrapping_add(place).wrapping_add(kind);
    }
}

/// Pairs that are not kept where they should be, and only there.
fn pair_faults(kept: &BTreeMap<String, Places>, mut wanted: BTreeMap<String, Places>) -> Vec<SearchFault> {
    let mut faults = Vec::new();
    for (gram, kept) in kept {
        let wanted = wanted.remove(gram).unwrap_or_default();
        if *kept != wanted {
            faults.push(SearchFault::Pair { gram: gram.clone(), kept: kept.count, wanted: wanted.count });
        }
    }
    let missing =
        |(gram, wanted): (String, Places)| SearchFault::Pair { gram, kept: 0, wanted: wanted.count };
    faults.extend(wanted.into_iter().map(missing));
    faults
}

impl Store {
    /// Builds the search's tables again; gives the number of texts.
    ///
    /// # Errors
    /// What the database says; all is as it was then.
    pub async fn rebuild_search(&self) -> Result<u64, StoreError> {
        let tx = self.begin().await?;
        search_gram::Entity::delete_many().exec(&tx.on).await?;
        search_text::Entity::delete_many().exec(&tx.on).await?;
        let mut count = 0;
        let mut after = None;
        loop {
            let texts = tx.reader().texts_after(after).await?;
            let Some(last) = texts.last() else { break };
            after = Some((last.kind, last.subject));
            count += texts.len() as u64;
            tx.put_texts(&texts, |text| grams(&text.folded)).await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Builds them once where a database is older than they are; gives the number of texts, none where they are there.
    ///
    /// # Errors
    /// As [`Store::rebuild_search`].
    pub async fn build_search_once(&self) -> Result<Option<u64>, StoreError> {
        if search_text::Entity::find().limit(1).count(&self.reader().on).await? > 0 {
            return Ok(None);
        }
        self.rebuild_search().await.map(Some)
    }
}

impl Reader<'_> {
    /// Where the search's tables are not what they follow from.
    ///
    /// # Errors
    /// What the database says.
    pub async fn search_faults(&self) -> Result<Vec<SearchFault>, StoreError> {
        let mut faults = Vec::new();
        let mut wanted: BTreeMap<String, Places> = BTreeMap::new();
        let (mut after, mut texts_wanted) = (None, 0);
        loop {
            let texts = self.texts_after(after).await?;
            let Some(last) = texts.last() else { break };
            after = Some((last.kind, last.subject));
            texts_wanted += texts.len() as u64;
            faults.extend(self.unlike(&texts).await?);
            for text in &texts {
                for gram in grams(&text.folded) {
                    wanted.entry(gram).or_default().add(text.kind.number(), text.district, text.subject);
                }
            }
        }
        faults.extend(pair_faults(&self.places().await?, wanted));
        if search_text::Entity::find().count(&self.on).await? > texts_wanted && faults.is_empty() {
            faults.push(SearchFault::Text(Uuid::nil()));
        }
        Ok(faults)
    }

    /// Where each pair of characters is kept.
    async fn places(&self) -> Result<BTreeMap<String, Places>, StoreError> {
        let mut kept: BTreeMap<String, Places> = BTreeMap::new();
        for row in search_gram::Entity::find().all(&self.on).await? {
            let search_gram::Model { kind, gram, district_id, subject_id } = row;
            kept.entry(gram).or_default().add(kind, district_id, subject_id);
        }
        Ok(kept)
    }

    /// Those of the texts that are not kept as they are.
    async fn unlike(&self, texts: &[Text]) -> Result<Vec<SearchFault>, StoreError> {
        let mut kept: BTreeMap<Uuid, search_text::Model> = BTreeMap::new();
        for part in texts.chunks(BATCH) {
            let ids = part.iter().map(|text| text.subject);
            let found = search_text::Entity::find().filter(search_text::Column::SubjectId.is_in(ids));
            kept.extend(found.all(&self.on).await?.into_iter().map(|row| (row.subject_id, row)));
        }
        let is_kept = |text: &Text| {
            kept.get(&text.subject).is_some_and(|row| {
                let search_text::Model { subject_id: _, district_id, kind, folded } = row;
                (*district_id, *kind, folded) == (text.district, text.kind.number(), &text.folded)
            })
        };
        Ok(texts.iter().filter(|text| !is_kept(text)).map(|text| SearchFault::Text(text.subject)).collect())
    }

    /// A page of the texts as they should be: requests first, then organisations, each by id.
    async fn texts_after(&self, after: Option<(Kind, Uuid)>) -> Result<Vec<Text>, StoreError> {
        let begun = match after {
            Some((Kind::Organisation, last)) => return self.organisation_texts(Some(last)).await,
            Some((Kind::Request, last)) => Some(last),
            None => None,
        };
        let mut query = request::Entity::find();
        if let Some(last) = begun {
            query = query.filter(request::Column::Id.gt(last));
        }
        let rows: Vec<(Uuid, Uuid, Option<String>, String)> = query
            .select_only()
            .columns([
                request::Column::Id,
                request::Column::DistrictId,
                request::Column::Number,
                request::Column::Title,
            ])
            .order_by_asc(request::Column::Id)
            .limit(PAGE)
            .into_tuple()
            .all(&self.on)
            .await?;
        if rows.is_empty() {
            return self.organisation_texts(None).await;
        }
        let text = |(id, district, number, title): (Uuid, Uuid, Option<String>, String)| {
            Text::of((Kind::Request, district, id), &number_and_title(number.as_deref(), &title))
        };
        Ok(rows.into_iter().map(text).collect())
    }

    async fn organisation_texts(&self, after: Option<Uuid>) -> Result<Vec<Text>, StoreError> {
        let mut query = organisation::Entity::find();
        if let Some(last) = after {
            query = query.filter(organisation::Column::Id.gt(last));
        }
        let rows = query.order_by_asc(organisation::Column::Id).limit(PAGE).all(&self.on).await?;
        let text = |row: &organisation::Model| {
            Text::of((Kind::Organisation, row.district_id, row.id), &of_organisation(row))
        };
        Ok(rows.iter().map(text).collect())
    }
}
