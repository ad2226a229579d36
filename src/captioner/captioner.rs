//! The captioner: a loaded model that describes photos.

use std::path::PathBuf;
use std::time::Instant;

use ndarray::Array4;
use ort::value::DynValue;
use serde_json::{Map, Value};

use super::cancel::Run;
use super::consensus::ExpectedCaptions;
use super::decoder::{Decoder, Memory};
use super::encoder::Encoder;
use super::graphs::Graphs;
use super::once::Once;
use super::preprocess::Preprocessor;
use super::search::{Found, Hypothesis, Wanted};
use super::sight::{Eyes, Sight};
use super::{Alternative, AttentionKind, Cancel, CaptionError, Description, DeviceChoice, Division, Seconds, sentence};
use crate::model::{Evidence, GenerationConfig, GenerationError, ModelError, ModelFolder};
use crate::photo::Photo;
use crate::text;

/// How a model is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The processor to use.
    pub device: DeviceChoice,
    /// Threads within one operation; none: as many as the processor has cores.
    pub threads: Option<usize>,
    /// Whether the decoder's graph is run as it is, also what depends on the photo alone: for comparing.
    pub whole_decoder: bool,
    /// Whether only a photo or two will be described: the weights are used as they lie in the file instead of being laid
    /// out for the processor first, and the encoder's are given back before the search begins. That starts sooner, takes
    /// half the memory and describes slower.
    pub briefly: bool,
    /// The variant of the weights, such as `quantized`, where the folder has several; none: the most exact.
    pub variant: Option<String>,
    /// A folder to which ONNX Runtime writes what each graph's operations took, when the captioner is dropped; read it
    /// with [`Placement::read`](super::Placement::read).
    pub profiles: Option<PathBuf>,
    /// For computers with 4 GB and no graphics card: memory is given back as soon as it is free, weights stay as they lie in
    /// the file, graphs are opened one after the other, at most [`FEW_THREADS`] threads and, unless more are asked for,
    /// [`FEW_BEAMS`] beams run.
    pub low_memory: bool,
}

/// The threads of [`LoadOptions::low_memory`]: each has buffers of its own.
pub const FEW_THREADS: usize = 2;

/// The beams of [`LoadOptions::low_memory`]: each has keys and values of its own.
pub const FEW_BEAMS: usize = 2;

/// How a photo is described; what is none stays as the model's `generation_config.json` says.
#[derive(Clone, Debug, Default)]
pub struct DescribeOptions {
    /// Sentences that the search keeps in view, at most [`MAX_BEAMS`](crate::model::MAX_BEAMS); 1 is greedy.
    pub beams: Option<usize>,
    /// Longest sequence, the start token included.
    pub max_length: Option<usize>,
    /// Shortest sequence, the start token included.
    pub min_length: Option<usize>,
    /// Exponent of the length that divides a beam's score: above 0 longer sentences win, below 0 shorter ones.
    pub length_penalty: Option<f32>,
    /// No run of this many tokens comes twice; 0 allows all.
    pub no_repeat_ngram_size: Option<usize>,
    /// Divides the odds of tokens that were there already; 1 changes nothing.
    pub repetition_penalty: Option<f32>,
    /// Any setting of `generation_config.json` by its name there; these go before the ones above.
    pub generation: Map<String, Value>,
}

/// What the captioner is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The photo is brought to the encoder's input.
    Preprocess,
    /// The encoder looks.
    Encode,
    /// The search writes.
    Search {
        /// Tokens written so far.
        tokens: usize,
    },
    /// Parts of the photo are covered, to find where it matters.
    Cover {
        /// Parts that were covered so far.
        covered: usize,
        /// How many there are.
        of: usize,
    },
}

/// The beams of a search for more sentences, at least.
const BEAMS_FURTHER: usize = 3;

