//! Models are installed from a real server that cuts off, stalls, lies, changes its files and leads astray; whatever it
//! does, a model is on the shelf whole or not at all.
#![cfg(feature = "download")]
#![allow(clippy::unwrap_used)]

#[path = "support/tiny.rs"]
mod tiny;
#[path = "support/web.rs"]
mod web;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use hearsight::model::store::download::{Installed, Patience, Progress, install};
use hearsight::model::store::{Catalogue, Shelf, StoreError, sha256};
use tempfile::TempDir;
use tiny::{FILES, fixture};
use web::{Reply, Request, Server};

/// The file that the server misbehaves with.
const BIG: &str = "/r1/decoder_with_past_model.onnx";

const QUICK: Patience = Patience {
    connect: Duration::from_secs(5),
    stall: Duration::from_millis(400),
    failures: 3,
    pause: Duration::from_millis(5),
};

fn contents() -> HashMap<String, Vec<u8>> {
    let read = |file: &&str| (format!("/r1/{file}"), fs::read(fixture().join(file)).unwrap());
    FILES.iter().map(read).collect()
}

/// A server of the small model whose answers for the big file, after the one about its size, a test may change.
fn server(mut misbehave: impl FnMut(&Request, Reply) -> Reply + Send + 'static) -> Server {
    let contents = contents();
    Server::start(move |request| {
        let Some(content) = contents.get(&request.path) else {
            return Reply::status(404);
        };
        let reply = Reply::honest(request, content, "\"v1\"");
        if request.path == BIG && !request.asks() {
            misbehave(request, reply)
        } else {
            reply
        }
    })
}

/// The catalogue of the small model; `about_big` is said of the big file.
fn catalogue(server: &Server, about_big: &str) -> String {
    let files: Vec<String> = FILES
        .iter()
        .map(|file| {
            let about = if BIG.ends_with(file) { about_big } else { "" };
            format!("{{ path = \"{file}\"{about} }}")
        })
        .collect();
    format!(
        "[[model]]\nname = \"tiny\"\ntitle = \"Tiny\"\ngood_at = {{ en = \"tests\" }}\nlanguages = [\"en\"]\n\
         licence = \"MIT\"\npage = \"https://example.org/tiny\"\nfiles_at = \"{}/{{revision}}\"\nrevision = \"r1\"\n\
         megabytes = 2\nfiles = [{}]\n",
        server.address,
        files.join(", ")
    )
}

fn shelf() -> (TempDir, Shelf) {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::at(folder.path().join("models"));
    (folder, shelf)
}

fn installed_with(shelf: &Shelf, catalogue: &str, told: &mut Vec<Progress>) -> Result<Installed, StoreError> {
    let catalogue = Catalogue::parse(catalogue).unwrap();
    install(shelf, catalogue.entry("tiny").unwrap(), &QUICK, &mut |progress| {
        told.push(progress)
    })
}

fn installed(shelf: &Shelf, server: &Server) -> Result<Installed, StoreError> {
    installed_with(shelf, &catalogue(server, ""), &mut Vec::new())
}

