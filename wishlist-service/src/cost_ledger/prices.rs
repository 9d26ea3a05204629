//! What AWS asks for.

use std::ops::Add;

/// Dollars for a million read request units: on demand, standard table class, US East (N. Virginia), as of 1 November 2024
/// (Amazon DynamoDB's price list).
pub(crate) const MILLION_READ_UNITS: f64 = 0.125;

/// Dollars for a million write request units; from where and when as above.
pub(crate) const MILLION_WRITE_UNITS: f64 = 0.625;

/// Dollars for a million requests to a standard queue, beyond the first million of a month (Amazon SQS's price list, US East,
/// read in November 2026).
pub(crate) const MILLION_MESSAGES: f64 = 0.40;

/// Dollars for a million calls of an HTTP API, up to 300 million a month (Amazon API Gateway's price list, US East).
pub(crate) const MILLION_CALLS: f64 = 1.00;

/// Dollars for a million calls of functions (AWS Lambda's price list, US East).
pub(crate) const MILLION_INVOCATIONS: f64 = 0.20;

/// Dollars for a second of a function on arm64 for each GB that it has; on x86-64 it is a quarter more (the same list).
pub(crate) const GB_SECOND: f64 = 0.000_013_333_4;

/// What an operation uses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Use {
    pub(super) requests: usize,
    pub(super) read_units: f64,
    pub(super) write_units: f64,
    pub(super) messages: usize,
}

impl Use {
    /// Dollars for a million such operations. A message is paid when it is sent; receiving and deleting it are the worker's.
    #[expect(clippy::cast_precision_loss, reason = "an operation sends a hundred messages at most")]
    pub(super) fn dollars_a_million(self) -> f64 {
        self.read_units * MILLION_READ_UNITS
            + self.write_units * MILLION_WRITE_UNITS
            + self.messages as f64 * MILLION_MESSAGES
    }
}

impl Add for Use {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            read_units: self.read_units + other.read_units,
            write_units: self.write_units + other.write_units,
            messages: self.messages + other.messages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_of_something_is_priced_by_its_units() {
        let used = Use { requests: 3, read_units: 4.0, write_units: 8.0, messages: 1 };
        assert!((used.dollars_a_million() - (0.5 + 5.0 + 0.4)).abs() < 1e-9);
        assert_eq!((used + used).messages, 2);
    }
}
