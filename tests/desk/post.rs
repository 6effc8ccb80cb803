//! How the people of a story get their letters: each at once and at any hour, unless the story is about that.

use store::{AuditKey, EventLine, Store};
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};

use super::Desk;

impl Desk {
    /// Everyone gets each letter at once, so that a story sees what it has caused.
    pub(super) async fn hears_at_once(&self) {
        self.all_prefer(Preference { letters: LetterMode::AtOnce, quiet: QuietHours::Off }).await;
    }

    /// Everyone gets letters as the program sends them by itself.
    pub(crate) async fn hears_by_default(&self) {
        self.all_prefer(Preference::default()).await;
    }

    async fn all_prefer(&self, preference: Preference) {
        let store = Store::open(&self.url, AuditKey::new([7; 32])).await.expect("the store opens");
        let tx = store.begin().await.expect("a transaction");
        for worker in tx.reader().everyone().await.expect("people") {
            tx.prefer(worker.person.user, worker.language, preference).await.expect("a preference");
        }
        let line = EventLine {
            at: self.now(),
            role: "system".into(),
            action: "prefer".into(),
            detail: "{}".into(),
            ..EventLine::default()
        };
        let city = tx.reader().organisation("420200").await.expect("the city").id;
        tx.record(city, line).await.expect("an event");
        tx.commit().await.expect("kept");
        store.close().await.expect("closed");
    }

    /// Sends what waits.
    pub(crate) async fn posts(&self) {
        let delivered = self.engine.deliver_all(self.now()).await.expect("a delivery");
        assert_eq!((delivered.again, delivered.dead), (0, 0), "every letter leaves");
    }

    /// One person chooses.
    pub(crate) async fn prefers(&self, name: &str, letters: LetterMode, quiet: QuietHours) {
        let preference = Preference { letters, quiet };
        let email = format!("{name}@example.org");
        self.engine.prefer(&email, Language::Chinese, preference, self.now()).await.expect("a preference");
    }
}
