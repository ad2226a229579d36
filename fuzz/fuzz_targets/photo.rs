//! Pictures of every format: whatever their bytes say, they become pixels within bounds or a sentence.
#![no_main]

use hearsight::photo::{MAX_PIXELS, Photo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(photo) = Photo::from_bytes("photo", bytes) {
        let (width, height) = photo.pixels().dimensions();
        assert!(width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MAX_PIXELS);
    }
});
