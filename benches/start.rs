//! How long it takes from the click to the window: from the start of the process to the first frame that is seen on an
//! X server of its own, beside a window of eframe with nothing in it.
//!
//! `cargo bench --bench start` prints the figures; `-- --program FILE` measures another build. It is no test: a busy
//! computer is slow to open windows.

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("This benchmark needs an X server without a screen.");
}

#[cfg(target_os = "linux")]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    // The bare window is a process of its own, too.
    match std::env::var_os("HEARSIGHT_START") {
        Some(_) => measured::bare(),
        None => measured::outer(),
    }
}

#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used)]
mod measured {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, ImageFormat, Window};
    use x11rb::rust_connection::RustConnection;

    use super::support::desktop::{Desktop, end};
    use super::support::photo::four_corners;

    /// Starts that count, of each program.
    const ROUNDS: usize = 15;
    const BARE: &str = "bare";

    /// A window that has letters in it and nothing else, as large as Hearsight's.
    pub fn bare() {
        struct Bare;

        impl eframe::App for Bare {
            fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
                ui.heading("A window with nothing in it");
            }
        }

        let options = eframe::NativeOptions {
            viewport: egui::ViewportBuilder::default().with_inner_size([1000.0, 760.0]),
            renderer: eframe::Renderer::Glow,
            ..Default::default()
        };
        eframe::run_native(BARE, options, Box::new(|_| Ok(Box::new(Bare)))).unwrap();
    }

    /// Opens both windows again and again, by turns.
    pub fn outer() {
        let desktop = Desktop::start([("SPEECHD_ADDRESS", "unix_socket:/nowhere".into())]);
        let photo = four_corners(desktop.folder(), "photo.png");
        let display = display(&desktop);
        let (connection, screen) = RustConnection::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let itself = std::env::current_exe().unwrap();
        let time = |title: &str, program: &Path, arguments: &[&Path]| {
            let mut command = desktop.command(program);
            command.args(arguments).env("HEARSIGHT_START", "bare");
            first_frame(&connection, root, title, command)
        };
        let (mut bare, mut empty, mut with_photo) = (Vec::new(), Vec::new(), Vec::new());
        let mut words = std::env::args_os().skip_while(|word| word != "--program").skip(1);
        let program = words.next().unwrap_or_else(|| env!("CARGO_BIN_EXE_hearsight").into());
        let program = Path::new(&program);
        // The first round warms the caches.
        for round in 0..=ROUNDS {
            let times = [
                time(BARE, &itself, &[]),
                time("Hearsight", program, &[]),
                time("Hearsight", program, &[&photo]),
            ];
            if round > 0 {
                for (list, time) in [&mut bare, &mut empty, &mut with_photo].into_iter().zip(times) {
                    list.push(time);
                }
            }
        }
        let base = median(&mut bare);
        for (name, list) in [
            ("a window of eframe with nothing in it", &mut bare),
            ("Hearsight without a photo", &mut empty),
            ("Hearsight with a photo", &mut with_photo),
        ] {
            let middle = median(list);
            println!(
                "{name}: median {} ms, from {} to {} ms, {:.2} of the bare window's",
                middle.as_millis(),
                list[0].as_millis(),
                list[list.len() - 1].as_millis(),
                middle.as_secs_f64() / base.as_secs_f64()
            );
        }
    }

    fn median(times: &mut [Duration]) -> Duration {
        times.sort();
        times[times.len() / 2]
    }

    /// The name of the desktop's X server.
    fn display(desktop: &Desktop) -> String {
        let mut echo = desktop.command("sh");
        let output = echo
            .args(["-c", "echo $DISPLAY"])
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts a program, waits until its window shows letters, and ends it.
    fn first_frame(connection: &RustConnection, root: Window, title: &str, mut command: Command) -> Duration {
        use std::os::unix::process::CommandExt;

        let begun = Instant::now();
        let mut process = command.process_group(0).spawn().unwrap();
        let taken = loop {
            let shown = window(connection, root, title, 3).is_some_and(|window| shows_letters(connection, window));
            if shown {
                break begun.elapsed();
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{title} does not open");
            std::thread::sleep(Duration::from_millis(2));
        };
        end(&mut process);
        while window(connection, root, title, 3).is_some() {
            std::thread::sleep(Duration::from_millis(20));
        }
        // What it still has the X server or the disk do is not the next one's.
        std::thread::sleep(Duration::from_millis(300));
        taken
    }

    /// The window of that title, also within a frame.
    fn window(connection: &RustConnection, above: Window, title: &str, depth: usize) -> Option<Window> {
        for child in connection.query_tree(above).ok()?.reply().ok()?.children {
            let name = connection.get_property(false, child, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64);
            if name.ok()?.reply().is_ok_and(|name| name.value == title.as_bytes()) {
                return Some(child);
            }
            if depth > 1
                && let Some(found) = window(connection, child, title, depth - 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// Whether the window shows more colours than a surface that nothing is drawn on: the edges of letters.
    fn shows_letters(connection: &RustConnection, window: Window) -> bool {
        let Ok(Ok(size)) = connection.get_geometry(window).map(|cookie| cookie.reply()) else {
            return false;
        };
        let (width, height) = (size.width, size.height);
        let image = connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, u32::MAX);
        // A window that is not shown yet has no image.
        let Ok(Ok(image)) = image.map(|cookie| cookie.reply()) else {
            return false;
        };
        let mut colours = BTreeSet::new();
        image.data.chunks_exact(4).any(|pixel| {
            colours.insert(pixel);
            colours.len() > 12
        })
    }
}
