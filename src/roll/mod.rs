//! The photos that can be stepped through: those of the folder of the photo that was opened, or those that were given
//! together.
//!
//! A [`Roll`] is the list with a place in it. [`Gatherer`] makes one from what a person gave, on a thread of its own,
//! for a folder may hold 100,000 files and lie on another computer. [`walk`] lists those of all folders below one.

mod gather;
mod list;
mod natural;
mod picture;
mod walk;

pub use gather::{Found, Gathered, Gatherer, gather};
pub use list::{Roll, Step};
pub use natural::compare;
pub use picture::{ENDINGS, is_picture};
pub use walk::{PassedOver, Walk, walk};
