//! Standard output that may be closed before we are done, as `| head` does, and complaints on standard error.

use std::io::{self, Write};

use anyhow::Result;

/// Standard output, flushed after each line so that a reader sees a photo's line when the photo is done.
pub struct Output(io::StdoutLock<'static>);

impl Output {
    /// Takes standard output for the whole run.
    pub fn new() -> Self {
        Self(io::stdout().lock())
    }

    /// Prints one line.
    ///
    /// # Errors
    /// The output is closed (see [`is_closed_pipe`]) or its disk is full.
    pub fn line(&mut self, text: &str) -> Result<()> {
        writeln!(self.0, "{text}")?;
        Ok(self.0.flush()?)
    }
}

/// Whether the error means that nobody reads our output any more.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The error as the sentence that it is. Where a cause matters to the person the sentence has it already, so that the
/// chain of causes, which repeats it, goes to the log.
pub fn in_a_sentence(error: &anyhow::Error) -> String {
    log::info!("{error:#}");
    error.to_string()
}

/// Tells the person what went wrong; where standard error is closed there is nobody to tell.
pub fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "{sentence}");
}
