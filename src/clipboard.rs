//! What is on the clipboard: photo files, a picture, or neither.

use std::path::PathBuf;

use image::RgbImage;

use crate::text;

/// What a person can have copied.
#[derive(Debug)]
pub enum Copied {
    /// Files or folders, one or several, copied in a file manager or as text that is their paths.
    Files(Vec<PathBuf>),
    /// A picture.
    Picture(RgbImage),
}

/// Why nothing on the clipboard can be described.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClipboardError {
    /// There is neither a picture nor a file.
    #[error("{}", text!("status-nothing-to-paste"))]
    Nothing,
    /// There is the address of something on the web.
    #[error("{}", text!("photos-from-web"))]
    WebAddress,
    /// It cannot be read.
    #[error("{}", text!("status-no-clipboard"))]
    Unreadable,
}

/// Reads the clipboard, which may take as long as the program that it was copied in likes.
///
/// A copied file comes first, for file managers put its name and sometimes its icon there too; then a picture; then text
/// that is a path.
///
/// # Errors
/// A [`ClipboardError`] sentence for the person.
pub fn read() -> Result<Copied, ClipboardError> {
    let mut clipboard = arboard::Clipboard::new().map_err(|error| {
        log::error!("the clipboard could not be opened: {error}");
        ClipboardError::Unreadable
    })?;
    if let Some(files) = clipboard.get().file_list().ok().filter(|files| !files.is_empty()) {
        return Ok(Copied::Files(files));
    }
    if let Ok(picture) = clipboard.get_image() {
        return over_white(&picture).map(Copied::Picture).ok_or(ClipboardError::Nothing);
    }
    match clipboard.get_text() {
        Ok(text) => told_by(&text),
        Err(_) => Err(ClipboardError::Nothing),
    }
}

/// Text that names existing files, one a line, as terminals and file managers copy it, or an address.
fn told_by(text: &str) -> Result<Copied, ClipboardError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paths: Vec<PathBuf> = lines.map(PathBuf::from).collect();
    if !paths.is_empty() && paths.iter().all(|path| path.is_absolute() && path.exists()) {
        return Ok(Copied::Files(paths));
    }
    Err(match is_web_address(text.trim()) {
        true => ClipboardError::WebAddress,
        false => ClipboardError::Nothing,
    })
}

/// Whether text is an address on the web, such as a browser gives with a picture.
pub(crate) fn is_web_address(text: &str) -> bool {
    ["http://", "https://", "data:image/"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    }) && !text.contains(char::is_whitespace)
}

/// RGBA as copied, with the alpha over white as everywhere else; none where the picture is no picture.
fn over_white(picture: &arboard::ImageData<'_>) -> Option<RgbImage> {
    let (width, height) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    let rgb = picture
        .bytes
        .chunks_exact(4)
        .flat_map(|p| [blend(p[0], p[3]), blend(p[1], p[3]), blend(p[2], p[3])]);
    RgbImage::from_raw(width, height, rgb.collect()).filter(|image| image.width() > 0 && image.height() > 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_transparent_pixel_is_pasted_as_white() {
        let bytes = vec![10, 20, 30, 255, 10, 20, 30, 0].into();
        let picture = over_white(&arboard::ImageData {
            width: 2,
            height: 1,
            bytes,
        })
        .unwrap();
        assert_eq!(picture.into_raw(), [10, 20, 30, 255, 255, 255]);
    }

    #[test]
    fn a_picture_without_pixels_is_none() {
        assert!(
            over_white(&arboard::ImageData {
                width: 0,
                height: 0,
                bytes: Vec::new().into()
            })
            .is_none()
        );
    }

    #[test]
    fn copied_text_is_photos_only_where_each_line_names_something_that_is_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_owned();
        for (text, expected) in [
            (format!("{}\n", path.display()), 1),
            (format!("{0}\r\n\n{0}", path.display()), 2),
        ] {
            match told_by(&text) {
                Ok(Copied::Files(files)) => assert_eq!(files, vec![path.clone(); expected]),
                other => panic!("{other:?}"),
            }
        }
        for text in [
            "a dog runs",
            "",
            "/no/such/file.png",
            &format!("{}\na dog", path.display()),
        ] {
            assert!(matches!(told_by(text), Err(ClipboardError::Nothing)), "{text}");
        }
    }

    #[test]
    fn an_address_on_the_web_is_told_apart() {
        for text in [
            "https://example.org/cat.jpg",
            "HTTP://example.org/",
            "data:image/png;base64,iVBOR",
        ] {
            assert!(matches!(told_by(text), Err(ClipboardError::WebAddress)), "{text}");
        }
        assert!(!is_web_address("https://example.org is a page"));
        assert!(!is_web_address("ftp"));
    }
}
