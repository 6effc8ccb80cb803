//! Traces by OpenTelemetry, where a collector is set up: spans of our own target become spans of traces, wait in a queue of
//! fixed length and leave by OTLP. No request ever waits for the collector; what finds no room or is not taken is counted.
//! All of OpenTelemetry's packages stay in here.

mod queue;

use std::sync::atomic::{AtomicU64, Ordering};

use engine::{SPANS, SpanCounts};
use notifier::Collector;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::print::Failure;
use crate::settings::TraceOptions;
use queue::{Queue, Sending};

/// Traces that are made and sent.
#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
    sending: Sending,
}

static SENT: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A share of 0 to 1.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "0 … 1".to_owned())
}

/// The collector of the settings, if there is one.
pub(crate) fn collector(options: &TraceOptions) -> Result<Option<Collector>, Failure> {
    let made = options.otlp_endpoint.as_ref().map(|url| Collector::new(url, &options.otlp_headers));
    made.transpose().map_err(|error| Failure::Input(error.to_string()))
}

impl Traces {
    /// Begins to send, if there is a collector; it need not be there yet.
    pub(crate) fn begin(options: &TraceOptions) -> Result<Option<Traces>, Failure> {
        let Some(collector) = collector(options)? else { return Ok(None) };
        let resource = Resource::builder_empty()
            .with_service_name(options.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let (queue, sending) = Queue::to(collector, (&resource).into());
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(options.trace_share)));
        let provider = SdkTracerProvider::builder().with_sampler(sampler).with_resource(resource);
        let provider = provider.with_span_processor(queue).build();
        engine::Traces { id, join, counts }.begin();
        Ok(Some(Traces { provider, sending }))
    }

    /// What makes spans of traces of the spans of our target.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("zhunru"));
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        let layer = layer.with_level(false).with_target(false);
        layer.with_filter(Targets::new().with_target(SPANS, Level::TRACE))
    }

    /// Sends what waits, for a short while at most.
    pub(crate) async fn end(self) {
        self.sending.end().await;
    }
}

fn counts() -> SpanCounts {
    SpanCounts { sent: SENT.load(Ordering::Relaxed), dropped: DROPPED.load(Ordering::Relaxed) }
}

/// The id of the trace that a span belongs to, in hex.
fn id(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Lets a span go on with the trace of a `traceparent`.
fn join(span: &Span, parent: &str) {
    let Some(parent) = parsed(parent) else { return };
    if let Err(error) = span.set_parent(Context::new().with_remote_span_context(parent)) {
        tracing::debug!(%error, "a trace of a proxy is not gone on with");
    }
}

/// A `traceparent` (W3C, version 00 and what later versions add behind it).
fn parsed(written: &str) -> Option<SpanContext> {
    let mut parts = written.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_plain = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let lengths = [(version, 2), (trace, 32), (span, 16), (flags, 2)];
    let is_whole = lengths.into_iter().all(|(text, length)| is_plain(text, length));
    if !is_whole || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()? & TraceFlags::SAMPLED.to_u8());
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::{parsed, share};

    #[test]
    fn only_a_well_formed_traceparent_is_gone_on_with() {
        let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(parsed(whole).is_some_and(|parent| parent.is_sampled() && parent.is_remote()));
        assert!(parsed(&whole.replace("-01", "-00")).is_some_and(|parent| !parent.is_sampled()));
        for broken in [
            "",
            "00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert!(parsed(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn a_share_is_none_or_all_or_between() {
        assert_eq!((share("0"), share("0.25"), share("1")), (Ok(0.0), Ok(0.25), Ok(1.0)));
        assert!(["-0.1", "1.1", "NaN", "half", ""].iter().all(|text| share(text).is_err()));
    }
}