/// A loaded model.
#[derive(Debug)]
pub struct Captioner {
    pub(super) model: ModelFolder,
    pub(super) preprocessor: Preprocessor,
    pub(super) encoder: Encoder,
    once: Option<Once>,
    pub(super) decoder: Decoder,
    /// Another decoder with the same weights, which tells where it looks where the one in use does not.
    twin: Option<Decoder>,
    division: Division,
    pub(super) low_memory: bool,
    eyes: Eyes,
    device: String,
    /// Seconds that opening the folder and loading took, until a description has told them.
    pub(super) load_seconds: Option<f64>,
}

impl Captioner {
    /// Loads a model; this starts ONNX Runtime where that has not been done.
    ///
    /// # Errors
    /// ONNX Runtime is missing, too old or broken; or the folder's graphs are broken, do not fit together or its
    /// tokenizer, or need something that is not known here.
    pub fn load(folder: &ModelFolder, options: &LoadOptions) -> Result<Self, CaptionError> {
        let start = Instant::now();
        let folder = &folder.clone().choose(options.variant.as_deref())?;
        folder.check_graphs()?;
        let preprocessor = Preprocessor::from_json(folder.preprocessor())?;
        let mut decoders = folder.decoders();
        let graphs = loop {
            match (
                Graphs::open(folder, &decoders[0], preprocessor.size(), options),
                decoders,
            ) {
                (Err(CaptionError::Model(ModelError::Unsupported { file, what })), [first, rest @ ..])
                    if file == *first && !rest.is_empty() =>
                {
                    log::info!("{} is passed over: {what}", file.display());
                    decoders = rest;
                }
                (graphs, _) => break graphs?,
            }
        };
        let Graphs {
            encoder,
            once,
            decoder,
            twin,
            division,
            device,
        } = graphs;
        let eyes = Eyes::new(folder, encoder.outputs())?;
        let load_seconds = Some(folder.seconds() + start.elapsed().as_secs_f64());
        Ok(Self {
            model: folder.clone(),
            preprocessor,
            encoder,
            once,
            decoder,
            twin,
            division,
            low_memory: options.low_memory,
            eyes,
            device,
            load_seconds,
        })
    }

    /// Describes a photo. `progress` is told of each stage as it begins, and of each token of the search.
    ///
    /// The confidence comes from the mean log-probability of the tokens and, for a model that says which words the
    /// photo supports, from that: through the model's calibration where `config.json` has one, else it is the
    /// exponential of the former, which is the geometric mean of their probabilities and says how sure the model is,
    /// not how often it is right. Of what the model takes for no photo it is 0.
    ///
    /// # Errors
    /// [`CaptionError::Cancelled`] soon after [`Cancel::cancel`]; else the model failed or found no words.
    pub fn describe(
        &mut self,
        photo: &Photo,
        options: &DescribeOptions,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        let run = cancel.watch()?;
        // A graph that was stopped fails with a message about that; the person knows.
        self.describe_watched(photo, options, &run, progress)
            .map_err(|error| run.check().err().unwrap_or(error))
    }

    fn describe_watched(
        &mut self,
        photo: &Photo,
        options: &DescribeOptions,
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        let mut clock = Instant::now();
        let mut lap = || std::mem::replace(&mut clock, Instant::now()).elapsed().as_secs_f64();
        progress(Stage::Preprocess);
        let pixels = self.preprocessor.run(photo.pixels());
        let decode_photo = photo.seconds() + lap();
        run.check()?;
        progress(Stage::Encode);
        let (mut memory, sight) = self.look(&pixels, run)?;
        self.encoder.rest();
        let encode = lap();
        let found = self.search(&mut memory, &sight.expected, options, &[], run, progress)?;
        let description = self.description(found, &sight)?;
        let seconds = Seconds {
            load: self.load_seconds.take().unwrap_or_default(),
            decode_photo,
            encode,
            search: lap(),
        };
        Ok(Description { seconds, ..description })
    }

