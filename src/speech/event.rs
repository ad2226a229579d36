//! What the voice tells about what it was asked to say.

use super::{SpeechError, Timeline, VoiceChoice};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What happened to an utterance, or to the voice. Each utterance ends with exactly one of `Ended`, `Stopped` and
/// `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub enum SpeechEvent {
    /// The voice began to say it, or one of its parts that has a voice of its own.
    Began {
        /// The utterance.
        id: u64,
        /// When this part began.
        at: Instant,
        /// When which words of this part will be said, by what was learned of this voice at this rate so far.
        timeline: Timeline,
    },
    /// The voice said it to the end.
    Ended {
        /// The utterance.
        id: u64,
        /// How long that took, from its begin.
        duration: Duration,
    },
    /// It was stopped: by [`super::Speaker::stop`], by a newer utterance or by another program that uses the voice.
    Stopped {
        /// The utterance.
        id: u64,
    },
    /// The voice does not work; the error's sentence is for the person. The next utterance tries anew.
    Failed {
        /// The utterance that could not be said to its end, if there was one.
        id: Option<u64>,
        /// What is wrong and what to do.
        error: SpeechError,
    },
    /// The voice works again after a failure.
    Recovered,
    /// The voices that were asked for by [`super::Speaker::list_voices`], or why there are none.
    Voices(Result<Vec<VoiceChoice>, SpeechError>),
}

/// The way of events to the handle: it never blocks, and where nobody fetches them the oldest are dropped.
#[derive(Clone)]
pub(super) struct Events {
    sender: Sender<SpeechEvent>,
    pub(super) receiver: Receiver<SpeechEvent>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Events {
    const KEPT: usize = 64;

    pub(super) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, receiver) = bounded(Self::KEPT);
        Self {
            sender,
            receiver,
            wake: Arc::new(wake),
        }
    }

    pub(super) fn emit(&self, event: SpeechEvent) {
        log::debug!("speech: {event:?}");
        let mut event = event;
        while let Err(TrySendError::Full(back)) = self.sender.try_send(event) {
            let dropped = self.receiver.try_recv();
            log::warn!("nobody fetches the voice's events: {dropped:?} is dropped");
            event = back;
        }
        (self.wake)();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Events, SpeechEvent};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_event_wakes_its_owner_and_where_nobody_fetches_them_the_newest_are_kept() {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let events = Events::new(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        for id in 0..100 {
            events.emit(SpeechEvent::Stopped { id });
        }
        assert_eq!(woken.load(Ordering::Relaxed), 100);
        let kept: Vec<_> = events.receiver.try_iter().collect();
        assert_eq!(kept.len(), Events::KEPT);
        assert_eq!(kept.last().unwrap(), &SpeechEvent::Stopped { id: 99 });
    }
}
