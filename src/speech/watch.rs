//! The watch over the voice's thread: what is to be said, how far it is, and whether the platform still answers.
//!
//! It runs on the thread `speech` and never calls the platform itself, so it can neither hang nor be crashed by it.

use super::event::Events;
use super::paces::Paces;
use super::script::{Message, Script};
use super::voice::{Mark, Order, Report, Voice};
use super::{Manner, SpeechError, SpeechEvent, Timeline, Utterance, platform};
use crossbeam_channel::{Receiver, RecvTimeoutError, never, select};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// What the handle asks for.
#[derive(Debug)]
pub(super) enum Command {
    Speak(Utterance),
    Stop,
    Manner(Manner),
    ListVoices,
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
/// How often a voice that failed is looked for while nothing is to be said.
const RETRY_EVERY: Duration = Duration::from_secs(4);

/// What is to be done as soon as the voice takes the next order.
enum Want {
    Say { id: u64, script: Script, again: bool },
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
    id: u64,
    script: Script,
    // It was given to a fresh connection already, after an older one turned out to be dead.
    again: bool,
    // The platform's names for its messages, once it has taken them.
    keys: Vec<String>,
    // The message that is being said or about to be.
    at: usize,
    // Since when that one is waited for.
    since: Instant,
    begun: Option<(Instant, Timeline)>,
    // When the first message began.
    first: Option<Instant>,
}

impl Current {
    fn message(&self) -> Option<&Message> {
        self.script.messages.get(self.at)
    }
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
    manner: Manner,
    paces: Paces,
    failing: Option<SpeechError>,
    // When a voice that failed was last looked for.
    retried: Instant,
    listing: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn new(commands: Receiver<Command>, events: Events, memory: Option<PathBuf>) -> Self {
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
            manner: Manner::default(),
            paces: Paces::remembered(memory),
            failing: None,
            retried: Instant::now(),
            listing: Arc::default(),
        }
    }

    /// Serves until the handle is dropped, then stops the voice.
    pub(super) fn run(mut self) {
        // Whether it works is told when something is to be said; only the wait is taken out of the way now.
        if let Err(error) = self.connect(true) {
            log::warn!("no voice at the start: {error}");
        }
        let commands = self.commands.clone();
        loop {
            let reports = self.voice.as_ref().map_or_else(never, |voice| voice.reports.clone());
            let tick = if self.is_busy() {
                TICK
            } else if self.failing.is_some() && self.voice.is_none() {
                RETRY_EVERY
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
            if !self.is_busy() {
                self.paces.keep();
                self.look_for_a_voice();
            }
        }
        self.paces.keep();
        self.leave();
    }

    fn is_busy(&self) -> bool {
        self.asked.is_some() || self.current.is_some() || self.want.is_some()
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Speak(utterance) => {
                self.make_way();
                self.stopped();
                let id = utterance.id;
                match self.manner.script(&utterance) {
                    Some(script) => {
                        self.want = Some(Want::Say {
                            id,
                            script,
                            again: false,
                        });
                    }
                    None => {
                        let error = SpeechError::NothingToSay;
                        self.events.emit(SpeechEvent::Failed { id: Some(id), error });
                    }
                }
            }
            Command::Stop => self.make_way(),
            Command::Manner(manner) => self.manner = manner,
            Command::ListVoices => self.list_voices(),
        }
    }

    /// Whatever is being said or about to be said is stopped.
    fn make_way(&mut self) {
        let waiting = self.want.take();
        if waiting.is_some() || self.current.is_some() {
            self.want = Some(Want::Hush);
        }
        if let Some(Want::Say { id, .. }) = waiting {
            self.events.emit(SpeechEvent::Stopped { id });
        }
    }

