//! Where findings go: the call's tag holds a sink; `finding` and `pass` push into it and return nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, NativeCallContext};

/// A finding as the script raised it, not yet checked against the head.
#[derive(Debug, Clone)]
pub(crate) struct Raised {
    pub(crate) code: ImmutableString,
    pub(crate) facts: Map,
    /// Values that only the wording needs.
    pub(crate) wording: Map,
}

/// What one run of a rule has said.
#[derive(Debug, Clone)]
pub(crate) enum Spoken {
    Finding(Raised),
    Pass(ImmutableString, Dynamic),
}

/// What a rule says while it runs.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) spoken: Vec<Spoken>,
}

/// A sink that the tag of a call can carry.
#[derive(Debug, Clone, Default)]
pub(crate) struct SinkHandle(Arc<Mutex<Sink>>);

/// A rule speaks once or a few times; more is an error of the script.
const MOST_SPOKEN: usize = 32;

impl SinkHandle {
    /// Takes what was said and leaves the sink empty.
    pub(crate) fn take(&self) -> Sink {
        std::mem::take(&mut *self.lock())
    }

    fn push(&self, spoken: Spoken) -> Result<(), Box<EvalAltResult>> {
        let mut sink = self.lock();
        if sink.spoken.len() == MOST_SPOKEN {
            return Err("the rule says more than a rule may".into());
        }
        sink.spoken.push(spoken);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("finding", |context: NativeCallContext, code: ImmutableString, facts: Map| {
        let raised = Raised { code, facts, wording: Map::new() };
        of(&context)?.push(Spoken::Finding(raised))
    });
    engine.register_fn(
        "finding",
        |context: NativeCallContext, code: ImmutableString, facts: Map, wording: Map| {
            of(&context)?.push(Spoken::Finding(Raised { code, facts, wording }))
        },
    );
    engine.register_fn("pass", |context: NativeCallContext, name: ImmutableString, value: Dynamic| {
        of(&context)?.push(Spoken::Pass(name, value))
    });
}

fn of(context: &NativeCallContext<'_>) -> Result<SinkHandle, Box<EvalAltResult>> {
    let tag = context.tag().and_then(|tag| tag.read_lock::<SinkHandle>().map(|sink| sink.clone()));
    tag.ok_or_else(|| "a finding can only be given while a rule is judged".into())
}
