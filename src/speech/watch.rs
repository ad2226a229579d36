//! The watch over the voice's thread: what is to be said, how far it is, and whether the platform still answers.
//!
//! It runs on the thread `speech` and never calls the platform itself, so it can neither hang nor be crashed by it.

use super::event::Events;
use super::text::speakable;
use super::voice::{Mark, Order, Report, Voice};
use super::{Pace, SpeechError, SpeechEvent, Timeline, Utterance};
use crossbeam_channel::{Receiver, RecvTimeoutError, never, select};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the handle asks for.
#[derive(Debug)]
pub(super) enum Command {
    Speak(Utterance),
    Stop,
}

/// How long the platform may take, generous enough for a busy computer.
mod patience {
    use std::time::Duration;

    /// To connect: the daemon and its modules may have to be started first.
    pub(super) const CONNECT: Duration = Duration::from_secs(10);
    /// To answer anything else.
    pub(super) const ANSWER: Duration = Duration::from_secs(5);
    /// From taking a text to beginning to say it.
    pub(super) const BEGIN: Duration = Duration::from_secs(6);
    /// Added to the multiple of the expected time within which a text has to be said.
    pub(super) const END: Duration = Duration::from_secs(3);
    /// That multiple for a voice that was heard before, and for one that may be set to its slowest.
    pub(super) const KNOWN_PACE: u32 = 2;
    pub(super) const UNKNOWN_PACE: u32 = 3;
    /// To fall silent when the program leaves.
    pub(super) const LEAVE: Duration = Duration::from_millis(1500);
}

/// How often the connection is tried while something is said.
const PING_EVERY: Duration = Duration::from_secs(1);
/// How often the clock is looked at while something is going on.
const TICK: Duration = Duration::from_millis(100);
/// How many threads may hang in the platform's library before no more are made.
const HUNG_AT_MOST: usize = 3;

/// What is to be done as soon as the voice takes the next order.
enum Want {
    Say {
        utterance: Utterance,
        text: String,
        again: bool,
    },
    Hush,
}

/// The order that the voice's thread has not answered yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Connect,
    Say,
    Hush,
    Ping,
}

/// What is being said.
struct Current {
    utterance: Utterance,
    text: String,
    // It was given to a fresh connection already, after an older one turned out to be dead.
    again: bool,
    // The platform's name for it, once it has taken it.
    key: Option<String>,
    since: Instant,
    begun: Option<(Instant, Timeline)>,
}

/// The state of the thread `speech`.
pub(super) struct Watch {
    commands: Receiver<Command>,
    events: Events,
    voice: Option<Voice>,
    // Shared with the voice's threads, so that its count tells how many of them live.
    token: Arc<()>,
    asked: Option<(Asked, Instant)>,
    pinged: Instant,
    want: Option<Want>,
    current: Option<Current>,
    // Marks that came before the answer which tells whose they are.
    early: Vec<(Mark, String)>,
    pace: Pace,
    failing: bool,
}

impl Watch {
    pub(super) fn new(commands: Receiver<Command>, events: Events) -> Self {
        Self {
            commands,
            events,
            voice: None,
            token: Arc::new(()),
            asked: None,
            pinged: Instant::now(),
            want: None,
            current: None,
            early: Vec::new(),
            pace: Pace::default(),
            failing: false,
        }
    }

    /// Serves until the handle is dropped, then stops the voice.
    pub(super) fn run(mut self) {
        // Whether it works is told when something is to be said; only the wait is taken out of the way now.
        if let Err(error) = self.connect() {
            log::warn!("no voice at the start: {error}");
        }
        let commands = self.commands.clone();
        loop {
            let reports = self.voice.as_ref().map_or_else(never, |voice| voice.reports.clone());
            let tick = if self.is_busy() {
                TICK
            } else {
                Duration::from_secs(3600)
            };
            select! {
                recv(commands) -> command => match command {
                    Ok(command) => self.obey(command),
                    Err(_) => break,
                },
                recv(reports) -> report => self.note(report.unwrap_or(Report::Broken)),
                default(tick) => {}
            }
            self.look_at_the_clock();
            self.give_orders();
        }
        self.leave();
    }

