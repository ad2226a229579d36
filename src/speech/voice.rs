//! The thread that owns the platform's text to speech, and may be blocked by it for ever.
//!
//! It takes one order at a time and answers each with one report; what the platform tells about utterances comes as
//! reports too. It is never waited for: [`super::watch`] leaves it alone when it does not answer.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use tts::{Tts, UtteranceId};

/// What the voice's thread is asked to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Stop what is being said and say this.
    Say(String),
    /// Stop what is being said.
    Hush,
    /// Tell whether the connection still stands.
    Ping,
}

/// What the voice's thread tells: the answers to its orders, the first being that to its start, and the marks.
#[derive(Debug, PartialEq)]
pub(super) enum Report {
    /// It is connected, it was stopped, or it is alive.
    Done,
    /// It took the text; the marks will name it by this key.
    Accepted(String),
    /// The platform refused, or the connection is broken. The thread has ended.
    Broken,
    /// How far the utterance of a key is.
    Mark(Mark, String),
}

/// How far an utterance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Begin,
    End,
    Stop,
}

/// The near end of a voice's thread. Dropping it lets the thread end as soon as the platform gives it back.
pub(super) struct Voice {
    orders: Sender<Order>,
    pub(super) reports: Receiver<Report>,
    abandoned: Arc<AtomicBool>,
}

impl Voice {
    /// Starts a thread that connects to the platform's voice. It holds `token` for as long as it lives.
    pub(super) fn start(token: Arc<()>) -> std::io::Result<Self> {
        let (orders, inbox) = bounded(1);
        // An utterance has three marks at most and an order one answer; the watch takes them as they come.
        let (outbox, reports) = bounded(64);
        let abandoned = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&abandoned);
        Builder::new().name("speech-voice".to_owned()).spawn(move || {
            serve(&inbox, &outbox, &flag);
            drop(token);
        })?;
        Ok(Self {
            orders,
            reports,
            abandoned,
        })
    }

    /// Gives an order; false where the thread still has another one or has ended.
    pub(super) fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Release);
    }
}

fn serve(orders: &Receiver<Order>, reports: &Sender<Report>, abandoned: &AtomicBool) {
    let report = |report| {
        if reports.try_send(report).is_err() {
            log::debug!("nobody listens to this voice any more");
        }
    };
    let Some(mut connection) = Connection::open(reports) else {
        return report(Report::Broken);
    };
    report(Report::Done);
    for order in orders {
        log::trace!("speech order: {order:?}");
        let answer = match order {
            Order::Say(text) => connection.say(text),
            Order::Hush => connection.hush(),
            Order::Ping => connection.ping(),
        };
        let broken = answer == Report::Broken;
        report(answer);
        if broken {
            return;
        }
        if abandoned.load(Ordering::Acquire) {
            break;
        }
    }
    // Given up while it hung, the platform may now begin to say what nobody waits for any more.
    connection.hush();
}

/// The connection to the platform's voice.
///
/// It is never closed: while tts takes its callbacks away, an event that comes from the daemon finds none and ends
/// the process; and a connection closed late takes away those of a newer one to a new daemon, which counts its
/// clients from 1 again. So a program keeps one [`Speaker`](super::Speaker), which connects once, and again only where
/// the daemon has ended or hangs.
struct Connection {
    tts: ManuallyDrop<Tts>,
    #[cfg(target_os = "linux")]
    probe: ManuallyDrop<speech_dispatcher::Connection>,
}

impl Connection {
    fn open(reports: &Sender<Report>) -> Option<Self> {
        let tts = Tts::default()
            .inspect_err(|error| log::warn!("no connection to a voice: {error}"))
            .ok()?;
        let tts = ManuallyDrop::new(tts);
        // Called on the library's thread with its locks held: nothing but a note may happen there.
        let mark = |mark| -> Option<Box<dyn FnMut(UtteranceId)>> {
            let reports = reports.clone();
            Some(Box::new(move |utterance| {
                let _ = reports.try_send(Report::Mark(mark, key(&utterance)));
            }))
        };
        let listening = tts
            .on_utterance_begin(mark(Mark::Begin))
            .and_then(|()| tts.on_utterance_end(mark(Mark::End)))
            .and_then(|()| tts.on_utterance_stop(mark(Mark::Stop)));
        listening
            .inspect_err(|error| log::warn!("the voice tells no begin and end: {error}"))
            .ok()?;
        Some(Self {
            tts,
            #[cfg(target_os = "linux")]
            probe: ManuallyDrop::new(probe::open()?),
        })
    }

    fn say(&mut self, text: String) -> Report {
        match self.tts.speak(text, true) {
            Ok(Some(utterance)) => Report::Accepted(key(&utterance)),
            Ok(None) => {
                log::warn!("the voice took the text without a number");
                Report::Broken
            }
            Err(error) => {
                log::warn!("the voice refused the text: {error}");
                Report::Broken
            }
        }
    }

    fn hush(&mut self) -> Report {
        match self.tts.stop() {
            Ok(_) => Report::Done,
            Err(error) => {
                log::warn!("the voice could not be stopped: {error}");
                Report::Broken
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn ping(&mut self) -> Report {
        if probe::answers(&self.probe) {
            Report::Done
        } else {
            Report::Broken
        }
    }

    // The other platforms speak within this process.
    #[cfg(not(target_os = "linux"))]
    fn ping(&mut self) -> Report {
        Report::Done
    }
}

/// A number that not every platform lets us compare, as text.
fn key(utterance: &UtteranceId) -> String {
    format!("{utterance:?}")
}

/// A second connection that says nothing. When the daemon dies in mid-sentence, tts goes on to believe that it
/// speaks, and what it has to ask with ends the process, changes the person's settings or lists 13,000 voices.
#[cfg(target_os = "linux")]
pub(super) mod probe {
    use speech_dispatcher::{Connection, Mode};

    pub(in crate::speech) fn open() -> Option<Connection> {
        // Without the library's own thread it refuses to ask for marks, which opening a connection does.
        Connection::open("hearsight", "probe", "hearsight", Mode::Threaded)
            .inspect_err(|error| log::warn!("no connection to Speech Dispatcher: {error}"))
            .ok()
    }

    pub(super) fn answers(connection: &Connection) -> bool {
        ask(connection, "HISTORY GET CLIENT_ID").is_some()
    }

    /// The first value of the daemon's answer, as in `251-espeak-ng`; none where the connection is broken or the
    /// daemon refuses.
    pub(in crate::speech) fn ask(connection: &Connection, question: &str) -> Option<String> {
        let reply = connection.send_data(format!("{question}\r\n"), true)?;
        let value = reply.lines().next()?.strip_prefix('2')?.get(3..)?;
        Some(value.to_owned())
    }
}
