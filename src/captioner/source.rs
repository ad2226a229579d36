//! A graph's file as it is opened and cut: its outline, with the weights left where they lie, where that can be had.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::onnx::{self, Outline};

/// An ONNX file.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The file.
    pub(super) file: &'a Path,
    outline: Option<Outline>,
}

impl<'a> Source<'a> {
    pub(super) fn of(file: &'a Path) -> Self {
        let outline = onnx::outline(file);
        Self { file, outline }
    }

    /// The model without its weights; none where it can only be opened as a whole.
    pub(super) fn outline(&self) -> Option<&[u8]> {
        self.outline.as_ref().map(|outline| outline.bytes.as_slice())
    }

    /// The model, with as few of its weights as possible.
    pub(super) fn model(&self) -> io::Result<Cow<'_, [u8]>> {
        match self.outline() {
            Some(outline) => Ok(outline.into()),
            None => fs::read(self.file).map(Cow::Owned),
        }
    }

    /// The folder that the names of files with weights are relative to.
    pub(super) fn weights(&self) -> PathBuf {
        let beside = || self.file.parent().unwrap_or(Path::new(".")).to_path_buf();
        self.outline
            .as_ref()
            .map_or_else(beside, |outline| outline.folder.clone())
    }
}
