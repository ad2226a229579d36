//! What works here: ONNX Runtime, model, device, a description, the reading of photos, the voice, the file dialog, the
//! accessibility bus, the display and pictures of the screen; each finding with what to do.
//!
//! Its own words are English, like `--help`: they are what people copy into a report of a fault. The reasons come from
//! the rooms, in the person's language.

use std::fmt;
use std::path::Path;

use image::{Rgb, RgbImage};

use crate::captioner::{Cancel, Captioner, DescribeOptions, Division, LoadOptions, WholeReason, start_runtime};
use crate::model::{self, ModelFolder};
use crate::photo::{self, Photo};
use crate::wording;

#[cfg(all(feature = "window", target_os = "linux"))]
mod desktop;
#[cfg(all(feature = "window", target_os = "linux"))]
pub(crate) use desktop::has_portal;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, as people call it.
    pub part: &'static str,
    /// How it is.
    pub verdict: Verdict,
}

/// How a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works; what there is.
    Works(String),
    /// It does not; why, and what to do.
    Fails(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Works(what) => write!(f, "ok       {}: {what}", self.part),
            Verdict::Fails(why) => write!(f, "problem  {}: {why}", self.part),
        }
    }
}

/// Looks at everything, tells each finding as soon as it is known, and returns whether a photo can be described.
///
/// Nothing is changed and nothing is heard. It takes as long as loading the model and one description, plus some
/// seconds where a service of the desktop does not answer.
pub fn examine(model: Option<&Path>, load: &LoadOptions, tell: &mut dyn FnMut(Finding)) -> bool {
    let mut finding = |part, verdict: Result<String, String>| {
        let verdict = verdict.map_or_else(Verdict::Fails, Verdict::Works);
        let works = matches!(verdict, Verdict::Works(_));
        tell(Finding { part, verdict });
        works
    };
    let has_runtime = finding("ONNX Runtime", runtime());
    // None where it did not come to a description.
    let description = match open_model(model) {
        Err(why) => {
            finding("model", Err(why));
            None
        }
        Ok(folder) if !has_runtime => {
            finding(
                "model",
                Ok(format!(
                    "{} in {}, not loaded without ONNX Runtime",
                    folder.name(),
                    folder.path().display()
                )),
            );
            None
        }
        Ok(folder) => match Captioner::load(&folder, load) {
            Err(why) => {
                finding("model", Err(why.to_string()));
                None
            }
            Ok(mut captioner) => {
                let attention = if captioner.has_attention() {
                    "tells"
                } else {
                    "does not tell"
                };
                let model = format!(
                    "{} in {}, {attention} where it looks",
                    folder.name(),
                    folder.path().display()
                );
                finding("model", Ok(model));
                finding(
                    "device",
                    Ok(format!("{}, {}", captioner.device(), once_a_photo(&captioner))),
                );
                Some(describe(&mut captioner))
            }
        },
    };
    let none = || Err("no photo can be described before the problem above is solved.".to_owned());
    let describes = finding("description", description.unwrap_or_else(none));
    for (part, verdict) in photos() {
        finding(part, verdict);
    }
    #[cfg(feature = "speech")]
    finding("voice", voice());
    #[cfg(all(feature = "window", target_os = "linux"))]
    {
        finding("file dialog", desktop::file_dialog());
        finding("screen readers", desktop::accessibility());
        finding("display", desktop::display());
        finding("pictures of the screen", desktop::screen());
    }
    describes
}

fn runtime() -> Result<String, String> {
    let path = start_runtime().map_err(|error| error.to_string())?;
    // The library's file carries its version wherever it came from a wheel or a package.
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let version = name.trim_matches(|c: char| !c.is_ascii_digit());
    let version = if version.is_empty() { "recent enough" } else { version };
    Ok(format!("{version}, {}", path.display()))
}

fn open_model(explicit: Option<&Path>) -> Result<ModelFolder, String> {
    let path = model::find(explicit).map_err(|error| error.to_string())?;
    ModelFolder::open(&path).map_err(|error| error.to_string())
}

