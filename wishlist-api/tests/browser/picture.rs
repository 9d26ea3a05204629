//! A picture of a page, kept to be looked at, and what is held against it. Its pixels are read by the browser itself.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::page::Page;

/// A picture as it was taken.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) width: u64,
    pub(crate) height: u64,
    /// The colour that most of it has, as `[red, green, blue]`.
    pub(crate) ground: [u64; 3],
    /// How much of it has that colour, from 0 to 1.
    pub(crate) share: f64,
    /// How many colours it has, alike ones counted once.
    pub(crate) colours: u64,
}

impl Picture {
    /// Keeps a picture in the folder of tests' files, and reads it.
    pub(crate) fn keep(name: &str, png: &str, page: &mut Page) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        std::fs::write(path, STANDARD.decode(png).unwrap()).unwrap();
        Self::read(&page.value(&format!("({})({png:?})", include_str!("pixels.js"))))
    }

    fn read(value: &Value) -> Self {
        let number = |name: &str| value[name].as_u64().unwrap();
        let ground = [0, 1, 2].map(|channel| value["ground"][channel].as_u64().unwrap());
        let share = value["share"].as_f64().unwrap();
        Self { width: number("width"), height: number("height"), ground, share, colours: number("colours") }
    }
}
