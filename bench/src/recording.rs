//! Answers in a file, one a line.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::response;

/// What was asked, and what was answered.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Exchange {
    /// The operation, as in `DynamoDB_20120810.Query`.
    pub(crate) target: String,
    /// The body of the request. Two are the same whatever the order of their members, which SDKs do not keep.
    pub(crate) request: Value,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) answer: String,
}

/// A file that exchanges are added to.
pub(crate) struct Recording(File);

impl Recording {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let opened = OpenOptions::new().create(true).append(true).open(file);
        Ok(Self(opened.with_context(|| format!("`{}` cannot be written", file.display()))?))
    }

    pub(crate) fn add(&self, exchange: &Exchange) -> Result<()> {
        let mut line = serde_json::to_vec(exchange)?;
        line.push(b'\n');
        // In one write, for other connections add to the same file.
        Ok((&self.0).write_all(&line)?)
    }
}

/// Answers by what was asked. Of two answers to the same the last one counts.
#[derive(Debug, Default)]
pub(crate) struct Answers(HashMap<String, Vec<(Value, Vec<u8>)>>);

impl Answers {
    pub(crate) fn read(&mut self, file: &Path) -> Result<()> {
        let opened = File::open(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        for line in BufReader::new(opened).lines() {
            let exchange =
                serde_json::from_str(&line?).with_context(|| format!("`{}` is no recording", file.display()))?;
            self.add(exchange);
        }
        Ok(())
    }

    fn add(&mut self, exchange: Exchange) {
        let answer = response(exchange.status, &exchange.content_type, exchange.answer.as_bytes());
        let of = self.0.entry(exchange.target).or_default();
        match of.iter_mut().find(|(request, _)| *request == exchange.request) {
            Some((_, before)) => *before = answer,
            None => of.push((exchange.request, answer)),
        }
    }

    /// The whole response to a request.
    pub(crate) fn find(&self, target: &str, body: &[u8]) -> Option<&[u8]> {
        let asked: Value = serde_json::from_slice(body).ok()?;
        let of = self.0.get(target)?;
        of.iter().find(|(request, _)| *request == asked).map(|(_, answer)| &**answer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange(request: Value, answer: &str) -> Exchange {
        let (target, content_type) = ("DynamoDB_20120810.GetItem".to_owned(), "application/x-amz-json-1.0".to_owned());
        Exchange { target, request, status: 200, content_type, answer: answer.to_owned() }
    }

    #[test]
    fn an_answer_is_found_whatever_the_order_of_the_members() {
        let mut answers = Answers::default();
        answers.add(exchange(json!({ "Key": { "PK": 1, "SK": 2 }, "TableName": "t" }), "{}"));
        let found = answers.find("DynamoDB_20120810.GetItem", br#"{"TableName":"t","Key":{"SK":2,"PK":1}}"#);
        assert!(found.unwrap().ends_with(b"content-length: 2\r\n\r\n{}"));
        assert_eq!(answers.find("DynamoDB_20120810.GetItem", br#"{"TableName":"t"}"#), None);
        assert_eq!(answers.find("DynamoDB_20120810.Query", br#"{"TableName":"t","Key":{"SK":2,"PK":1}}"#), None);
    }

    #[test]
    fn what_was_recorded_last_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let (file, mut answers) = (folder.path().join("recording"), Answers::default());
        let recording = Recording::open(&file).unwrap();
        for answer in ["before", "after"] {
            recording.add(&exchange(json!({}), answer)).unwrap();
        }
        answers.read(&file).unwrap();
        assert!(answers.find("DynamoDB_20120810.GetItem", b"{}").unwrap().ends_with(b"\r\n\r\nafter"));
    }
}
