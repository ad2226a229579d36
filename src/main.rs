//! The program: the window, or a command that needs none.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
