//! The program: the window, or a command that needs none.

use std::process::ExitCode;

mod cli;

#[allow(unsafe_code)]
fn main() -> ExitCode {
    // SAFETY: nothing has been started yet.
    unsafe { hearsight::captioner::forbid_telemetry() };
    // The process that decodes photos is this program too, and has to shut itself in before it does anything.
    match hearsight::photo::serve(std::env::args_os().skip(1)) {
        Some(code) => code,
        None => cli::main(),
    }
}
