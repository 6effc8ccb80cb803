//! Web-hooks (网络回调): subscriptions of organisations to events of requests, each with the sight of whoever made it. What
//! is to be called lies in the outbox; a secret follows from the key of the histories and lies nowhere.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::id::{OrganisationId, UserId, WebhookId};
use workflow::request::Request;
use workflow::words;

use crate::connect::{Reader, Store, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::rows::{organisation, outbox, request, webhook};
use crate::scope::Scope;

words! {
    /// Where a web-hook stands.
    WebhookState {
        Active = "active", "启用", "active";
        /// Hears nothing new; what waited is held.
        Paused = "paused", "暂停", "paused";
        Ended = "ended", "已终止", "ended";
    }
}

words! {
    /// How far a web-hook sees: as far as its organisation's people.
    Sight {
        Everything = "everything", "全市", "the whole city";
        District = "district", "本区", "the district";
        Department = "department", "本单位", "the own organisation";
        Community = "community", "本社区", "the own community";
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub district: OrganisationId,
    pub organisation: OrganisationId,
    pub sight: Sight,
    pub name: String,
    pub url: String,
    /// The actions it hears of.
    pub kinds: Vec<ActionKind>,
    pub state: WebhookState,
    /// Counts the secrets; the newest is in force.
    pub generation: i32,
    /// Until when the secret before it signs, too.
    pub former_until: Option<DateTime<Utc>>,
    /// Who made it, or was the last to let it go on, and answers for it; none where nobody has.
    pub made_by: Option<UserId>,
    pub made_at: DateTime<Utc>,
}

impl Webhook {
    /// Before the id, as the recipient of a call in the outbox; no address of a letter has a colon there.
    pub(crate) const PREFIX: &str = "webhook:";

    /// What it may hear of.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.sight {
            Sight::Everything => Scope::Everything,
            Sight::District => Scope::District(self.district),
            Sight::Department => Scope::Department(self.organisation),
            Sight::Community => Scope::Community(self.organisation),
        }
    }

    /// The recipient of its calls in the outbox.
    #[must_use]
    pub fn recipient(id: WebhookId) -> String {
        format!("{}{id}", Webhook::PREFIX)
    }

    /// The web-hook that a recipient in the outbox is.
    #[must_use]
    pub fn of_recipient(recipient: &str) -> Option<WebhookId> {
        recipient.strip_prefix(Webhook::PREFIX)?.parse().ok().map(WebhookId)
    }
}

impl Sight {
    /// The sight of a scope.
    #[must_use]
    pub fn of(scope: Scope) -> Sight {
        match scope {
            Scope::Everything => Sight::Everything,
            Scope::District(_) => Sight::District,
            Scope::Department(_) => Sight::Department,
            Scope::Community(_) => Sight::Community,
        }
    }
}

impl Store {
    /// The secrets that sign for a web-hook at a moment, the newest first.
    #[must_use]
    pub fn webhook_secrets(&self, webhook: &Webhook, now: DateTime<Utc>) -> Vec<[u8; 32]> {
        let of = |generation: i32| {
            let (id, generation) = (webhook.id.to_string(), generation.to_string());
            self.audit_key().bytes(&["webhook secret", &id, &generation])
        };
        let former = webhook.former_until.filter(|until| now < *until).map(|_| of(webhook.generation - 1));
        std::iter::once(of(webhook.generation)).chain(former).collect()
    }
}

impl Tx {
    /// Keeps a new web-hook.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let row = row_of(webhook);
        self.tell([&row]);
        webhook::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Changes a web-hook that is as it was before.
    ///
    /// # Errors
    /// `Conflict` if somebody else was faster.
    pub async fn change_webhook(&self, before: &Webhook, after: &Webhook) -> Result<(), StoreError> {
        let row = row_of(after);
        let changed = webhook::Entity::update_many()
            .col_expr(webhook::Column::State, Expr::value(row.state.clone()))
            .col_expr(webhook::Column::Generation, Expr::value(row.generation))
            .col_expr(webhook::Column::FormerUntil, Expr::value(row.former_until))
            .col_expr(webhook::Column::MadeBy, Expr::value(row.made_by))
            .filter(webhook::Column::Id.eq(row.id))
            .filter(webhook::Column::State.eq(before.state.word()))
            .filter(webhook::Column::Generation.eq(before.generation))
            .exec(&self.on)
            .await?;
        if changed.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.tell([&row]);
        Ok(())
    }

    /// The web-hooks of some calls as they stand; none of them is turned before this transaction has ended.
    pub(crate) async fn webhooks_of_calls(&self, calls: &[Uuid]) -> Result<Vec<Webhook>, StoreError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let recipients: Vec<String> = outbox::Entity::find()
            .filter(outbox::Column::Id.is_in(calls.iter().copied()))
            .select_only()
            .column(outbox::Column::Recipient)
            .distinct()
            .into_tuple()
            .all(&self.on)
            .await?;
        let ids = recipients.iter().filter_map(|recipient| Webhook::of_recipient(recipient));
        let rows = webhook::Entity::find()
            .filter(webhook::Column::Id.is_in(ids.map(|id| id.0)))
            .order_by_asc(webhook::Column::Id)
            .lock_shared()
            .all(&self.on)
            .await?;
        rows.into_iter().map(webhook_of).collect()
    }
}

/// Terms of one compound query; SQLite takes 500.
const TERMS: usize = 100;