/// Nothing stands where a model would be found.
fn assert_nothing_there(shelf: &Shelf) {
    assert!(shelf.installed().is_empty());
    let seen: Vec<_> = fs::read_dir(shelf.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    assert!(seen.is_empty(), "{seen:?}");
}

/// Every file is the server's, byte for byte, and nothing else is there.
fn assert_whole(installed: &Installed) {
    for file in FILES {
        let path = installed.folder.join(file);
        assert_eq!(
            fs::read(&path).unwrap(),
            fs::read(fixture().join(file)).unwrap(),
            "{file}"
        );
        assert_eq!(
            installed.manifest.file(file).unwrap().sha256,
            sha256(&path).unwrap(),
            "{file}"
        );
    }
    assert_eq!(fs::read_dir(&installed.folder).unwrap().count(), FILES.len() + 1);
    assert!(!installed.folder.parent().unwrap().join(".partial/tiny").exists());
}

/// Where in the big file each request for its bytes began.
fn starts(server: &Server) -> Vec<u64> {
    let requests = server.requests().into_iter();
    requests
        .filter(|request| request.path == BIG && !request.asks())
        .map(|request| request.from())
        .collect()
}

fn big() -> Vec<u8> {
    contents().remove(BIG).unwrap()
}

#[test]
fn a_model_is_installed_with_progress_and_once() {
    let server = server(|_, reply| reply);
    let (_folder, shelf) = shelf();
    let mut told = Vec::new();
    let done = installed_with(&shelf, &catalogue(&server, ""), &mut told).unwrap();
    assert_whole(&done);
    let all = done.manifest.bytes();
    assert_eq!(told[0], Progress::Begins { bytes: all, here: 0 });
    assert_eq!(
        told[told.len() - 2..],
        [Progress::Loads { here: all, bytes: all }, Progress::Checks]
    );
    let asked = server.requests().len();
    assert!(installed(&shelf, &server).unwrap().before);
    assert_eq!(server.requests().len(), asked, "nothing is asked for what is there");
    for request in server.requests() {
        let mut names: Vec<_> = request.headers.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert!(
            names
                .iter()
                .all(|name| ["accept", "accept-encoding", "connection", "host", "range", "user-agent"].contains(name)),
            "{names:?}"
        );
        assert!(request.headers["user-agent"].starts_with("hearsight/"));
    }
}

#[test]
fn a_connection_that_is_cut_off_is_taken_up_where_it_broke() {
    let size = big().len();
    let server = server(move |_, mut reply| {
        reply.cut = (reply.body.len() > size / 2).then_some(size / 5);
        reply
    });
    let (_folder, shelf) = shelf();
    let mut told = Vec::new();
    assert_whole(&installed_with(&shelf, &catalogue(&server, ""), &mut told).unwrap());
    let starts = starts(&server);
    assert_eq!(starts, [0, 1, 2, 3].map(|part| part * (size as u64 / 5)));
    assert_eq!(
        told.iter()
            .filter(|told| matches!(told, Progress::Waits { .. }))
            .count(),
        3
    );
}

#[test]
fn a_connection_that_stalls_is_left_and_taken_up() {
    let mut first = true;
    let server = server(move |_, mut reply| {
        reply.stall = std::mem::take(&mut first).then_some(Duration::from_secs(20));
        reply
    });
    let (_folder, shelf) = shelf();
    assert_whole(&installed(&shelf, &server).unwrap());
    let half = big().len() as u64 / 2;
    let starts = starts(&server);
    assert!(starts.len() == 2 && starts[1] > 0 && starts[1] <= half, "{starts:?}");
}

#[test]
fn a_server_that_brings_nothing_is_given_up_and_a_later_install_goes_on() {
    let mut left = 1 + QUICK.failures;
    let server = server(move |_, mut reply| {
        left = left.saturating_sub(1);
        match left {
            0 => {}
            // Something at first, then nothing at all.
            1..=2 => return Reply::status(503),
            _ => reply.cut = Some(reply.body.len() / 3),
        }
        reply
    });
    let (_folder, shelf) = shelf();
    let error = installed(&shelf, &server).unwrap_err();
    assert!(matches!(error, StoreError::Connection { .. }), "{error}");
    assert!(error.to_string().contains("503"), "{error}");
    assert_nothing_there(&shelf);
    let mut told = Vec::new();
    assert_whole(&installed_with(&shelf, &catalogue(&server, ""), &mut told).unwrap());
    assert!(
        matches!(told[0], Progress::Begins { here, .. } if here > 0),
        "{:?}",
        told[0]
    );
    assert_eq!(
        server
            .requests()
            .iter()
            .filter(|request| request.path == "/r1/tokenizer.json" && !request.asks())
            .count(),
        1
    );
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_again() {
    let mut first = true;
    let content = big();
    let server = server(move |_, _| {
        let mut reply = Reply::status(200);
        reply.body.clone_from(&content);
        reply.cut = std::mem::take(&mut first).then_some(1000);
        reply
    });
    let (_folder, shelf) = shelf();
    assert_whole(&installed(&shelf, &server).unwrap());
    assert_eq!(starts(&server), [0, 1000]);
}

#[test]
fn a_body_that_is_longer_or_shorter_than_was_said_is_not_used() {
    for (longer, sentence) in [(true, "should have"), (false, "could not be downloaded")] {
        let server = server(move |_, mut reply| {
            if longer {
                reply.body.extend([0; 10]);
                // Without a length the body goes on to the end of the connection.
                return reply.with("Content-Length", "");
            }
            reply.body.truncate(0);
            reply
        });
        let (_folder, shelf) = shelf();
        let error = installed(&shelf, &server).unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
        assert_nothing_there(&shelf);
    }
}

#[test]
fn a_size_that_is_not_the_catalogues_is_refused_before_anything_is_downloaded() {
    let server = server(|_, reply| reply);
    let (_folder, shelf) = shelf();
    let error = installed_with(&shelf, &catalogue(&server, ", bytes = 12"), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, StoreError::Size { expected: 12, .. }), "{error}");
    assert!(server.requests().iter().all(Request::asks));
    assert_nothing_there(&shelf);
}

#[test]
fn a_size_that_nobody_could_store_is_refused_at_once() {
    let contents = contents();
    let server = Server::start(move |request| {
        Reply::honest(request, &contents[&request.path], "\"v1\"")
            .with("Content-Range", "bytes 0-0/9000000000000000000")
    });
    let (_folder, shelf) = shelf();
    let error = installed(&shelf, &server).unwrap_err();
    assert!(matches!(error, StoreError::Size { .. }), "{error}");
    assert_nothing_there(&shelf);
}

#[test]
fn a_file_that_changes_between_two_parts_is_never_mixed() {
    let other = fs::read(fixture().join("generation_config.json")).unwrap();
    let path = "/r1/generation_config.json";
    // As long, and another one from its first line to its last.
    let newer: Vec<u8> = other
        .iter()
        .map(|byte| if *byte == b' ' { b'\t' } else { *byte })
        .collect();
    let expected = newer.clone();
    let contents = contents();
    let mut bytes_asked = 0;
    let server = Server::start(move |request| {
        if request.path != path {
            return Reply::honest(request, &contents[&request.path], "\"v1\"");
        }
        bytes_asked += usize::from(!request.asks());
        if bytes_asked > 1 || bytes_asked == 1 && request.asks() {
            return Reply::honest(request, &newer, "\"v2\"");
        }
        let mut reply = Reply::honest(request, &other, "\"v1\"");
        reply.cut = (!request.asks()).then_some(other.len() / 2);
        reply
    });
    let (_folder, shelf) = shelf();
    let done = installed(&shelf, &server).unwrap();
    let found: Vec<u64> = server
        .requests()
        .iter()
        .filter(|request| request.path == path && !request.asks())
        .map(Request::from)
        .collect();
    assert_eq!(
        found.last(),
        Some(&0),
        "the new version is fetched from its first byte: {found:?}"
    );
    assert_eq!(fs::read(done.folder.join("generation_config.json")).unwrap(), expected);
}

#[test]
fn bytes_that_are_not_the_ones_of_the_digest_are_fetched_once_more_and_then_refused() {
    let digest = sha256(&fixture().join("decoder_with_past_model.onnx")).unwrap();
    let about = format!(", sha256 = \"{digest}\"");
    for times in [1, 2] {
        let mut left = times;
        let server = server(move |_, mut reply| {
            if left > 0 {
                left -= 1;
                reply.body[5000] ^= 1;
            }
            reply
        });
        let (_folder, shelf) = shelf();
        let done = installed_with(&shelf, &catalogue(&server, &about), &mut Vec::new());
        assert_eq!(starts(&server), [0, 0]);
        if times == 1 {
            assert_whole(&done.unwrap());
        } else {
            let error = done.unwrap_err();
            assert!(
                matches!(&error, StoreError::Digest { file } if BIG.ends_with(file)),
                "{error}"
            );
            assert_nothing_there(&shelf);
        }
    }
}

#[test]
fn what_the_first_install_found_holds_for_every_later_one() {
    let contents = contents();
    let mut changed = contents[BIG].clone();
    *changed.last_mut().unwrap() ^= 1;
    let (send, receive) = mpsc::channel();
    let mut attacked = false;
    let server = Server::start(move |request| {
        attacked |= receive.try_recv().is_ok();
        let content = if attacked && request.path == BIG {
            &changed
        } else {
            &contents[&request.path]
        };
        Reply::honest(request, content, if attacked { "\"v2\"" } else { "\"v1\"" })
    });
    let (_folder, shelf) = shelf();
    assert_whole(&installed(&shelf, &server).unwrap());
    shelf.remove("tiny").unwrap();
    assert_nothing_there(&shelf);
    send.send(()).unwrap();
    let error = installed(&shelf, &server).unwrap_err();
    assert!(matches!(error, StoreError::Digest { .. }), "{error}");
    assert_nothing_there(&shelf);
}

#[test]
fn the_digest_that_the_hub_tells_counts_where_the_catalogue_has_none() {
    let contents = contents();
    let server = Server::start(move |request| {
        let reply = Reply::honest(request, &contents[&request.path], "\"v1\"");
        if request.path == BIG {
            reply.with("X-Linked-ETag", &format!("\"{}\"", "0".repeat(64)))
        } else {
            reply
        }
    });
    let (_folder, shelf) = shelf();
    assert!(matches!(installed(&shelf, &server), Err(StoreError::Digest { .. })));
    assert_nothing_there(&shelf);
}

#[test]
fn another_commit_than_was_asked_for_is_refused() {
    let contents = contents();
    let revision = "a".repeat(40);
    let at = format!("/{revision}/");
    let server = Server::start(move |request| {
        let content = &contents[&request.path.replace(&at, "/r1/")];
        Reply::honest(request, content, "\"v1\"").with("X-Repo-Commit", &"b".repeat(40))
    });
    let (_folder, shelf) = shelf();
    let catalogue = catalogue(&server, "").replace("\"r1\"", &format!("\"{revision}\""));
    let error = installed_with(&shelf, &catalogue, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, StoreError::Revision { .. }), "{error}");
    assert_nothing_there(&shelf);
}

