//! How far long work has come. It travels beside the work, not through its arguments, so that the work says what it does
//! whether anybody follows it or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps that are done, and all of them, as far as they are known.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

tokio::task_local! {
    /// Where the work of this task says how far it has come.
    static PROGRESS: Arc<Progress>;
}

impl Progress {
    /// Does work that somebody follows.
    pub async fn of<T>(self: &Arc<Progress>, work: impl Future<Output = T>) -> T {
        PROGRESS.scope(Arc::clone(self), work).await
    }

    /// Steps that are done, and all of them.
    #[must_use]
    pub fn steps(&self) -> (u64, u64) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed).min(total), total)
    }
}

/// Says that so many more steps will come.
pub fn expect_steps(count: usize) {
    add(count, |progress| &progress.total);
}

/// Says that so many steps have been done, and lets others do something, too.
pub async fn done_steps(count: usize) {
    add(count, |progress| &progress.done);
    tokio::task::yield_now().await;
}

fn add(count: usize, which: fn(&Progress) -> &AtomicU64) {
    // Nobody may follow; then nobody is told.
    let _ = PROGRESS.try_with(|progress| which(progress).fetch_add(count as u64, Ordering::Relaxed));
}
