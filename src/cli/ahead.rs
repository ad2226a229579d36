//! Asks an iterator on a thread of its own, so that the next item comes while the last is worked on.

use std::io;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};

/// What the thread hands over, in order; it is one item ahead and no more.
pub struct Ahead<T> {
    items: Receiver<T>,
    thread: Option<JoinHandle<()>>,
}

/// Starts asking.
///
/// # Errors
/// The system has no room for a thread.
pub fn ahead<T: Send + 'static>(items: impl Iterator<Item = T> + Send + 'static) -> io::Result<Ahead<T>> {
    let (send, receive) = sync_channel(0);
    let thread = Builder::new().name("files".to_owned()).spawn(move || {
        for item in items {
            if send.send(item).is_err() {
                break;
            }
        }
    })?;
    Ok(Ahead {
        items: receive,
        thread: Some(thread),
    })
}

impl<T> Iterator for Ahead<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let item = self.items.recv().ok();
        // Nothing more comes, or the thread has failed, which must not look the same.
        if item.is_none()
            && let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
        {
            std::panic::resume_unwind(panic);
        }
        item
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn items_come_in_order_and_only_one_is_made_ahead() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let counted = (0..5).inspect(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let mut items = ahead(counted).unwrap();
        assert_eq!(items.next(), Some(0));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert_eq!(made.load(Ordering::SeqCst), 2);
        assert_eq!(items.collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    #[should_panic(expected = "broken")]
    fn what_fails_ahead_fails_here() {
        ahead((0..3).map(|item| if item == 1 { panic!("broken") } else { item }))
            .unwrap()
            .for_each(drop);
    }
}
