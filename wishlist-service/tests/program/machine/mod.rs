//! The program on a machine that has not what it needs: room, a disk that takes what is written, the right time,
//! memory, files, its neighbour. Nothing that it acknowledged is lost, and it goes on by itself where it can.
//!
//! These tests mount file systems, for which they have to be root, and set the clock by libfaketime; `cargo xtask prove
//! machine` installs that.

mod clock;
mod files;
mod full;
mod memory;
mod neighbour;
mod place;
mod read_only;
mod wisher;
