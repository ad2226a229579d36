//! Whether a screen reader runs, as the desktop tells it and as it changes.

/// What tells whether a screen reader runs; a trait so that tests can stand in for one.
pub trait ScreenReader {
    /// Whether one runs now.
    fn is_on(&self) -> bool;

    /// Whether that is known yet: the desktop takes a moment to answer.
    fn is_known(&self) -> bool {
        true
    }
}

/// Where nothing tells of screen readers: none runs, as far as is known. The person can say otherwise in the settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unknown;

impl ScreenReader for Unknown {
    fn is_on(&self) -> bool {
        false
    }
}

/// The screen reader of this desktop; `wake` is called when it starts or ends.
pub fn watch(wake: impl Fn() + Send + Sync + 'static) -> Box<dyn ScreenReader> {
    #[cfg(target_os = "linux")]
    return Box::new(bus::Watch::start(wake));
    #[cfg(not(target_os = "linux"))]
    {
        drop(wake);
        Box::new(Unknown)
    }
}

#[cfg(target_os = "linux")]
mod bus {
    //! `ScreenReaderEnabled` of org.a11y.Status on the session bus, followed on a thread of its own.

    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread::Builder;

    use zbus::Connection;
    use zbus::export::futures_core::Stream;
    use zbus::proxy::CacheProperties;

    use super::ScreenReader;

    /// What the thread shares with the window.
    #[derive(Default)]
    struct Shared {
        on: AtomicBool,
        known: AtomicBool,
        ended: AtomicBool,
        /// Closed at the end, which ends the thread.
        connection: Mutex<Option<Connection>>,
    }

    /// The near end of the thread.
    pub struct Watch(Arc<Shared>);

    impl Watch {
        pub fn start(wake: impl Fn() + Send + Sync + 'static) -> Self {
            let shared = Arc::<Shared>::default();
            let theirs = Arc::clone(&shared);
            let watching = Builder::new().name("screen-reader".to_owned()).spawn(move || {
                if let Err(error) = pollster::block_on(follow(&theirs, &wake)) {
                    log::info!("nothing tells whether a screen reader runs: {error}");
                }
                theirs.known.store(true, Ordering::Release);
                wake();
            });
            if let Err(error) = watching {
                log::error!("no thread to ask for a screen reader: {error}");
            }
            Self(shared)
        }
    }

    impl ScreenReader for Watch {
        fn is_on(&self) -> bool {
            self.0.on.load(Ordering::Acquire)
        }

        fn is_known(&self) -> bool {
            self.0.known.load(Ordering::Acquire)
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            self.0.ended.store(true, Ordering::Release);
            let connection = self.0.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(connection) = connection
                && let Err(error) = pollster::block_on(connection.close())
            {
                log::info!("the session bus was not left well: {error}");
            }
        }
    }

    async fn follow(shared: &Shared, wake: &(impl Fn() + Send + Sync)) -> zbus::Result<()> {
        let connection = Connection::session().await?;
        *shared.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
        if shared.ended.load(Ordering::Acquire) {
            return connection.close().await;
        }
        let status = zbus::proxy::Builder::<zbus::Proxy<'_>>::new(&connection)
            .destination("org.a11y.Bus")?
            .path("/org/a11y/bus")?
            .interface("org.a11y.Status")?
            .cache_properties(CacheProperties::Yes)
            .build()
            .await?;
        // Its first item is the value as it is now.
        let mut changes = status.receive_property_changed::<bool>("ScreenReaderEnabled").await;
        let now = status.get_property::<bool>("ScreenReaderEnabled").await?;
        tell(shared, wake, now);
        while let Some(change) = poll_fn(|task| Pin::new(&mut changes).poll_next(task)).await {
            tell(shared, wake, change.get().await?);
        }
        Ok(())
    }

    fn tell(shared: &Shared, wake: &impl Fn(), on: bool) {
        let changed = shared.on.swap(on, Ordering::AcqRel) != on;
        if !shared.known.swap(true, Ordering::AcqRel) || changed {
            log::info!("screen reader: {on}");
            wake();
        }
    }
}
