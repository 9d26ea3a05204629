//! The sample shops that `try` visits: pages of different make-up, served by this program on loopback.
//!
//! What is read from them is not known here: they are visited like any other page.

mod pages;
mod server;

pub(crate) use server::SampleShop;
