//! Logs: to standard error, so that standard output stays what a command prints; for people or as JSON.

use tracing_subscriber::EnvFilter;

use crate::settings::{Common, LogFormat};

/// Whether a filter can be read; a fault of it is one of the settings.
pub(crate) fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Starts logging as the settings say.
pub(crate) fn start(common: &Common) {
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::new(&common.log)).with_writer(std::io::stderr);
    match common.log_format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => {
            subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