impl Reader<'_> {
    /// A web-hook.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn webhook(&self, id: WebhookId) -> Result<Webhook, StoreError> {
        let found = self.webhooks_among(&[id]).await?.pop();
        found.ok_or(StoreError::NotFound("webhook"))
    }

    /// Those of some web-hooks that are there, ended ones too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks_among(&self, ids: &[WebhookId]) -> Result<Vec<Webhook>, StoreError> {
        let among = webhook::Column::Id.is_in(ids.iter().map(|id| id.0));
        let rows = webhook::Entity::find().filter(among).all(&self.on).await?;
        rows.into_iter().map(webhook_of).collect()
    }

    /// The web-hooks of an organisation that have not ended, or of all; the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks(&self, organisation: Option<OrganisationId>) -> Result<Vec<Webhook>, StoreError> {
        let mut found = webhook::Entity::find().filter(webhook::Column::State.ne(WebhookState::Ended.word()));
        if let Some(organisation) = organisation {
            found = found.filter(webhook::Column::OrganisationId.eq(organisation.0));
        }
        let rows = found.order_by_asc(webhook::Column::Id).all(&self.on).await?;
        rows.into_iter().map(webhook_of).collect()
    }

    /// The web-hooks for which a person answers and that have not ended; the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks_made_by(&self, maker: UserId) -> Result<Vec<Webhook>, StoreError> {
        let found = webhook::Entity::find()
            .filter(webhook::Column::MadeBy.eq(maker.0))
            .filter(webhook::Column::State.ne(WebhookState::Ended.word()))
            .order_by_asc(webhook::Column::Id);
        found.all(&self.on).await?.into_iter().map(webhook_of).collect()
    }

    /// The active web-hooks that hear of an action on a request, as the request is now: those within whose scope it is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks_that_hear(
        &self,
        request: &Request,
        action: ActionKind,
    ) -> Result<Vec<Webhook>, StoreError> {
        let near = Condition::any()
            .add(webhook::Column::DistrictId.eq(request.district.0))
            .add(webhook::Column::Sight.eq(Sight::Everything.word()));
        let rows = webhook::Entity::find()
            .filter(near)
            .filter(webhook::Column::State.eq(WebhookState::Active.word()))
            .filter(webhook::Column::OrganisationId.not_in_subquery(closed()))
            .order_by_asc(webhook::Column::Id)
            .all(&self.on)
            .await?;
        let webhooks = rows.into_iter().map(webhook_of).collect::<Result<Vec<_>, _>>()?;
        let mut webhooks: Vec<Webhook> =
            webhooks.into_iter().filter(|webhook| webhook.kinds.contains(&action)).collect();
        let scopes: Vec<Scope> = webhooks.iter().map(Webhook::scope).collect();
        let seen = self.within(request, &scopes).await?;
        let mut seen = seen.into_iter();
        webhooks.retain(|_| seen.next().unwrap_or_default());
        Ok(webhooks)
    }

    /// For each scope, whether a request is within it: asked for many in one query, by the condition that every reader has.
    async fn within(&self, request: &Request, scopes: &[Scope]) -> Result<Vec<bool>, StoreError> {
        let one = |(place, scope): (usize, &Scope)| {
            Query::select()
                .expr_as(Expr::cust(place.to_string()), "place")
                .from(request::Entity)
                .and_where(request::Column::Id.eq(request.id.0))
                .cond_where(scope.condition())
                .to_owned()
        };
        let mut queries = Vec::with_capacity(scopes.len().div_ceil(TERMS));
        let places: Vec<(usize, &Scope)> = scopes.iter().enumerate().collect();
        for part in places.chunks(TERMS) {
            let mut each = part.iter().copied().map(one);
            let Some(mut all) = each.next() else { continue };
            for other in each {
                all.union(UnionType::All, other);
            }
            queries.push(all);
        }
        let mut within = vec![false; scopes.len()];
        for query in &queries {
            for row in self.on.query_all(query).await? {
                let place: i32 = row.try_get("", "place")?;
                if let Some(one) = usize::try_from(place).ok().and_then(|place| within.get_mut(place)) {
                    *one = true;
                }
            }
        }
        Ok(within)
    }
}

fn closed() -> SelectStatement {
    Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .and_where(organisation::Column::ClosedOn.is_not_null())
        .to_owned()
}

fn row_of(webhook: &Webhook) -> webhook::Model {
    let Webhook {
        id,
        district,
        organisation,
        sight,
        name,
        url,
        kinds,
        state,
        generation,
        former_until,
        made_by,
        made_at,
    } = webhook;
    webhook::Model {
        id: id.0,
        district_id: district.0,
        organisation_id: organisation.0,
        sight: sight.word().to_owned(),
        name: name.clone(),
        url: url.clone(),
        kinds: kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" "),
        state: state.word().to_owned(),
        generation: *generation,
        former_until: former_until.map(to_microsecond),
        made_by: made_by.map(|user| user.0),
        made_at: to_microsecond(*made_at),
    }
}

fn webhook_of(row: webhook::Model) -> Result<Webhook, StoreError> {
    let webhook::Model {
        id,
        district_id,
        organisation_id,
        sight,
        name,
        url,
        kinds,
        state,
        generation,
        former_until,
        made_by,
        made_at,
    } = row;
    let odd = |word: &str| unreadable("webhooks", id, format!("`{word}`"));
    Ok(Webhook {
        id: WebhookId(id),
        district: OrganisationId(district_id),
        organisation: OrganisationId(organisation_id),
        sight: Sight::from_word(&sight).ok_or_else(|| odd(&sight))?,
        name,
        url,
        kinds: kinds
            .split_whitespace()
            .map(|word| ActionKind::from_word(word).ok_or_else(|| odd(word)))
            .collect::<Result<_, _>>()?,
        state: WebhookState::from_word(&state).ok_or_else(|| odd(&state))?,
        generation,
        former_until,
        made_by: made_by.map(UserId),
        made_at,
    })
}
