//! The leg that runs what `cargo xtask package` makes, as AWS Lambda runs it: the image unpacked, read-only and as nobody in
//! particular, and the zip.

mod run;
mod tools;
mod unpacked;

pub(crate) use run::run;
