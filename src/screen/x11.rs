//! The screen as the X server has it: all of it, or the window in front.

use std::time::{Duration, Instant};

use image::RgbImage;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt, ImageFormat, ImageOrder, MapState, Screen, Setup, Window,
};
use x11rb::rust_connection::RustConnection;

use super::{Area, ScreenError};
use crate::text;

/// How long a window manager may take to hide our window.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two looks whether it is hidden.
const AGAIN: Duration = Duration::from_millis(20);
/// How long what was behind it takes to be drawn, and a compositor to fade it out.
const SETTLE: Duration = Duration::from_millis(400);

/// The longest list of windows or states that is read, in four bytes.
const LONGEST: u32 = 1 << 14;

/// All planes of a picture.
const ALL_PLANES: u32 = u32::MAX;

/// A part of the screen in its pixels: left, top, width and height.
type Region = (i16, i16, u16, u16);

/// Takes a picture of the screen, or of the window in front.
pub(super) fn take(area: Area) -> Result<RgbImage, ScreenError> {
    let (connection, number) = RustConnection::connect(None).map_err(|error| {
        log::info!("no X server: {error}");
        ScreenError::NoScreen
    })?;
    let screen = connection.setup().roots.get(number).ok_or(ScreenError::NoScreen)?;
    let desk = Desk::new(&connection, screen).map_err(broken)?;
    desk.wait_until_we_are_hidden()?;
    let region = match area {
        Area::Whole => (0, 0, screen.width_in_pixels, screen.height_in_pixels),
        Area::Part => desk.front().map_err(broken)?.ok_or(ScreenError::NoWindow)?,
    };
    desk.picture(region)
}

fn broken(error: ReplyError) -> ScreenError {
    ScreenError::Broken(error.to_string())
}

/// The windows as the window manager lists them.
struct Desk<'c> {
    connection: &'c RustConnection,
    screen: &'c Screen,
    atoms: Atoms,
}

/// The names of what is asked for.
struct Atoms {
    active: Atom,
    stacked: Atom,
    process: Atom,
    state: Atom,
    hidden: Atom,
    kind: Atom,
    desktop: Atom,
    dock: Atom,
    shadow: Atom,
}

impl<'c> Desk<'c> {
    fn new(connection: &'c RustConnection, screen: &'c Screen) -> Result<Self, ReplyError> {
        let atom = |name: &str| -> Result<Atom, ReplyError> {
            Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
        };
        let atoms = Atoms {
            active: atom("_NET_ACTIVE_WINDOW")?,
            stacked: atom("_NET_CLIENT_LIST_STACKING")?,
            process: atom("_NET_WM_PID")?,
            state: atom("_NET_WM_STATE")?,
            hidden: atom("_NET_WM_STATE_HIDDEN")?,
            kind: atom("_NET_WM_WINDOW_TYPE")?,
            desktop: atom("_NET_WM_WINDOW_TYPE_DESKTOP")?,
            dock: atom("_NET_WM_WINDOW_TYPE_DOCK")?,
            shadow: atom("_GTK_FRAME_EXTENTS")?,
        };
        Ok(Self {
            connection,
            screen,
            atoms,
        })
    }

    /// A property's numbers; none where the window has none, or is gone.
    fn numbers(&self, window: Window, property: Atom) -> Result<Vec<u32>, ReplyError> {
        let reply = self
            .connection
            .get_property(false, window, property, AtomEnum::ANY, 0, LONGEST)?
            .reply();
        Ok(reply
            .ok()
            .and_then(|reply| reply.value32().map(Iterator::collect))
            .unwrap_or_default())
    }

    /// All windows of programs, the one in front first. Without a window manager those that lie on the screen itself.
    fn windows(&self) -> Result<Vec<Window>, ReplyError> {
        let mut windows = self.numbers(self.screen.root, self.atoms.stacked)?;
        if windows.is_empty() {
            windows = self.connection.query_tree(self.screen.root)?.reply()?.children;
        }
        // The one that has the keyboard may lie under a note that is always on top.
        let active = self.numbers(self.screen.root, self.atoms.active)?;
        Ok(active.into_iter().chain(windows.into_iter().rev()).collect())
    }

    fn is_ours(&self, window: Window) -> Result<bool, ReplyError> {
        Ok(self.numbers(window, self.atoms.process)?.first() == Some(&std::process::id()))
    }

