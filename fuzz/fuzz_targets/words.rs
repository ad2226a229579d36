//! Photos and XMP packets: any bytes are words or none, and where a text can be saved in them it is found again.
#![no_main]

use hearsight::words::{try_file, try_packet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    try_file(bytes);
    try_packet(bytes);
});
