//! Who may do what: a row for each operation, and what each row has to hold for each caller and each target.

mod effects;
mod hostile;
mod inputs;
mod names;
mod pages;
pub(crate) mod reading;
pub(crate) mod rows;
pub(crate) mod stage;
mod strangers;
mod verdict;

pub(crate) use reading::own_cases;
pub(crate) use verdict::{Verdict, judge};
