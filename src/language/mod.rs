//! The words for people, in every language of the interface: looked up in the Fluent files of `assets/language`.
//!
//! Write a sentence as a message into a file of `assets/language/en` **and** the file of the same name in
//! `assets/language/ko`, then use it:
//!
//! ```
//! use hearsight::text;
//!
//! assert_eq!(text!("place-lower-left"), "lower left");
//! assert_eq!(text!("photo-name", name = "dog.png", width = 40, height = 30), "Photo: dog.png, 40 by 30 pixels");
//! ```
//!
//! * `text!` gives a `String` in the language of this moment; a window that asks anew with every frame changes its
//!   language at once. Arguments are strings and numbers, by value or reference; anything else says `.to_string()`.
//! * A number chooses its plural in the file: `{ $count -> [one] One photo *[other] { $count } photos }`. A number that
//!   is only shown, such as 0.6 with one decimal, comes as a string.
//! * Attributes are looked up with a dot: `text!("command-open.help")`.
//! * An error's sentence: `#[error("{}", text!("photo-missing"))]`, with `reason = _0.to_string()` for the fields.
//! * A new file is named in `files.rs`. Messages are named after what they say, `kebab-case`, the same in all files.
//!
//! Tests (`tests/language.rs`) hold that each message exists in every language with the same arguments, that each is
//! used, and that no sentence for people is written in code. What programs read (JSON, log, `--help`) stays English.
//!
//! The language is one for the whole process, English until [`set`] is called; in this crate's unit tests it is one for
//! each thread, so that tests do not disturb one another.

mod bundle;
mod current;
mod files;
mod tongue;

pub use bundle::{Value, text, text_in, value};
pub use current::{current, set};
pub use files::{FILES, File};
pub use tongue::Language;

/// The message of that name in the current language, see [`language`](crate::language):
/// `text!("photos-left-out", count = 3)`.
#[macro_export]
macro_rules! text {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::text($key, &[$((stringify!($name), $crate::language::value($value))),*])
    };
}

#[cfg(test)]
mod tests;
