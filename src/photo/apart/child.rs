//! What the process that decodes does: it shuts itself in, then answers file after file until its input ends.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::powers::Powers;
use super::protocol::{self, Task};
use crate::photo::decode::{self, Decoded};
use crate::photo::format::Format;
use crate::photo::{PhotoError, heif};

/// The hidden command, the program's first argument; a [`Task`] follows it.
pub const COMMAND: &str = "decode-photos";

/// Answers as the process that decodes; none where the arguments of this process do not ask for that.
///
/// To be called before anything else is done, by the one thread that there is.
pub fn serve(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.next()?.to_str() != Some(COMMAND) {
        return None;
    }
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let Some(task) = Task::from_words(&words) else {
        return Some(ExitCode::from(2));
    };
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    let done = run(&task, &mut io::stdin().lock(), &mut io::stdout().lock());
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error!("{error}");
            ExitCode::FAILURE
        }
    })
}

fn run(task: &Task, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    if task.with_heif {
        // Found and opened while files can be opened; that it is missing is told with the first photo.
        let _ = heif::library();
    }
    #[cfg(unix)]
    super::sandbox::shut_in(task.memory);
    if task.tries_powers {
        return protocol::write_powers(output, &Powers::tried());
    }
    while let Some(bytes) = protocol::read_file(input)? {
        protocol::write_answer(output, decode_here(&bytes))?;
    }
    Ok(())
}

/// Decodes in this process. A decoder that gives up in a panic has met a damaged picture.
pub fn decode_here(bytes: &[u8]) -> Result<Decoded, PhotoError> {
    catch_unwind(AssertUnwindSafe(|| decode::decode(bytes))).unwrap_or_else(|_| {
        log::error!("a decoder of {} gave up", Format::of(bytes).map_or("?", Format::name));
        Err(PhotoError::Damaged)
    })
}
