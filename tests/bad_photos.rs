//! What people open: every bad file gets its sentence and bounded memory, every kind of good one its right pixels.
#![allow(clippy::unwrap_used)]

#[path = "support/raw.rs"]
mod raw;

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use hearsight::photo::{MAX_FILE_BYTES, Photo, PhotoError};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use tempfile::TempDir;

const RED: Rgb<u8> = Rgb([255, 0, 0]);
const GREEN: Rgb<u8> = Rgb([0, 255, 0]);
const BLUE: Rgb<u8> = Rgb([0, 0, 255]);
const WHITE: Rgb<u8> = Rgb([255, 255, 255]);

/// Four quarters: red and green above blue and white. Wider than high, so that a turn shows.
fn quarters() -> RgbImage {
    RgbImage::from_fn(64, 32, |x, y| match (x < 32, y < 16) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => WHITE,
    })
}

/// Asserts that the middles of the four quarters have the colours of [`quarters`], but for JPEG's loss.
fn assert_quarters(photo: &Photo) {
    let (width, height) = photo.pixels().dimensions();
    for (x, y, colour) in [(1, 1, RED), (3, 1, GREEN), (1, 3, BLUE), (3, 3, WHITE)] {
        let pixel = photo.pixels().get_pixel(width * x / 4, height * y / 4);
        let near = pixel.0.iter().zip(colour.0).all(|(a, b)| a.abs_diff(b) <= 6);
        assert!(
            near,
            "{}: {pixel:?} instead of {colour:?} in quarter {x},{y}",
            photo.name()
        );
    }
}

