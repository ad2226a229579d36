//! What is on the screen becomes upright pixels: through the desktop's portal on Wayland, from the X server otherwise.
//!
//! On Wayland no program sees another's window, so the portal is asked, and it may ask the person. On X11 the screen is
//! read without a question; there the part that is meant is the window in front.

use image::RgbImage;

use crate::photo::PhotoError;
use crate::text;

#[cfg(target_os = "linux")]
mod portal;
#[cfg(target_os = "linux")]
mod x11;

/// How much of the screen is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// All of it.
    Whole,
    /// On X11 the window in front that is none of this program's; on Wayland what the person chooses in the dialog of
    /// the desktop, a window or a region.
    Part,
}

/// Why there is no picture of the screen.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Neither Wayland nor X11.
    #[error("{}", text!("screen-none"))]
    NoScreen,
    /// Wayland without a portal that takes pictures of the screen.
    #[error("{}", text!("screen-no-portal"))]
    NoPortal,
    /// The person closed the desktop's dialog.
    #[error("{}", text!("screen-cancelled"))]
    Cancelled,
    /// The desktop does not allow it.
    #[error("{}", text!("screen-refused"))]
    Refused,
    /// The desktop has begun and does not end it.
    #[error("{}", text!("screen-portal-gone"))]
    PortalGone,
    /// No other window stands on the screen.
    #[error("{}", text!("screen-no-window"))]
    NoWindow,
    /// The program's own window covers what is meant and does not go away.
    #[error("{}", text!("screen-in-the-way"))]
    InTheWay,
    /// The X server gives no picture.
    #[error("{}", text!("screen-broken", reason = _0))]
    Broken(String),
    /// The picture that the desktop has made cannot be read.
    #[error("{}", text!("screen-unreadable", reason = _0.to_string()))]
    Unreadable(PhotoError),
}

/// Takes a picture of the screen. It may wait for the person, whom a portal may ask for leave or for the part.
///
/// Windows of this program that are about to be hidden are waited for.
///
/// # Errors
/// A [`ScreenError`] sentence for the person.
#[cfg(target_os = "linux")]
pub fn take(area: Area) -> Result<RgbImage, ScreenError> {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    // Wayland first: there the X server that old programs get shows nothing of the others.
    if named("WAYLAND_DISPLAY") {
        portal::take(area)
    } else if named("DISPLAY") {
        x11::take(area)
    } else {
        Err(ScreenError::NoScreen)
    }
}

/// Says that it is not done on this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn take(_: Area) -> Result<RgbImage, ScreenError> {
    Err(ScreenError::NoScreen)
}
