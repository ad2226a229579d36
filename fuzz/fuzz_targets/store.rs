//! Catalogues and manifests: whatever they say, no path leads out of a model's folder.
#![no_main]

use hearsight::model::store::{Catalogue, Manifest, is_file_path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(catalogue) = std::str::from_utf8(bytes).map_err(drop).and_then(|text| Catalogue::parse(text).map_err(drop)) {
        for entry in &catalogue.models {
            assert!(entry.files.iter().all(|file| is_file_path(&file.path)));
            let address = entry.address(&entry.files[0]);
            assert!(address.starts_with("https://") || address.starts_with("http://127.0.0.1") || address.starts_with("http://[::1]"));
        }
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert!(manifest.files.iter().all(|file| is_file_path(&file.path)));
        assert_eq!(Manifest::parse(manifest.text().as_bytes()).ok(), Some(manifest));
    }
});
