//! The way of spans to the collector: a queue of fixed length, and a task that sends what has gathered. Whoever ends a span
//! never waits: where there is no room the span is dropped and counted, as are those that the collector does not take.

use std::sync::atomic::Ordering;
use std::time::Duration;

use notifier::Collector;
use opentelemetry::Context;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use prost::Message;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{DROPPED, SENT};

/// Spans that may wait.
const ROOM: usize = 2048;
/// Spans of one message.
const MANY: usize = 512;
/// How long spans gather before they are sent.
const GATHER: Duration = Duration::from_secs(1);
/// How long a stop waits for what is still to be sent.
const LAST: Duration = Duration::from_secs(3);

/// Where spans wait.
#[derive(Debug)]
pub(super) struct Queue(mpsc::Sender<SpanData>);

/// The task that sends them.
#[derive(Debug)]
pub(super) struct Sending {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Queue {
    pub(super) fn to(collector: Collector, about: ResourceAttributesWithSchema) -> (Queue, Sending) {
        let (sender, waiting) = mpsc::channel(ROOM);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(send((collector, about), waiting, stopped));
        (Queue(sender), Sending { stop, task })
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.0.try_send(span).is_err() {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The task sends by itself.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// The task is ended by [`Sending::end`].
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Sending {
    /// Sends what waits and ends, or is broken off.
    pub(super) async fn end(self) {
        self.stop.send_replace(true);
        let task = self.task.abort_handle();
        if tokio::time::timeout(LAST, self.task).await.is_err() {
            task.abort();
            tracing::warn!("the collector did not take the last traces in time");
        }
    }
}

async fn send(
    to: (Collector, ResourceAttributesWithSchema),
    mut waiting: mpsc::Receiver<SpanData>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut is_taken = true;
    loop {
        let is_over = tokio::select! {
            () = tokio::time::sleep(GATHER) => false,
            _ = stopped.wait_for(|stopped| *stopped) => true,
        };
        while let Some(spans) = gathered(&mut waiting) {
            is_taken = send_some(&to, spans, is_taken).await;
        }
        if is_over {
            return;
        }
    }
}

/// What waits, up to a message; none if nothing does.
fn gathered(waiting: &mut mpsc::Receiver<SpanData>) -> Option<Vec<SpanData>> {
    let spans: Vec<SpanData> = std::iter::from_fn(|| waiting.try_recv().ok()).take(MANY).collect();
    (!spans.is_empty()).then_some(spans)
}

/// Sends a message and counts its spans. Tells whether it was taken; a change of that is said once.
async fn send_some(
    (collector, about): &(Collector, ResourceAttributesWithSchema),
    spans: Vec<SpanData>,
    was_taken: bool,
) -> bool {
    let count = spans.len() as u64;
    let resource_spans = group_spans_by_resource_and_scope(spans, about);
    let message = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    let sent = collector.post(message).await;
    let counter = if sent.is_ok() { &SENT } else { &DROPPED };
    counter.fetch_add(count, Ordering::Relaxed);
    say_change(&sent, was_taken);
    sent.is_ok()
}

fn say_change<E: std::fmt::Display>(sent: &Result<(), E>, was_taken: bool) {
    let said = match (sent, was_taken) {
        (Err(error), true) => format!("the collector does not take traces: {error}"),
        (Ok(()), false) => "the collector takes traces again".to_owned(),
        _ => return,
    };
    tracing::warn!("{said}");
}