    /// Has a thread of its own ask for the voices, which takes the platform a while; one at a time.
    fn list_voices(&self) {
        if self.listing.swap(true, Ordering::AcqRel) {
            return;
        }
        let (events, listing) = (self.events.clone(), Arc::clone(&self.listing));
        let list = move || {
            let found = platform::voices();
            listing.store(false, Ordering::Release);
            events.emit(SpeechEvent::Voices(found));
        };
        if let Err(error) = Builder::new().name("speech-voices".to_owned()).spawn(list) {
            log::error!("no thread for the list of voices: {error}");
            self.listing.store(false, Ordering::Release);
            self.events.emit(SpeechEvent::Voices(Err(SpeechError::NoThread)));
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
                    if let Err(error) = self.connect(true) {
                        self.fail(error);
                    }
                }
                None => {}
            }
            return;
        };
        let now = Instant::now();
        let (asked, order) = match self.want.take() {
            Some(Want::Say { id, script, again }) => {
                let order = Order::Say(script.clone());
                self.early.clear();
                self.current = Some(Current {
                    id,
                    script,
                    again,
                    keys: Vec::new(),
                    at: 0,
                    since: now,
                    begun: None,
                    first: None,
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

    /// While nothing is to be said, finds out whether a voice that failed is back. Nothing is started for that.
    fn look_for_a_voice(&mut self) {
        if self.failing.is_none() || self.voice.is_some() || self.retried.elapsed() < RETRY_EVERY {
            return;
        }
        self.retried = Instant::now();
        if let Err(error) = self.connect(false) {
            log::info!("still no voice: {error}");
        }
    }

    fn connect(&mut self, wake: bool) -> Result<(), SpeechError> {
        if Arc::strong_count(&self.token) > HUNG_AT_MOST {
            return Err(SpeechError::NoAnswer);
        }
        let voice = Voice::start(Arc::clone(&self.token), wake).map_err(|error| {
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
            Report::Accepted(keys) => {
                self.asked = None;
                if let Some(current) = &mut self.current {
                    current.keys = keys;
                    current.since = Instant::now();
                    for (mark, key) in std::mem::take(&mut self.early) {
                        self.mark(mark, key);
                    }
                }
            }
            Report::Done => match self.asked.take() {
                Some((Asked::Hush, _)) => self.stopped(),
                // Whether sound comes out again, only the next sentence can tell.
                Some((Asked::Connect, _)) if self.want.is_none() && self.failing != Some(SpeechError::NoSound) => {
                    self.recovered();
                }
                _ => {}
            },
            Report::Broken => self.broken(),
        }
    }

    fn recovered(&mut self) {
        if self.failing.take().is_some() {
            self.events.emit(SpeechEvent::Recovered);
        }
    }

    fn mark(&mut self, mark: Mark, key: String) {
        let now = Instant::now();
        let Some(current) = &mut self.current else { return };
        if current.keys.is_empty() {
            return self.early.push((mark, key));
        }
        let Some(at) = current.keys.iter().position(|of| *of == key) else {
            return;
        };
        match mark {
            Mark::Begin => {
                current.at = at;
                let Some(message) = current.message() else { return };
                let timeline = self.paces.timeline(message, current.script.rate);
                current.begun = Some((now, timeline.clone()));
                current.first.get_or_insert(now);
                let id = current.id;
                if self.failing != Some(SpeechError::NoSound) {
                    self.recovered();
                }
                self.events.emit(SpeechEvent::Began { id, at: now, timeline });
            }
            Mark::End => {
                if let (Some((begun, timeline)), Some(message)) = (current.begun.take(), current.message()) {
                    self.paces.observe(message, current.script.rate, &timeline, now - begun);
                }
                // The next message begins soon, and is waited for anew.
                (current.at, current.since) = (at + 1, now);
                if current.at < current.keys.len() {
                    return;
                }
                let (id, duration) = (current.id, current.first.map_or(Duration::ZERO, |first| now - first));
                self.current = None;
                self.recovered();
                self.events.emit(SpeechEvent::Ended { id, duration });
            }
            Mark::Stop => self.stopped(),
        }
    }

    fn stopped(&mut self) {
        if let Some(current) = self.current.take() {
            self.events.emit(SpeechEvent::Stopped { id: current.id });
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
        let id = current.id;
        let stopping = asked == Some(Asked::Hush) || matches!(self.want, Some(Want::Hush));
        match asked {
            // What broke is silent, which is all that was asked for.
            _ if stopping => self.events.emit(SpeechEvent::Stopped { id }),
            // The daemon may have been restarted since the last sentence: one try with a fresh connection.
            Some(Asked::Say) if !current.again => {
                let Current { id, script, .. } = current;
                self.want = Some(Want::Say {
                    id,
                    script,
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
                    Some(current) => self.fail_for(Some(current.id), SpeechError::NoAnswer),
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
                let known = current
                    .message()
                    .is_some_and(|message| self.paces.is_known(message, current.script.rate));
                let times = if known {
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
        let id = current.id;
        self.current = None;
        self.want.get_or_insert(Want::Hush);
        self.fail_for(Some(id), error);
    }

    /// Tells of a failure, by the name of what is waiting to be said, which is given up.
    fn fail(&mut self, error: SpeechError) {
        match self.want.take() {
            Some(Want::Say { id, .. }) => self.fail_for(Some(id), error),
            // At the start nothing was asked for yet: nobody has to be told.
            Some(Want::Hush) | None => log::warn!("the voice fails while nothing waits to be said: {error}"),
        }
    }

    fn fail_for(&mut self, id: Option<u64>, error: SpeechError) {
        self.failing = Some(error.clone());
        self.retried = Instant::now();
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
