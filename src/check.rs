//! `models check`: does a model keep what its folder promises? Run once, with size, latency, memory and device told.
//!
//! Like the doctor's, its lines are in English; the sentences about faults of the folder are in the system's language.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Instant;

use image::{Rgb, RgbImage};

use crate::captioner::{AttentionKind, Captioner, Examination, LoadOptions, Placement};
use crate::model::ModelFolder;
use crate::model::store::{MANIFEST, Manifest, read_text, sha256};
use crate::photo::Photo;

/// How far a token's attention may be from summing to 1.
const SUM_TOLERANCE: f32 = 1e-3;

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was looked at.
    pub part: &'static str,
    /// What was found; the error where it is a fault.
    pub found: Result<String, String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Ok(what) => write!(f, "ok       {}: {what}", self.part),
            Err(why) => write!(f, "problem  {}: {why}", self.part),
        }
    }
}

/// Checks a model folder, tells each line as soon as it is known, and returns whether all is well.
pub fn check(folder: &Path, load: &LoadOptions, tell: &mut dyn FnMut(Line)) -> bool {
    let mut well = true;
    let mut line = |part, found: Result<String, String>| {
        well &= found.is_ok();
        tell(Line { part, found });
    };
    line("digests", digests(folder));
    let opened = ModelFolder::open(folder).and_then(|model| model.choose(load.variant.as_deref()));
    let model = match opened {
        Ok(model) => model,
        Err(error) => {
            line("configuration", Err(error.to_string()));
            return false;
        }
    };
    line("configuration", Ok(configuration(&model)));
    match model.check_graphs() {
        Ok(bytes) => line("size", Ok(format!("{:.1} MB of weights", bytes as f64 / 1e6))),
        Err(error) => {
            line("size", Err(error.to_string()));
            return false;
        }
    }
    let clock = Instant::now();
    let mut captioner = match Captioner::load(&model, load) {
        Ok(captioner) => captioner,
        Err(error) => {
            line("graphs", Err(error.to_string()));
            return false;
        }
    };
    let loaded = clock.elapsed().as_secs_f64();
    line(
        "graphs",
        Ok(format!(
            "loaded in {loaded:.2} s; inputs, outputs and vocabulary fit together"
        )),
    );
    line("device", Ok(captioner.device().to_owned()));
    match captioner.examine(&sun_over_the_sea()) {
        Ok(examination) => {
            line("encoder", encoder(&examination));
            // Of a search that failed only the reason can be told.
            if examination.tokens > 0 {
                line("probabilities", probabilities(&examination));
                line(
                    "attention",
                    attention(&examination, captioner.attention_kind(), captioner.refused_attention()),
                );
                line("latency", Ok(latency(&examination)));
            }
            line("sentence", sentence(&examination));
        }
        Err(error) => line("run", Err(error.to_string())),
    }
    line("memory", Ok(peak_memory()));
    drop(captioner);
    line("operations", operations(&model, load));
    well
}

/// The files against the digests of the folder's manifest, where it has one.
fn digests(folder: &Path) -> Result<String, String> {
    let path = folder.join(MANIFEST);
    let text = match read_text(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok("none recorded, for it was not installed from the catalogue".to_owned());
        }
        Err(error) => return Err(format!("{} cannot be read ({error}).", path.display())),
    };
    let manifest = Manifest::parse(&text).map_err(|error| error.to_string())?;
    for file in &manifest.files {
        let path = folder.join(&file.path);
        let unreadable = |error| format!("{} cannot be read ({error}).", path.display());
        let found = fs::metadata(&path).map_err(unreadable)?;
        // A link to what never ends would be read for ever: what is no file of the same size is not read at all.
        let is_same = found.is_file() && found.len() == file.bytes && sha256(&path).map_err(unreadable)? == file.sha256;
        if !is_same {
            return Err(format!(
                "{} is not as it was installed. Remove the model and install it again.",
                path.display()
            ));
        }
    }
    let (count, revision) = (manifest.files.len(), &manifest.revision);
    Ok(format!("{count} files as they were installed, revision {revision}"))
}

fn configuration(model: &ModelFolder) -> String {
    let settings = model.generation();
    format!(
        "{}, {}, {}, at most {} tokens",
        model.name(),
        model.config().hearsight.language.as_deref().unwrap_or("en"),
        match settings.num_beams() {
            1 => "greedy".to_owned(),
            beams => format!("{beams} beams"),
        },
        settings.max_length()
    )
}

fn encoder(examination: &Examination) -> Result<String, String> {
    if !examination.not_finite.is_empty() {
        let names = examination.not_finite.join(", ");
        return Err(format!(
            "{names} has values that are no finite numbers. Try another export of the model."
        ));
    }
    let shown = |(name, shape): &(String, Vec<i64>)| format!("{name} {shape:?}");
    Ok(examination.outputs.iter().map(shown).collect::<Vec<_>>().join(", "))
}

fn probabilities(examination: &Examination) -> Result<String, String> {
    if examination.bad_probability {
        return Err("a token's probability is none. Try another export of the model.".to_owned());
    }
    Ok(format!("{} tokens, each with a probability", examination.tokens))
}