    fn is_busy(&self) -> bool {
        self.asked.is_some() || self.current.is_some() || self.want.is_some()
    }

    fn obey(&mut self, command: Command) {
        // Whatever is being said or about to be said makes way.
        let waiting = self.want.take();
        if waiting.is_some() || self.current.is_some() {
            self.want = Some(Want::Hush);
        }
        if let Some(Want::Say { utterance, .. }) = waiting {
            self.events.emit(SpeechEvent::Stopped { id: utterance.id });
        }
        if let Command::Speak(utterance) = command {
            self.stopped();
            match speakable(&utterance.text) {
                Some(text) => {
                    self.want = Some(Want::Say {
                        utterance,
                        text,
                        again: false,
                    })
                }
                None => {
                    let error = SpeechError::NothingToSay;
                    self.events.emit(SpeechEvent::Failed {
                        id: Some(utterance.id),
                        error,
                    });
                }
            }
        }
    }

    fn give_orders(&mut self) {
        if self.asked.is_some() {
            return;
        }
        let Some(voice) = &self.voice else {
            match &self.want {
                // What is not connected does not speak.
                Some(Want::Hush) => self.want = None,
                Some(Want::Say { .. }) => {
                    if let Err(error) = self.connect() {
                        self.fail(error);
                    }
                }
                None => {}
            }
            return;
        };
        let now = Instant::now();
        let (asked, order) = match self.want.take() {
            Some(Want::Say { utterance, text, again }) => {
                let order = Order::Say(text.clone());
                self.early.clear();
                self.current = Some(Current {
                    utterance,
                    text,
                    again,
                    key: None,
                    since: now,
                    begun: None,
                });
                (Asked::Say, order)
            }
            Some(Want::Hush) => (Asked::Hush, Order::Hush),
            None if self.current.is_some() && now - self.pinged >= PING_EVERY => (Asked::Ping, Order::Ping),
            None => return,
        };
        self.pinged = now;
        self.asked = Some((asked, now));
        if !voice.order(order) {
            self.note(Report::Broken);
        }
    }

    fn connect(&mut self) -> Result<(), SpeechError> {
        if Arc::strong_count(&self.token) > HUNG_AT_MOST {
            return Err(SpeechError::NoAnswer);
        }
        let voice = Voice::start(Arc::clone(&self.token)).map_err(|error| {
            log::error!("no thread for the voice: {error}");
            SpeechError::NoThread
        })?;
        self.voice = Some(voice);
        self.asked = Some((Asked::Connect, Instant::now()));
        Ok(())
    }

    fn note(&mut self, report: Report) {
        match report {
            Report::Mark(mark, key) => self.mark(mark, key),
            Report::Accepted(key) => {
                self.asked = None;
                if let Some(current) = &mut self.current {
                    current.key = Some(key);
                    current.since = Instant::now();
                    for (mark, key) in std::mem::take(&mut self.early) {
                        self.mark(mark, key);
                    }
                }
            }
            Report::Done => {
                let asked = self.asked.take();
                if matches!(asked, Some((Asked::Hush, _))) {
                    self.stopped();
                }
            }
            Report::Broken => self.broken(),
        }
    }

    fn mark(&mut self, mark: Mark, key: String) {
        let now = Instant::now();
        let Some(current) = &mut self.current else { return };
        match &current.key {
            None => return self.early.push((mark, key)),
            Some(expected) if *expected != key => return,
            Some(_) => {}
        }
        match mark {
            Mark::Begin => {
                let timeline = self.pace.timeline(&current.utterance.words);
                current.begun = Some((now, timeline.clone()));
                let id = current.utterance.id;
                if std::mem::take(&mut self.failing) {
                    self.events.emit(SpeechEvent::Recovered);
                }
                self.events.emit(SpeechEvent::Began { id, at: now, timeline });
            }
            Mark::End => {
                let Some(Current { utterance, begun, .. }) = self.current.take() else {
                    return;
                };
                let duration = begun.map_or(Duration::ZERO, |(at, timeline)| {
                    let duration = now - at;
                    self.pace.observe(&timeline, duration);
                    duration
                });
                self.events.emit(SpeechEvent::Ended {
                    id: utterance.id,
                    duration,
                });
            }
            Mark::Stop => self.stopped(),
        }
    }

