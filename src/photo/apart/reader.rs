//! One process that decodes, as the asking side holds it.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::child::COMMAND;
use super::powers::Powers;
use super::protocol::{self, Task};
use crate::photo::PhotoError;
use crate::photo::decode::Decoded;
use crate::photo::format::Format;

/// How much a pipe holds where the system lets one choose: fewer turns between the processes.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;

/// A process that decodes.
pub struct Reader {
    process: Arc<Mutex<Child>>,
    input: ChildStdin,
    output: ChildStdout,
    last_words: Receiver<LastWords>,
}

/// How a process ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It took too long.
    Late,
    /// It wanted more memory than it may have.
    Hungry,
    /// It crashed, or said nonsense.
    Crashed,
}

/// What it said on its standard error, as far as it matters.
#[derive(Default)]
struct LastWords {
    of_memory: bool,
}

impl Reader {
    /// Starts a process.
    ///
    /// # Errors
    /// The system starts none.
    pub fn start(program: &Path, task: &Task) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg(COMMAND)
            .args(task.words())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            /// `CREATE_NO_WINDOW`: no console beside the window.
            const NO_WINDOW: u32 = 0x0800_0000;
            command.creation_flags(NO_WINDOW);
        }
        let mut process = command.spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        #[cfg(target_os = "linux")]
        for pipe in [
            rustix::pipe::fcntl_setpipe_size(&input, PIPE),
            rustix::pipe::fcntl_setpipe_size(&output, PIPE),
        ] {
            if let Err(error) = pipe {
                log::debug!("a pipe stays small: {error}");
            }
        }
        let (tell, last_words) = channel();
        thread::Builder::new().name("decoder's log".to_owned()).spawn(move || {
            let words = listen(BufReader::new(errors));
            // Nobody listens where the process has ended without a fault.
            let _ = tell.send(words);
        })?;
        Ok(Self {
            process: Arc::new(Mutex::new(process)),
            input,
            output,
            last_words,
        })
    }

    /// Has a file decoded within a time, after which the process is ended.
    ///
    /// # Errors
    /// The process has ended without an answer, and is of no more use.
    pub fn decode(
        &mut self,
        bytes: &[u8],
        format: Format,
        patience: Duration,
    ) -> Result<Result<Decoded, PhotoError>, Death> {
        self.within(patience, |input, output| {
            protocol::write_file(input, bytes)?;
            protocol::read_answer(output, format)
        })
    }

    /// Receives what a process can do that was started to find that out.
    ///
    /// # Errors
    /// The process has ended without an answer.
    pub fn powers(&mut self, patience: Duration) -> Result<Powers, Death> {
        self.within(patience, |_, output| protocol::read_powers(output))
    }

    fn within<T>(
        &mut self,
        patience: Duration,
        talk: impl FnOnce(&mut ChildStdin, &mut ChildStdout) -> io::Result<T>,
    ) -> Result<T, Death> {
        let (done, waiting) = channel::<()>();
        let process = Arc::clone(&self.process);
        // A pipe has no time limit of its own; when the process is gone, reading ends.
        let watch = thread::Builder::new()
            .name("decoder's watch".to_owned())
            .spawn(move || {
                let is_late = waiting.recv_timeout(patience) == Err(RecvTimeoutError::Timeout);
                if is_late {
                    end(&process);
                }
                is_late
            });
        let Ok(watch) = watch else { return Err(Death::Crashed) };
        let said = talk(&mut self.input, &mut self.output);
        drop(done);
        let is_late = watch.join().unwrap_or(false);
        said.map_err(|error| {
            log::warn!("the process that decodes gave no answer: {error}");
            end(&self.process);
            // They end with the process, unless something that it has started holds on to them.
            let words = self.last_words.recv_timeout(Duration::from_secs(1));
            match words.unwrap_or_default() {
                _ if is_late => Death::Late,
                LastWords { of_memory: true } => Death::Hungry,
                LastWords { of_memory: false } => Death::Crashed,
            }
        })
    }

    /// The number of the process, for those who want to look at it from outside.
    pub fn id(&self) -> u32 {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        end(&self.process);
    }
}

/// Ends a process, if it has not ended, and lets the system forget it.
fn end(process: &Mutex<Child>) {
    let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
    // Fails only where it has ended already.
    let _ = process.kill();
    match process.wait() {
        Ok(status) => log::debug!("the process that decodes has ended: {status}"),
        Err(error) => log::warn!("the process that decodes cannot be waited for: {error}"),
    }
}

/// Hands what the process says on its standard error to this one's log.
fn listen(errors: impl BufRead) -> LastWords {
    let mut words = LastWords::default();
    for line in errors.split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        // How Rust and C++ end where memory is refused.
        words.of_memory |= line.contains("memory allocation of") || line.contains("bad_alloc");
        log::info!("decoder: {line}");
    }
    words
}
