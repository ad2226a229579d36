//! A desktop of one's own: an X server without a screen, a window manager, a session bus with accessibility; and the
//! program's window on it, seen as a screen reader, a mouse and a keyboard see it.
//!
//! Everything is ended when the [`Desktop`] is dropped.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::events::Events;
use image::RgbImage;
use serde_json::Value;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(40);
/// The window's title.
const WINDOW: &str = "Hearsight";

/// The X server, the window manager and the buses.
pub struct Desktop {
    display: String,
    bus: String,
    envs: Vec<(OsString, OsString)>,
    processes: Vec<Child>,
    folder: TempDir,
}

impl Desktop {
    /// Starts it; programs on it get `envs` too.
    pub fn start(envs: impl IntoIterator<Item = (&'static str, OsString)>) -> Self {
        let folder = TempDir::with_prefix("hearsight-desktop-").unwrap();
        for name in ["bin", "run", "config"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        // Nobody here is at the first start, with its welcome; and the voice is heard although a screen reader runs.
        fs::write(
            folder.path().join("config/settings.toml"),
            "welcome_seen = true\nspeech = \"own_voice\"\n",
        )
        .unwrap();
        let mut desktop = Self {
            display: String::new(),
            bus: String::new(),
            envs: vec![
                ("HOME".into(), folder.path().into()),
                ("XDG_RUNTIME_DIR".into(), folder.path().join("run").into()),
                // Settings of the person who runs the tests are neither read nor written.
                ("HEARSIGHT_DATA_DIR".into(), folder.path().join("data").into()),
                ("HEARSIGHT_CONFIG_DIR".into(), folder.path().join("config").into()),
                ("LIBGL_ALWAYS_SOFTWARE".into(), "1".into()),
                ("GTK_MODULES".into(), "".into()),
            ],
            processes: Vec::new(),
            folder,
        };
        desktop
            .envs
            .extend(envs.into_iter().map(|(name, value)| (name.into(), value)));
        let mut server = desktop.command("Xvfb");
        server.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1100x860x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        desktop.display = format!(":{}", desktop.spawn_and_read_line(server));
        let mut bus = desktop.command("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]);
        desktop.bus = desktop.spawn_and_read_line(bus);
        let window_manager = desktop.command("openbox");
        desktop.spawn(window_manager);
        desktop.python("screen_reader.py", ["enable"]);
        desktop
    }

    /// A command with this desktop as its environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for outer in ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "AT_SPI_BUS_ADDRESS"] {
            command.env_remove(outer);
        }
        command
            .env("DISPLAY", &self.display)
            // English, whatever whoever runs the tests speaks.
            .env("LANGUAGE", "en")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .envs(self.envs.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Starts the program with its window.
    pub fn open(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Window<'_> {
        let log = self.folder.path().join("program.log");
        let mut command = self.command(env!("CARGO_BIN_EXE_hearsight"));
        let log_file = fs::File::create(&log).unwrap();
        // The program finds no other programs than those of this desktop.
        command
            .args(arguments)
            .env("PATH", self.programs())
            .stderr(log_file)
            .process_group(0);
        Window {
            desktop: self,
            process: command.spawn().unwrap(),
            log,
        }
    }

    /// Says on the session bus whether a screen reader is in use.
    pub fn screen_reader(&self, on: bool) {
        self.python("screen_reader.py", ["reader", if on { "on" } else { "off" }]);
    }

    /// Listens to what screen readers are told to announce; [`Announcements::finish`] gives it.
    pub fn listen(&self, seconds: u64) -> Announcements {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/screen_reader.py");
        let mut command = self.command("/usr/bin/python3");
        command.arg(path).args(["announcements", &seconds.to_string()]);
        let mut process = command.stdout(Stdio::piped()).process_group(0).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut ready = String::new();
        output.read_line(&mut ready).unwrap();
        assert_eq!(ready.trim(), "listening");
        Announcements { process, output }
    }

    /// Listens to the window that is open, until the events are dropped.
    pub fn events(&self) -> Events {
        let path = self.folder.path().join("events.jsonl");
        let mut listener = self.python_command("screen_reader.py");
        listener
            .args(["listen", WINDOW])
            .stdout(fs::File::create(&path).unwrap());
        Events::of(listener.process_group(0).spawn().unwrap(), path)
    }

    /// Where what this desktop needs lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A script of this folder, with Debian's own Python, which has the bindings.
    pub fn python_command(&self, script: &str) -> Command {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(script);
        let mut command = self.command("/usr/bin/python3");
        command.arg(path);
        command
    }

    /// Writes the settings that the program finds.
    pub fn settings(&self, text: &str) {
        let folder = self.folder.path().join("config");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("settings.toml"), text).unwrap();
    }

    /// Installs a file dialog in which a person chooses this file at once.
    pub fn install_dialog(&self, choice: &Path) {
        let path = self.programs().join("zenity");
        fs::write(&path, format!("#!/bin/sh\necho '{}'\n", choice.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn programs(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    /// The screen as it is now.
    pub fn screenshot(&self) -> RgbImage {
        let path = self.folder.path().join("screen.png");
        let taken = self
            .command("import")
            .args(["-window", "root"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(taken.success(), "no screenshot");
        image::open(&path).unwrap().to_rgb8()
    }

    /// Copies a picture as a screenshot tool does.
    pub fn copy_picture(&self, path: &Path) {
        let mut copy = self.command("xclip");
        let copied = copy
            .args(["-selection", "clipboard", "-t", "image/png", "-i"])
            .arg(path)
            .status()
            .unwrap();
        assert!(copied.success(), "xclip failed");
    }

    fn python(&self, script: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(script);
        // Debian's own Python: it has the bindings.
        let mut command = self.command("/usr/bin/python3");
        command
            .arg(path)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn spawn(&mut self, mut command: Command) -> &mut Child {
        let program = command.get_program().to_owned();
        let child = command.process_group(0).spawn();
        let child = child.unwrap_or_else(|error| panic!("{program:?} does not start: {error}"));
        self.processes.push(child);
        self.processes.last_mut().unwrap()
    }

    fn spawn_and_read_line(&mut self, mut command: Command) -> String {
        command.stdout(Stdio::piped());
        let program = command.get_program().to_owned();
        let output = self.spawn(command).stdout.take().unwrap();
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        assert!(!line.trim().is_empty(), "{program:?} ended at once");
        line.trim().to_owned()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The window manager and the buses first, the X server last: xclip and the accessibility services end with it.
        for process in self.processes.iter_mut().rev() {
            end(process);
        }
    }
}

/// What is being announced.
pub struct Announcements {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Announcements {
    /// Waits for the time to be over and gives what was announced meanwhile.
    pub fn finish(mut self) -> Vec<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(self.process.wait().unwrap().success());
        serde_json::from_str(&line).unwrap()
    }
}

/// The program's window.
pub struct Window<'d> {
    desktop: &'d Desktop,
    process: Child,
    log: PathBuf,
}

/// A node of the accessibility tree.
#[derive(Debug)]
pub struct Node {
    /// What a screen reader calls it.
    pub name: String,
    /// What it is.
    pub role: String,
    /// What is true of it: "focused", "checked".
    pub states: Vec<String>,
    /// Left, top, width and height within the window.
    pub rect: [u32; 4],
}

impl Window<'_> {
    /// Waits for the node with this role whose whole name matches the regular expression.
    pub fn wait_for(&self, role: &str, pattern: &str) -> Node {
        self.find("wait", &[role, pattern])
    }

    /// The same for a node that is pressed in, as the lit word is.
    pub fn wait_for_pressed(&self, role: &str) -> Node {
        self.find("wait", &[role, ".*", "pressed"])
    }

    /// Waits until no such node is there.
    pub fn wait_for_no(&self, role: &str, pattern: &str) {
        self.desktop
            .python("screen_reader.py", ["wait-no", WINDOW, role, pattern]);
    }

    /// The same for a node that has the focus.
    pub fn wait_for_focused(&self, role: &str, pattern: &str) -> Node {
        self.find("wait", &[role, pattern, "focused"])
    }

    /// The same for a box or a radio button that is on.
    pub fn wait_for_checked(&self, role: &str, pattern: &str) -> Node {
        self.find("wait", &[role, pattern, "checked"])
    }

    /// Types a text.
    pub fn type_text(&self, text: &str) {
        let mut xdotool = self.desktop.command("xdotool");
        let typed = xdotool.args(["type", "--delay", "30", text]).status().unwrap();
        assert!(typed.success(), "xdotool failed");
    }

    /// Presses a button as a screen reader does.
    pub fn press(&self, role: &str, pattern: &str) -> Node {
        self.find("press", &[role, pattern])
    }

    /// The names of all nodes.
    pub fn names(&self) -> Vec<String> {
        let tree: Value = serde_json::from_str(&self.desktop.python("screen_reader.py", ["tree", WINDOW])).unwrap();
        let nodes = tree.as_array().unwrap().iter();
        nodes
            .map(|node| node["name"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Presses keys in the window, named as xdotool names them.
    pub fn key(&self, keys: &str) {
        assert!(self.pressed(keys), "xdotool failed");
    }

    /// Presses keys; whether the window stood there until they were let go.
    fn pressed(&self, keys: &str) -> bool {
        // A window that is gone is waited for, but not for ever.
        let mut xdotool = self.desktop.command("timeout");
        xdotool.args([
            "30",
            "xdotool",
            "search",
            "--sync",
            "--onlyvisible",
            "--name",
            "^Hearsight$",
            "windowfocus",
            "--sync",
        ]);
        let pressed = xdotool.args(["key", "--clearmodifiers", keys]).status().unwrap();
        pressed.success()
    }

    /// Gives the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        let (width, height) = (width.to_string(), height.to_string());
        self.xdotool(&["windowsize", "--sync", "%1", &width, &height]);
    }

    /// What the window shows, without its frame.
    pub fn picture(&self) -> RgbImage {
        let id = self.xdotool(&[]);
        let path = self.desktop.folder.path().join("window.png");
        let taken = self
            .desktop
            .command("import")
            .args(["-window", id.trim()])
            .arg(&path)
            .status()
            .unwrap();
        assert!(taken.success(), "no picture of the window");
        image::open(&path).unwrap().to_rgb8()
    }

    /// What xdotool answers about the window, which its arguments call %1.
    fn xdotool(&self, arguments: &[&str]) -> String {
        let mut xdotool = self.desktop.command("xdotool");
        xdotool.args(["search", "--sync", "--onlyvisible", "--name", "^Hearsight$"]);
        let output = xdotool.args(arguments).stdout(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "xdotool failed");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Drops files on the window as a file manager does.
    pub fn drop_files(&self, files: &[&Path]) {
        let mut arguments = vec![OsStr::new(WINDOW)];
        arguments.extend(files.iter().map(|file| file.as_os_str()));
        self.desktop.python("drop.py", arguments);
    }

    /// Closes the window as the window manager does, and waits for the program's end, which must be a good one.
    pub fn close(mut self) {
        let begun = Instant::now();
        let mut pressed: Option<Instant> = None;
        loop {
            // A window that has just appeared may not be the window manager's yet, which then does not see the keys.
            if pressed.is_none_or(|at| at.elapsed() > Duration::from_secs(4)) {
                // The window may be gone before the keys are let go.
                let _ = self.pressed("alt+F4");
                pressed = Some(Instant::now());
            }
            if let Some(status) = self.process.try_wait().unwrap() {
                assert!(status.success(), "the program ended with {status}");
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "the program does not end");
            sleep(Duration::from_millis(50));
        }
    }

    /// Whether the program runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    fn find(&self, task: &str, what: &[&str]) -> Node {
        let arguments = [task, WINDOW].into_iter().chain(what.iter().copied());
        let answer = self.desktop.python("screen_reader.py", arguments);
        let node: Value = serde_json::from_str(&answer).unwrap();
        Node {
            name: node["name"].as_str().unwrap().to_owned(),
            role: node["role"].as_str().unwrap().to_owned(),
            states: serde_json::from_value(node["states"].clone()).unwrap(),
            rect: [0, 1, 2, 3].map(|side| u32::try_from(node["rect"][side].as_i64().unwrap_or(0)).unwrap_or(0)),
        }
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        end(&mut self.process);
        if std::thread::panicking() {
            let mut log = String::new();
            let _ = fs::File::open(&self.log).and_then(|mut file| file.read_to_string(&mut log));
            eprintln!("the program wrote: {log}");
        }
    }
}

/// A pattern for exactly this text.
pub fn exactly(text: &str) -> String {
    let escaped = |c: char| {
        (!c.is_alphanumeric() && c != ' ')
            .then_some('\\')
            .into_iter()
            .chain([c])
    };
    text.chars().flat_map(escaped).collect()
}

/// Ends a process and those that it started.
pub fn end(child: &mut Child) {
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stderr(Stdio::null())
        .status();
    let _ = child.wait();
}