#[test]
fn a_redirect_is_followed_to_this_computer_and_nowhere_without_encryption() {
    let contents = contents();
    let elsewhere = Server::start(move |request| {
        let path = request.path.replace("/moved/", "/r1/");
        Reply::honest(request, &contents[&path], "\"v1\"")
    });
    let to = elsewhere.address.clone();
    let honest = Server::start(move |request| Reply::to(&format!("{to}{}", request.path.replace("/r1/", "/moved/"))));
    let (_folder, shelf) = shelf();
    assert_whole(&installed(&shelf, &honest).unwrap());
    shelf.remove("tiny").unwrap();

    for target in [
        "http://192.0.2.1/x?key=secret",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
    ] {
        let server = Server::start(move |_| Reply::to(target));
        let error = installed(&shelf, &server).unwrap_err();
        assert!(matches!(error, StoreError::Insecure { .. }), "{target}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert_eq!(server.requests().len(), 1);
        assert_nothing_there(&shelf);
    }
}

#[test]
fn a_server_that_sends_around_in_a_circle_is_given_up() {
    let server = Server::start(|request| Reply::to(&format!("{}x", request.path)));
    let (_folder, shelf) = shelf();
    let error = installed(&shelf, &server).unwrap_err();
    assert!(matches!(error, StoreError::Connection { .. }), "{error}");
    assert!(server.requests().len() <= 40);
    assert_nothing_there(&shelf);
}

#[test]
fn a_file_that_is_not_there_is_told_at_once_and_a_server_that_is_busy_is_asked_again() {
    let missing = Server::start(|_| Reply::status(404));
    let (_folder, shelf) = shelf();
    let error = installed(&shelf, &missing).unwrap_err();
    assert!(matches!(error, StoreError::Refused { status: 404, .. }), "{error}");
    assert_eq!(missing.requests().len(), 1);
    assert_nothing_there(&shelf);

    let contents = contents();
    let mut refusals = 2;
    let busy = Server::start(move |request| {
        if refusals > 0 {
            refusals -= 1;
            return Reply::status(500);
        }
        Reply::honest(request, &contents[&request.path], "\"v1\"")
    });
    assert_whole(&installed(&shelf, &busy).unwrap());
}

#[test]
fn what_is_no_model_is_refused_and_leaves_nothing() {
    let contents = contents();
    let server = Server::start(move |request| {
        let content = if request.path.ends_with("tokenizer.json") {
            b"no tokenizer"
        } else {
            &contents[&request.path][..]
        };
        Reply::honest(request, content, "\"v1\"")
    });
    let (_folder, shelf) = shelf();
    let error = installed(&shelf, &server).unwrap_err();
    assert!(matches!(error, StoreError::Model(_)), "{error}");
    assert_nothing_there(&shelf);
    assert!(!shelf.folder().join(".partial/tiny").exists());
}

#[test]
fn a_second_install_at_the_same_time_is_told_so() {
    let (begun, begins) = mpsc::channel();
    let (go, goes) = mpsc::channel::<()>();
    let server = server(move |_, reply| {
        begun.send(()).unwrap();
        goes.recv().unwrap();
        reply
    });
    let (_folder, shelf) = shelf();
    let text = catalogue(&server, "");
    let (first_shelf, first_text) = (shelf.clone(), text.clone());
    let slow = Patience {
        stall: Duration::from_secs(30),
        ..QUICK
    };
    let first = thread::spawn(move || {
        let catalogue = Catalogue::parse(&first_text).unwrap();
        install(&first_shelf, catalogue.entry("tiny").unwrap(), &slow, &mut |_| {})
    });
    begins.recv().unwrap();
    assert!(matches!(
        installed_with(&shelf, &text, &mut Vec::new()),
        Err(StoreError::Busy)
    ));
    go.send(()).unwrap();
    assert_whole(&first.join().unwrap().unwrap());
}

#[test]
fn a_new_revision_takes_the_place_of_the_old_one() {
    let contents = contents();
    let server = Server::start(move |request| {
        Reply::honest(request, &contents[&request.path.replace("/r2/", "/r1/")], "\"v1\"")
    });
    let (_folder, shelf) = shelf();
    let old = catalogue(&server, "");
    installed_with(&shelf, &old, &mut Vec::new()).unwrap();
    let done = installed_with(&shelf, &old.replace("\"r1\"", "\"r2\""), &mut Vec::new()).unwrap();
    assert_whole(&done);
    assert_eq!(shelf.manifest("tiny").unwrap().revision, "r2");
    assert!(!done.before);
}

/// Runs the program with its data in a folder of the test's.
fn hearsight(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hearsight"))
        .args(arguments)
        .env("HEARSIGHT_DATA_DIR", data)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("HEARSIGHT_MODEL")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn from_the_command_line_a_model_is_listed_installed_used_by_its_name_and_removed() {
    let server = server(|_, reply| reply);
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("catalogue.toml");
    fs::write(&list, catalogue(&server, "")).unwrap();
    let list = list.to_str().unwrap();
    let data = folder.path().join("data");
    let models = |arguments: &[&str]| hearsight(&data, &[&["models"], arguments].concat());

    let before = said(&models(&["list", "--catalogue", list]));
    assert!(
        before.starts_with("tiny (2 MB to download)\n  Tiny: tests."),
        "{before}"
    );
    let unknown = models(&["install", "huge", "--catalogue", list]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&unknown.stderr).contains("It has: tiny."),
        "{unknown:?}"
    );

    let installed = models(&["install", "tiny", "--catalogue", list]);
    assert!(said(&installed).starts_with("tiny is installed in "));
    let progress = String::from_utf8_lossy(&installed.stderr);
    assert!(progress.contains("100 %\nChecking"), "{progress}");
    assert!(said(&models(&["list", "--catalogue", list])).starts_with("tiny (installed, "));
    let own = said(&models(&["list"]));
    assert!(own.contains("distilvit-small (188 MB to download)"), "{own}");
    assert!(own.contains("tiny (installed, no longer in the catalogue"), "{own}");

    let photo = fixture().join("photo-0.png");
    let described = hearsight(
        &data,
        &["describe", "--json", "--model", "tiny", photo.to_str().unwrap()],
    );
    assert!(said(&described).contains("\"model\":\"tiny\"") || said(&described).contains("\"model\": \"tiny\""));

    assert_eq!(said(&models(&["remove", "tiny"])), "tiny was removed.\n");
    let again = models(&["remove", "tiny"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("No model \"tiny\" is installed."));
    let none = hearsight(&data, &["describe", "--model", "tiny", photo.to_str().unwrap()]);
    assert_eq!(none.status.code(), Some(1));
}
