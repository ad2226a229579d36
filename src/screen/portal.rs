//! The screen through the desktop's portal (`org.freedesktop.portal.Screenshot`), which writes a picture file for us.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ashpd::desktop::ResponseError;
use ashpd::desktop::screenshot::Screenshot;
use ashpd::{Error, PortalError};
use futures_lite::StreamExt;
use futures_lite::future::or;
use image::RgbImage;
use zbus::Connection;
use zbus::fdo::DBusProxy;

use super::{Area, ScreenError};
use crate::address;
use crate::photo::Photo;

const SERVICE: &str = "org.freedesktop.portal.Desktop";

/// A portal answers at once that it has begun; only then does it ask the person, who may take any time.
const PATIENCE: Duration = Duration::from_secs(15);

/// File systems keep times less finely than clocks.
const COARSE: Duration = Duration::from_secs(2);

/// Has the desktop take the picture, reads it and deletes the file, which was made for this alone.
pub(super) fn take(area: Area) -> Result<RgbImage, ScreenError> {
    let begun = SystemTime::now();
    let given = pollster::block_on(ask(area))?;
    let path = address::path(&given).ok_or_else(|| {
        log::warn!("the portal's picture is no file: {given}");
        ScreenError::PortalGone
    })?;
    let photo = Photo::open(&path);
    delete_if_new(&path, begun);
    Ok(photo.map_err(ScreenError::Unreadable)?.pixels().clone())
}

/// Asks for the picture and waits for the person; gives its address.
async fn ask(area: Area) -> Result<String, ScreenError> {
    let connect = async {
        zbus::connection::Builder::session()?
            .method_timeout(PATIENCE)
            .build()
            .await
    };
    let connection = connect.await.map_err(|error| {
        log::info!("no session bus: {error}");
        ScreenError::NoPortal
    })?;
    let answer = async {
        let request = Screenshot::request()
            .connection(Some(connection.clone()))
            .interactive(area == Area::Part)
            .modal(true)
            .send();
        let address = request.await?.response()?.uri().to_string();
        Ok(address)
    };
    or(answer, gone(&connection)).await.map_err(sentence)
}

/// Ends when the portal does: whoever waits for its answer would wait for ever.
async fn gone(connection: &Connection) -> Result<String, Error> {
    let bus = DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await?;
    while let Some(change) = changes.next().await {
        if change.args()?.new_owner().is_none() {
            break;
        }
    }
    Err(Error::NoResponse)
}

fn sentence(error: Error) -> ScreenError {
    log::info!("no picture from the portal: {error}");
    match error {
        Error::Response(ResponseError::Cancelled) | Error::Portal(PortalError::Cancelled(_)) => ScreenError::Cancelled,
        Error::Response(ResponseError::Other) | Error::Portal(PortalError::NotAllowed(_) | PortalError::Failed(_)) => {
            ScreenError::Refused
        }
        Error::NoResponse => ScreenError::PortalGone,
        _ => ScreenError::NoPortal,
    }
}

/// What stood there before is nobody's picture of the screen of now, and stays.
fn delete_if_new(path: &Path, begun: SystemTime) {
    let is_new = fs::symlink_metadata(path)
        .and_then(|file| Ok(file.is_file() && file.modified()? + COARSE >= begun))
        .unwrap_or(false);
    if is_new && let Err(error) = fs::remove_file(path) {
        log::warn!("the picture {} stays: {error}", path.display());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_of_a_portal_has_a_sentence_of_its_own() {
        let fault = |error| format!("{:?}", sentence(error));
        assert_eq!(fault(Error::Response(ResponseError::Cancelled)), "Cancelled");
        assert_eq!(fault(Error::Response(ResponseError::Other)), "Refused");
        assert_eq!(fault(Error::Portal(PortalError::NotAllowed("no".into()))), "Refused");
        assert_eq!(fault(Error::NoResponse), "PortalGone");
        assert_eq!(fault(Error::Zbus(zbus::Error::Unsupported)), "NoPortal");
    }

    #[test]
    fn only_a_picture_that_was_made_for_us_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.png"), folder.path().join("new.png"));
        fs::write(&old, "kept").unwrap();
        let begun = SystemTime::now() + Duration::from_secs(60);
        delete_if_new(&old, begun);
        assert!(old.exists());
        fs::write(&new, "ours").unwrap();
        delete_if_new(&new, SystemTime::now());
        assert!(!new.exists());
    }
}
