//! Every kind of picture that people have opens with its right pixels, and its colours as a known program converts them.
//!
//! The pictures and the colours of `tests/fixtures/photos` are recorded by `tests/fixtures/record_photos.py`.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hearsight::photo::{Photo, PhotoError};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, Rgb};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/photos")
        .join(name)
}

fn opened(name: &str) -> Photo {
    Photo::open(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The middles of four quarters: red and green above blue and white.
fn assert_quarters(name: &str, photo: &Photo) {
    let (width, height) = photo.pixels().dimensions();
    assert_eq!((width, height), (64, 32), "{name}");
    for (x, y, colour) in [
        (1, 1, [255, 0, 0]),
        (3, 1, [0, 255, 0]),
        (1, 3, [0, 0, 255]),
        (3, 3, [255; 3]),
    ] {
        assert_near(name, photo.pixels().get_pixel(width * x / 4, height * y / 4), colour, 6);
    }
}

fn assert_near(name: &str, Rgb(pixel): &Rgb<u8>, expected: [u8; 3], most: u8) {
    let furthest = pixel.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
    assert!(furthest <= Some(most), "{name}: {pixel:?} instead of {expected:?}");
}

#[test]
fn colours_are_those_that_littlecms_gives_for_the_same_profiles() {
    let text = fs::read_to_string(fixture("colours.json")).unwrap();
    let recorded: BTreeMap<String, Vec<[u8; 3]>> = serde_json::from_str(&text).unwrap();
    assert!(recorded.len() >= 14);
    let mut told = Vec::new();
    for (name, colours) in &recorded {
        // Decoders that are not the recording one's differ by a level or two before the conversion spreads that.
        let most = match name.as_str() {
            "inks.tif" => 2,
            _ if name.ends_with(".jpg") || name.ends_with(".jxl") => 5,
            _ if name.ends_with(".heic") || name.ends_with(".avif") => 6,
            _ => 1,
        };
        let photo = opened(name);
        for (number, expected) in (0_u32..).zip(colours) {
            let pixel = photo.pixels().get_pixel(number % 4 * 16 + 8, number / 4 * 16 + 8);
            let furthest = pixel.0.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            if furthest > most {
                told.push(format!("{name}: {:?} instead of {expected:?}", pixel.0));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn a_camera_that_notes_adobe_rgb_in_its_exif_is_believed() {
    let text = fs::read_to_string(fixture("colours.json")).unwrap();
    let recorded: BTreeMap<String, Vec<[u8; 3]>> = serde_json::from_str(&text).unwrap();
    let plain = image::open(fixture("adobe.png")).unwrap().into_rgb8();
    // Three directories: the first leads to EXIF's, that to interoperability's, and there the index stands.
    let block = |index: &[u8; 4]| {
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [
                &tag.to_be_bytes()[..],
                &kind.to_be_bytes(),
                &count.to_be_bytes(),
                &value,
            ]
            .concat()
        };
        let directory = |entry: Vec<u8>| [&[0, 1][..], &entry, &[0; 4]].concat();
        [
            b"MM\0\x2A\0\0\0\x08".to_vec(),
            directory(entry(34665, 4, 1, 26_u32.to_be_bytes())),
            directory(entry(40965, 4, 1, 44_u32.to_be_bytes())),
            directory(entry(1, 2, 4, *index)),
        ]
        .concat()
    };
    for (index, expected) in [(b"R03\0", &recorded["adobe.png"]), (b"R98\0", &recorded["srgb.png"])] {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 100);
        encoder.set_exif_metadata(block(index)).unwrap();
        encoder.encode_image(&plain).unwrap();
        let photo = Photo::from_bytes("camera", &jpeg).unwrap();
        for (number, expected) in (0_u32..).zip(expected) {
            let pixel = photo.pixels().get_pixel(number % 4 * 16 + 8, number / 4 * 16 + 8);
            assert_near("camera", pixel, *expected, 5);
        }
    }
}

#[test]
fn a_profile_that_means_srgb_changes_no_value() {
    let photo = opened("srgb.png");
    assert_eq!(photo.pixels().get_pixel(8, 24).0, [0, 0, 0]);
    assert_eq!(photo.pixels().get_pixel(40, 24).0, [200, 120, 90]);
    let plain = image::open(fixture("srgb.png")).unwrap().into_rgb8();
    assert_eq!(photo.pixels(), &plain);
}

#[test]
fn each_kind_of_file_shows_its_picture() {
    for name in [
        "progressive.jpg",
        "lossy.webp",
        "raw.tif",
        "lzw.tif",
        "adobe_deflate.tif",
        "packbits.tif",
        "jpeg.tif",
        "palette.tif",
        "palette-4.tif",
        "quarters.jxl",
        "quarters.heic",
        "quarters.avif",
    ] {
        assert_quarters(name, &opened(name));
    }
    let fax = opened("fax.tif");
    assert_eq!(fax.pixels().get_pixel(8, 8).0, [0; 3]);
    assert_eq!(fax.pixels().get_pixel(48, 24).0, [255; 3]);
    assert_near("grey.jpg", opened("grey.jpg").pixels().get_pixel(8, 8), [76; 3], 2);
    assert_near(
        "lossy.jxl",
        opened("lossy.jxl").pixels().get_pixel(48, 8),
        [0, 255, 0],
        40,
    );
}

#[test]
fn the_content_and_not_the_name_tells_the_newer_formats_too() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["quarters.jxl", "quarters.heic", "quarters.avif", "lzw.tif"] {
        let misnamed = folder.path().join("photo.jpg");
        fs::copy(fixture(name), &misnamed).unwrap();
        assert_quarters(name, &Photo::open(&misnamed).unwrap());
    }
}

#[test]
fn pictures_are_turned_once_as_their_file_says() {
    for name in ["turned.heic", "turned.avif", "turned.tif"] {
        assert_quarters(name, &opened(name));
    }
}

#[test]
fn a_thumbnail_in_front_of_a_tiff_is_not_taken_for_the_photo() {
    assert_quarters("thumbnail-first.tif", &opened("thumbnail-first.tif"));
}

#[test]
fn transparent_parts_show_white_in_the_newer_formats() {
    for name in ["clear.heic", "clear.avif", "clear.jxl"] {
        let photo = opened(name);
        assert_near(name, photo.pixels().get_pixel(8, 8), [255; 3], 2);
        assert_near(name, photo.pixels().get_pixel(48, 8), [0, 255, 0], 6);
    }
}

#[test]
fn an_animation_shows_its_first_frame_with_something_in_it() {
    for name in ["animated.webp", "animated.avif", "empty-first.webp", "empty-first.gif"] {
        assert_quarters(name, &opened(name));
    }
}

#[test]
fn a_cut_file_of_the_newer_formats_has_a_sentence() {
    for name in ["quarters.jxl", "quarters.heic", "quarters.avif", "lzw.tif", "p3.tif"] {
        let whole = fs::read(fixture(name)).unwrap();
        for percent in [30, 60, 90] {
            let part = &whole[..whole.len() * percent / 100];
            match Photo::from_bytes(name, part) {
                // Of JPEG XL and AV1 the end may hold nothing of the picture.
                Ok(photo) => assert!(photo.pixels().width() == 64, "{name} cut at {percent} %"),
                Err(PhotoError::EndsEarly | PhotoError::Damaged | PhotoError::UnsupportedKind(_)) => {}
                Err(error) => panic!("{name} cut at {percent} %: {error:?}"),
            }
        }
    }
}
