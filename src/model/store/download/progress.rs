//! How far an install has come.

/// How far an install has come, told as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The sizes are known.
    Begins {
        /// Bytes of all files.
        bytes: u64,
        /// Bytes of them that an earlier attempt has left here.
        here: u64,
    },
    /// More of it is here.
    Loads {
        /// Bytes of all files that are here.
        here: u64,
        /// Bytes of all files.
        bytes: u64,
    },
    /// A connection failed and will be tried again.
    Waits {
        /// What happened.
        reason: String,
    },
    /// Everything is here and is being checked.
    Checks,
}
