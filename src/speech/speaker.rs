//! The handle through which the rest of the program speaks.

use super::event::Events;
use super::watch::{Command, Watch};
use super::{Manner, SpeechError, SpeechEvent, Utterance};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::path::PathBuf;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// The voice. No method waits for the platform, and dropping it stops the voice and ends its thread within three
/// seconds, also where the platform hangs. A program that leaves without dropping it is spoken after to the end.
pub struct Speaker {
    // None only while it is dropped: the closed channel tells the thread to end.
    commands: Option<Sender<Command>>,
    events: Events,
    thread: Option<JoinHandle<()>>,
    // Nothing is ever sent: it closes when the thread has ended.
    ended: Receiver<()>,
}

impl Speaker {
    /// More commands than a person can give before the thread, which never blocks, takes them.
    const COMMANDS: usize = 32;
    const DROP_WITHIN: Duration = Duration::from_millis(2500);

    /// Starts the voice's thread and connects to the platform's voice. `wake` is called whenever an event is ready,
    /// mostly on that thread; it must not block.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::start_with(None, wake)
    }

    /// The same, with a file in which it keeps what it learns about the pace of voices; none: forgotten at the end.
    pub fn start_with(memory: Option<PathBuf>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let events = Events::new(wake);
        let (commands, orders) = bounded(Self::COMMANDS);
        let (ending, ended) = bounded(0);
        let watch = Watch::new(orders, events.clone(), memory);
        let thread = Builder::new().name("speech".to_owned()).spawn(move || {
            watch.run();
            drop(ending);
        });
        let thread = thread
            .inspect_err(|error| log::error!("no thread for the voice: {error}"))
            .ok();
        Self {
            commands: Some(commands),
            events,
            thread,
            ended,
        }
    }

    /// Stops what is being said and says this.
    pub fn speak(&self, utterance: Utterance) {
        let id = utterance.id;
        if !self.send(Command::Speak(utterance)) {
            self.events.emit(SpeechEvent::Failed {
                id: Some(id),
                error: SpeechError::NoThread,
            });
        }
    }

    /// Stops what is being said; nothing where nothing is being said.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// How everything is said from the next utterance on.
    pub fn set_manner(&self, manner: Manner) {
        self.send(Command::Manner(manner));
    }

    /// Asks for the list of voices, which comes as [`SpeechEvent::Voices`] and may take seconds.
    pub fn list_voices(&self) {
        if !self.send(Command::ListVoices) {
            self.events.emit(SpeechEvent::Voices(Err(SpeechError::NoThread)));
        }
    }

    /// The next event, if one is ready.
    pub fn try_event(&self) -> Option<SpeechEvent> {
        self.events.receiver.try_recv().ok()
    }

    /// The events that are ready.
    pub fn events(&self) -> impl Iterator<Item = SpeechEvent> + '_ {
        self.events.receiver.try_iter()
    }

    /// The next event, waited for at most `timeout`.
    pub fn wait_event(&self, timeout: Duration) -> Option<SpeechEvent> {
        self.events.receiver.recv_timeout(timeout).ok()
    }

    /// Says `text` to its end and returns how long that took; stops it after `timeout`.
    ///
    /// `id` is a number that no utterance of this speaker had before. Events of older ones are dropped meanwhile.
    ///
    /// # Errors
    /// Why it was not said to its end. Most failures pass; [`SpeechError::lasts`] tells which do not.
    pub fn say_and_wait(&self, id: u64, text: &str, timeout: Duration) -> Result<Duration, SpeechError> {
        let deadline = Instant::now() + timeout;
        self.speak(Utterance::new(id, text));
        while let Some(event) = self.wait_event(deadline.saturating_duration_since(Instant::now())) {
            match event {
                SpeechEvent::Ended { id: of, duration } if of == id => return Ok(duration),
                SpeechEvent::Failed { id: Some(of), error } if of == id => return Err(error),
                SpeechEvent::Stopped { id: of } if of == id => return Err(SpeechError::Interrupted),
                _ => {}
            }
        }
        self.stop();
        Err(SpeechError::TooLong(timeout.as_secs()))
    }

    fn send(&self, command: Command) -> bool {
        let Some(commands) = &self.commands else { return false };
        match commands.try_send(command) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                log::error!("the voice's thread does not take its commands");
                false
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.commands = None;
        match self.ended.recv_timeout(Self::DROP_WITHIN) {
            Err(RecvTimeoutError::Timeout) => log::warn!("the voice's thread does not end; it is left alone"),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
                    log::error!("the voice's thread panicked");
                }
            }
        }
    }
}
