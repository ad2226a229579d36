//! The program: opens the window.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    env_logger::init();
    let mut options = hearsight::window::Options::default();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--model" {
            options.model = arguments.next().map(PathBuf::from);
        } else {
            options.photos.push(PathBuf::from(argument));
        }
    }
    match hearsight::window::open(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
