//! What a command needs of the machine: many threads to serve many people, one for everything that is done in a row.

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::settings::Task;

/// The runtime of a command. A server has many people to answer; every other command does one thing after another.
pub(crate) fn runtime_for(task: &Task) -> io::Result<Runtime> {
    match task {
        Task::Serve(_) => Builder::new_multi_thread().enable_all().build(),
        Task::Demo(options) if options.year => {
            stay_on_one();
            // Nothing of the year goes over a network, so no socket is waited for either.
            Builder::new_current_thread().enable_time().build()
        }
        Task::Demo(_) => Builder::new_multi_thread().enable_all().build(),
        _ => Builder::new_current_thread().enable_all().build(),
    }
}

/// Keeps the process on the processor it runs on. The year and SQLite's thread hand over to each other a million times and never
/// work side by side; waking a second processor for each hand-over costs more than the work itself (measured: 162 s
/// against 91 s). Where the system does not let us, it only takes longer.
fn stay_on_one() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};
        let mut here = CpuSet::new();
        here.set(sched_getcpu());
        if let Err(error) = sched_setaffinity(None, &here) {
            tracing::debug!(%error, "the year runs on all processors");
        }
    }
}
