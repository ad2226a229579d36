//! The Fluent files, built into the program.

/// One file's text in each language, in the order of [`Language::ALL`](super::Language::ALL).
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its name without the ending.
    pub name: &'static str,
    /// Its texts.
    pub texts: [&'static str; 2],
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Every file, in the order in which they are read.
        pub const FILES: &[File] = &[$(File {
            name: $name,
            texts: [
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/language/en/", $name, ".ftl")),
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/language/ko/", $name, ".ftl")),
            ],
        }),*];
    };
}

files![
    "captioner",
    "commands",
    "description",
    "folder",
    "keys",
    "model",
    "onnx",
    "own-words",
    "photo",
    "photos",
    "screen",
    "settings",
    "speech",
    "store",
    "view",
    "voice",
    "window",
];
