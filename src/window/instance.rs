//! One window for all photos: a second start gives what it was started with to the window that is there, so that photo
//! after photo of a file manager is heard in one window, and never two voices at once.
//!
//! It is the desktop's own way, the interface `org.freedesktop.Application` on the session bus.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crossbeam_channel::Sender;
use zbus::connection::Builder;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, fdo};

use super::APP_ID;
use super::outside::{Arrival, Wake};
use crate::address;
use crate::screen::Area;

/// Where the application lies on the bus, as the specification of desktop entries wants it made from the id.
const PATH: &str = "/org/hearsight/Hearsight";
const INTERFACE: &str = "org.freedesktop.Application";

/// A window that is stopped or overloaded is not waited for; there is another one then.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a second start asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// To be shown with these photos, or as it is.
    Photos(Vec<PathBuf>),
    /// To describe the screen.
    Screen(Area),
}

/// What came of asking to be the one window.
pub enum Claim {
    /// This start is the first; it hears of others while this lives.
    First(First),
    /// The request was handed over, and there is nothing left to do.
    HandedOver,
    /// There is no bus, or nobody on it who answers: a window of its own.
    Alone,
}

/// The name on the bus, and who listens there.
pub struct First {
    _connection: Connection,
    wake: Arc<OnceLock<Wake>>,
}

impl First {
    /// Has the window woken at each request from now on.
    pub fn wake_with(&self, wake: Wake) {
        wake();
        // Nobody has set it before.
        let _ = self.wake.set(wake);
    }
}

/// Becomes the one window, whose requests go to `arrivals`, or hands the request to the one that is there.
pub fn claim(request: &Request, arrivals: Sender<Arrival>) -> Claim {
    let wake = Arc::new(OnceLock::new());
    let application = Application {
        arrivals,
        wake: Arc::clone(&wake),
    };
    match pollster::block_on(become_first(application)) {
        Ok(connection) => Claim::First(First {
            _connection: connection,
            wake,
        }),
        Err(zbus::Error::NameTaken) => match pollster::block_on(hand_over(request)) {
            Ok(()) => Claim::HandedOver,
            Err(error) => {
                log::warn!("the window that is there does not answer, so there is another one: {error}");
                Claim::Alone
            }
        },
        Err(error) => {
            log::info!("no session bus, so other starts have windows of their own: {error}");
            Claim::Alone
        }
    }
}

async fn become_first(application: Application) -> zbus::Result<Connection> {
    Builder::session()?
        .method_timeout(PATIENCE)
        .serve_at(PATH, application)?
        .allow_name_replacements(false)
        .replace_existing_names(false)
        .name(APP_ID)?
        .build()
        .await
}

async fn hand_over(request: &Request) -> zbus::Result<()> {
    let bus = Builder::session()?.method_timeout(PATIENCE).build().await?;
    let data: HashMap<&str, Value<'_>> = HashMap::new();
    let (to, interface) = (Some(APP_ID), Some(INTERFACE));
    match request {
        Request::Photos(photos) if photos.is_empty() => bus.call_method(to, PATH, interface, "Activate", &data).await?,
        Request::Photos(photos) => {
            let addresses: Vec<String> = photos.iter().map(|photo| address::of(photo)).collect();
            bus.call_method(to, PATH, interface, "Open", &(addresses, data)).await?
        }
        Request::Screen(area) => {
            let arguments: Vec<Value<'_>> = Vec::new();
            let body = (action(*area), arguments, data);
            bus.call_method(to, PATH, interface, "ActivateAction", &body).await?
        }
    };
    Ok(())
}

/// What the desktop entry calls the action.
fn action(area: Area) -> &'static str {
    match area {
        Area::Whole => "screen",
        Area::Part => "screen-part",
    }
}

/// The window as the bus sees it.
struct Application {
    arrivals: Sender<Arrival>,
    wake: Arc<OnceLock<Wake>>,
}

impl Application {
    fn arrive(&self, arrival: Arrival) -> fdo::Result<()> {
        self.arrivals
            .try_send(arrival)
            .map_err(|error| fdo::Error::LimitsExceeded(error.to_string()))?;
        if let Some(wake) = self.wake.get() {
            wake();
        }
        Ok(())
    }
}

#[zbus::interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, _platform_data: HashMap<String, OwnedValue>) -> fdo::Result<()> {
        self.arrive(Arrival::Started(Vec::new()))
    }

    fn open(&self, uris: Vec<String>, _platform_data: HashMap<String, OwnedValue>) -> fdo::Result<()> {
        let photos: Option<Vec<PathBuf>> = uris.iter().map(|uri| address::path(uri)).collect();
        let photos = photos.ok_or_else(|| fdo::Error::InvalidArgs(uris.join(" ")))?;
        self.arrive(Arrival::Started(photos))
    }

    fn activate_action(
        &self,
        name: &str,
        _parameter: Vec<OwnedValue>,
        _platform_data: HashMap<String, OwnedValue>,
    ) -> fdo::Result<()> {
        let areas = [Area::Whole, Area::Part];
        let area = areas.into_iter().find(|area| action(*area) == name);
        let area = area.ok_or_else(|| fdo::Error::InvalidArgs(name.to_owned()))?;
        self.arrive(Arrival::ScreenWanted(area))
    }
}
