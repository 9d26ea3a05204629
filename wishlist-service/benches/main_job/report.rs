//! The figures as a table for people and as JSON for programs.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;
use serde_json::json;

use crate::latencies::Latencies;
use crate::machine::Machine;

/// One figure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    figure: String,
    value: f64,
    unit: &'static str,
    /// How many times as long as the same percentile of the floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    times_floor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<f64>,
}

impl Row {
    pub(crate) fn of(figure: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { figure: figure.into(), value, unit, times_floor: None, target: None }
    }

    pub(crate) fn millis(figure: impl Into<String>, time: Duration) -> Self {
        Self::of(figure, time.as_secs_f64() * 1e3, "ms")
    }

    pub(crate) fn megabytes(figure: impl Into<String>, bytes: u64) -> Self {
        let kilobytes = u32::try_from(bytes / 1000).unwrap_or(u32::MAX);
        Self::of(figure, f64::from(kilobytes) / 1e3, "MB")
    }

    /// A percentile of a series, beside that of the floor where one was measured with it.
    pub(crate) fn percentile(what: &str, percent: usize, of: &Latencies, floor: Option<&Latencies>) -> Result<Self> {
        let time = of.percentile(percent).with_context(|| format!("{what} has no calls"))?;
        let figure = if percent == 100 { format!("{what}, max") } else { format!("{what}, p{percent}") };
        let below = floor.and_then(|floor| floor.percentile(percent));
        let times_floor = below.map(|below| time.as_secs_f64() / below.as_secs_f64());
        Ok(Self { times_floor, ..Self::millis(figure, time) })
    }

    /// At most so much, in the row's unit.
    pub(crate) fn target(self, most: f64) -> Self {
        Self { target: Some(most), ..self }
    }

    fn is_met(&self) -> Option<bool> {
        self.target.map(|most| self.value <= most)
    }

    fn cells(&self) -> [String; 5] {
        let number = |value: f64| if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        let word = |met| if met { "yes" } else { "no" }.to_owned();
        [
            self.figure.clone(),
            format!("{} {}", number(self.value), self.unit),
            self.times_floor.map(|times| format!("{times:.1}")).unwrap_or_default(),
            self.target.map(|most| format!("≤ {most} {}", self.unit)).unwrap_or_default(),
            self.is_met().map(word).unwrap_or_default(),
        ]
    }
}

/// Everything that was measured, and what could not be.
pub(crate) struct Report {
    before: Machine,
    after: Option<Machine>,
    rows: Vec<Row>,
    missing: Vec<String>,
}

impl Report {
    pub(crate) fn new(before: Machine) -> Self {
        Self { before, after: None, rows: Vec::new(), missing: Vec::new() }
    }

    pub(crate) fn add(&mut self, what: &str, measured: Result<Vec<Row>>) {
        match measured {
            Ok(rows) => self.rows.extend(rows),
            Err(error) => self.missing.push(format!("{what} could not be measured: {error:#}")),
        }
    }

    pub(crate) fn end(&mut self, after: Machine) {
        self.after = Some(after);
    }

    /// Whether nothing is missing.
    pub(crate) fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub(crate) fn json(&self) -> Result<String> {
        let rows = self.rows.iter().map(|row| {
            let mut row_json = serde_json::to_value(row)?;
            if let Some(met) = row.is_met() {
                row_json["met"] = met.into();
            }
            Ok(row_json)
        });
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let report = json!({ "before": self.before, "after": self.after, "rows": rows, "missing": self.missing });
        Ok(serde_json::to_string_pretty(&report)? + "\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; load before {}", self.before, self.before.load())?;
        if let Some(after) = &self.after {
            write!(f, ", after {}", after.load())?;
        }
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(["Figure", "Measured", "× floor", "Target", "Met"]);
        for row in &self.rows {
            table.add_row(row.cells());
        }
        for column in [1, 2, 3] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(f, "\n\n{table}")?;
        self.missing.iter().try_for_each(|missing| writeln!(f, "{missing}"))
    }
}