    fn stopped(&mut self) {
        if let Some(current) = self.current.take() {
            self.events.emit(SpeechEvent::Stopped {
                id: current.utterance.id,
            });
        }
    }

    /// The connection is gone, or never came.
    fn broken(&mut self) {
        self.voice = None;
        let asked = self.asked.take().map(|(asked, _)| asked);
        let Some(current) = self.current.take() else {
            if asked == Some(Asked::Connect) {
                self.fail(SpeechError::NoVoice);
            }
            return;
        };
        let id = current.utterance.id;
        let stopping = asked == Some(Asked::Hush) || matches!(self.want, Some(Want::Hush));
        match asked {
            // What broke is silent, which is all that was asked for.
            _ if stopping => self.events.emit(SpeechEvent::Stopped { id }),
            // The daemon may have been restarted since the last sentence: one try with a fresh connection.
            Some(Asked::Say) if !current.again => {
                let Current { utterance, text, .. } = current;
                self.want = Some(Want::Say {
                    utterance,
                    text,
                    again: true,
                });
            }
            Some(Asked::Say) => self.fail_for(Some(id), SpeechError::NoVoice),
            _ => self.fail_for(Some(id), SpeechError::BrokeOff),
        }
    }

    fn look_at_the_clock(&mut self) {
        if let Some((asked, since)) = self.asked {
            let patience = if asked == Asked::Connect {
                patience::CONNECT
            } else {
                patience::ANSWER
            };
            if since.elapsed() > patience {
                log::warn!("the voice did not answer within {patience:?}; its thread is left alone");
                self.voice = None;
                self.asked = None;
                match self.current.take() {
                    Some(current) => self.fail_for(Some(current.utterance.id), SpeechError::NoAnswer),
                    // Something that was already given up may go on to be heard.
                    None if asked == Asked::Hush && self.want.is_none() => self.fail_for(None, SpeechError::NoAnswer),
                    None => self.fail(SpeechError::NoAnswer),
                }
            }
            return;
        }
        let Some(current) = &self.current else { return };
        let error = match &current.begun {
            None if current.since.elapsed() > patience::BEGIN => SpeechError::NoAnswer,
            Some((at, timeline)) => {
                let times = if self.pace.is_known() {
                    patience::KNOWN_PACE
                } else {
                    patience::UNKNOWN_PACE
                };
                if at.elapsed() <= timeline.duration() * times + patience::END {
                    return;
                }
                SpeechError::NoSound
            }
            None => return,
        };
        let id = current.utterance.id;
        self.current = None;
        self.want.get_or_insert(Want::Hush);
        self.fail_for(Some(id), error);
    }

    /// Tells of a failure, by the name of what is waiting to be said, which is given up.
    fn fail(&mut self, error: SpeechError) {
        match self.want.take() {
            Some(Want::Say { utterance, .. }) => self.fail_for(Some(utterance.id), error),
            // At the start nothing was asked for yet: nobody has to be told.
            Some(Want::Hush) | None => log::warn!("the voice fails while nothing waits to be said: {error}"),
        }
    }

    fn fail_for(&mut self, id: Option<u64>, error: SpeechError) {
        self.failing = true;
        self.events.emit(SpeechEvent::Failed { id, error });
    }

    /// Stops the voice, as far as it still listens.
    fn leave(mut self) {
        let deadline = Instant::now() + patience::LEAVE;
        if self.current.is_none() && matches!(self.asked, None | Some((Asked::Connect, _))) {
            return;
        }
        let mut hushed = false;
        while let Some(voice) = &self.voice {
            if self.asked.is_none() {
                if hushed || !voice.order(Order::Hush) {
                    return;
                }
                hushed = true;
                self.asked = Some((Asked::Hush, Instant::now()));
            }
            match voice.reports.recv_deadline(deadline) {
                Ok(Report::Mark(..)) => {}
                Ok(Report::Broken) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Report::Done | Report::Accepted(_)) => self.asked = None,
                Err(RecvTimeoutError::Timeout) => return log::warn!("the voice could not be stopped in time"),
            }
        }
    }
}