    fn is_seen(&self, window: Window) -> Result<bool, ReplyError> {
        let reply = self.connection.get_window_attributes(window)?.reply();
        Ok(reply.is_ok_and(|reply| reply.map_state == MapState::VIEWABLE))
    }

    /// Whether it is neither the desktop's background nor a panel nor hidden.
    fn is_somebodys(&self, window: Window) -> Result<bool, ReplyError> {
        let hidden = self.numbers(window, self.atoms.state)?.contains(&self.atoms.hidden);
        let kinds = self.numbers(window, self.atoms.kind)?;
        let of_the_desktop = [self.atoms.desktop, self.atoms.dock]
            .iter()
            .any(|kind| kinds.contains(kind));
        Ok(!hidden && !of_the_desktop)
    }

    fn wait_until_we_are_hidden(&self) -> Result<(), ScreenError> {
        let begun = Instant::now();
        let mut waited = false;
        while self.are_we_seen().map_err(broken)? {
            if begun.elapsed() > PATIENCE {
                return Err(ScreenError::InTheWay);
            }
            waited = true;
            std::thread::sleep(AGAIN);
        }
        if waited {
            std::thread::sleep(SETTLE);
        }
        Ok(())
    }

    fn are_we_seen(&self) -> Result<bool, ReplyError> {
        for window in self.windows()? {
            if self.is_ours(window)? && self.is_seen(window)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the window in front that is not ours stands.
    fn front(&self) -> Result<Option<Region>, ReplyError> {
        for window in self.windows()? {
            if !self.is_ours(window)? && self.is_seen(window)? && self.is_somebodys(window)? {
                return self.region(window);
            }
        }
        Ok(None)
    }

    /// The part of the screen that a window takes with its frame and without its shadow.
    fn region(&self, window: Window) -> Result<Option<Region>, ReplyError> {
        let root = self.screen.root;
        let mut frame = window;
        loop {
            let parent = self.connection.query_tree(frame)?.reply()?.parent;
            if parent == root || parent == x11rb::NONE {
                break;
            }
            frame = parent;
        }
        let size = self.connection.get_geometry(frame)?.reply()?;
        let at = self.connection.translate_coordinates(frame, root, 0, 0)?.reply()?;
        let [left, right, top, bottom] = match self.numbers(window, self.atoms.shadow)?.as_slice() {
            // A frame around it has no shadow of its own.
            [left, right, top, bottom] if frame == window => [*left, *right, *top, *bottom].map(i64::from),
            _ => [0; 4],
        };
        let (x, y) = (i64::from(at.dst_x), i64::from(at.dst_y));
        let across = (x + left, x + i64::from(size.width) - right);
        let down = (y + top, y + i64::from(size.height) - bottom);
        let screen = (self.screen.width_in_pixels, self.screen.height_in_pixels);
        Ok(within(across, screen.0)
            .zip(within(down, screen.1))
            .map(|((x, width), (y, height))| (x, y, width, height)))
    }

    fn picture(&self, (x, y, width, height): Region) -> Result<RgbImage, ScreenError> {
        let cookie = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.screen.root, x, y, width, height, ALL_PLANES)
            .map_err(|error| broken(error.into()))?;
        let image = cookie.reply().map_err(broken)?;
        let layout = Layout::of(self.connection.setup(), self.screen, image.depth);
        layout
            .and_then(|layout| layout.read(&image.data, u32::from(width), u32::from(height)))
            .ok_or_else(|| ScreenError::Broken(text!("screen-colours", bits = image.depth)))
    }
}

/// What lies on the screen of a stretch from a pixel to before another: where it begins and how long it is.
fn within((begin, end): (i64, i64), length: u16) -> Option<(i16, u16)> {
    let begin = begin.max(0);
    let end = end.min(i64::from(length));
    let length = u16::try_from(end - begin).ok().filter(|length| *length > 0)?;
    Some((i16::try_from(begin).ok()?, length))
}

/// How pixels lie in memory.
struct Layout {
    /// Of one pixel.
    bits: usize,
    /// Rows begin at multiples of so many.
    row_bits: usize,
    low_byte_first: bool,
    /// Of red, green and blue.
    masks: [u32; 3],
}

impl Layout {
    fn of(setup: &Setup, screen: &Screen, depth: u8) -> Option<Self> {
        let format = setup.pixmap_formats.iter().find(|format| format.depth == depth)?;
        let mut visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let visual = visuals.find(|visual| visual.visual_id == screen.root_visual)?;
        Some(Self {
            bits: format.bits_per_pixel.into(),
            row_bits: format.scanline_pad.into(),
            low_byte_first: setup.image_byte_order == ImageOrder::LSB_FIRST,
            masks: [visual.red_mask, visual.green_mask, visual.blue_mask],
        })
    }

