//! One request for one file, with its redirects.

use std::net::IpAddr;

use ureq::http::{HeaderMap, Response, Uri, header};
use ureq::{Agent, Body, Timeout};

use super::Patience;
use crate::model::store::StoreError;
use crate::model::store::names::is_digest;
use crate::text;

/// More redirects than any honest server needs.
const MOST_REDIRECTS: u32 = 8;

/// Why a request did not do what it should.
#[derive(Debug)]
pub(super) enum Fault {
    /// Trying again is of no use.
    Final(StoreError),
    /// It may go well the next time.
    Passing(String),
    /// The file is another one than it was.
    Changed,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

/// What a server says about a file before its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Its whole size.
    pub bytes: Option<u64>,
    /// What tells this version from others.
    pub tag: Option<String>,
    /// Its digest, as Hugging Face's hub tells it for large files.
    pub sha256: Option<String>,
    /// The commit it belongs to, as the hub tells it.
    pub commit: Option<String>,
}

/// An answer with a file's bytes.
#[derive(Debug)]
pub(super) struct Answer {
    pub told: Told,
    /// The place in the file at which the bytes begin.
    pub from: u64,
    pub body: Body,
}

/// What talks to servers.
#[derive(Debug)]
pub(super) struct Web {
    agent: Agent,
    /// Whether files come from a server on this computer, which alone may be asked without encryption.
    own_computer: bool,
}

impl Web {
    /// For files that come from this address.
    pub fn new(address: &str, patience: &Patience) -> Result<Self, StoreError> {
        let own_computer = uri(address)?.scheme_str() == Some("http");
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!own_computer)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("hearsight/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_recv_response(Some(patience.stall))
            .timeout_per_read(Some(patience.stall))
            .timeout_per_write(Some(patience.stall));
        if own_computer {
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().into(),
            own_computer,
        })
    }

    /// Asks for a file from a place in it on; `tag` is the version that an earlier part was of. `last` is the place of
    /// the last byte that is wanted, none for all.
    pub fn get(&self, address: &str, from: u64, last: Option<u64>, tag: Option<&str>) -> Result<Answer, Fault> {
        let mut place = uri(address)?;
        let mut told = Told::default();
        for _ in 0..=MOST_REDIRECTS {
            self.check_allowed(&place)?;
            let last = last.map(|last| last.to_string()).unwrap_or_default();
            let mut request = self
                .agent
                .get(place.clone())
                .header(header::ACCEPT_ENCODING, "identity")
                .header(header::RANGE, format!("bytes={from}-{last}"));
            // A weak tag may stand for bytes that differ.
            if let Some(tag) = tag.filter(|tag| from > 0 && tag.starts_with('"')) {
                request = request.header(header::IF_RANGE, tag);
            }
            let response = request.call().map_err(|error| Fault::Passing(reason(&error)))?;
            told.hear(response.headers());
            let status = response.status().as_u16();
            match status {
                200 | 206 => return answer(response, told, from),
                301 | 302 | 303 | 307 | 308 => {
                    let to = text_of(response.headers(), header::LOCATION.as_str())
                        .ok_or_else(|| Fault::Passing(text!("store-reason-redirect")))?;
                    place = joined(&place, &to).ok_or_else(|| StoreError::Insecure {
                        address: without_query(&to),
                    })?;
                    // The redirect's own tag is not the file's.
                    told.tag = None;
                    told.bytes = None;
                }
                416 => return Err(Fault::Changed),
                408 | 425 | 429 | 500..=599 => {
                    return Err(Fault::Passing(text!(
                        "store-reason-status",
                        status = status.to_string()
                    )));
                }
                _ => {
                    let address = place.to_string();
                    return Err(StoreError::Refused {
                        address: without_query(&address),
                        status,
                    }
                    .into());
                }
            }
        }
        Err(Fault::Passing(text!("store-reason-redirect")))
    }

    fn check_allowed(&self, place: &Uri) -> Result<(), StoreError> {
        let allowed = match place.scheme_str() {
            Some("https") => true,
            Some("http") => self.own_computer && is_loopback(place),
            _ => false,
        };
        if allowed {
            return Ok(());
        }
        Err(StoreError::Insecure {
            address: without_query(&place.to_string()),
        })
    }
}

impl Told {
    /// Takes what these headers say and earlier ones have not.
    fn hear(&mut self, headers: &HeaderMap) {
        let quoted = |name| text_of(headers, name).map(|tag| tag.trim_matches('"').to_owned());
        self.sha256 = self
            .sha256
            .take()
            .or_else(|| quoted("x-linked-etag").filter(|tag| is_digest(tag)));
        self.commit = self.commit.take().or_else(|| text_of(headers, "x-repo-commit"));
        self.tag = self.tag.take().or_else(|| text_of(headers, header::ETAG.as_str()));
    }
}

