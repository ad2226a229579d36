//! Speech Dispatcher's protocol (SSIP) over its socket.
//!
//! Its C library is not used: on a broken connection it ends the process, on a stopped daemon it blocks for ever, it
//! panics on a NUL, and the crate that wraps it can neither choose a language nor a voice without listing 13,000 of
//! them. Here every wait ends as soon as the caller has given up.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::Duration;

/// What the daemon answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Whether it did what it was asked for.
    pub(super) well: bool,
    /// The values of the answer, as `en-US` of `251-en-US`.
    pub(super) values: Vec<String>,
}

/// What the daemon tells of a message by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// 701 begin, 702 end, 703 cancelled.
    pub(super) code: u16,
    /// The message's number, as [`Ssip::speak`] gave it.
    pub(super) message: String,
}

/// A connection. Dropping it closes it.
pub(super) struct Ssip {
    socket: Socket,
    replies: Receiver<Reply>,
    given_up: Arc<AtomicBool>,
}

impl Ssip {
    /// How often a wait looks whether it was given up.
    const LOOK: Duration = Duration::from_millis(50);

    /// Connects, and says who we are. `wake` starts the daemon where none listens. Once `given_up` is set, this call
    /// and all others come back with none.
    pub(super) fn open(
        wake: bool,
        given_up: &Arc<AtomicBool>,
        on_event: impl Fn(Event) + Send + 'static,
    ) -> Option<Self> {
        let address = Address::of_the_daemon()?;
        let socket = address.connect().or_else(|error| {
            log::info!("Speech Dispatcher does not listen: {error}");
            if wake && address.start_daemon() {
                address.connect()
            } else {
                Err(error)
            }
        });
        let socket = socket
            .inspect_err(|error| log::warn!("no connection to Speech Dispatcher: {error}"))
            .ok()?;
        let (sender, replies) = bounded(4);
        let read = socket.another().ok()?;
        Builder::new()
            .name("speech-events".to_owned())
            .spawn(move || listen(BufReader::new(read), &sender, on_event))
            .inspect_err(|error| log::error!("no thread for the voice's events: {error}"))
            .ok()?;
        let mut ssip = Self {
            socket,
            replies,
            given_up: Arc::clone(given_up),
        };
        let user = std::env::var("USER").unwrap_or_default();
        let user: String = user.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        ssip.ask(&format!("SET self CLIENT_NAME {user}_:hearsight:main"))?;
        Some(ssip)
    }

    /// Sends one line and waits for the answer; none where the connection is broken or given up.
    pub(super) fn ask(&mut self, line: &str) -> Option<Reply> {
        // Whatever a name holds, it stays one command.
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.send(&format!("{line}\r\n"))?;
        self.answer(&line)
    }

    /// The first value of the answer; none also where the daemon refuses.
    pub(super) fn value(&mut self, line: &str) -> Option<String> {
        let reply = self.ask(line)?;
        reply.values.into_iter().next().filter(|_| reply.well)
    }

    /// Gives one message to be said and returns its number.
    pub(super) fn speak(&mut self, text: &str) -> Option<String> {
        if !self.ask("SPEAK")?.well {
            return None;
        }
        // A line of a single dot would end the text.
        let dot = if text.starts_with('.') { "." } else { "" };
        self.send(&format!("{dot}{text}\r\n.\r\n"))?;
        let reply = self.answer("SPEAK")?;
        reply.values.into_iter().next().filter(|_| reply.well)
    }

    /// Asks for silence without waiting for the answer.
    pub(super) fn cancel_in_passing(&mut self) {
        let _ = self.send("CANCEL self\r\n");
    }

    fn send(&mut self, text: &str) -> Option<()> {
        self.socket
            .write_all(text.as_bytes())
            .inspect_err(|error| log::warn!("Speech Dispatcher takes nothing: {error}"))
            .ok()
    }

