//! Real sound without a sound card: a private PulseAudio with a null sink, a private Speech Dispatcher that plays
//! into it, and a recorder that hears what came out.
//!
//! A program under test gets [`Sound::envs`] as its environment and then speaks here and nowhere else; everything is
//! ended when the [`Sound`] is dropped.
#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses some of it")]

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Samples a second of the sink and the recordings, as espeak-ng makes them.
const RATE: usize = 22050;
const PATIENCE: Duration = Duration::from_secs(20);

/// A sound server and a voice of its own.
pub struct Sound {
    server: Option<Child>,
    daemon: Option<Child>,
    // Deleted last.
    folder: TempDir,
}

impl Sound {
    /// With a sound server and a voice.
    pub fn start() -> Self {
        let mut sound = Self::without_voice();
        sound.start_server();
        sound.start_daemon();
        sound
    }

    /// With a voice, but with nothing that takes its sound.
    pub fn without_server() -> Self {
        let mut sound = Self::without_voice();
        sound.start_daemon();
        sound
    }

    /// Without either: the voice's address leads nowhere, and no daemon starts by itself.
    pub fn without_voice() -> Self {
        let folder = TempDir::with_prefix("hearsight-sound-").unwrap();
        for name in ["home", "run", "log", "config/speech-dispatcher/modules"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let config = "DisableAutoSpawn\nLogLevel 2\nAudioOutputMethod \"pulse\"\n\
            AddModule \"espeak-ng\" \"sd_espeak-ng\" \"espeak-ng.conf\"\nDefaultModule espeak-ng\n";
        fs::write(folder.path().join("config/speech-dispatcher/speechd.conf"), config).unwrap();
        fs::write(
            folder.path().join("config/speech-dispatcher/modules/espeak-ng.conf"),
            "Debug 0\n",
        )
        .unwrap();
        Self {
            server: None,
            daemon: None,
            folder,
        }
    }

    /// The environment in which a program speaks into this sink.
    pub fn envs(&self) -> [(&'static str, OsString); 5] {
        let socket = |kind: &str, name: &str| OsString::from(format!("{kind}:{}", self.path(name).display()));
        [
            ("HOME", self.path("home").into()),
            ("XDG_CONFIG_HOME", self.path("config").into()),
            ("XDG_RUNTIME_DIR", self.path("run").into()),
            ("PULSE_SERVER", socket("unix", "pulse.sock")),
            ("SPEECHD_ADDRESS", socket("unix_socket", "speechd.sock")),
        ]
    }

    /// The home folder of programs that speak here.
    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Starts the sound server. A voice that was started before goes on without it.
    pub fn start_server(&mut self) {
        let socket = self.path("pulse.sock");
        let mut server = self.command("pulseaudio");
        server
            .args([
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--disable-shm=yes",
            ])
            .arg(format!(
                "--load=module-native-protocol-unix socket={} auth-anonymous=1",
                socket.display()
            ))
            .arg(format!(
                "--load=module-null-sink sink_name=null rate={RATE} channels=1 format=s16le"
            ));
        self.server = Some(spawn(server));
        wait_until("the sound server listens", || socket.exists());
    }

    /// Starts the voice, anew where it was killed.
    pub fn start_daemon(&mut self) {
        self.kill_daemon();
        let config = self.path("config/speech-dispatcher");
        let socket = self.path("speechd.sock");
        let mut daemon = self.command("speech-dispatcher");
        daemon.args(["-s", "-t", "0", "-c", "unix_socket"]);
        for (flag, path) in [
            ("-C", &config),
            ("-L", &self.path("log")),
            ("-P", &self.path("pid")),
            ("-S", &socket),
        ] {
            daemon.arg(flag).arg(path);
        }
        self.daemon = Some(spawn(daemon));
        wait_until("the voice listens", || socket.exists());
    }

    /// Kills the voice without a warning, with the modules that it started.
    pub fn kill_daemon(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            end(daemon);
        }
        let _ = fs::remove_file(self.path("speechd.sock"));
    }

    /// Makes the voice hang.
    pub fn freeze_daemon(&self) {
        signal("STOP", self.daemon.as_ref().expect("a voice").id());
    }

    /// Lets it go on.
    pub fn thaw_daemon(&self) {
        signal("CONT", self.daemon.as_ref().expect("a voice").id());
    }

    /// Starts to record what comes out.
    pub fn record(&self) -> Recorder {
        let path = self.path("heard.raw");
        let mut recorder = self.command("parec");
        recorder
            .args([
                "--device=null.monitor",
                "--format=s16le",
                "--channels=1",
                "--raw",
                "--latency-msec=20",
            ])
            .arg(format!("--rate={RATE}"))
            .stdout(fs::File::create(&path).unwrap());
        let recorder = Recorder {
            process: Some(spawn(recorder)),
            path,
        };
        // The null sink's monitor gives silence all the time.
        wait_until("the recorder hears the silence", || recorder.size() > 0);
        recorder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .envs(self.envs())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.kill_daemon();
        if let Some(server) = self.server.take() {
            end(server);
        }
    }
}

/// A recording that goes on.
pub struct Recorder {
    process: Option<Child>,
    path: PathBuf,
}

impl Recorder {
    /// Ends the recording and tells what was heard in it.
    pub fn finish(mut self) -> Heard {
        // What was played last still comes through the sink's buffers.
        sleep(Duration::from_millis(700));
        self.end();
        Heard::of(&self.path)
    }

