//! Yellow and red cards: some of those that got one contest it, and whoever oversees them decides.

use chrono::NaiveDate;
use engine::EngineError;
use store::Scope;
use workflow::actor::{Actor, Role};
use workflow::card::{Card, CardAction, CardStage, CardStageKind};

use crate::demo::year::city::CITY;
use crate::demo::year::dice::Dice;
use crate::demo::year::play::Play;
use crate::print::Failure;

/// Cards that are contested, of a hundred.
const CONTESTED: u64 = 25;
/// Calendar days until a contest is decided.
const THOUGHT: i64 = 4;

impl Play<'_> {
    /// What is said to the cards that are open today.
    pub(crate) async fn speaks_to_cards(&mut self, today: NaiveDate) -> Result<(), Failure> {
        let open = [CardStageKind::Given, CardStageKind::Contested];
        for card in self.engine.reader().cards(Scope::Everything, &open).await? {
            if let Err(error) = self.speaks_to(&card, today).await {
                self.note(error)?;
            }
        }
        Ok(())
    }

    async fn speaks_to(&self, card: &Card, today: NaiveDate) -> Result<(), EngineError> {
        let mut dice = Dice::of(self.seed, 0, &format!("{} {} {}", card.number, card.step, card.colour));
        let (actor, action) = match &card.stage {
            CardStage::Given if card.given_on == today && dice.percent(CONTESTED) => {
                let text = "逾期系等待其他单位材料，请予核销".to_owned();
                (self.town.spokesman(card.organisation), CardAction::Contest { text })
            }
            CardStage::Contested { contest } if (today - contest.on).num_days() == THOUGHT => {
                let reason = "已核对办理记录".to_owned();
                let action = match dice.percent(60) {
                    true => CardAction::Uphold { reason },
                    false => CardAction::Cancel { reason },
                };
                (self.judge(card), action)
            }
            _ => return Ok(()),
        };
        let Some(actor) = actor else { return Ok(()) };
        self.engine.act_on_card(card.id.0, action, actor, self.now).await.map(|_| ())
    }

    /// The leading group, or the city where the office itself is carded.
    fn judge(&self, card: &Card) -> Option<&Actor> {
        let carded = self.town.codes.get(&card.organisation)?;
        match carded.ends_with("-OFF") {
            true => self.town.auditor(CITY),
            false => self.town.office(carded.get(..6)?, Role::Approver, 0),
        }
    }
}
