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
//!         SpeechEvent::Stopped { .. } | SpeechEvent::Recovered => {}
//!     }
//! }
//! ```

mod error;
mod event;
mod once;
mod pace;
mod speaker;
mod text;
mod timeline;
mod voice;
mod watch;

pub use error::SpeechError;
pub use event::{SpeechEvent, Utterance};
pub use once::{VoiceInfo, check, speak_and_wait};
pub use pace::Pace;
pub use speaker::Speaker;
pub use timeline::Timeline;
