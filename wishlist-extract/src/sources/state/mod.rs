//! The state that shop platforms keep in a page for their scripts, as JSON or as objects of JavaScript.
//!
//! It also holds other products, prices in minor units and test data: what belongs to the page's product is told by its name.

mod object;
mod prices;
mod product;
mod values;

pub(crate) use product::read as read_product;
pub(crate) use values::read;
