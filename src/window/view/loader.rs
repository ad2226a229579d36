//! Textures for the screen, made from the photo's pixels on a thread of their own.
//!
//! Each frame tells what it needs; that replaces what an earlier one asked for and did not get yet, so that nothing is
//! made for a place that has been left.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::ColorImage;

use super::tiles::TileKey;
use crate::photo::Photo;

/// Ready images that may wait for the window; a thread that is further ahead waits.
const AHEAD: usize = 8;

/// Tells one photo from the next.
pub type Serial = u64;

/// What a texture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The photo for the screen, whole.
    Preview,
    /// A part of the full photo.
    Tile(TileKey),
}

/// An image that is ready to become a texture.
pub struct Ready {
    /// Of which photo.
    pub serial: Serial,
    /// What it shows.
    pub piece: Piece,
    /// Its pixels.
    pub image: ColorImage,
}

/// The handle of the thread; dropping it ends the thread.
pub struct Loader {
    desk: Arc<Desk>,
    ready: Option<Receiver<Ready>>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Starts the thread; `wake` is called whenever an image is ready.
    pub fn start(wake: impl Fn() + Send + 'static) -> Self {
        let (sender, ready) = bounded(AHEAD);
        let desk = Arc::new(Desk::default());
        let work = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("textures".to_owned())
            .spawn(move || run(&work, &sender, &wake));
        Self {
            desk,
            ready: Some(ready),
            thread: thread
                .inspect_err(|error| log::error!("the thread for textures did not start: {error}"))
                .ok(),
        }
    }

    /// Asks for these pieces of a photo, the first one first, instead of what was asked before.
    pub fn want(&self, serial: Serial, source: Vec<(Piece, Photo)>) {
        let mut state = self.desk.lock();
        let under_way = std::mem::take(&mut state.under_way);
        state.wanted = source
            .into_iter()
            .rev()
            .filter(|(piece, _)| !under_way.contains(&(serial, *piece)))
            .map(|(piece, photo)| (serial, piece, photo))
            .collect();
        state.under_way = under_way;
        self.desk.changed.notify_one();
    }

    /// The next image that is ready.
    pub fn poll(&self) -> Option<Ready> {
        let ready = self.ready.as_ref()?.try_recv().ok()?;
        let mut state = self.desk.lock();
        state.under_way.retain(|piece| *piece != (ready.serial, ready.piece));
        Some(ready)
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // The thread may be waiting for room in the channel: close it before waiting for the thread.
        self.ready = None;
        self.desk.lock().closed = true;
        self.desk.changed.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::error!("the thread for textures had panicked");
        }
    }
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The last one is made first.
    wanted: Vec<(Serial, Piece, Photo)>,
    /// Being made, or made and not fetched yet.
    under_way: Vec<(Serial, Piece)>,
    closed: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next piece; none once closed.
    fn take(&self) -> Option<(Serial, Piece, Photo)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(next) = state.wanted.pop() {
                state.under_way.push((next.0, next.1));
                return Some(next);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn run(desk: &Desk, sender: &Sender<Ready>, wake: &dyn Fn()) {
    while let Some((serial, piece, photo)) = desk.take() {
        let pixels = photo.pixels();
        let image = match piece {
            Piece::Preview => {
                let size = [pixels.width() as usize, pixels.height() as usize];
                ColorImage::from_rgb(size, pixels.as_raw())
            }
            Piece::Tile(key) => key.image(pixels),
        };
        if sender.send(Ready { serial, piece, image }).is_err() {
            return;
        }
        wake();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn wait(loader: &Loader) -> Ready {
        let begun = Instant::now();
        loop {
            if let Some(ready) = loader.poll() {
                return ready;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no image comes");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn pieces_come_in_the_order_in_which_they_were_asked_for() {
        let photo = Photo::from_pixels("photo", image::RgbImage::new(900, 40));
        let (sender, woken) = bounded(20);
        let loader = Loader::start(move || {
            let _ = sender.try_send(());
        });
        let tile = |column| {
            Piece::Tile(TileKey {
                level: 0,
                column,
                row: 0,
            })
        };
        let wanted = [Piece::Preview, tile(1), tile(0)];
        loader.want(7, wanted.iter().map(|piece| (*piece, photo.clone())).collect());
        for expected in wanted {
            let ready = wait(&loader);
            assert_eq!((ready.serial, ready.piece), (7, expected));
        }
        assert!(woken.recv_timeout(Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn what_is_under_way_is_not_made_twice() {
        let photo = Photo::from_pixels("photo", image::RgbImage::new(20, 20));
        let loader = Loader::start(|| {});
        let want = || loader.want(1, vec![(Piece::Preview, photo.clone())]);
        for _ in 0..30 {
            want();
        }
        wait(&loader);
        std::thread::sleep(Duration::from_millis(50));
        assert!(loader.poll().is_none());
        want();
        wait(&loader);
    }

    #[test]
    fn closing_does_not_wait_for_what_nobody_fetches() {
        let photo = Photo::from_pixels("photo", image::RgbImage::new(20, 20));
        let loader = Loader::start(|| {});
        loader.want(1, vec![(Piece::Preview, photo); 50]);
        std::thread::sleep(Duration::from_millis(30));
        drop(loader);
    }
}