/// An answer whose range, size and encoding make sense.
fn answer(response: Response<Body>, mut told: Told, asked: u64) -> Result<Answer, Fault> {
    let headers = response.headers();
    if text_of(headers, header::CONTENT_ENCODING.as_str()).is_some_and(|encoding| encoding != "identity") {
        return Err(Fault::Passing(text!("store-reason-encoded")));
    }
    let from = if response.status().as_u16() == 206 {
        let range = text_of(headers, header::CONTENT_RANGE.as_str()).unwrap_or_default();
        let (from, bytes) = content_range(&range).ok_or_else(|| Fault::Passing(text!("store-reason-range")))?;
        if from != asked {
            return Err(Fault::Passing(text!("store-reason-range")));
        }
        told.bytes = bytes;
        from
    } else {
        told.bytes = text_of(headers, header::CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
        0
    };
    Ok(Answer {
        told,
        from,
        body: response.into_body(),
    })
}

/// The place of the first byte and the whole size, of "bytes 5-9/20" or "bytes 5-9/*".
fn content_range(range: &str) -> Option<(u64, Option<u64>)> {
    let (place, bytes) = range.strip_prefix("bytes ")?.split_once('/')?;
    let from = place.split_once('-')?.0.parse().ok()?;
    let bytes = if bytes == "*" { None } else { Some(bytes.parse().ok()?) };
    Some((from, bytes))
}

fn uri(address: &str) -> Result<Uri, StoreError> {
    address.parse().map_err(|_| StoreError::Insecure {
        address: address.to_owned(),
    })
}

fn is_loopback(place: &Uri) -> bool {
    let host = place.host().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where a `Location` leads from a place.
fn joined(place: &Uri, to: &str) -> Option<Uri> {
    if to.contains("://") {
        return to.parse().ok();
    }
    let (scheme, host) = (place.scheme_str()?, place.authority()?);
    if let Some(rest) = to.strip_prefix("//") {
        return format!("{scheme}://{rest}").parse().ok();
    }
    let path = if to.starts_with('/') {
        to.to_owned()
    } else {
        let folder = place.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{to}")
    };
    format!("{scheme}://{host}{path}").parse().ok()
}

/// What follows the question mark may be a key.
fn without_query(address: &str) -> String {
    address.split('?').next().unwrap_or(address).to_owned()
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What happened, in a few words for the person; the details are in the log.
pub(super) fn reason(error: &ureq::Error) -> String {
    log::info!("a request failed: {error}");
    match error {
        ureq::Error::HostNotFound => text!("store-reason-host"),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) | ureq::Error::ConnectionFailed => {
            text!("store-reason-unreachable")
        }
        ureq::Error::Timeout(_) => text!("store-reason-stalled"),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_followed_from_where_it_was_given() {
        let place: Uri = "https://hub.example/a/b/c?x=1".parse().unwrap();
        for (to, expected) in [
            ("https://cdn.example/d?k=2", "https://cdn.example/d?k=2"),
            ("//cdn.example/d", "https://cdn.example/d"),
            ("/d/e", "https://hub.example/d/e"),
            ("d", "https://hub.example/a/b/d"),
        ] {
            assert_eq!(joined(&place, to).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn a_range_is_read_with_and_without_the_size() {
        assert_eq!(content_range("bytes 5-9/20"), Some((5, Some(20))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for wrong in ["", "bytes */20", "items 5-9/20", "bytes 5-9/x", "bytes -9/20"] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_this_computer_may_be_asked_without_encryption_and_only_by_itself() {
        let patience = Patience::default();
        let far = Web::new("https://hub.example/x", &patience).unwrap();
        let near = Web::new("http://127.0.0.1:8000/x", &patience).unwrap();
        let allowed = |web: &Web, address: &str| web.check_allowed(&address.parse().unwrap()).is_ok();
        assert!(allowed(&far, "https://cdn.example/x") && allowed(&near, "http://127.0.0.1:9/x"));
        assert!(allowed(&near, "http://[::1]:9/x"));
        for address in ["http://cdn.example/x", "http://127.0.0.1/x", "ftp://cdn.example/x"] {
            assert!(!allowed(&far, address), "{address}");
        }
        for address in [
            "http://cdn.example/x",
            "http://localhost.example/x",
            "http://10.0.0.1/x",
        ] {
            assert!(!allowed(&near, address), "{address}");
        }
    }
}
