//! What the integration tests share. Each test binary uses some of it.
#![allow(dead_code, clippy::unwrap_used)]

pub mod desktop;
pub mod events;
pub mod orca;
pub mod photo;
pub mod sound;
