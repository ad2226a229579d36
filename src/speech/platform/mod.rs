//! The platform's text to speech, one face for all: Speech Dispatcher on Linux, elsewhere what the crate `tts` finds.

#[cfg(target_os = "linux")]
mod dispatcher;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
pub(super) use dispatcher::{Connection, look_around, voices};
#[cfg(not(target_os = "linux"))]
pub(super) use native::{Connection, look_around, voices};
