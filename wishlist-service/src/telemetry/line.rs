//! How an event becomes a line: the fields that are allowed, the others as `…`.

use std::fmt::{self, Debug, Write};

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;
use wishlist_core::clock::{Clock, SystemClock};

use super::fields::is_allowed;
use super::invocation::Invocation;

/// How the targets of our own crates begin.
pub(super) const OURS: &str = "wishlist";

/// Stands for what is not told.
const WITHHELD: &str = "…";

/// What is told of an event of a library: it may have formatted anything into its message.
const OF_A_LIBRARY: &str = "a library has something to say";

/// The most characters of a value: a chain of causes fits.
const LONGEST: usize = 1000;

/// A line for a person or for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Words.
    Human,
    /// One JSON object.
    Json,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let time = SystemClock.now();
        let (level, mut told) = (event.metadata().level(), Told::default());
        let target = event.metadata().target();
        if target.starts_with(OURS) {
            event.record(&mut told);
        } else {
            told.message = Some(OF_A_LIBRARY.to_owned());
            told.fields.insert("target".to_owned(), target.into());
        }
        match self {
            Self::Json => {
                let mut line = json!({ "timestamp": time, "level": level.as_str() });
                if let Value::Object(line) = &mut line {
                    line.extend(told.message.map(|message| ("message".to_owned(), message.into())));
                    line.extend(told.fields);
                    line.extend(Invocation::fields());
                }
                writeln!(writer, "{line}")
            }
            Self::Human => {
                write!(writer, "{time} {level:>5} {}", told.message.unwrap_or_default())?;
                for (name, value) in told.fields {
                    // As JSON, so that no control character reaches a terminal.
                    write!(writer, " {name}={value}")?;
                }
                writeln!(writer)
            }
        }
    }
}

/// What may be told of an event.
#[derive(Default)]
struct Told {
    message: Option<String>,
    fields: Map<String, Value>,
}

impl Told {
    fn add(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        let value = if is_allowed(field.name()) { value() } else { WITHHELD.into() };
        match value {
            Value::String(message) if field.name() == "message" => self.message = Some(message),
            value => drop(self.fields.insert(field.name().to_owned(), value)),
        }
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, || {
            let mut text = Short::default();
            // An error says that there was more than fits.
            if write!(text, "{value:?}").is_err() {
                text.0.push_str(WITHHELD);
            }
            text.0.into()
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, || value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, || value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, || value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, || value.into());
    }
}

/// A text that takes no more than [`LONGEST`] characters.
#[derive(Default)]
struct Short(String, usize);

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.1 == LONGEST {
                return Err(fmt::Error);
            }
            self.1 += 1;
            self.0.push(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(line: Line, log: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().event_format(line).with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        String::from_utf8(std::mem::take(&mut *lines.0.lock().unwrap())).unwrap()
    }

    #[test]
    fn a_field_that_is_not_on_the_list_is_withheld() {
        for line in [Line::Json, Line::Human] {
            let text = logged(line, || {
                tracing::info!(status = 200, title = "canary", email = %"canary", url = ?"canary", amount = 7, "answered");
            });
            assert!(text.contains("200") && text.contains("answered") && text.contains('…'), "{text}");
            assert!(!text.contains("canary") && !text.contains("amount\":7"), "{text}");
            assert_eq!(text.lines().count(), 1);
        }
    }

    #[test]
    fn a_library_tells_that_it_has_something_to_say() {
        let text = logged(Line::Json, || {
            tracing::warn!(target: "hyper::proto", status = "canary", message = "canary in the words of a library");
        });
        let mut line: Value = serde_json::from_str(&text).unwrap();
        assert!(line.as_object_mut().unwrap().remove("timestamp").is_some());
        assert_eq!(line, json!({ "level": "WARN", "message": OF_A_LIBRARY, "target": "hyper::proto" }));
    }

    #[test]
    fn no_value_breaks_out_of_its_line() {
        for line in [Line::Json, Line::Human] {
            let text = logged(line, || tracing::info!(host = "a\nb\u{1b}[2J", "visit"));
            assert_eq!((text.lines().count(), text.contains('\u{1b}')), (1, false), "{text}");
        }
        let text = logged(Line::Json, || tracing::info!(causes = "x".repeat(5000), "a fault"));
        assert!(text.len() < 1200 && text.contains("x…\""), "{}", text.len());
    }
}
