//! The thread that owns the connection to the platform's text to speech, and may be blocked by it.
//!
//! It takes one order at a time and answers each with one report; what the platform tells about messages comes as
//! reports too. It is never waited for: [`super::watch`] leaves it alone when it does not answer.

use super::platform::Connection;
use super::script::Script;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

/// What the voice's thread is asked to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Stop what is being said and say this.
    Say(Script),
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
    /// It took the messages; the marks will name them by these keys.
    Accepted(Vec<String>),
    /// The platform refused, or the connection is broken. The thread has ended.
    Broken,
    /// How far the message of a key is.
    Mark(Mark, String),
}

/// How far a message is.
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
    given_up: Arc<AtomicBool>,
}

impl Voice {
    /// Starts a thread that connects to the platform's voice; `wake` also starts the platform's service where it does
    /// not run. The thread holds `token` for as long as it lives.
    pub(super) fn start(token: Arc<()>, wake: bool) -> std::io::Result<Self> {
        let (orders, inbox) = bounded(1);
        // A message has three marks at most and an order one answer; the watch takes them as they come.
        let (outbox, reports) = bounded(256);
        let given_up = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&given_up);
        Builder::new().name("speech-voice".to_owned()).spawn(move || {
            serve(&inbox, &outbox, wake, &flag);
            drop(token);
        })?;
        Ok(Self {
            orders,
            reports,
            given_up,
        })
    }

    /// Gives an order; false where the thread still has another one or has ended.
    pub(super) fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Release);
    }
}

fn serve(orders: &Receiver<Order>, reports: &Sender<Report>, wake: bool, given_up: &Arc<AtomicBool>) {
    let report = |report| {
        if reports.try_send(report).is_err() {
            log::debug!("nobody listens to this voice any more");
        }
    };
    let Some(mut connection) = Connection::open(reports, wake, given_up) else {
        return report(Report::Broken);
    };
    report(Report::Done);
    for order in orders {
        log::trace!("speech order: {order:?}");
        let answer = match order {
            Order::Say(script) => connection.say(&script),
            Order::Hush => connection.hush(),
            Order::Ping => connection.ping(),
        };
        let broken = answer == Report::Broken;
        report(answer);
        if broken || given_up.load(Ordering::Acquire) {
            break;
        }
    }
    // Given up while it hung, the platform may now begin to say what nobody waits for any more.
    connection.close();
}