    /// More sentences for a photo that was described: until there are `wanted` alternatives, or no new ones come.
    ///
    /// Each search is told to keep away from the words that the sentences before have at the same place (the
    /// diverse beam search of Vijayakumar and others, 2018, one group after the other), so that the model says
    /// what else it may be and not the same with another article. What is said of each sentence's likelihood is the
    /// model's own.
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub fn look_further(
        &mut self,
        photo: &Photo,
        options: &DescribeOptions,
        description: &Description,
        wanted: usize,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        let run = cancel.watch()?;
        self.look_further_watched(photo, options, description, wanted, &run, progress)
            .map_err(|error| run.check().err().unwrap_or(error))
    }

    fn look_further_watched(
        &mut self,
        photo: &Photo,
        options: &DescribeOptions,
        description: &Description,
        wanted: usize,
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Description, CaptionError> {
        progress(Stage::Preprocess);
        let pixels = self.preprocessor.run(photo.pixels());
        progress(Stage::Encode);
        let (mut memory, sight) = self.look(&pixels, run)?;
        // A greedy search has nothing to choose from.
        let beams = options.over(self.model.generation())?.num_beams().max(BEAMS_FURTHER);
        let mut options = DescribeOptions {
            beams: Some(beams),
            ..options.clone()
        };
        for key in ["num_beams", "num_return_sequences"] {
            options.generation.remove(key);
        }
        let mut description = description.clone();
        let mut said: Vec<Vec<i64>> = description
            .alternatives
            .iter()
            .map(|other| other.tokens.clone())
            .collect();
        said.insert(0, description.tokens.clone());
        let known = 1 + description.alternatives.len();
        for _ in 0..2 * wanted {
            if description.alternatives.len() >= wanted {
                break;
            }
            let found = self.search(&mut memory, &sight.expected, &options, &said, run, progress)?;
            let before = description.alternatives.len();
            for (other, _) in &found {
                description.add_alternative(self.alternative(other, &sight)?);
                if description.alternatives.len() > before {
                    break;
                }
            }
            // Also where it has said nothing new: the next search keeps further away.
            said.extend(found.first().map(|(best, _)| best.tokens.clone()));
        }
        // What was said of the sentences before stays: they were found without those that were looked for.
        self.weigh(&mut description, known);
        Ok(description)
    }

    /// Runs the encoder: what the decoder looks at, and what is told of the photo before any word.
    pub(super) fn look(&mut self, pixels: &Array4<f32>, run: &Run) -> Result<(Memory, Sight), CaptionError> {
        let values = self.see(pixels, run)?;
        let sight = self.eyes.read(&values)?;
        Ok((Memory::new(values), sight))
    }

    /// What the encoder gives for photos that go through it together, and what follows from that once a photo.
    pub(super) fn see(&mut self, pixels: &Array4<f32>, run: &Run) -> Result<Vec<DynValue>, CaptionError> {
        let mut values = self.encoder.run(pixels, run)?;
        if let Some(once) = &mut self.once {
            let more = once.run(&values, run)?;
            values.extend(more);
        }
        Ok(values)
    }

    pub(super) fn search(
        &mut self,
        memory: &mut Memory,
        expected: &ExpectedCaptions,
        options: &DescribeOptions,
        said: &[Vec<i64>],
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Found, CaptionError> {
        let found = self.search_together(memory, &[expected], options, said, run, progress)?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Searches for each of the photos that the memory is of, about which people would write what is expected.
    pub(super) fn search_together(
        &mut self,
        memory: &mut Memory,
        expected: &[&ExpectedCaptions],
        options: &DescribeOptions,
        said: &[Vec<i64>],
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Vec<Found>, CaptionError> {
        let settings = self.settings(options)?;
        let wanted = Wanted {
            settings: &settings,
            start: start(&settings),
            said,
            expected,
        };
        let mut found = self.decoder.search(memory, &wanted, run, progress)?;
        for (photo, found) in found.iter_mut().enumerate() {
            self.ask_the_twin(found, memory, photo, run)?;
        }
        Ok(found)
    }

    /// Whether photos like this one may be searched for together; where that cannot be tried they may not.
    pub(super) fn rows_are_alone(&mut self, memory: &Memory, run: &Run) -> bool {
        self.decoder
            .rows_are_alone(memory, start(self.model.generation()), run)
            .unwrap_or(false)
    }

    /// The model's settings with what was asked for, and fewer beams where memory is to be saved.
    fn settings(&self, options: &DescribeOptions) -> Result<GenerationConfig, GenerationError> {
        let mut settings = options.over(self.model.generation())?;
        // Those of the folder were looked at when it was opened.
        if let Some(size) = self.decoder.vocabulary()
            && let Some((name, token)) = settings.token_beyond(size)
        {
            return Err(GenerationError::Bad {
                name: name.to_owned(),
                value: token.to_string(),
                expected: text!("expected-token-below", size = size.to_string()),
            });
        }
        if self.low_memory && !options.names_beams() {
            settings.set_num_beams(settings.num_beams().min(FEW_BEAMS));
        }
        Ok(settings)
    }

    /// How many sentences the search keeps in view with these options.
    ///
    /// # Errors
    /// The options name a setting that cannot be followed.
    pub fn beams(&self, options: &DescribeOptions) -> Result<usize, CaptionError> {
        Ok(self.settings(options)?.num_beams().max(1))
    }

    /// Fills in where the other decoder looks while it reads the sentences found for a photo, where the one in use does not
    /// tell. It reads a sentence at once, so that the search runs at the speed of the decoder in use.
    fn ask_the_twin(
        &mut self,
        found: &mut Found,
        memory: &mut Memory,
        photo: usize,
        run: &Run,
    ) -> Result<(), CaptionError> {
        // It may have turned out on the way that there is none.
        if self.decoder.attention_kind().is_some() {
            return Ok(());
        }
        for (path, _) in found {
            path.attention.clear();
            let Some(twin) = &mut self.twin else { continue };
            let attended = twin.attend(&path.tokens, memory, photo, run);
            // A run that was stopped says nothing about the graph.
            run.check()?;
            match attended {
                Ok(attention) => path.attention = attention,
                Err(error) => log::warn!("the other decoder does not tell where it looks: {error}"),
            }
        }
        Ok(())
    }

    pub(super) fn description(&self, found: Found, sight: &Sight) -> Result<Description, CaptionError> {
        let (best, others) = found.split_first().ok_or(CaptionError::NoWords)?;
        let best = self.alternative(&best.0, sight)?;
        if best.words.is_empty() {
            return Err(CaptionError::NoWords);
        }
        let has_attention = best.words.iter().any(|word| word.attention.is_some());
        let mut description = Description {
            caption: best.caption,
            no_photo: !sight.is_photo,
            confidence: 0.0,
            uncalibrated: self.model.config().hearsight.calibration.is_none(),
            words: best.words,
            alternatives: Vec::new(),
            tokens: best.tokens,
            score: best.score,
            expected: best.expected,
            model: self.model.name().to_owned(),
            device: self.device.clone(),
            attention_kind: self.attention_kind().filter(|_| has_attention),
            seconds: Seconds::default(),
        };
        for other in others {
            description.add_alternative(self.alternative(&other.0, sight)?);
        }
        self.weigh(&mut description, 0);
        Ok(description)
    }

    /// How far to believe the sentences, each among all of them; the first `known` are left as they are.
    fn weigh(&self, description: &mut Description, known: usize) {
        let confidences: Vec<f32> = description
            .evidence()
            .iter()
            // Whatever is said of what is no photo is made up.
            .map(|evidence| {
                if description.no_photo {
                    0.0
                } else {
                    self.confidence(evidence)
                }
            })
            .collect();
        let others = description.alternatives.iter_mut().map(|other| &mut other.confidence);
        let said = std::iter::once(&mut description.confidence).chain(others);
        for (said, confidence) in said.zip(confidences).skip(known) {
            *said = confidence;
        }
    }

    /// A sequence as a sentence, which is not yet [weighed](Self::weigh).
    fn alternative(&self, found: &Hypothesis, sight: &Sight) -> Result<Alternative, CaptionError> {
        let words = sentence::words(found, &self.model, &sight.support)?;
        let caption = sentence::text(&words);
        Ok(Alternative {
            expected: sight
                .expected
                .of_sentence(&caption, sentence::written(&found.tokens, self.model.generation())),
            caption,
            confidence: 0.0,
            words,
            tokens: found.tokens.clone(),
            score: found.score(),
        })
    }

    fn confidence(&self, evidence: &Evidence) -> f32 {
        let calibration = self.model.config().hearsight.calibration;
        calibration
            .map_or_else(
                || evidence.mean_log_probability.exp(),
                |calibration| calibration.confidence(evidence),
            )
            .clamp(0.0, 1.0)
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        self.model.name()
    }

    /// The language that the model writes in, where it says it, as a BCP 47 tag.
    pub fn language(&self) -> Option<&str> {
        self.model.config().hearsight.language.as_deref()
    }

    /// What really runs: `cpu`, `cuda`, or `cpu (CUDA was asked for, but: reason)`.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Whether what does not change from word to word is computed once a photo.
    pub fn division(&self) -> &Division {
        &self.division
    }

    /// How the model tells where it looked; none where it does not, and only [`occlude`](Self::occlude) finds out.
    pub fn attention_kind(&self) -> Option<AttentionKind> {
        let of_twin = |twin: &Decoder| twin.attention_kind().map(|_| AttentionKind::Twin);
        self.decoder
            .attention_kind()
            .or_else(|| self.twin.as_ref().and_then(of_twin))
    }

    /// Whether the model tells where it looked.
    pub fn has_attention(&self) -> bool {
        self.attention_kind().is_some()
    }

    /// Why what looked like the model's attention is not used, in a few words; known after the first description.
    pub fn refused_attention(&self) -> Option<&str> {
        let of_twin = || self.twin.as_ref().and_then(Decoder::refused);
        self.decoder.refused().or_else(of_twin)
    }
}

/// A folder without a start token was refused when it was opened.
fn start(settings: &GenerationConfig) -> i64 {
    settings.start_token().unwrap_or_default()
}

impl DescribeOptions {
    fn names_beams(&self) -> bool {
        self.beams.is_some() || self.generation.contains_key("num_beams")
    }

    /// The model's settings with these over them.
    fn over(&self, settings: &GenerationConfig) -> Result<GenerationConfig, GenerationError> {
        let mut settings = settings.clone();
        settings.length_penalty = self.length_penalty.unwrap_or(settings.length_penalty);
        settings.no_repeat_ngram_size = self.no_repeat_ngram_size.unwrap_or(settings.no_repeat_ngram_size);
        settings.repetition_penalty = self.repetition_penalty.unwrap_or(settings.repetition_penalty);
        if let Some(beams) = self.beams {
            settings.set_num_beams(beams);
        }
        if let Some(length) = self.max_length {
            settings.set_max_length(length);
        }
        if let Some(length) = self.min_length {
            settings.set_min_length(length);
        }
        settings.with(&self.generation)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;

    fn assert_close(found: &[f32], expected: &Value, what: &str) {
        let expected: Vec<f32> = serde_json::from_value(expected.clone()).unwrap();
        assert_eq!(found.len(), expected.len(), "{what}");
        for (place, (a, b)) in found.iter().zip(&expected).enumerate() {
            assert!((a - b).abs() < 1e-4, "{what}, {place}: {a} is not {b}");
        }
    }

    fn fixture(file: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/tiny-vit-gpt2")
            .join(file)
    }

    fn rows(file: &str) -> Vec<Value> {
        serde_json::from_slice(&std::fs::read(fixture(file)).unwrap()).unwrap()
    }

    #[test]
    fn photos_are_resized_as_pil_resized_them_for_the_model_of_the_hub() {
        let folder = ModelFolder::open(&fixture("")).unwrap();
        let preprocessor = Preprocessor::from_json(folder.preprocessor()).unwrap();
        for number in 0..4 {
            let open = |name: &str| Photo::open(&fixture(&format!("{name}-{number}.png"))).unwrap();
            assert!(
                preprocessor.resize(open("photo").pixels()) == *open("resized").pixels(),
                "{number}"
            );
        }
    }

    #[test]
    fn every_sequence_and_its_score_is_what_generate_gives_under_every_setting() {
        let folder = ModelFolder::open(&fixture("")).unwrap();
        let options = LoadOptions {
            threads: Some(1),
            ..LoadOptions::default()
        };
        let mut captioner = Captioner::load(&folder, &options).unwrap();
        let cancel = Cancel::default();
        let run = cancel.watch().unwrap();
        let mut compared = 0;
        for row in rows("expected.json").iter().chain(&rows("more-expected.json")) {
            let name = format!("{} {}", row["photo"], row["settings"]);
            let photo = Photo::open(&fixture(row["photo"].as_str().unwrap())).unwrap();
            let (mut memory, sight) = captioner
                .look(&captioner.preprocessor.run(photo.pixels()), &run)
                .unwrap();
            let options = DescribeOptions {
                generation: row["settings"].as_object().unwrap().clone(),
                ..DescribeOptions::default()
            };
            let found = captioner
                .search(&mut memory, &sight.expected, &options, &[], &run, &mut |_| {})
                .unwrap();
            let sequences: Vec<Vec<i64>> = serde_json::from_value(row["sequences"].clone()).unwrap();
            assert!(found.len() >= sequences.len(), "{name}");
            for (place, (sequence, (path, score))) in sequences.iter().zip(&found).enumerate() {
                // Shorter ones are filled up with the end token.
                let (said, filling) = sequence.split_at(path.tokens.len());
                assert_eq!(path.tokens, said, "{name}");
                assert!(filling.iter().all(|&token| token == 599), "{name}");
                if let Some(expected) = row["sequences_scores"][place].as_f64() {
                    assert!(
                        (score - expected).abs() < 1e-3 * expected.abs().max(1.0),
                        "{name}: {score} is not {expected}"
                    );
                }
            }
            compared += 1;
        }
        assert_eq!(compared, 48 + 112);
    }

    /// Asserts that greedy rows of a fixture's `expected.json` are as likely and look where ours do, token by token.
    fn each_token_agrees(model: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(model);
        let expected: Value = serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let mut captioner = Captioner::load(&ModelFolder::open(&folder).unwrap(), &LoadOptions::default()).unwrap();
        assert_eq!(captioner.attention_kind(), Some(AttentionKind::FoundInGraph));
        let cancel = Cancel::default();
        let run = cancel.watch().unwrap();
        let mut compared = 0;
        let rows = expected.as_array().unwrap().iter();
        for row in rows.filter(|row| row["token_logprobs"].is_array()) {
            let photo = Photo::open(&fixture(row["photo"].as_str().unwrap())).unwrap();
            let pixels = captioner.preprocessor.run(photo.pixels());
            let (mut memory, sight) = captioner.look(&pixels, &run).unwrap();
            let options = DescribeOptions {
                generation: row["settings"].as_object().unwrap().clone(),
                ..DescribeOptions::default()
            };
            let found = captioner
                .search(&mut memory, &sight.expected, &options, &[], &run, &mut |_| {})
                .unwrap();
            let path = &found[0].0;
            let sequence: Vec<i64> = serde_json::from_value(row["sequences"][0].clone()).unwrap();
            assert_eq!(path.tokens, sequence);
            assert_close(&path.log_probabilities, &row["token_logprobs"], "log-probabilities");
            for (token, map) in path.attention.iter().enumerate() {
                assert_close(map, &row["attention"][token], "attention");
            }
            assert_eq!(path.attention.len(), row["attention"].as_array().unwrap().len());
            compared += 1;
        }
        assert_eq!(compared, 4);
    }

    #[test]
    fn each_token_is_as_likely_and_looks_where_the_models_of_the_hub_do() {
        for model in ["tiny-vit-gpt2", "tiny-deit-trocr", "tiny-vit-bert"] {
            each_token_agrees(model);
        }
    }
}