/// A picture that does not compress to next to nothing, so that a file can be cut anywhere.
fn busy() -> RgbImage {
    RgbImage::from_fn(97, 61, |x, y| {
        Rgb([(x * y) as u8, ((x * 37) ^ (y * 11)) as u8, (x * x + y) as u8])
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn stored(folder: &TempDir, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn opened(path: &Path) -> Photo {
    Photo::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sentence(path: &Path) -> String {
    match Photo::open(path) {
        Ok(photo) => panic!("{} opened as {:?}", path.display(), photo.pixels().dimensions()),
        Err(error) => error.to_string(),
    }
}

fn sentence_for(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    sentence(&stored(&folder, "photo.jpg", bytes))
}

#[test]
fn a_missing_file_and_a_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    assert!(sentence(&folder.path().join("gone.jpg")).contains("no such file"));
    assert!(sentence(folder.path()).contains("folder"));
    let file = stored(&folder, "photo.png", &encoded(quarters(), ImageFormat::Png));
    assert!(sentence(&file.join("inside.jpg")).contains("no such file"));
}

#[test]
fn an_empty_file_and_a_text_file_are_no_pictures() {
    assert!(sentence_for(b"").contains("empty"));
    assert!(sentence_for(b"Dear diary, today I renamed a text file.\n").contains("no picture"));
    assert!(sentence_for(&[0; 5000]).contains("no picture"));
}

#[test]
fn a_format_that_cannot_be_read_is_named() {
    assert!(sentence_for(b"qoif\0\0\0\x01\0\0\0\x01\x03\0").contains("QOI"));
    assert!(sentence_for(b"\x76\x2f\x31\x01\x02\0\0\0 and more").contains("OpenEXR"));
    assert!(sentence_for(b"8BPS\0\x01\0\0\0\0\0\0\0\x03").contains("no picture"));
}

#[test]
fn a_cut_file_ends_too_early_wherever_it_is_cut() {
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
        let whole = encoded(busy(), format);
        for percent in [1, 5, 20, 50, 80, 95, 99] {
            let sentence = sentence_for(&whole[..(whole.len() * percent / 100).max(20)]);
            assert!(
                sentence.contains("ends too early"),
                "{format:?} cut at {percent} %: {sentence}"
            );
        }
    }
}

/// What is there of a cut JPEG: none where the sentence is that it ends too early.
fn what_is_there(bytes: &[u8]) -> Option<Photo> {
    match Photo::from_bytes("cut", bytes) {
        Ok(photo) => Some(photo),
        Err(PhotoError::EndsEarly) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn of_a_cut_jpeg_what_is_there_is_shown_and_it_is_said_that_it_is_cut() {
    let whole = encoded(busy(), ImageFormat::Jpeg);
    let photo = Photo::from_bytes("whole", &whole).unwrap();
    assert!(!photo.is_cut());
    let mut rows = Vec::new();
    for percent in 0..100 {
        let shown = what_is_there(&whole[..(whole.len() * percent / 100).max(20)]);
        rows.push(shown.as_ref().map_or(0, |shown| shown.pixels().height()));
        let Some(shown) = shown else { continue };
        assert!(shown.is_cut() && shown.pixels().width() == 97, "{percent} %");
        // But for the last row of blocks, which may have been begun, the rows are those of the whole photo.
        let certain = shown.pixels().height().saturating_sub(16);
        for (x, y, pixel) in shown.pixels().enumerate_pixels().filter(|(_, y, _)| *y < certain) {
            assert_eq!(pixel, photo.pixels().get_pixel(x, y), "{percent} %");
        }
    }
    assert!(rows.is_sorted(), "{rows:?}");
    assert!(rows[10] < 20 && rows[50] > 20 && rows[99] > 45, "{rows:?}");
    assert_eq!(rows[0], 0, "a header alone is nothing to be shown");
}

#[test]
fn of_a_cut_progressive_jpeg_the_whole_is_shown_less_sharply() {
    let whole = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos/progressive.jpg")).unwrap();
    let photo = what_is_there(&whole[..whole.len() - 30]).unwrap();
    assert!(photo.is_cut());
    assert_eq!(photo.pixels().dimensions(), (64, 32));
}

#[test]
fn of_a_jpeg_whose_download_was_filled_with_zeros_the_beginning_is_shown() {
    let mut bytes = encoded(busy(), ImageFormat::Jpeg);
    let half = bytes.len() / 2;
    bytes[half..].fill(0);
    let photo = what_is_there(&bytes).unwrap();
    assert!(photo.is_cut() && photo.pixels().height() >= 16);
}

#[test]
fn bytes_after_the_picture_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = encoded(quarters(), ImageFormat::Jpeg);
    bytes.extend(b"\0\0\0\x18ftypmp42 a video, as telephones add it");
    assert_quarters(&opened(&stored(&folder, "motion.jpg", &bytes)));
}

#[test]
fn a_damaged_picture_is_called_damaged() {
    let mut bytes = encoded(busy(), ImageFormat::Png);
    let half = bytes.len() / 2;
    bytes[half..half + 40].fill(0x55);
    assert!(sentence_for(&bytes).contains("damaged"));
}

#[test]
fn a_picture_without_rows_or_columns_is_called_damaged() {
    for (at, name) in [(6, "columns"), (8, "rows")] {
        let mut gif = encoded(quarters(), ImageFormat::Gif);
        gif[at..at + 2].fill(0);
        assert!(sentence_for(&gif).contains("damaged"), "{name}");
    }
}

/// Headers that promise more pixels than are read, each followed by nearly nothing.
fn giants() -> Vec<(&'static str, Vec<u8>)> {
    let mut png = encoded(quarters(), ImageFormat::Png);
    png[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());

    let mut endless = png.clone();
    endless[16..20].copy_from_slice(&0x7FFF_FFFF_u32.to_be_bytes());
    endless[20..24].copy_from_slice(&1_u32.to_be_bytes());
    let checksum = crc32(&endless[12..29]);
    endless[29..33].copy_from_slice(&checksum.to_be_bytes());

    let mut bmp = encoded(quarters(), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000_u32.to_le_bytes());

    let mut jpeg = encoded(quarters(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);

    let mut gif = encoded(quarters(), ImageFormat::Gif);
    gif[6..10].fill(0xFF);

    let mut tiff = encoded(quarters(), ImageFormat::Tiff);
    for tag in [256_u16, 257] {
        let entry = entry_of(&tiff, tag);
        tiff[entry + 8..entry + 12].copy_from_slice(&60_000_u32.to_le_bytes());
    }
    vec![
        ("PNG", png),
        ("a line of PNG", endless),
        ("BMP", bmp),
        ("JPEG", jpeg),
        ("GIF", gif),
        ("TIFF", tiff),
    ]
}

/// Where the entry of a tag lies in the first directory of a little-endian TIFF.
fn entry_of(tiff: &[u8], tag: u16) -> usize {
    let directory = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
    (0..)
        .map(|number| directory + 2 + 12 * number)
        .find(|entry| tiff[*entry..entry + 2] == tag.to_le_bytes())
        .unwrap()
}

/// The checksum of a PNG chunk, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[test]
fn a_picture_that_declares_too_many_pixels_is_refused() {
    for (kind, bytes) in giants() {
        let sentence = sentence_for(&bytes);
        assert!(sentence.contains("too large"), "{kind}: {sentence}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn refusing_a_giant_takes_no_memory_of_its_size() {
    let peak = || -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let before = peak();
    for (_, bytes) in giants() {
        sentence_for(&bytes);
    }
    // Kilobytes; the other tests of this process run at the same time and need little themselves.
    assert!(
        peak() - before < 100_000,
        "{} kB more than {before} kB",
        peak() - before
    );
}

#[test]
fn a_file_beyond_the_bound_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse.jpg");
    fs::File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
    assert!(sentence(&path).contains("megabytes"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_may_never_end_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.jpg");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let (say, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for path in [Path::new("/dev/zero"), &pipe] {
            say.send(sentence(path)).unwrap();
        }
    });
    for _ in 0..2 {
        let sentence = hear.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
        assert!(sentence.contains("not an ordinary file"), "{sentence}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = stored(&folder, "private.png", &encoded(quarters(), ImageFormat::Png));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything.
    match fs::File::open(&path) {
        Ok(_) => assert_quarters(&opened(&path)),
        Err(_) => assert!(sentence(&path).contains("permission")),
    }
}

#[test]
fn the_content_tells_the_format_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
    ] {
        for name in ["photo.jpg", "photo.txt", "photo"] {
            assert_quarters(&opened(&stored(&folder, name, &encoded(quarters(), format))));
        }
        assert_quarters(&Photo::from_bytes("dropped", &encoded(quarters(), format)).unwrap());
    }
}

#[test]
fn a_picture_of_one_pixel_opens() {
    let folder = tempfile::tempdir().unwrap();
    let photo = opened(&stored(
        &folder,
        "1.png",
        &encoded(RgbImage::from_pixel(1, 1, GREEN), ImageFormat::Png),
    ));
    assert_eq!(photo.pixels(), &RgbImage::from_pixel(1, 1, GREEN));
}

#[test]
fn grey_and_sixteen_bit_pictures_keep_their_brightness() {
    let grey = DynamicImage::ImageRgb8(RgbImage::from_pixel(8, 8, Rgb([99; 3])));
    for picture in [
        DynamicImage::from(grey.to_luma8()),
        DynamicImage::from(grey.to_luma16()),
        DynamicImage::from(grey.to_rgb16()),
        DynamicImage::from(grey.to_luma_alpha8()),
        DynamicImage::from(grey.to_rgba16()),
    ] {
        let colour = picture.color();
        let photo = Photo::from_bytes("grey", &encoded(picture, ImageFormat::Png)).unwrap();
        assert!(photo.pixels().pixels().all(|pixel| pixel.0 == [99; 3]), "{colour:?}");
    }
    let photo = Photo::from_bytes("grey", &encoded(grey.to_luma8(), ImageFormat::Jpeg)).unwrap();
    assert!(
        photo
            .pixels()
            .pixels()
            .all(|pixel| pixel.0.iter().all(|value| value.abs_diff(99) <= 2))
    );
}

#[test]
fn palette_and_cmyk_pictures_keep_their_colours() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pil");
    for name in ["palette.png", "cmyk.jpg"] {
        assert_quarters(&opened(&fixtures.join(name)));
    }
}

#[test]
fn transparent_parts_show_white() {
    let picture = RgbaImage::from_fn(3, 1, |x, _| Rgba([200, 0, 0, [0, 128, 255][x as usize]]));
    let photo = Photo::from_bytes("clear", &encoded(picture, ImageFormat::Png)).unwrap();
    let pixels: Vec<_> = photo.pixels().pixels().map(|pixel| pixel.0).collect();
    assert_eq!(pixels, [[255, 255, 255], [227, 127, 127], [200, 0, 0]]);
}

#[test]
fn an_animation_shows_its_first_frame() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for picture in [quarters(), RgbImage::new(64, 32)] {
        encoder
            .encode_frame(Frame::new(DynamicImage::from(picture).into_rgba8()))
            .unwrap();
    }
    drop(encoder);
    assert_quarters(&Photo::from_bytes("moving", &bytes).unwrap());
}

#[test]
fn an_animation_of_nothing_but_empty_frames_ends_in_a_sentence() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for _ in 0..150 {
        encoder.encode_frame(Frame::new(RgbaImage::new(8, 8))).unwrap();
    }
    drop(encoder);
    assert!(sentence_for(&bytes).contains("first 100 frames"));
}

#[test]
fn the_thumbnail_in_a_jpeg_is_not_taken_for_the_photo() {
    // A second directory of the EXIF block with a picture of its own (EXIF 2.3, 4.5.8).
    let thumbnail = encoded(RgbImage::from_pixel(160, 120, Rgb([9, 9, 9])), ImageFormat::Jpeg);
    let mut block = exif(1);
    let next = block.len() - 4;
    let second = u32::try_from(block.len()).unwrap();
    block[next..].copy_from_slice(&second.to_be_bytes());
    block.extend([0, 2, 0x02, 0x01, 0, 4, 0, 0, 0, 1]);
    block.extend((second + 30).to_be_bytes());
    block.extend([0x02, 0x02, 0, 4, 0, 0, 0, 1]);
    block.extend(u32::try_from(thumbnail.len()).unwrap().to_be_bytes());
    block.extend([0; 4]);
    block.extend(&thumbnail);
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
    encoder.set_exif_metadata(block).unwrap();
    encoder.encode_image(&quarters()).unwrap();
    let photo = Photo::from_bytes("with thumbnail", &jpeg).unwrap();
    assert_eq!(photo.pixels().dimensions(), (64, 32));
    assert_quarters(&photo);
    // Cut within the thumbnail there is no photo at all.
    assert!(what_is_there(&jpeg[..300]).is_none());
}

#[test]
fn of_a_raw_photo_the_large_preview_is_shown_upright() {
    let small = quarters();
    let large = RgbImage::from_fn(640, 320, |x, y| *small.get_pixel(x / 10, y / 10));
    let thumbnail = encoded(RgbImage::from_pixel(160, 120, Rgb([9, 9, 9])), ImageFormat::Jpeg);
    for big_endian in [false, true] {
        // The camera was held with its right side up: the stored rows run down the photo's right side.
        let stored = image::imageops::rotate270(&large);
        let file = raw::tiff(big_endian, 6, &[&thumbnail, &encoded(stored, ImageFormat::Jpeg)]);
        let photo = Photo::from_bytes("raw", &file).unwrap();
        assert_eq!(photo.pixels().dimensions(), (640, 320));
        assert_quarters(&photo);
    }
    // Fuji's begin with words, and Canon's newer ones are ISO files.
    for start in [&b"FUJIFILMCCD-RAW 0201"[..], b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"] {
        let file = [start, &thumbnail, &encoded(large.clone(), ImageFormat::Jpeg)].concat();
        assert_quarters(&Photo::from_bytes("raw", &file).unwrap());
    }
}

#[test]
fn a_raw_photo_with_nothing_but_a_thumbnail_has_a_sentence() {
    let thumbnail = encoded(RgbImage::from_pixel(160, 120, Rgb([9, 9, 9])), ImageFormat::Jpeg);
    assert!(sentence_for(&raw::tiff(false, 1, &[&thumbnail])).contains("only a thumbnail"));
    assert!(sentence_for(&raw::tiff(false, 1, &[])).contains("only a thumbnail"));
}

#[test]
fn a_ring_of_directories_is_called_damaged() {
    let mut tiff = encoded(quarters(), ImageFormat::Tiff);
    let directory = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes(tiff[directory..directory + 2].try_into().unwrap()));
    let next = directory + 2 + 12 * count;
    let first = tiff[4..8].to_vec();
    tiff[next..next + 4].copy_from_slice(&first);
    assert!(sentence_for(&tiff).contains("damaged"));
}

/// An EXIF block (TIFF, big-endian) with the orientation tag and nothing else.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

#[test]
fn every_orientation_is_put_upright() {
    let upright = quarters();
    let (width, height) = upright.dimensions();
    // What the first stored row and the first stored column are in the upright picture (EXIF 2.3, tag 0x0112).
    let sides = [
        ("top", "left"),
        ("top", "right"),
        ("bottom", "right"),
        ("bottom", "left"),
        ("left", "top"),
        ("right", "top"),
        ("right", "bottom"),
        ("left", "bottom"),
    ];
    for (orientation, (row_side, column_side)) in (1..).zip(sides) {
        let from = |side, at| match side {
            "left" | "top" => at,
            "right" => width - 1 - at,
            _ => height - 1 - at,
        };
        let turned = matches!(row_side, "left" | "right");
        let size = if turned { (height, width) } else { (width, height) };
        let picture = RgbImage::from_fn(size.0, size.1, |column, row| {
            let (across, down) = (from(column_side, column), from(row_side, row));
            if turned {
                *upright.get_pixel(down, across)
            } else {
                *upright.get_pixel(across, down)
            }
        });
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.set_exif_metadata(exif(orientation)).unwrap();
        encoder.encode_image(&picture).unwrap();

        let photo = Photo::from_bytes(&format!("orientation {orientation}"), &jpeg).unwrap();
        assert_eq!(
            photo.pixels().dimensions(),
            (width, height),
            "orientation {orientation}"
        );
        assert_quarters(&photo);
    }
}

#[test]
fn an_orientation_that_does_not_exist_is_taken_as_upright() {
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
    encoder.set_exif_metadata(exif(77)).unwrap();
    encoder.encode_image(&quarters()).unwrap();
    assert_quarters(&Photo::from_bytes("odd", &jpeg).unwrap());
}

#[test]
fn names_with_spaces_and_korean_letters_open() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["at the sea.png", "가족 사진.png", "-dash & 'quote'.png"] {
        let photo = opened(&stored(&folder, name, &encoded(quarters(), ImageFormat::Png)));
        assert_eq!(photo.name(), name);
        assert_eq!(photo.path(), Some(folder.path().join(name).as_path()));
        assert_quarters(&photo);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_unicode_opens_and_is_shown_with_replacements() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9.png");
    let photo = opened(&stored(&folder, name, &encoded(quarters(), ImageFormat::Png)));
    assert_eq!(photo.name(), "caf\u{FFFD}.png");
    assert_eq!(photo.path().unwrap().file_name(), Some(name));
}
