//! The program on a machine that has not what it needs: room, a disk that takes what is written, the right time,
//! memory, files, its neighbour. Nothing that it acknowledged is lost, and it goes on by itself where it can.
//!
//! These tests mount file systems and set the clock by libfaketime, and are in a profile of nextest of their own: `cargo
//! xtask prove machine` installs what they call, and says who may run them.

mod clock;
mod files;
mod full;
mod memory;
mod neighbour;
mod place;
mod read_only;
mod wisher;
