//! Search in Chinese or any other writing: titles, numbers, names of departments and communities, by words that stand
//! anywhere in them. Each text is kept folded with its overlapping pairs of characters, which need no dictionary, and both
//! databases answer alike. The reader's scope stands in the same query.

mod folding;
mod index;
mod upkeep;

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, LikeExpr, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use workflow::id::{OrganisationId, RequestId};
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::requests::{RequestLine, line_of};
use crate::rows::{request, request_target, search_gram, search_text};
use crate::scope::Scope;

use folding::{LAST, fold, grams};
pub(crate) use index::number_and_title;
pub use upkeep::SearchFault;

/// What a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Organisation,
}

impl Kind {
    pub(crate) const fn number(self) -> i32 {
        match self {
            Kind::Request => 0,
            Kind::Organisation => 1,
        }
    }
}

/// Words of one search that count; what comes after them is left out.
const MOST_WORDS: usize = 5;
/// Characters of a search that count.
const MOST_CHARACTERS: usize = 100;
/// Requests that are looked at one by one before the pairs are asked.
const NEWEST: u64 = 500;
/// The request that is looked at.
const ID: (request::Entity, request::Column) = (request::Entity, request::Column::Id);

impl Reader<'_> {
    /// Requests of a scope that have all the words, newest first; optionally only those in some stages, and those that
    /// follow a line that was seen. Without any word it is the plain list.
    ///
    /// # Errors
    /// What the database says.
    pub async fn found_lines(
        &self,
        scope: Scope,
        (words, stages): (&str, &[StageKind]),
        (after, limit): (Option<RequestId>, u64),
    ) -> Result<Vec<RequestLine>, StoreError> {
        let mut within = scope.condition();
        if !stages.is_empty() {
            within = within.add(request::Column::Stage.is_in(stages.iter().map(|stage| stage.word())));
        }
        let within = within.add_option(after.map(|after| request::Column::Id.lt(after.0)));
        let words = words_of(words);
        if !words.is_empty() {
            let found = self.newest_lines(among_newest(&within, &words), limit).await?;
            if found.len() as u64 == limit {
                return Ok(found);
            }
        }
        self.newest_lines(within.add(all_of(&words, scope.district())), limit).await
    }

    /// The newest requests of which a condition is true.
    async fn newest_lines(&self, wanted: Condition, limit: u64) -> Result<Vec<RequestLine>, StoreError> {
        let found = request::Entity::find().filter(wanted);
        let rows = found.order_by(request::Column::Id, Order::Desc).limit(limit).all(&self.on).await?;
        rows.into_iter().map(line_of).collect()
    }

    /// The ids of all requests of a scope in some stages that have all the words.
    ///
    /// # Errors
    /// What the database says.
    pub async fn found_ids(
        &self,
        scope: Scope,
        (words, stages): (&str, &[StageKind]),
    ) -> Result<Vec<RequestId>, StoreError> {
        let stages = request::Column::Stage.is_in(stages.iter().map(|stage| stage.word()));
        let wanted = scope.condition().add(stages).add(says(words, scope.district()));
        let found = request::Entity::find().filter(wanted).select_only().column(request::Column::Id);
        let ids: Vec<uuid::Uuid> = found.into_tuple().all(&self.on).await?;
        Ok(ids.into_iter().map(RequestId).collect())
    }
}

/// The condition that a request has all the words of a search: in its title or number, or in the name or code of its
/// department or of a community that it asks for. `district` only makes it quicker; it must not be narrower than the scope.
pub(crate) fn says(words: &str, district: Option<OrganisationId>) -> Condition {
    all_of(&words_of(words), district)
}

/// The words of a search, folded.
fn words_of(words: &str) -> Vec<String> {
    let folded = fold(&words.chars().take(MOST_CHARACTERS).collect::<String>());
    folded.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect()
}

fn all_of(words: &[String], district: Option<OrganisationId>) -> Condition {
    let has = |word: &String| request::Column::Id.in_subquery(having(word, district));
    words.iter().map(has).fold(Condition::all(), Condition::add)
}

/// The same for the newest requests alone, each looked at by itself: a frequent word is found there at once, while its pairs
/// would name all that ever had it.
fn among_newest(within: &Condition, words: &[String]) -> Condition {
    let newest = Query::select()
        .column(request::Column::Id)
        .from(request::Entity)
        .cond_where(within.clone())
        .order_by(request::Column::Id, Order::Desc)
        .limit(NEWEST)
        .to_owned();
    let asks_for = |word: &str| {
        Query::select()
            .expr(Expr::val(1))
            .from(request_target::Entity)
            .and_where(Expr::col(request_target::Column::RequestId.as_column_ref()).equals(ID))
            .and_where(request_target::Column::CommunityId.in_subquery(named(word)))
            .to_owned()
    };
    let has = |word: &String| {
        Condition::any()
            .add(Expr::exists(whole(word, ID)))
            .add(request::Column::DepartmentId.in_subquery(named(word)))
            .add(Expr::exists(asks_for(word)))
    };
    words.iter().map(has).fold(Condition::all().add(request::Column::Id.in_subquery(newest)), Condition::add)
}

/// The ids of the requests that have a word.
fn having(word: &str, district: Option<OrganisationId>) -> SelectStatement {
    let of_department = Query::select()
        .column(request::Column::Id)
        .from(request::Entity)
        .and_where(request::Column::DepartmentId.in_subquery(named(word)))
        .to_owned();
    let asked_for = Query::select()
        .column(request_target::Column::RequestId)
        .from(request_target::Entity)
        .and_where(request_target::Column::CommunityId.in_subquery(named(word)))
        .to_owned();
    let mut all = texts_with(Kind::Request, word, district);
    all.union(UnionType::All, of_department).union(UnionType::All, asked_for);
    all
}

/// Departments and communities whose name or code has a word.
fn named(word: &str) -> SelectStatement {
    texts_with(Kind::Organisation, word, None)
}

/// The subjects of a kind whose text has a word: all that have its first pair, and then the whole of it. A single
/// character is the beginning of a pair, or stands last.
fn texts_with(kind: Kind, word: &str, district: Option<OrganisationId>) -> SelectStatement {
    use search_gram::Column as C;
    let mut query = Query::select();
    query.column(C::SubjectId.as_column_ref()).from(search_gram::Entity);
    query.and_where(C::Kind.eq(kind.number()));
    let pairs = grams(word);
    let mut pairs = pairs.iter().filter(|gram| gram.chars().count() > 1);
    match pairs.next() {
        None => query.and_where(C::Gram.gte(word)).and_where(C::Gram.lte(format!("{word}{LAST}"))),
        Some(first) => query.and_where(C::Gram.eq(first.as_str())),
    };
    if let Some(district) = district {
        query.and_where(C::DistrictId.eq(district.0));
    }
    if pairs.next().is_some() {
        query.and_where(Expr::exists(whole(word, (search_gram::Entity, C::SubjectId))));
    }
    query
}

/// A text in a pattern whose escape is `!`, where every letter stands for itself.
pub(crate) fn plain(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The text of a subject has the whole word.
fn whole(word: &str, subject: impl IntoColumnRef) -> SelectStatement {
    use search_text::Column as T;
    let plain = plain(word);
    Query::select()
        .expr(Expr::val(1))
        .from(search_text::Entity)
        .and_where(Expr::col(T::SubjectId.as_column_ref()).equals(subject))
        .and_where(Expr::col(T::Folded.as_column_ref()).like(LikeExpr::new(format!("%{plain}%")).escape('!')))
        .to_owned()
}
