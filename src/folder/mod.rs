//! Photos by the hundred thousand, described into files.
//!
//! A [`Catalogue`] is the files that are written: JSON lines, a table, an album of web pages, and beside them the
//! [ledger](Ledger) of what was described. The ledger grows line by line, each of which is whole or is not there, so that a
//! run which ends at any moment loses no more than what was in work; the files are written beside the old ones and renamed
//! when all of them are complete. What has been described is known by the photo's content, the model and its settings: a
//! photo that was moved or is there twice is not described again, and after a change of model all of them are.
//!
//! [`describe`] does it, for the command line and for the window's [`Job`], an album's worth of photos or a pipe's.

mod album;
mod catalogue;
mod control;
mod describe;
mod error;
mod fresh;
mod job;
mod ledger;
mod lines;
mod pace;
mod table;

pub use catalogue::{Catalogue, Format};
pub use control::Control;
pub use describe::{Asked, Describing, Progress, Summary, describe};
pub use error::FolderError;
pub use job::{Event, Job, Request, name_of};
pub use ledger::Ledger;
pub use pace::{Pace, time_left};