    fn answer(&self, to: &str) -> Option<Reply> {
        loop {
            match self.replies.recv_timeout(Self::LOOK) {
                Ok(reply) => {
                    if !reply.well {
                        log::warn!("Speech Dispatcher refuses {to:?}: {reply:?}");
                    }
                    return Some(reply);
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.given_up.load(Ordering::Acquire) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Ssip {
    fn drop(&mut self) {
        self.socket.close();
    }
}

/// Reads answers and events until the connection is closed on either side.
fn listen(lines: impl BufRead, replies: &Sender<Reply>, on_event: impl Fn(Event)) {
    let mut values = Vec::new();
    for line in lines.split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches('\r');
        let Some((Ok(code), rest)) = line
            .get(..3)
            .map(|code| (code.parse::<u16>(), line.get(3..).unwrap_or("")))
        else {
            log::warn!("Speech Dispatcher said {line:?}");
            continue;
        };
        if let Some(value) = rest.strip_prefix('-') {
            values.push(value.to_owned());
            continue;
        }
        let values = std::mem::take(&mut values);
        if (700..800).contains(&code) {
            if let Some(message) = values.into_iter().next() {
                on_event(Event { code, message });
            }
            continue;
        }
        let well = (200..300).contains(&code);
        if replies.send(Reply { well, values }).is_err() {
            break;
        }
    }
}

/// Where the daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    Unix(PathBuf),
    Inet(String),
}

impl Address {
    const PORT: &str = "6560";

    /// The place that the environment names, else the usual one.
    fn of_the_daemon() -> Option<Self> {
        if let Some(named) = std::env::var_os("SPEECHD_ADDRESS").filter(|named| !named.is_empty()) {
            return Self::parse(&named.to_string_lossy());
        }
        Self::usual()
    }

    fn usual() -> Option<Self> {
        let folder = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let cache = || folder("HOME").map(|home| home.join(".cache"));
        let place = folder("XDG_RUNTIME_DIR")
            .or_else(|| folder("XDG_CACHE_HOME"))
            .or_else(cache)?;
        Some(Self::Unix(place.join("speech-dispatcher/speechd.sock")))
    }

    /// `unix_socket:PATH` or `inet_socket:HOST:PORT`, of which all after the first word may be missing.
    fn parse(text: &str) -> Option<Self> {
        let (kind, place) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "unix_socket" if place.is_empty() => Self::usual(),
            "unix_socket" => Some(Self::Unix(place.into())),
            "inet_socket" => {
                let (host, port) = place.rsplit_once(':').unwrap_or((place, Self::PORT));
                let host = if host.is_empty() { "127.0.0.1" } else { host };
                Some(Self::Inet(format!("{host}:{port}")))
            }
            _ => {
                log::warn!("SPEECHD_ADDRESS {text:?} is not understood");
                None
            }
        }
    }

    fn connect(&self) -> io::Result<Socket> {
        /// A stopped daemon takes what its buffer holds and then nothing more.
        const WRITE: Duration = Duration::from_secs(3);
        Ok(match self {
            Self::Unix(path) => {
                let socket = UnixStream::connect(path)?;
                socket.set_write_timeout(Some(WRITE))?;
                Socket::Unix(socket)
            }
            Self::Inet(address) => {
                let socket = TcpStream::connect(address)?;
                socket.set_write_timeout(Some(WRITE))?;
                Socket::Inet(socket)
            }
        })
    }

    /// Starts the daemon as its own library does, and waits until it says that it listens or will not.
    fn start_daemon(&self) -> bool {
        let Self::Unix(path) = self else { return false };
        // A program that is started with another search path finds it all the same.
        ["speech-dispatcher", "/usr/bin/speech-dispatcher"]
            .iter()
            .any(|program| {
                let started = Command::new(program)
                    .args(["--spawn", "--communication-method", "unix_socket", "--socket-path"])
                    .arg(path)
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                match started {
                    Ok(status) => status.success(),
                    Err(error) => {
                        log::info!("{program} does not start: {error}");
                        false
                    }
                }
            })
    }
}

enum Socket {
    Unix(UnixStream),
    Inet(TcpStream),
}

impl Socket {
    fn another(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Unix(socket) => Self::Unix(socket.try_clone()?),
            Self::Inet(socket) => Self::Inet(socket.try_clone()?),
        })
    }

    fn close(&self) {
        // Already closed by the other side: nothing to do.
        let _ = match self {
            Self::Unix(socket) => socket.shutdown(Shutdown::Both),
            Self::Inet(socket) => socket.shutdown(Shutdown::Both),
        };
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(socket) => socket.read(buffer),
            Self::Inet(socket) => socket.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(socket) => socket.write(bytes),
            Self::Inet(socket) => socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Address, Event, Reply, listen};
    use crossbeam_channel::bounded;
    use std::sync::Mutex;

    #[test]
    fn answers_and_events_are_told_apart() {
        let said: &[u8] = b"251-en-US\r\n251 OK GET RETURNED\r\n701-24\r\n701-2\r\n701 BEGIN\r\nnonsense\r\n\
            300 ERR\r\n702-24\r\n702-2\r\n702 END\r\n";
        let (sender, replies) = bounded(4);
        let events = Mutex::new(Vec::new());
        listen(said, &sender, |event| events.lock().unwrap().push(event));
        drop(sender);
        let reply = |well, values: &[&str]| Reply {
            well,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        assert_eq!(
            replies.iter().collect::<Vec<_>>(),
            [reply(true, &["en-US"]), reply(false, &[])]
        );
        let event = |code| Event {
            code,
            message: "24".to_owned(),
        };
        assert_eq!(*events.lock().unwrap(), [event(701), event(702)]);
    }

    #[test]
    fn the_daemons_address_is_read_as_its_library_reads_it() {
        assert_eq!(Address::parse("unix_socket:/a:b"), Some(Address::Unix("/a:b".into())));
        assert_eq!(
            Address::parse("inet_socket"),
            Some(Address::Inet("127.0.0.1:6560".to_owned()))
        );
        assert_eq!(
            Address::parse("inet_socket:host:7"),
            Some(Address::Inet("host:7".to_owned()))
        );
        assert_eq!(Address::parse("carrier_pigeon:x"), None);
    }
}
