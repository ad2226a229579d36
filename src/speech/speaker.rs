//! The handle through which the rest of the program speaks.

use super::watch::{Command, Watch};
use super::{SpeechEvent, Utterance};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::thread::JoinHandle;
use std::time::Duration;

/// The voice. No method waits for the platform, and dropping it stops the voice and ends its thread within three
/// seconds, also where the platform hangs.
pub struct Speaker {
    commands: Sender<Command>,
    events: Receiver<SpeechEvent>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Speaker {
    /// Starts the voice's thread. `wake` is called on it whenever an event is ready; it must not block.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> Self {
        todo!()
    }

    /// Stops what is being said and says this.
    pub fn speak(&self, utterance: Utterance) {
        self.send(Command::Speak(utterance));
    }

    /// Stops what is being said; nothing where nothing is being said.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// The next event, if one is ready.
    pub fn try_event(&self) -> Option<SpeechEvent> {
        self.events.try_recv().ok()
    }

    /// The events that are ready.
    pub fn events(&self) -> impl Iterator<Item = SpeechEvent> + '_ {
        self.events.try_iter()
    }

    /// The next event, waited for at most `timeout`.
    pub fn wait_event(&self, timeout: Duration) -> Option<SpeechEvent> {
        self.events.recv_timeout(timeout).ok()
    }

    fn send(&self, command: Command) {
        todo!()
    }
}
