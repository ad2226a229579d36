//! Pictures that are dragged here from a browser on X11: all that comes is an address on the web, of which winit says
//! nothing at all, neither while it is held over the window nor when it is dropped.
//!
//! What is dragged is written into a property of our window before it is dropped, and a second connection to the X
//! server may look at that too. It changes nothing there.

use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt, EventMask, Property, Window};
use x11rb::rust_connection::RustConnection;

use crate::clipboard::is_web_address;

/// The window is there soon after the program has started, or it is none of X11.
const PATIENCE: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_millis(250);

/// The longest list of what is dragged that is read, in four bytes.
const LONGEST: u32 = 1 << 14;

/// Watches on a thread of its own what is dragged over this program's window; `tell` is called for each address on the
/// web. Where there is no X server it ends at once, else with the window.
pub fn watch(tell: impl Fn() + Send + 'static) {
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return;
    }
    let watching = move || {
        if let Err(error) = follow(&tell) {
            log::info!("what is dragged from browsers is not seen: {error}");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("web drop".to_owned()).spawn(watching) {
        log::error!("the thread that sees drags from browsers did not start: {error}");
    }
}

fn follow(tell: &dyn Fn()) -> Result<(), ReplyOrIdError> {
    let (connection, screen) = RustConnection::connect(None).map_err(|error| {
        log::info!("no second connection to the X server: {error}");
        x11rb::errors::ConnectionError::UnknownError
    })?;
    let atom = |name: &str| -> Result<Atom, ReplyOrIdError> {
        Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let dragged = atom("XdndSelection")?;
    let (process, takes_drops) = (atom("_NET_WM_PID")?, atom("XdndAware")?);
    let root = connection.setup().roots[screen].root;
    let begun = Instant::now();
    let window = loop {
        if let Some(window) = own_window(&connection, root, process, takes_drops)? {
            break window;
        }
        if begun.elapsed() > PATIENCE {
            return Ok(());
        }
        std::thread::sleep(AGAIN);
    };
    let wanted = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
    connection.change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(wanted))?;
    connection.flush()?;
    loop {
        match connection.wait_for_event()? {
            Event::PropertyNotify(change) if change.atom == dragged && change.state == Property::NEW_VALUE => {
                let value = connection.get_property(false, window, dragged, AtomEnum::ANY, 0, LONGEST)?;
                if value.reply().is_ok_and(|value| names_the_web(&value.value)) {
                    tell();
                }
            }
            Event::DestroyNotify(gone) if gone.window == window => return Ok(()),
            _ => {}
        }
    }
}

/// The window of this process that takes drops, wherever a window manager has put it.
fn own_window(
    connection: &RustConnection,
    root: Window,
    process: Atom,
    takes_drops: Atom,
) -> Result<Option<Window>, ReplyOrIdError> {
    let mut waiting = vec![root];
    while let Some(window) = waiting.pop() {
        // Windows come and go while the tree is walked.
        let Ok(tree) = connection.query_tree(window)?.reply() else {
            continue;
        };
        waiting.extend(tree.children);
        let number = |property: Atom| -> Result<Option<u32>, ReplyOrIdError> {
            let reply = connection
                .get_property(false, window, property, AtomEnum::ANY, 0, 1)?
                .reply();
            Ok(reply.ok().and_then(|reply| reply.value32()?.next()))
        };
        if number(process)? == Some(std::process::id()) && number(takes_drops)?.is_some() {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

/// Whether a list of addresses, one a line, names something on the web and no file.
fn names_the_web(list: &[u8]) -> bool {
    let text = String::from_utf8_lossy(list);
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(is_web_address)
}

#[cfg(test)]
mod tests {
    use super::names_the_web;

    #[test]
    fn a_list_of_files_is_left_to_the_window_and_an_address_is_seen() {
        assert!(names_the_web(b"https://example.org/a%20cat.jpg\r\n"));
        assert!(names_the_web(b"# from a browser\r\nhttp://example.org/cat.jpg\r\n"));
        assert!(!names_the_web(b"file:///home/me/cat.jpg\r\n"));
        assert!(!names_the_web(b""));
        assert!(!names_the_web(&[0xFF, 0xFE, 0]));
    }
}
