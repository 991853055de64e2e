//! The log, and how often the same complaint is in it.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, ParseError},
    layer::{Context, Filter, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::settings::{LogFormat, Settings};

/// How long a complaint is not repeated.
const SILENCE: Duration = Duration::from_secs(10);
/// Different complaints that are remembered at most.
const MOST: usize = 1000;
/// What the cause of a complaint is called in its line.
const ERROR: &str = "error";

/// Writes log lines to standard error from now on. Warnings and errors with the same words and the same `error` come once
/// in ten seconds; [`Repeats::tell`] says how often they would have.
///
/// # Errors
/// When `VERTEX_LOG` cannot be read.
pub fn start(settings: &Settings) -> Result<Repeats, ParseError> {
    let filter = EnvFilter::try_new(&settings.log)?;
    let repeats = Repeats::default();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.boxed(),
    };
    let lines = lines.with_filter(filter.and(repeats.clone()));
    tracing_subscriber::registry().with(lines).init();
    Ok(repeats)
}

/// Holds back complaints that were made just before.
#[derive(Clone, Debug, Default)]
pub struct Repeats(Arc<Mutex<HashMap<String, Made>>>);

/// When a complaint was written, and how often it was held back since.
#[derive(Clone, Copy, Debug)]
struct Made {
    at: Instant,
    again: u64,
}

impl Repeats {
    /// Says from time to time what was held back, for as long as the runtime lives.
    pub async fn tell(self) {
        let mut ticks = tokio::time::interval(SILENCE);
        loop {
            ticks.tick().await;
            for (complaint, times) in self.held_back(Instant::now()) {
                tracing::warn!(times, complaint, "complaints were repeated");
            }
        }
    }

    /// What was held back since it was last asked; old complaints are forgotten.
    fn held_back(&self, now: Instant) -> Vec<(String, u64)> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let again = made.iter_mut().filter(|(_, made)| made.again > 0);
        let told =
            again.map(|(complaint, made)| (complaint.clone(), std::mem::take(&mut made.again)));
        let told = told.collect();
        made.retain(|_, made| now.duration_since(made.at) < SILENCE);
        told
    }

    fn admits(&self, complaint: String, now: Instant) -> bool {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_crowded = made.len() >= MOST;
        match made.entry(complaint) {
            Entry::Occupied(mut known) if now.duration_since(known.get().at) < SILENCE => {
                known.get_mut().again += 1;
                false
            }
            Entry::Occupied(mut known) => {
                known.get_mut().at = now;
                true
            }
            Entry::Vacant(_) if is_crowded => true,
            Entry::Vacant(new) => {
                new.insert(Made { at: now, again: 0 });
                true
            }
        }
    }
}

impl<S: Subscriber> Filter<S> for Repeats {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        if *event.metadata().level() > Level::WARN {
            return true;
        }
        let mut words = Words::default();
        event.record(&mut words);
        !words.has_error || self.admits(words.text, Instant::now())
    }
}

/// Everything an event says.
#[derive(Default)]
struct Words {
    text: String,
    has_error: bool,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.has_error |= field.name() == ERROR;
        let gap = if self.text.is_empty() { "" } else { ": " };
        // Writing to a text does not fail.
        let _ = write!(self.text, "{gap}{value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_comes_once_and_is_counted() {
        let (repeats, begun) = (Repeats::default(), Instant::now());
        let admits = |words: &str, seconds| {
            repeats.admits(words.to_owned(), begun + Duration::from_secs(seconds))
        };
        assert!(admits("full", 0) && !admits("full", 1) && admits("gone", 1) && !admits("full", 9));
        assert!(admits("full", 10));
        assert_eq!(repeats.held_back(begun), [("full".to_owned(), 2)]);
        assert_eq!(repeats.held_back(begun + Duration::from_secs(30)), []);
        assert!(repeats.0.lock().unwrap().is_empty());
    }

    #[test]
    fn however_many_different_ones_come_the_memory_is_bounded() {
        let (repeats, now) = (Repeats::default(), Instant::now());
        assert!((0..5000).all(|number| repeats.admits(number.to_string(), now)));
        assert_eq!(repeats.0.lock().unwrap().len(), MOST);
    }
}
