//! A real HTTP server on loopback that misbehaves as a test wishes.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a client asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// With a slash at its beginning.
    pub path: String,
    /// The names and values of its headers, the names in lower case.
    pub headers: HashMap<String, String>,
}

impl Request {
    /// The place in the file from which on bytes are wanted.
    pub fn from(&self) -> u64 {
        self.range().0
    }

    /// Whether this is the request for the first byte, which asks for size and version.
    pub fn asks(&self) -> bool {
        self.range() == (0, Some(0))
    }

    fn range(&self) -> (u64, Option<u64>) {
        let range = self.headers.get("range").and_then(|range| range.strip_prefix("bytes="));
        let (from, last) = range.and_then(|range| range.split_once('-')).unwrap_or(("0", ""));
        (from.parse().unwrap(), last.parse().ok())
    }
}

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The connection breaks off after so many bytes of the body.
    pub cut: Option<usize>,
    /// Nothing comes for so long after half of the body.
    pub stall: Option<Duration>,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            cut: None,
            stall: None,
        }
    }

    pub fn to(address: &str) -> Self {
        Self {
            headers: vec![("Location", address.to_owned())],
            ..Self::status(302)
        }
    }

    /// What an honest server answers that has this file in this version.
    pub fn honest(request: &Request, content: &[u8], tag: &str) -> Self {
        let (from, last) = request.range();
        let is_old = request.headers.get("if-range").is_some_and(|old| old != tag);
        let (from, last) = if is_old { (0, None) } else { (from as usize, last) };
        if from >= content.len() && from > 0 {
            return Self::status(416);
        }
        let end = last.map_or(content.len(), |last| (last as usize + 1).min(content.len()));
        let whole = from == 0 && last.is_none() && !request.headers.contains_key("range") || is_old;
        let mut reply = Self::status(if whole { 200 } else { 206 });
        reply.body = content[from..end].to_vec();
        reply.headers.push(("ETag", tag.to_owned()));
        if !whole {
            let range = format!("bytes {from}-{}/{}", end.saturating_sub(1), content.len());
            reply.headers.push(("Content-Range", range));
        }
        reply
    }

    /// Puts a header in the place of the one of that name.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A server that runs until the test's process ends.
pub struct Server {
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts it; `answer` is asked for each request.
    pub fn start(mut answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                log.lock().unwrap().push(request.clone());
                let reply = answer(&request);
                // One that stalls keeps nobody else waiting.
                thread::spawn(move || write(stream, &reply));
            }
        });
        Self { address, requests }
    }

    /// Everything that was asked, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        })
        .collect();
    Some(Request { path, headers })
}

fn write(mut stream: TcpStream, reply: &Reply) {
    let mut head = format!("HTTP/1.1 {} As asked\r\nConnection: close\r\n", reply.status);
    if reply.headers.iter().all(|(name, _)| *name != "Content-Length") {
        head += &format!("Content-Length: {}\r\n", reply.body.len());
    }
    for (name, value) in reply.headers.iter().filter(|(_, value)| !value.is_empty()) {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len()).min(reply.body.len())];
    let (first, second) = body.split_at(body.len() / 2);
    // A client that has heard enough hangs up.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(first));
    if let Some(stall) = reply.stall {
        thread::sleep(stall);
    }
    let _ = stream.write_all(second);
}
