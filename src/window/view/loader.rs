//! Images for the screen, made on a thread of their own: the photo's squares, and the light on it.
//!
//! What is wanted now replaces what was wanted before and is not made yet, so that nothing is made for a place that has
//! been left.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::ColorImage;

/// Ready images that may wait for the window; a thread that is further ahead waits.
const AHEAD: usize = 8;

/// Makes an image; it may take a while.
pub type Job = Box<dyn FnOnce() -> ColorImage + Send>;

/// The handle of the thread; dropping it ends the thread. `K` names an image.
pub struct Loader<K> {
    desk: Arc<Desk<K>>,
    ready: Option<Receiver<(K, ColorImage)>>,
    thread: Option<JoinHandle<()>>,
}

impl<K: Clone + PartialEq + Send + 'static> Loader<K> {
    /// Starts the thread; `wake` is called whenever an image is ready.
    pub fn start(name: &str, wake: impl Fn() + Send + 'static) -> Self {
        let (sender, ready) = bounded(AHEAD);
        let desk = Arc::new(Desk::default());
        let work = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&work, &sender, &wake));
        Self {
            desk,
            ready: Some(ready),
            thread: thread
                .inspect_err(|error| log::error!("the thread {name} did not start: {error}"))
                .ok(),
        }
    }

    /// Asks for these images, the first one first, instead of all that was asked before.
    pub fn want(&self, images: Vec<(K, Job)>) {
        self.want_instead(images, |_| true);
    }

    /// Asks for these images, the first one first, before all that was asked before, and instead of those of it that
    /// `outdated` names.
    pub fn want_instead(&self, images: Vec<(K, Job)>, outdated: impl Fn(&K) -> bool) {
        let mut state = self.desk.lock();
        let State { wanted, under_way, .. } = &mut *state;
        wanted.retain(|(key, _)| !outdated(key));
        let new = images.into_iter().rev().filter(|(key, _)| !under_way.contains(key));
        wanted.extend(new);
        self.desk.changed.notify_one();
    }

    /// The next image that is ready.
    pub fn poll(&self) -> Option<(K, ColorImage)> {
        let (key, image) = self.ready.as_ref()?.try_recv().ok()?;
        self.desk.lock().under_way.retain(|under_way| *under_way != key);
        Some((key, image))
    }
}

impl<K> Drop for Loader<K> {
    fn drop(&mut self) {
        // The thread may be waiting for room in the channel: close it before waiting for the thread.
        self.ready = None;
        self.desk.lock().closed = true;
        self.desk.changed.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log::error!("the thread that makes images had panicked");
        }
    }
}

struct Desk<K> {
    state: Mutex<State<K>>,
    changed: Condvar,
}

struct State<K> {
    /// The last one is made first.
    wanted: Vec<(K, Job)>,
    /// Being made, or made and not fetched yet.
    under_way: Vec<K>,
    closed: bool,
}

impl<K> Default for Desk<K> {
    fn default() -> Self {
        let state = State {
            wanted: Vec::new(),
            under_way: Vec::new(),
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }
}

impl<K> Desk<K> {
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone> Desk<K> {
    /// Waits for the next image to be made; none once closed.
    fn take(&self) -> Option<(K, Job)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some((key, job)) = state.wanted.pop() {
                state.under_way.push(key.clone());
                return Some((key, job));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn run<K: Clone>(desk: &Desk<K>, sender: &Sender<(K, ColorImage)>, wake: &dyn Fn()) {
    while let Some((key, job)) = desk.take() {
        if sender.send((key, job())).is_err() {
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

    fn wait(loader: &Loader<u32>) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some((key, _)) = loader.poll() {
                return key;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no image comes");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn jobs(keys: impl IntoIterator<Item = u32>) -> Vec<(u32, Job)> {
        let job = || -> Job { Box::new(|| ColorImage::filled([1, 1], egui::Color32::RED)) };
        keys.into_iter().map(|key| (key, job())).collect()
    }

    /// A thread that is held up by its first job until the sender is dropped.
    fn held_up() -> (Loader<u32>, Sender<()>) {
        let loader = Loader::start("test", || {});
        let (hold, held) = bounded::<()>(0);
        let (begun, begins) = bounded::<()>(1);
        let job: Job = Box::new(move || {
            let _ = begun.send(());
            let _ = held.recv();
            ColorImage::filled([1, 1], egui::Color32::RED)
        });
        loader.want(vec![(0, job)]);
        begins.recv_timeout(Duration::from_secs(20)).unwrap();
        (loader, hold)
    }

    #[test]
    fn images_come_in_the_order_in_which_they_are_wanted_and_each_wakes() {
        let (sender, woken) = bounded(20);
        let loader = Loader::start("test", move || {
            let _ = sender.try_send(());
        });
        loader.want(jobs([7, 3, 5]));
        assert_eq!([wait(&loader), wait(&loader), wait(&loader)], [7, 3, 5]);
        assert!(woken.recv_timeout(Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn what_is_wanted_no_more_is_not_made_and_what_is_under_way_not_twice() {
        let (loader, hold) = held_up();
        loader.want(jobs([1, 2]));
        loader.want(jobs([0, 3]));
        loader.want_instead(jobs([4, 5]), |key| *key == 5);
        drop(hold);
        assert_eq!(
            [wait(&loader), wait(&loader), wait(&loader), wait(&loader)],
            [0, 4, 5, 3]
        );
        loader.want(jobs([0]));
        assert_eq!(wait(&loader), 0, "fetched, so it can be wanted again");
    }

    #[test]
    fn closing_does_not_wait_for_what_nobody_fetches() {
        let loader = Loader::start("test", || {});
        loader.want(jobs(0..50));
        std::thread::sleep(Duration::from_millis(30));
        drop(loader);
    }
}
