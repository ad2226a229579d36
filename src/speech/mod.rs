//! The voice: speaks a sentence with the platform's text to speech, says when it began, ended, was stopped or failed,
//! and estimates when each word is said.
//!
//! Nothing here makes the caller wait: a [`Speaker`] is a handle to a thread, and its methods return at once whatever
//! the platform's voice does.
//!
//! ```no_run
//! use hearsight::speech::{SpeechEvent, Speaker, Utterance};
//! use std::time::Duration;
//!
//! let speaker = Speaker::start(|| println!("an event is ready"));
//! speaker.speak(Utterance::new(1, "a dog runs on the beach"));
//! while let Some(event) = speaker.wait_event(Duration::from_secs(20)) {
//!     match event {
//!         SpeechEvent::Began { at, timeline, .. } => println!("word {:?} now", timeline.word_at(at.elapsed())),
//!         SpeechEvent::Ended { .. } => break,
//!         SpeechEvent::Failed { error, .. } => return println!("{error}"),
//!         _ => {}
//!     }
//! }
//! ```

mod error;
mod event;
mod manner;
mod once;
mod pace;
mod paces;
mod platform;
mod script;
mod speaker;
pub mod spelling;
#[cfg(target_os = "linux")]
mod ssip;
mod tag;
mod text;
mod timeline;
mod utterance;
mod voice;
pub mod voices;
mod watch;

pub use error::SpeechError;
pub use event::SpeechEvent;
pub use manner::Manner;
pub use once::{VoiceInfo, check, speak_and_wait};
pub use pace::Pace;
pub use speaker::Speaker;
pub use timeline::Timeline;
pub use utterance::{Part, Utterance};
pub use voices::VoiceChoice;
