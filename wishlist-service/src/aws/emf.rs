//! What a function counted, as lines of its log from which CloudWatch makes metrics: the embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//!
//! Which they are is said by [`function_metrics`](crate::function_metrics).

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Result;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_util::registry::{AtomicStorage, Registry};
use serde_json::{Map, Value, json};
use wishlist_core::clock::{Clock, SystemClock};

use crate::function_metrics::{FUNCTION, METRICS, Metric, NAMESPACE};

/// The most values that one metric may have in one line.
const MOST_VALUES: usize = 100;

/// The metrics of one function. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(super) struct Emf {
    registry: Arc<Registry<Key, AtomicStorage>>,
    function: Arc<str>,
}

impl Emf {
    /// Counts from now on, in all of the process, for the function of this name.
    pub(super) fn install(function: &str) -> Result<Self> {
        let emf = Self::new(function);
        metrics::set_global_recorder(emf.clone())?;
        Ok(emf)
    }

    fn new(function: &str) -> Self {
        Self { registry: Arc::new(Registry::new(AtomicStorage)), function: function.into() }
    }

    /// Writes what was counted since the last time, as a line for each set of dimensions; nothing where there is nothing.
    pub(super) fn flush(&self) {
        // What cannot be written is not made up for: the next call has figures of its own.
        drop(std::io::stdout().lock().write_all(self.lines().as_bytes()));
    }

    fn lines(&self) -> String {
        let mut documents: BTreeMap<Vec<(String, String)>, Vec<Document>> = BTreeMap::new();
        let mut add = |key: &Key, values: Vec<f64>| {
            let Some(metric) = METRICS.iter().find(|metric| metric.counted == key.name()) else { return };
            let labels = key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect();
            let of = documents.entry(labels).or_default();
            for (nth, values) in values.chunks(MOST_VALUES).enumerate() {
                if of.len() == nth {
                    of.push(Document::default());
                }
                of[nth].add(metric, values);
            }
        };
        self.registry.visit_counters(|key, counter| {
            let count = counter.swap(0, Ordering::Relaxed);
            if count > 0 {
                add(key, vec![f64::from(u32::try_from(count).unwrap_or(u32::MAX))]);
            }
        });
        self.registry.visit_histograms(|key, bucket| {
            let mut values = Vec::new();
            bucket.clear_with(|some| values.extend_from_slice(some));
            add(key, values);
        });
        let lines = documents.into_iter().flat_map(|(labels, documents)| {
            documents.into_iter().map(move |document| document.line(&self.function, &labels))
        });
        lines.collect()
    }

    /// The key under which a metric is kept: with the labels that become dimensions; `None` for one that is not told.
    fn told(key: &Key) -> Option<Key> {
        let metric = METRICS.iter().find(|metric| metric.counted == key.name())?;
        let labels = key.labels().filter(|label| metric.dimensions.contains(&label.key())).cloned();
        Some(Key::from_parts(key.name().to_owned(), labels.collect::<Vec<_>>()))
    }
}

/// The metrics of one line.
#[derive(Default)]
struct Document {
    declared: Vec<Value>,
    values: Map<String, Value>,
}

impl Document {
    fn add(&mut self, metric: &Metric, values: &[f64]) {
        self.declared.push(json!({ "Name": metric.name, "Unit": metric.unit }));
        let value = if let [one] = values { json!(one) } else { json!(values) };
        self.values.insert(metric.name.to_owned(), value);
    }

    fn line(self, function: &str, labels: &[(String, String)]) -> String {
        let names: Vec<&str> = std::iter::once(FUNCTION).chain(labels.iter().map(|(name, _)| &**name)).collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": SystemClock.now().as_millis(),
                "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [names], "Metrics": self.declared }],
            },
            FUNCTION: function,
        });
        if let Value::Object(line) = &mut line {
            line.extend(labels.iter().map(|(name, value)| (name.clone(), value.as_str().into())));
            line.extend(self.values);
        }
        format!("{line}\n")
    }
}

impl Recorder for Emf {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let counter = |key| self.registry.get_or_create_counter(&key, |counter| counter.clone().into());
        Self::told(key).map_or_else(Counter::noop, counter)
    }

    /// A gauge is what a process is now, and a function's processes come and go.
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let histogram = |key| self.registry.get_or_create_histogram(&key, |bucket| bucket.clone().into());
        Self::told(key).map_or_else(Histogram::noop, histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function_metrics::QUEUE_AGE;

    fn lines(count: impl FnOnce()) -> Vec<Value> {
        let emf = Emf::new("wishlist-worker");
        metrics::with_local_recorder(&emf, count);
        emf.lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_runbook_names_every_metric() {
        let runbook = include_str!("../../../docs/operations.md");
        let (_, section) = runbook.split_once("\n## On AWS\n").unwrap();
        for metric in METRICS {
            let name = format!("`{}`", metric.name);
            let row = section.lines().find(|line| line.starts_with('|') && line.contains(&name));
            let row = row.unwrap_or_else(|| panic!("docs/operations.md lacks a row of {name}"));
            for dimension in metric.dimensions {
                assert!(row.contains(&format!("`{dimension}`")), "{dimension} in {row}");
            }
        }
    }

    #[test]
    fn each_set_of_dimensions_is_a_line_that_declares_its_metrics() {
        let lines = lines(|| {
            metrics::counter!("wishlist_visits_total", "outcome" => "ready", "code" => "none").increment(3);
            metrics::histogram!("wishlist_visit_duration_seconds", "outcome" => "ready").record(0.25);
            metrics::histogram!(QUEUE_AGE).record(1.5);
            metrics::histogram!(QUEUE_AGE).record(2.5);
        });
        assert_eq!(lines.len(), 2);
        let (plain, ready) = (&lines[0], &lines[1]);
        let declared = &ready["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Dimensions"], json!([["function", "outcome", "code"]]));
        assert_eq!(declared["Metrics"], json!([{ "Name": "Visits", "Unit": "Count" }]));
        let told = [&ready["function"], &ready["outcome"], &ready["code"], &ready["Visits"]];
        assert_eq!(told, [&json!("wishlist-worker"), &json!("ready"), &json!("none"), &json!(3.0)]);
        assert_eq!(plain["VisitDuration"], json!(0.25));
        let mut ages: Vec<f64> = serde_json::from_value(plain["QueueAge"].clone()).unwrap();
        ages.sort_by(f64::total_cmp);
        assert_eq!(ages, [1.5, 2.5]);
        assert!(plain["_aws"]["Timestamp"].as_u64().unwrap() > 1_700_000_000_000);
    }

    #[test]
    fn what_is_not_in_the_table_costs_nothing() {
        let lines = lines(|| {
            metrics::counter!("wishlist_http_requests_total", "route" => "/v1/me").increment(1);
            metrics::gauge!("wishlist_http_requests_in_flight").increment(1);
        });
        assert_eq!(lines, Vec::<Value>::new());
    }

    #[test]
    fn a_line_has_at_most_a_hundred_values_of_a_metric() {
        let lines = lines(|| (0..250).for_each(|n| metrics::histogram!(QUEUE_AGE).record(n)));
        let counts: Vec<_> = lines.iter().map(|line| line["QueueAge"].as_array().unwrap().len()).collect();
        assert_eq!(counts, [100, 100, 50]);
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let emf = Emf::new("f");
        metrics::with_local_recorder(&emf, || metrics::counter!("wishlist_panics_total").increment(1));
        assert!(emf.lines().contains("\"Panics\":1.0"));
        assert_eq!(emf.lines(), "");
    }
}
