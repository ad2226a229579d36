//! What a process that decodes can do besides, found out by trying: what is switched off on paper may work all the same.

use std::fs::{self, File};
use std::net::UdpSocket;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::photo::heif;

/// What a process that decodes can do, besides decoding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Powers {
    /// Read files.
    pub reads: bool,
    /// Write files.
    pub writes: bool,
    /// Use the network.
    pub connects: bool,
    /// Start programs.
    pub starts: bool,
    /// The version of libheif, where it is installed.
    pub heif: Option<String>,
}

impl Powers {
    /// Those of this process. Where it can do something, nothing stays behind and nothing is sent.
    pub(super) fn tried() -> Self {
        let file = std::env::temp_dir().join(format!("hearsight-probe-{}", std::process::id()));
        let writes = File::create_new(&file).is_ok();
        if writes && let Err(error) = fs::remove_file(&file) {
            log::warn!("{} stays behind: {error}", file.display());
        }
        let folder_opens = ["/", "C:\\"].iter().any(|folder| fs::read_dir(folder).is_ok());
        Self {
            reads: folder_opens || File::open("/etc/passwd").is_ok(),
            writes,
            connects: UdpSocket::bind("127.0.0.1:0").is_ok(),
            starts: Command::new("true").status().is_ok(),
            heif: heif::library().ok().map(|library| library.version().to_owned()),
        }
    }
}
