//! Which processor is asked for.

use std::fmt;
use std::str::FromStr;

use crate::text;

/// The processor that a person asks for; what really ran is told by [`Captioner::device`](super::Captioner::device).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// CUDA where it works, else the CPU without a word about it.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// CUDA; where it does not work the CPU, and the reason is told.
    Cuda,
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        })
    }
}

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            other => Err(UnknownDevice(other.to_owned())),
        }
    }
}

/// A device name that is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{}", text!("device-unknown", name = _0))]
pub struct UnknownDevice(String);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_read_as_it_is_written() {
        for device in [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
    }

    #[test]
    fn an_unknown_device_is_named_with_the_choices() {
        let error = "gpu".parse::<DeviceChoice>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "There is no device \"gpu\". Choose auto, cpu or cuda."
        );
    }
}
