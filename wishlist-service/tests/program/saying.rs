//! What differs from one run to the next, by a name that does not.

use std::collections::BTreeMap;

use serde_json::Value;

/// An answer longer than this is shown by the names of its fields.
const LONGEST: usize = 16 * 1024;

/// What ids and other values of one run are called.
#[derive(Default)]
pub(crate) struct Names {
    ids: BTreeMap<String, usize>,
    hidden: Vec<(String, String)>,
}

impl Names {
    /// Calls a value so wherever it is.
    pub(crate) fn hide(&mut self, value: &str, name: &str) {
        self.hidden.push((value.to_owned(), format!("<{name}>")));
    }

    /// A text by names: ids in the order of their first appearance, and what is hidden.
    pub(crate) fn told(&mut self, text: &str) -> String {
        let mut told = self.hidden.iter().fold(text.to_owned(), |text, (value, name)| text.replace(value, name));
        let mut from = 0;
        while let Some((at, id)) = next_id(&told, from) {
            let new = self.ids.len() + 1;
            let name = format!("<id {}>", self.ids.entry(id).or_insert(new));
            told.replace_range(at..at + 36, &name);
            from = at + name.len();
        }
        told
    }

    /// The body of an answer by names.
    pub(crate) fn answer(&mut self, text: &str) -> String {
        let Ok(mut body) = serde_json::from_str::<Value>(text) else { return self.told(text) };
        if text.len() > LONGEST {
            let fields: Vec<_> = body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            return format!("{{{}}}\n", fields.join(", "));
        }
        name_values(&mut body);
        self.told(&format!("{body:#}\n"))
    }
}

/// The first id at or behind a place, and where it is.
fn next_id(text: &str, from: usize) -> Option<(usize, String)> {
    (from..text.len()).find_map(|at| {
        let id = text.get(at..at + 36)?;
        let dashed = [8, 13, 18, 23].iter().all(|dash| id.as_bytes()[*dash] == b'-');
        let hexadecimal = id.bytes().filter(u8::is_ascii_hexdigit).count() == 32;
        (dashed && hexadecimal).then(|| (at, id.to_owned()))
    })
}

fn name_values(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(name_values),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) => name_text(name, text),
                    value => name_values(value),
                }
            }
        }
        _ => {}
    }
}

fn name_text(field: &str, text: &mut String) {
    let name = match field {
        "accessToken" | "idToken" | "refreshToken" => "<token>",
        "nextCursor" => "<cursor>",
        "requestId" => "<request id>",
        // It is made of the time.
        "rank" => "<rank>",
        "kid" | "n" | "x" | "y" => "<key>",
        "version" if text.contains('.') => "<version>",
        _ if field.ends_with("At") || matches!(field, "since") => "<time>",
        _ => return,
    };
    // A time of a scenario's own is shown: that it comes back as it was sent is what is to be seen.
    if name != "<time>" || is_of_this_run(text) {
        name.clone_into(text);
    }
}

/// Whether a time is one of the server's clock: scenarios use the years from 2040 on.
fn is_of_this_run(time: &str) -> bool {
    time.len() == 24 && time.ends_with('Z') && time < "2040"
}
