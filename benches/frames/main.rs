//! How long the frames of the window take while a slow model works and while a photo of 50 megapixels is loaded,
//! zoomed into and moved over, and whether every key is answered meanwhile.
//!
//! `cargo bench --bench frames` opens the real window on an X server of its own and prints the figures. It is no test:
//! a busy computer makes frames long.

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("This benchmark needs an X server without a screen.");
}

#[cfg(target_os = "linux")]
#[path = "../../tests/support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
mod measured;

#[cfg(target_os = "linux")]
fn main() {
    // The window runs in a process of its own, for it needs the environment of the X server.
    match std::env::var_os("HEARSIGHT_FRAMES") {
        Some(folder) => measured::window(folder.as_ref()),
        None => outer(),
    }
}

/// Makes the photos, starts the X server and the window on it.
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used)]
fn outer() {
    let sound = support::sound::Sound::without_voice();
    let desktop = support::desktop::Desktop::start(sound.envs());
    desktop.settings("welcome_seen = true\n");
    let folder = tempfile::tempdir().unwrap();
    support::photo::four_corners(folder.path(), "a small.png");
    eprintln!("writing a photo of 50 megapixels…");
    let pixel = |x: u32, y: u32| image::Rgb([(x / 34) as u8, (y / 23) as u8, (x ^ y) as u8]);
    let large = image::RgbImage::from_fn(8660, 5774, pixel);
    large.save(folder.path().join("b large.jpg")).unwrap();
    drop(large);
    let mut window = desktop.command(std::env::current_exe().unwrap());
    let status = window
        .env("HEARSIGHT_FRAMES", folder.path())
        .stdout(std::process::Stdio::inherit())
        .stderr(std::process::Stdio::inherit())
        .status()
        .unwrap();
    assert!(status.success(), "the window ended with {status}");
}
