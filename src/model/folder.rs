//! A folder with all that a captioner is made of.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use tokenizers::Tokenizer;

use super::{Config, GenerationConfig, GenerationError, ModelError, Neutral};
use crate::text;

/// A model in the layout of Hugging Face Optimum: its configuration read and checked, its graphs found.
///
/// The graphs lie in the folder itself or in `onnx/`, perhaps in several variants; full weights (`decoder_model.onnx`)
/// come before quantised ones (`decoder_model_quantized.onnx`) unless [`choose`](Self::choose) says otherwise.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    path: PathBuf,
    name: String,
    config: Config,
    generation: GenerationConfig,
    preprocessor: Value,
    /// Shared, for a vocabulary is large.
    tokenizer: Arc<Tokenizer>,
    /// The largest id of the tokenizer, and one more.
    words: usize,
    /// What the graphs lie in the folder as, at least one, the first to be taken first.
    variants: Vec<Variant>,
    seconds: f64,
}

/// A vocabulary may be wider than its tokenizer (it is padded to a round number for the processor), but not by more
/// than this.
const PADDING: usize = 1024;

impl ModelFolder {
    /// Reads a model folder's configuration and tokenizer, and finds its graphs; those are read when the model is
    /// loaded.
    ///
    /// # Errors
    /// There is no such folder, or a file in it is missing, broken or contradicts another.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let start = Instant::now();
        if !path.is_dir() {
            return Err(ModelError::NoFolder {
                path: path.to_path_buf(),
            });
        }
        let variants = variants(path)?;
        let config_json = required(path, "config.json")?;
        let config: Config =
            serde_json::from_value(config_json.clone()).map_err(|error| broken(path.join("config.json"), error))?;
        let search = optional(path, "generation_config.json")?;
        let alone = search.is_none();
        let generation = GenerationConfig::from_json(search.as_ref(), &config_json).map_err(|error| {
            let file = path.join(if alone { "config.json" } else { "generation_config.json" });
            match error {
                GenerationError::Bad { .. } => broken(file, error),
                other => ModelError::Unsupported {
                    file,
                    what: other.to_string(),
                },
            }
        })?;
        let preprocessor = required(path, "preprocessor_config.json")?;
        let tokenizer = Arc::new(tokenizer(path)?);
        let words = tokenizer.get_vocab(true).into_values().max();
        let words = words.map_or(0, |id| id as usize + 1);
        let folder = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let file_name = folder
            .file_name()
            .map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned());
        let name = config.hearsight.name.clone().unwrap_or(file_name);
        let mut model = Self {
            path: path.to_path_buf(),
            name,
            config,
            generation,
            preprocessor,
            tokenizer,
            words,
            variants,
            seconds: 0.0,
        };
        if model.generation.start_token().is_none() {
            return Err(model.contradiction(text!("reason-no-start-token")));
        }
        if let Some(size) = model.config.vocab_size() {
            model.check_vocabulary(size)?;
        }
        model.seconds = start.elapsed().as_secs_f64();
        Ok(model)
    }

    /// Checks that the tokenizer and the special tokens fit a decoder that scores `size` words.
    pub(crate) fn check_vocabulary(&self, size: usize) -> Result<(), ModelError> {
        let words = self.words;
        if words > size || words + PADDING < size {
            return Err(self.contradiction(text!("reason-vocabulary", words = words, size = size)));
        }
        match self.generation.token_beyond(size) {
            Some((_, id)) => Err(self.contradiction(text!("reason-special-token", id = id, size = size))),
            None => Ok(()),
        }
    }

    /// The same folder with other rules for words that guess, whatever its `config.json` says: for measuring them.
    pub fn with_neutral(mut self, rules: Vec<Neutral>) -> Self {
        self.config.hearsight.neutral = rules;
        self
    }

    /// The error for files of this folder that do not fit together.
    pub(crate) fn contradiction(&self, contradiction: String) -> ModelError {
        ModelError::Contradiction {
            folder: self.path.clone(),
            contradiction,
        }
    }

    /// Seconds that opening it took, most of them for the tokenizer.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name that people see.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `config.json`
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// `generation_config.json`
    pub fn generation(&self) -> &GenerationConfig {
        &self.generation
    }

    /// `preprocessor_config.json` as it is; the captioner's preprocessor understands it.
    pub fn preprocessor(&self) -> &Value {
        &self.preprocessor
    }

    /// `tokenizer.json`
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The encoder's graph.
    pub fn encoder(&self) -> &Path {
        &self.variants[0].encoder
    }

    /// The decoder's graphs, at least one, the most useful first; the captioner takes the first that it can run.
    pub fn decoders(&self) -> &[PathBuf] {
        &self.variants[0].decoders
    }

    /// The names of the variants that are there, the one in use first: `fp32` for full weights, else what the names of
    /// the graphs end with, such as `quantized`, `int8` or `fp16`.
    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(|variant| variant.name.as_str())
    }

    /// The same folder with the graphs of another variant in use; none: as it is.
    ///
    /// # Errors
    /// There is no such variant; the sentence names those that there are.
    pub fn choose(mut self, variant: Option<&str>) -> Result<Self, ModelError> {
        let Some(name) = variant else { return Ok(self) };
        let plain = match name.trim_start_matches('_') {
            "float32" | "full" => FULL,
            "float16" => "fp16",
            other => other,
        };
        match self.variants.iter().position(|variant| variant.name == plain) {
            Some(place) => {
                self.variants[..=place].rotate_right(1);
                Ok(self)
            }
            None => Err(ModelError::NoVariant {
                variants: self.variants().collect::<Vec<_>>().join(", "),
                folder: self.path,
                name: name.to_owned(),
            }),
        }
    }
}