    /// The picture; none where a pixel's number means a colour of a table, or where bytes are missing.
    fn read(&self, data: &[u8], width: u32, height: u32) -> Option<RgbImage> {
        if !matches!(self.bits, 16 | 24 | 32) || self.masks.contains(&0) {
            return None;
        }
        let columns = usize::try_from(width).ok()?;
        let row = (columns * self.bits).next_multiple_of(self.row_bits.max(8)) / 8;
        let bytes = self.bits / 8;
        let mut pixels = Vec::with_capacity(columns * usize::try_from(height).ok()? * 3);
        for line in data.chunks_exact(row) {
            for pixel in line.chunks_exact(bytes).take(columns) {
                let shift = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
                let number = match self.low_byte_first {
                    true => pixel.iter().rev().fold(0, shift),
                    false => pixel.iter().fold(0, shift),
                };
                pixels.extend(self.masks.map(|mask| colour(number, mask)));
            }
        }
        RgbImage::from_raw(width, height, pixels)
    }
}

/// One colour of a pixel, from as many bits as it has there to eight.
fn colour(pixel: u32, mask: u32) -> u8 {
    let (value, most) = (
        u64::from((pixel & mask) >> mask.trailing_zeros()),
        u64::from(mask >> mask.trailing_zeros()),
    );
    u8::try_from((value * 255 + most / 2) / most).unwrap_or(u8::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn layout(bits: usize, low_byte_first: bool, masks: [u32; 3]) -> Layout {
        Layout {
            bits,
            row_bits: 32,
            low_byte_first,
            masks,
        }
    }

    const TRUE_COLOUR: [u32; 3] = [0xFF_0000, 0xFF00, 0xFF];

    #[test]
    fn pixels_of_each_depth_and_byte_order_have_their_colours() {
        let orange = [255, 128, 0];
        let read = |layout: Layout, data: &[u8]| layout.read(data, 1, 1).unwrap().into_raw();
        assert_eq!(read(layout(32, true, TRUE_COLOUR), &[0, 128, 255, 9]), orange);
        assert_eq!(read(layout(32, false, TRUE_COLOUR), &[9, 255, 128, 0]), orange);
        assert_eq!(read(layout(24, true, TRUE_COLOUR), &[0, 128, 255, 7]), orange);
        let ten_bits = [0x3FF << 20, 0x3FF << 10, 0x3FF];
        let number: u32 = 0x3FF << 20 | 0x202 << 10;
        assert_eq!(read(layout(32, true, ten_bits), &number.to_le_bytes()), orange);
        let high_colour = [0xF800, 0x7E0, 0x1F];
        let number: u16 = 0x1F << 11 | 32 << 5;
        let [low, high] = number.to_le_bytes();
        assert_eq!(read(layout(16, true, high_colour), &[low, high, 7, 7]), [255, 130, 0]);
    }

    #[test]
    fn rows_that_are_padded_keep_their_place() {
        let data = [1, 1, 1, 2, 2, 2, 9, 9, 3, 3, 3, 4, 4, 4, 9, 9];
        let picture = layout(24, true, TRUE_COLOUR).read(&data, 2, 2).unwrap();
        assert_eq!(picture.into_raw(), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    }

    #[test]
    fn missing_bytes_and_tables_of_colours_give_no_picture() {
        assert!(layout(32, true, TRUE_COLOUR).read(&[0; 7], 2, 1).is_none());
        assert!(layout(8, true, TRUE_COLOUR).read(&[0; 4], 1, 1).is_none());
        assert!(layout(32, true, [0; 3]).read(&[0; 4], 1, 1).is_none());
    }

    #[test]
    fn a_window_that_hangs_over_the_edge_is_cut_there() {
        assert_eq!(within((-10, 30), 100), Some((0, 30)));
        assert_eq!(within((90, 130), 100), Some((90, 10)));
        assert_eq!(within((100, 130), 100), None);
        assert_eq!(within((-30, -10), 100), None);
    }
}