/// Whether the decoder computes once a photo what does not change from word to word.
fn once_a_photo(captioner: &Captioner) -> String {
    let why = match captioner.division() {
        Division::Halves => return "what depends on the photo alone is computed once a photo".to_owned(),
        Division::Whole(why) => why,
    };
    let why = match why {
        WholeReason::Asked => "as was asked for",
        WholeReason::NothingToGain => "nothing of it that could be cut out depends on the photo alone",
        WholeReason::NoFloats => "what depends on the photo alone are no floats",
        WholeReason::Differs => "cut in halves it gives something else",
        WholeReason::Failed(reason) => reason,
    };
    format!("the whole decoder runs at every word ({why})")
}

/// Describes a picture made here, so that no file is needed: a sun over the sea.
fn describe(captioner: &mut Captioner) -> Result<String, String> {
    let picture = RgbImage::from_fn(160, 120, |x, y| {
        let (dx, dy) = (x.abs_diff(110), y.abs_diff(35));
        match y {
            _ if dx * dx + dy * dy < 400 => Rgb([255, 220, 90]),
            0..70 => Rgb([120, 180, 240]),
            _ => Rgb([30, 80, 140]),
        }
    });
    let photo = Photo::from_pixels("a sun over the sea", picture);
    let description = captioner
        .describe(&photo, &DescribeOptions::default(), &Cancel::default(), &mut |_| ())
        .map_err(|error| error.to_string())?;
    let seconds = wording::seconds(&description);
    Ok(format!(
        "a drawn sun over the sea became \"{}\" in {seconds:.2} s",
        description.caption
    ))
}

/// How safely photos are decoded, and whether those of telephones are.
fn photos() -> [(&'static str, Result<String, String>); 2] {
    const ALONE: &str = "photos are decoded in a process of their own";
    let powers = match photo::powers() {
        Ok(powers) => powers,
        Err(error) => return ["photos", "HEIC and AVIF"].map(|part| (part, Err(error.to_string()))),
    };
    let left: Vec<&str> = [
        (powers.reads, "read files"),
        (powers.writes, "write files"),
        (powers.connects, "use the network"),
        (powers.starts, "start programs"),
    ]
    .into_iter()
    .filter_map(|(can, what)| can.then_some(what))
    .collect();
    let alone = if left.is_empty() {
        Ok(format!(
            "{ALONE}, which can neither use files and the network nor start programs"
        ))
    } else if cfg!(target_os = "linux") {
        Err(format!(
            "{ALONE}, but it can {}: this kernel has no Landlock or no seccomp filters, or a container forbids them. \
             Open no photos from strangers, or use Linux 5.13 or later.",
            left.join(", ")
        ))
    } else {
        Ok(format!(
            "{ALONE}; this system does not keep it from these: {}",
            left.join(", ")
        ))
    };
    let heif = powers.heif.map(|version| format!("libheif {version}")).ok_or_else(|| {
        "libheif is not installed, so these photos, which telephones take, cannot be read. Install it (on Debian and \
         Ubuntu: libheif1 and its plugins)."
            .to_owned()
    });
    [("photos", alone), ("HEIC and AVIF", heif)]
}

#[cfg(feature = "speech")]
fn voice() -> Result<String, String> {
    crate::speech::check()
        // Whether it is heard only a person can tell.
        .map(|voice| format!("{voice} answers; `hearsight describe --speak PHOTO` lets you hear it"))
        .map_err(|error| error.to_string())
}

/// The program of that name that would be started.
#[cfg(feature = "window")]
pub(crate) fn on_path(program: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_one_line_that_begins_with_its_verdict() {
        let works = Finding {
            part: "voice",
            verdict: Verdict::Works("Speech Dispatcher".to_owned()),
        };
        assert_eq!(works.to_string(), "ok       voice: Speech Dispatcher");
        let fails = Finding {
            part: "voice",
            verdict: Verdict::Fails("No voice answered.".to_owned()),
        };
        assert_eq!(fails.to_string(), "problem  voice: No voice answered.");
    }
}
