//! What is kept from the processor until the window is seen: reading the model takes all cores, and the first frame would
//! wait for it.

use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;

/// A window that is not shown, such as one that starts as an icon, has its model all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// The frames after which something is seen: a window is shown only when the first has been painted.
const FRAMES: u64 = 2;

/// Down until the first frame is seen. Dropping it opens it.
#[derive(Debug)]
pub struct Curtain(Option<Sender<()>>);

/// What waits behind it.
#[derive(Clone, Debug)]
pub struct Behind(Receiver<()>);

/// A curtain that is down, and what waits behind it.
pub fn down() -> (Curtain, Behind) {
    // Nothing is ever sent: it closes when the curtain opens.
    let (sender, receiver) = bounded(0);
    (Curtain(Some(sender)), Behind(receiver))
}

impl Curtain {
    /// One that is open.
    pub fn open() -> Self {
        Self(None)
    }

    /// Opens once the window has been seen; called before each frame.
    pub fn refresh(&mut self, ctx: &Context) {
        if self.0.is_none() {
            return;
        }
        if ctx.cumulative_frame_nr() >= FRAMES {
            self.0 = None;
        } else {
            ctx.request_repaint();
        }
    }
}

impl Behind {
    /// Waits until the window is seen, or for a second.
    pub fn wait(&self) {
        // Either end is as good.
        let _ = self.0.recv_timeout(PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn it_opens_with_the_frame_that_is_seen_and_not_before() {
        let (ctx, (mut curtain, behind)) = (Context::default(), down());
        for _ in 0..FRAMES {
            curtain.refresh(&ctx);
            assert!(behind.0.try_recv().is_err_and(|error| !error.is_disconnected()));
            let mut output = ctx.run_ui(egui::RawInput::default(), |_| {});
            output.textures_delta.clear();
        }
        curtain.refresh(&ctx);
        assert!(behind.0.try_recv().is_err_and(|error| error.is_disconnected()));
    }

    #[test]
    fn a_window_that_is_never_seen_is_not_waited_for_long() {
        let (_curtain, behind) = down();
        let begun = Instant::now();
        behind.wait();
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() < PATIENCE * 10);
    }
}
