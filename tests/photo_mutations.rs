//! Hundreds of broken versions of each format: the process that decodes neither crashes nor hangs nor leaves its bound
//! of memory.
//!
//! `HEARSIGHT_MUTATIONS=10000 cargo test --release --test photo_mutations -- --nocapture` tries ten thousand of each and
//! prints what came of them. The same decoders have a fuzz target in `fuzz/`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/broken.rs"]
mod broken;
#[path = "support/raw.rs"]
mod raw;

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use broken::mutated;
use fastrand::Rng;
use hearsight::photo::{Limits, PhotoError, Readers};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Far more than any of them takes, on a machine that has other things to do.
const LONGEST: Duration = Duration::from_secs(30);

fn fixture(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/photos")
            .join(name),
    )
    .unwrap()
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG whose checksums are right again, so that more is read than its first broken part.
fn with_checksums(mut png: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(length) = png
        .get(at..at + 4)
        .map(|length| u32::from_be_bytes(length.try_into().unwrap()))
    {
        let end = at + 8 + length as usize;
        let Some(part) = png.get(at + 4..end) else { break };
        let sum = crc32(part);
        let Some(place) = png.get_mut(end..end + 4) else { break };
        place.copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

/// Changes up to eight bytes and no length, so that more is read than the first part.
fn changed(rng: &mut Rng, source: &[u8]) -> Vec<u8> {
    let mut bytes = source.to_vec();
    for _ in 0..rng.usize(1..=8) {
        let at = rng.usize(0..bytes.len());
        bytes[at] = rng.u8(..);
    }
    bytes
}

/// The originals of each format, small ones.
fn originals() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let fixtures = |names: &[&str]| names.iter().map(|name| fixture(name)).collect::<Vec<_>>();
    let mut jpegs = fixtures(&["progressive.jpg", "inks.jpg", "p3.jpg", "grey.jpg"]);
    jpegs.push(encoded(97, 61, ImageFormat::Jpeg));
    let mut pngs = fixtures(&["p3.png", "p3-16.png", "grey.png"]);
    pngs.push(encoded(97, 61, ImageFormat::Png));
    let mut gifs = fixtures(&["empty-first.gif"]);
    gifs.push(encoded(97, 61, ImageFormat::Gif));
    let preview = encoded(640, 426, ImageFormat::Jpeg);
    vec![
        ("JPEG", jpegs),
        ("PNG", pngs),
        (
            "WebP",
            fixtures(&["lossy.webp", "p3.webp", "empty-first.webp", "animated.webp"]),
        ),
        ("GIF", gifs),
        ("BMP", vec![encoded(40, 30, ImageFormat::Bmp)]),
        (
            "TIFF",
            fixtures(&[
                "lzw.tif",
                "jpeg.tif",
                "fax.tif",
                "palette-4.tif",
                "packbits.tif",
                "adobe_deflate.tif",
                "inks.tif",
                "thumbnail-first.tif",
            ]),
        ),
        (
            "JPEG XL",
            fixtures(&["quarters.jxl", "lossy.jxl", "p3.jxl", "clear.jxl"]),
        ),
        (
            "HEIC",
            fixtures(&["quarters.heic", "clear.heic", "p3.heic", "turned.heic"]),
        ),
        (
            "AVIF",
            fixtures(&["quarters.avif", "clear.avif", "p3.avif", "animated.avif"]),
        ),
        (
            "RAW",
            vec![
                raw::tiff(true, 6, &[&preview]),
                [&b"FUJIFILMCCD-RAW"[..], &preview].concat(),
            ],
        ),
    ]
}

/// The most memory that a process has had at once, in megabytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn broken_versions_of_each_format_neither_crash_nor_hang_nor_leave_their_bound_of_memory() {
    let count = std::env::var("HEARSIGHT_MUTATIONS").map_or(200, |count| count.parse().unwrap());
    for (seed, (format, originals)) in (0..).zip(originals()) {
        let readers = Readers::new(
            Path::new(env!("CARGO_BIN_EXE_hearsight")),
            Limits {
                time: LONGEST,
                ..Limits::default()
            },
        );
        let mut rng = Rng::with_seed(seed);
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        let mut longest = Duration::ZERO;
        let mut process = None;
        for number in 0..count {
            let original = &originals[number % originals.len()];
            let mut bytes = if rng.bool() {
                changed(&mut rng, original)
            } else {
                mutated(&mut rng, original)
            };
            if format == "PNG" && rng.bool() {
                bytes = with_checksums(bytes);
            }
            let begun = Instant::now();
            let outcome = match readers.photo("broken", &bytes) {
                Ok(photo) => {
                    let cut = if photo.is_cut() { ", cut" } else { "" };
                    format!("shown{cut}")
                }
                Err(error @ (PhotoError::DecoderCrashed | PhotoError::TooSlow(_) | PhotoError::NoDecoder(_))) => {
                    let kept = std::env::temp_dir().join(format!("broken-{format}-{number}"));
                    fs::write(&kept, &bytes).unwrap();
                    panic!("{format} {number}, kept as {}: {error}", kept.display());
                }
                Err(error) => format!("{error:?}"),
            };
            *outcomes.entry(outcome).or_default() += 1;
            longest = longest.max(begun.elapsed());
            // The same process to the end: none has died on the way.
            if let Some(id) = readers.ids().first().copied() {
                assert_eq!(*process.get_or_insert(id), id, "{format} {number}");
            }
        }
        let peak = peak(process.unwrap());
        println!("{format}: {count} in one process of at most {peak} MB, the slowest {longest:.1?}: {outcomes:?}");
        assert!(peak < Limits::default().megabytes, "{format}: {peak} MB");
        assert!(outcomes.len() > 1, "{format}: {outcomes:?}");
    }
}