    /// Waits until something can be heard.
    pub fn wait_for_sound(&self) {
        wait_until("something is heard", || Heard::of(&self.path).seconds > 0.2);
    }

    /// How many seconds are recorded so far.
    pub fn seconds(&self) -> f64 {
        self.size() as f64 / (2 * RATE) as f64
    }

    fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    fn end(&mut self) {
        if let Some(process) = self.process.take() {
            end(process);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a recording holds between its first and its last sound.
#[derive(Debug)]
pub struct Heard {
    /// Root mean square of the samples, which reach from −1 to 1.
    pub rms: f64,
    /// From the first sound to the last.
    pub seconds: f64,
    /// From the recording's begin to the first sound.
    pub begin: f64,
}

impl Heard {
    fn of(path: &Path) -> Self {
        /// Above the dither of a silent sink, far below a voice.
        const SOUND: f64 = 0.01;
        let samples: Vec<f64> = fs::read(path)
            .unwrap()
            .chunks_exact(2)
            .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0)
            .collect();
        let is_sound = |sample: &f64| sample.abs() > SOUND;
        let first = samples.iter().position(is_sound).unwrap_or(0);
        let last = samples.iter().rposition(is_sound).unwrap_or(0);
        let heard = &samples[first..last];
        let power = heard.iter().map(|sample| sample * sample).sum::<f64>() / heard.len().max(1) as f64;
        Self {
            rms: power.sqrt(),
            seconds: heard.len() as f64 / RATE as f64,
            begin: first as f64 / RATE as f64,
        }
    }
}

fn spawn(mut command: Command) -> Child {
    let program = command.get_program().to_owned();
    // A group of its own, so that the processes that it starts can be ended with it.
    let child = command.process_group(0).spawn();
    child.unwrap_or_else(|error| panic!("{program:?} does not start ({error}): are the test packages installed?"))
}

/// Ends a process and those that it started, also where it is stopped.
fn end(mut child: Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill")
        .args(["-KILL", "--", &group])
        .stderr(Stdio::null())
        .status();
    let _ = child.wait();
}

fn signal(name: &str, process: u32) {
    assert!(
        Command::new("kill")
            .arg(format!("-{name}"))
            .arg(process.to_string())
            .status()
            .unwrap()
            .success()
    );
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}