fn attention(
    examination: &Examination,
    promised: Option<AttentionKind>,
    refused: Option<&str>,
) -> Result<String, String> {
    if let Some(reason) = refused {
        return Err(format!("{reason}; try another export of the model."));
    }
    let Some(kind) = promised else {
        return Ok("the model does not tell where it looks; covering parts of the photo finds it out".to_owned());
    };
    if examination.attended < examination.tokens {
        let (attended, tokens) = (examination.attended, examination.tokens);
        return Err(format!(
            "of {tokens} tokens only {attended} tell where the model looked."
        ));
    }
    let furthest = examination.furthest_sum;
    if examination.bad_weight || furthest.is_nan() || furthest > SUM_TOLERANCE {
        return Err(format!(
            "the weights of a token do not sum to 1 (they are {furthest:.4} away). What is lit would mislead; try another \
             export of the model."
        ));
    }
    Ok(format!(
        "{}; {} tokens, whose weights sum to 1 within {furthest:.0e}",
        match kind {
            AttentionKind::Exported => "given out by the graph",
            AttentionKind::FoundInGraph => "found in the graph",
            AttentionKind::Twin => "of another decoder in the folder",
            AttentionKind::Occlusion => "found by covering parts of the photo",
        },
        examination.attended
    ))
}

fn sentence(examination: &Examination) -> Result<String, String> {
    let description = examination.description.as_ref().map_err(Clone::clone)?;
    let doubt = match description.uncalibrated {
        true => "uncalibrated: nobody has measured how often such a sentence is right".to_owned(),
        false => format!("{} %", (description.confidence * 100.0).round()),
    };
    Ok(format!(
        "a drawn sun over the sea became \"{}\" ({doubt})",
        description.caption
    ))
}

fn latency(examination: &Examination) -> String {
    let (encode, search, tokens) = (examination.encode, examination.search, examination.tokens);
    let each = search * 1000.0 / tokens.max(1) as f64;
    format!(
        "{:.3} s: the encoder {encode:.3} s, {tokens} tokens {search:.3} s ({each:.1} ms each)",
        encode + search
    )
}

/// Where the operations of one description ran; of a model that is loaded anew, because profiling takes time.
fn operations(model: &ModelFolder, load: &LoadOptions) -> Result<String, String> {
    let profiles = tempfile::tempdir().map_err(|error| format!("no folder for profiles could be made ({error})."))?;
    let load = LoadOptions {
        profiles: Some(profiles.path().to_owned()),
        ..load.clone()
    };
    Captioner::load(model, &load)
        .and_then(|mut captioner| captioner.examine(&sun_over_the_sea()))
        .map_err(|error| error.to_string())?;
    let placements =
        Placement::read(profiles.path()).map_err(|error| format!("the profile cannot be read ({error})."))?;
    let told = |place: &Placement| {
        let percent = (place.share * 100.0).round();
        format!("{} {} ({percent} % of the time)", place.operations, place.provider)
    };
    Ok(placements.iter().map(told).collect::<Vec<_>>().join(", "))
}

/// A picture made here, so that no file is needed.
fn sun_over_the_sea() -> Photo {
    let picture = RgbImage::from_fn(320, 240, |x, y| {
        let (dx, dy) = (x.abs_diff(220), y.abs_diff(70));
        match y {
            _ if dx * dx + dy * dy < 1600 => Rgb([255, 220, 90]),
            0..140 => Rgb([120, 180, 240]),
            _ => Rgb([30, 80, 140]),
        }
    });
    Photo::from_pixels("a sun over the sea", picture)
}

/// The most memory that this process had so far, where the system tells it.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .split(' ')
            .next()?
            .parse::<f64>()
            .ok()
    });
    kilobytes.map_or_else(
        || "not told by this system".to_owned(),
        |kilobytes| format!("{:.0} MB at most, the program's own included", kilobytes * 1.024e-3),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination() -> Examination {
        Examination {
            outputs: vec![("last_hidden_state".to_owned(), vec![1, 5, 8])],
            not_finite: Vec::new(),
            tokens: 4,
            attended: 4,
            furthest_sum: 1e-6,
            bad_weight: false,
            bad_probability: false,
            encode: 0.1,
            search: 0.2,
            description: Err("no words".to_owned()),
        }
    }

    #[test]
    fn attention_that_does_not_sum_to_one_is_a_problem_and_its_absence_is_none() {
        let promised = Some(AttentionKind::Exported);
        assert!(attention(&examination(), promised, None).is_ok());
        assert!(attention(&examination(), None, Some("it sums to 2")).is_err());
        let none = Examination {
            attended: 0,
            ..examination()
        };
        assert!(attention(&none, None, None).is_ok() && attention(&none, promised, None).is_err());
        for furthest_sum in [0.2, f32::NAN, f32::INFINITY] {
            let far = Examination {
                furthest_sum,
                ..examination()
            };
            assert!(attention(&far, promised, None).is_err());
        }
        let bad = Examination {
            bad_weight: true,
            ..examination()
        };
        assert!(attention(&bad, promised, None).is_err());
    }

    #[test]
    fn values_that_are_no_numbers_and_a_missing_sentence_are_problems() {
        let bad = Examination {
            not_finite: vec!["last_hidden_state".to_owned()],
            bad_probability: true,
            ..examination()
        };
        assert!(encoder(&bad).is_err_and(|why| why.contains("last_hidden_state")));
        assert!(probabilities(&bad).is_err());
        assert_eq!(sentence(&bad), Err("no words".to_owned()));
        assert_eq!(encoder(&examination()), Ok("last_hidden_state [1, 5, 8]".to_owned()));
        assert!(latency(&examination()).contains("50.0 ms each"));
    }
}
