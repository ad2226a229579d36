//! Installing a model over HTTPS: the only code of the program that talks to the network, and only when a person asks
//! for a model by its name.
//!
//! A file is fetched in one request that goes on where an earlier one broke off (`Range`), after a pause that doubles
//! with each failure. What comes is held against the size and the digest before anything looks at it, and a model
//! appears in its place whole, with one renaming. Nothing is sent but the request for a file: no cookie, no
//! identification beyond the program's name, and a redirect leads to HTTPS alone, or, from a server on this very
//! computer, to that computer.

mod fetch;
mod install;
mod patience;
mod progress;
mod web;

pub use install::{Installed, install};
pub use patience::Patience;
pub use progress::Progress;
