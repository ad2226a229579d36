//! Hearsight describes photos aloud: photo → sentence → voice, with the light on the part of the photo behind each
//! word, all on this computer.
//!
//! The house has five floors; each stands on those below it and knows nothing of those above:
//!
//! 1. [`language`] (the words for people), [`photo`] (a file becomes upright RGB pixels), [`screen`] and [`clipboard`]
//!    (what is there becomes pixels), [`words`] (what is said in a photo's own notes, read and saved), [`model`] (a model
//!    folder), [`speech`] (the platform's voice), [`onnx`] (ONNX files as structs), [`settings`] (what a person has
//!    chosen, kept in a file);
//! 2. [`captioner`] (pixels become a [`captioner::Description`]);
//! 3. [`describer`] (the captioner on a thread of its own), [`overlay`] (attention over a photo), [`report`] (a
//!    description as JSON, text or picture), [`recent`] (descriptions kept from one day to the next), [`roll`] (the
//!    photos to step through), [`folder`] (many photos described into files), [`doctor`] (what works here);
//! 4. [`window`] (the egui window) and the command line;
//! 5. the program.

#[cfg(all(feature = "window", target_os = "linux"))]
mod address;
pub mod captioner;
pub mod check;
#[cfg(feature = "window")]
pub mod clipboard;
pub mod describer;
pub mod doctor;
pub mod folder;
pub mod language;
pub mod model;
pub mod onnx;
pub mod overlay;
pub mod photo;
pub mod recent;
pub mod report;
pub mod roll;
#[cfg(feature = "window")]
pub mod screen;
pub mod settings;
#[cfg(feature = "speech")]
pub mod speech;
#[cfg(feature = "window")]
pub mod window;
pub mod wording;
pub mod words;
