//! Logs: to standard error, so that standard output stays what a command prints; for people or as JSON. Beside them, where
//! it is set up, the traces; spans of traces stand in no line of the log, only their trace's id does.

use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::settings::{Common, LogFormat};
use crate::traces::Traces;

/// Whether a filter can be read; a fault of it is one of the settings.
pub(crate) fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Starts logging as the settings say.
pub(crate) fn start(common: &Common, traces: Option<&Traces>) {
    // The last word on a target counts.
    let filter = EnvFilter::new(format!("{},{}=off", common.log, engine::SPANS));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match common.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
    };
    let lines = lines.with_filter(filter);
    match traces {
        None => tracing_subscriber::registry().with(lines).init(),
        Some(traces) => tracing_subscriber::registry().with(lines).with(traces.layer()).init(),
    }
}
