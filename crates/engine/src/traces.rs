//! Traces of the program's work, for whoever has a collector of them. A span is one of `tracing` with the target [`SPANS`]; what
//! makes ids of spans, goes on with those of others and sends them is told here once, by the binary. Where nothing is, a
//! span costs a look at a flag. No span holds a person, a title or an address.

use std::sync::OnceLock;

use tracing::{Instrument, Span};

/// The target of spans that belong to traces, so that the log can leave them out.
pub const SPANS: &str = store::SPANS;

/// What the binary knows of traces.
#[derive(Debug, Clone, Copy)]
pub struct Traces {
    /// The id of the trace of a span, in hex.
    pub id: fn(&Span) -> Option<String>,
    /// Lets a span go on with a trace that somebody else has begun (W3C `traceparent`).
    pub join: fn(&Span, &str),
    pub counts: fn() -> SpanCounts,
}

/// Spans so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpanCounts {
    pub sent: u64,
    /// There was no room for them, or the collector did not take them.
    pub dropped: u64,
}

static TRACES: OnceLock<Traces> = OnceLock::new();

impl Traces {
    /// Says how traces are made, once for the process; whoever comes later is not heard.
    pub fn begin(self) {
        let _ = TRACES.set(self);
    }

    /// The id of the trace that a span belongs to.
    #[must_use]
    pub fn id_of(span: &Span) -> Option<String> {
        TRACES.get().and_then(|traces| (traces.id)(span))
    }

    /// Lets a span go on with somebody else's trace.
    pub fn join(span: &Span, parent: &str) {
        if let Some(traces) = TRACES.get() {
            (traces.join)(span, parent);
        }
    }

    /// How many spans were sent; none where nothing is traced.
    #[must_use]
    pub fn counted() -> Option<SpanCounts> {
        TRACES.get().map(|traces| (traces.counts)())
    }
}

/// Work that nobody has asked for: a trace of its own, which the lines of the log name.
pub(crate) async fn as_job<T>(job: &'static str, work: impl Future<Output = T>) -> T {
    let span = tracing::trace_span!(target: SPANS, "job", otel.name = job);
    let line = tracing::error_span!("job", job, trace_id = tracing::field::Empty);
    if let Some(id) = Traces::id_of(&span) {
        line.record("trace_id", id);
    }
    work.instrument(span).instrument(line).await
}
