//! Structured logs: one JSON object a line on standard output, which is where
//! every supervisor and container engine collects them.

use tracing_subscriber::EnvFilter;

use crate::config::Setting;

crate::settings! {
    /// What is logged.
    pub struct LogSettings {
        /// Which events are logged, as tracing-subscriber's directives.
        "LOG_FILTER" => filter: LogFilter = "info,sqlx=warn",
    }
}

/// Directives that were found to be readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl Setting for LogFilter {
    const KIND: &'static str = "log directives";

    fn parse(text: &str) -> Result<Self, String> {
        EnvFilter::builder()
            .parse(text)
            .map(|_| Self(text.to_owned()))
            .map_err(|error| format!("must be log directives such as info,sqlx=warn: {error}"))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// Starts logging for the whole process. Once started it stays; a second call
/// (as tests in one process make) changes nothing.
pub fn start(settings: &LogSettings) {
    // Readable: `LogFilter` is made by parsing only.
    let filter = EnvFilter::builder().parse_lossy(&settings.filter.0);
    let logs = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter);
    let _ = logs.try_init();
}
