//! What the window needs of a Linux desktop, asked over the session bus.

use std::env;
use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zbus::zvariant::OwnedValue;

use super::on_path;

/// A service that is started by the question takes a moment; one that hangs is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What shows the dialog that asks for a file.
pub fn file_dialog() -> Result<String, String> {
    match portal() {
        Ok(_) => Ok("the desktop's portal".to_owned()),
        Err(error) => {
            log::info!("no portal: {error}");
            on_path("zenity").map(|path| path.display().to_string()).ok_or_else(|| {
                "neither a desktop portal nor zenity is there. Install zenity, or open photos by dropping them on the \
                 window."
                    .to_owned()
            })
        }
    }
}

/// Whether the desktop's portal shows the dialog; without it zenity does.
pub fn has_portal() -> bool {
    portal().is_ok()
}

fn portal() -> zbus::Result<OwnedValue> {
    portal_for("org.freedesktop.portal.FileChooser")
}

/// Whether the desktop's portal does what an interface names.
fn portal_for(interface: &str) -> zbus::Result<OwnedValue> {
    property(
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        interface,
        "version",
    )
}

/// What gives pictures of the screen.
pub fn screen() -> Result<String, String> {
    let named = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    match (named("WAYLAND_DISPLAY"), named("DISPLAY")) {
        (true, _) => {
            match portal_for("org.freedesktop.portal.Screenshot") {
                Ok(_) => Ok("the desktop's portal, which may ask for leave".to_owned()),
                Err(error) => {
                    log::info!("no portal for the screen: {error}");
                    Err("Wayland gives them through a portal, which is not there. Install the xdg-desktop-portal of your \
                     desktop, or paste pictures that its own key takes."
                    .to_owned())
                }
            }
        }
        (false, true) => Ok("the X server".to_owned()),
        (false, false) => Err("there is no screen.".to_owned()),
    }
}

/// Whether screen readers are told what the window shows.
pub fn accessibility() -> Result<String, String> {
    match property(
        "org.a11y.Bus",
        "/org/a11y/bus",
        "org.a11y.Status",
        "ScreenReaderEnabled",
    ) {
        Ok(value) => Ok(match bool::try_from(value) {
            Ok(true) => "a screen reader is on".to_owned(),
            _ => "the accessibility bus is there, no screen reader is on".to_owned(),
        }),
        Err(error) => {
            log::info!("no accessibility bus: {error}");
            Err(
                "the accessibility bus does not answer, so a screen reader cannot read the window. Install \
                 at-spi2-core and log in again."
                    .to_owned(),
            )
        }
    }
}

/// Where the window would open.
pub fn display() -> Result<String, String> {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(wayland) = named("WAYLAND_DISPLAY")
        && UnixStream::connect(wayland_socket(&wayland, named("XDG_RUNTIME_DIR"))).is_ok()
    {
        return Ok(format!("Wayland, {}", wayland.display()));
    }
    let Some(x11) = named("DISPLAY") else {
        return Err("there is none, so the window cannot open. Use `hearsight describe`.".to_owned());
    };
    let name = x11.to_string_lossy();
    match x11_socket(&name) {
        Some(socket) if UnixStream::connect(&socket).is_err() => Err(format!(
            "nothing answers at DISPLAY {name}, so the window cannot open. Use `hearsight describe`."
        )),
        // A display on another machine is taken at its word.
        _ => Ok(format!("X11, {name}")),
    }
}

/// A display's name is a file in the run-time folder, or a path of its own.
fn wayland_socket(display: &OsString, runtime: Option<OsString>) -> PathBuf {
    PathBuf::from(runtime.unwrap_or_default()).join(display)
}

/// The socket of a display on this machine: `:1`, `:1.0` or `unix:1`.
fn x11_socket(display: &str) -> Option<PathBuf> {
    let number = display.strip_prefix("unix").unwrap_or(display).strip_prefix(':')?;
    let number = number.split('.').next()?;
    number
        .parse::<u32>()
        .is_ok()
        .then(|| Path::new("/tmp/.X11-unix").join(format!("X{number}")))
}

/// Reads a property over the session bus, which starts the service where it is not running.
fn property(service: &str, path: &str, interface: &str, name: &str) -> zbus::Result<OwnedValue> {
    pollster::block_on(async {
        let bus = zbus::connection::Builder::session()?
            .method_timeout(PATIENCE)
            .build()
            .await?;
        let get = (interface, name);
        let reply = bus
            .call_method(
                Some(service),
                path,
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &get,
            )
            .await?;
        let value: OwnedValue = reply.body().deserialize()?;
        Ok(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_display_on_this_machine_has_a_socket() {
        let first = Some(PathBuf::from("/tmp/.X11-unix/X1"));
        assert_eq!(x11_socket(":1"), first);
        assert_eq!(x11_socket(":1.0"), first);
        assert_eq!(x11_socket("unix:1"), first);
        assert_eq!(x11_socket("desk.example:1"), None);
        assert_eq!(x11_socket(":one"), None);
    }

    #[test]
    fn a_wayland_display_may_be_a_path_of_its_own() {
        let runtime = || Some("/run/user/1000".into());
        assert_eq!(
            wayland_socket(&"wayland-0".into(), runtime()),
            Path::new("/run/user/1000/wayland-0")
        );
        assert_eq!(wayland_socket(&"/tmp/own".into(), runtime()), Path::new("/tmp/own"));
    }
}
