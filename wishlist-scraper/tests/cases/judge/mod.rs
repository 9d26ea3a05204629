//! Cases of what a fetch meets, read from a file, played against sites on loopback and held against what was expected.

pub(crate) mod alone;
#[path = "../../fetch/authority.rs"]
mod authority;
mod case;
mod encoded;
mod expected;
mod frames;
pub(crate) mod lines;
mod link;
mod oracle;
mod plan;
mod play;
mod report;
mod setup;
#[path = "../../fetch/site.rs"]
mod site;
mod text;
mod tls_faults;

pub(crate) use case::cases_of;
pub(crate) use play::Player;
