//! The contract as the handlers have it now: says whether it is what is served, and prints it with `--print`.
//!
//! ```sh
//! cargo run -p wishlist-api --example document
//! ```

use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let document = wishlist_api::openapi().to_pretty_json()? + "\n";
    let mut out = std::io::stdout().lock();
    if std::env::args().nth(1).as_deref() == Some("--print") {
        out.write_all(document.as_bytes())?;
    } else if document == wishlist_api::openapi_json() {
        writeln!(out, "what is served is what the handlers say")?;
    } else {
        return Err("what is served is older than the handlers; run `cargo xtask generate`".into());
    }
    Ok(())
}