/// The decoder's graphs, the most useful first: one with a past serves the first step too, with a past of length 0, and a
/// merged one has to be unfolded first.
const DECODERS: [&str; 3] = ["decoder_with_past_model", "decoder_model_merged", "decoder_model"];

/// The variant without a suffix.
const FULL: &str = "fp32";

/// The variants in the order in which one is taken where nobody says which; others come after these, by name. Full
/// weights are the most exact; those of 16 bits are slow on most processors.
const ORDER: [&str; 4] = [FULL, "quantized", "int8", "fp16"];

/// Graphs that belong together.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    encoder: PathBuf,
    /// At least one.
    decoders: Vec<PathBuf>,
}

/// The variants in the folder itself and in `onnx/`; of two with the same name the one in the folder itself.
fn variants(folder: &Path) -> Result<Vec<Variant>, ModelError> {
    const ENCODER: &str = "encoder_model";
    let mut found: Vec<Variant> = Vec::new();
    let mut has_encoder = false;
    for place in [folder.to_path_buf(), folder.join("onnx")] {
        let names = fs::read_dir(&place)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name());
        for name in names {
            let Some(suffix) = name
                .to_str()
                .and_then(|name| name.strip_prefix(ENCODER)?.strip_suffix(".onnx"))
                .filter(|suffix| suffix.is_empty() || (suffix.starts_with('_') && suffix.len() > 1))
            else {
                continue;
            };
            let file = |stem: &str| Some(place.join(format!("{stem}{suffix}.onnx"))).filter(|path| path.is_file());
            let Some(encoder) = file(ENCODER) else { continue };
            has_encoder = true;
            let name = if suffix.is_empty() { FULL } else { &suffix[1..] };
            let decoders: Vec<_> = DECODERS.into_iter().filter_map(file).collect();
            if !decoders.is_empty() && found.iter().all(|known| known.name != name) {
                found.push(Variant {
                    name: name.to_owned(),
                    encoder,
                    decoders,
                });
            }
        }
    }
    let place = |variant: &Variant| {
        ORDER
            .iter()
            .position(|name| *name == variant.name)
            .unwrap_or(ORDER.len())
    };
    found.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.name.cmp(&b.name)));
    if !found.is_empty() {
        return Ok(found);
    }
    Err(missing(
        folder,
        if has_encoder {
            "decoder_model.onnx"
        } else {
            "encoder_model.onnx"
        },
    ))
}

fn tokenizer(folder: &Path) -> Result<Tokenizer, ModelError> {
    let path = folder.join("tokenizer.json");
    let text = read(&path)?.ok_or_else(|| missing(folder, "tokenizer.json"))?;
    read_tokenizer(text.as_bytes()).map_err(|reason| broken(path, reason))
}

/// Reads a `tokenizer.json`; the error says in a few words what is wrong with it.
///
/// # Errors
/// It is no tokenizer.
pub fn read_tokenizer(text: &[u8]) -> Result<Tokenizer, String> {
    // The library panics where some of its parts are not of the form that it expects.
    let read = std::panic::catch_unwind(|| Tokenizer::from_bytes(text).map_err(|error| error.to_string()));
    read.unwrap_or_else(|_| Err(text!("reason-no-tokenizer")))
}

fn required(folder: &Path, file: &str) -> Result<Value, ModelError> {
    optional(folder, file)?.ok_or_else(|| missing(folder, file))
}

fn optional(folder: &Path, file: &str) -> Result<Option<Value>, ModelError> {
    let path = folder.join(file);
    read(&path)?
        .map(|text| serde_json::from_str(&text).map_err(|error| broken(path.clone(), error)))
        .transpose()
}

/// More than any tokenizer has.
const LARGEST_TEXT: u64 = 128 << 20;

fn read(path: &Path) -> Result<Option<String>, ModelError> {
    // A pipe would be waited for without end, and a device may have no end.
    if let Ok(found) = fs::metadata(path) {
        if !found.is_file() {
            return Err(broken(path.to_path_buf(), text!("reason-no-file")));
        }
        if found.len() > LARGEST_TEXT {
            let (megabytes, most) = ((found.len() >> 20).to_string(), (LARGEST_TEXT >> 20).to_string());
            let reason = text!("reason-file-too-large", megabytes = megabytes, most = most);
            return Err(broken(path.to_path_buf(), reason));
        }
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(path.to_path_buf(), error)),
    }
}

fn missing(folder: &Path, file: &str) -> ModelError {
    ModelError::Missing {
        folder: folder.to_path_buf(),
        file: file.to_owned(),
    }
}

fn broken(file: PathBuf, error: impl std::fmt::Display) -> ModelError {
    ModelError::Broken {
        file,
        reason: error.to_string(),
    }
}
