//! The program: the window, or a command that needs none.

use std::process::ExitCode;

mod cli;

#[allow(unsafe_code)]
fn main() -> ExitCode {
    // The process that decodes photos is this program too, and has to shut itself in before it does anything.
    if let Some(code) = hearsight::photo::serve(std::env::args_os().skip(1)) {
        return code;
    }
    // SAFETY: no thread has been started yet.
    unsafe { hearsight::captioner::forbid_telemetry() };
    cli::main()
}
