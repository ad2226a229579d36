//! The command that learns vectors from a data set's captions and lists neighbours.

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};

use super::{Method, Vectors, Word2VecConfig, learn};
use crate::data::arguments::DataArguments;
use crate::data::words::{self, END, PAD, START, TokenizerKind, UNKNOWN, WordsConfig};

/// What is asked for on the command line; the defaults are those of the authors' program, for small sets.
#[derive(clap::Args)]
pub struct Word2VecCommand {
    // Only captions that are learnt from are read.
    #[command(flatten)]
    data: DataArguments,
    /// The file for the vectors, which a configuration names as words.vectors.
    #[arg(long)]
    to: PathBuf,
    /// What is foretold from what.
    #[arg(long, value_enum, default_value = "skip-gram")]
    method: Method,
    /// Numbers a word: as many as the decoder's embedding has.
    #[arg(long, default_value_t = 256)]
    width: usize,
    /// Neighbours on each side at most.
    #[arg(long, default_value_t = 5)]
    window: usize,
    /// Drawn words for each true one.
    #[arg(long, default_value_t = 10)]
    negatives: usize,
    /// Words more frequent than this share of all are left out in part; 0 keeps all.
    #[arg(long, default_value_t = 1e-3)]
    subsample: f64,
    /// Passes over the captions.
    #[arg(long, default_value_t = 15)]
    epochs: usize,
    /// The first learning rate.
    #[arg(long, default_value_t = 0.025)]
    rate: f32,
    /// A word must have been seen so often.
    #[arg(long, default_value_t = 4)]
    minimum_count: u64,
    /// Of all randomness.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// List the nearest words of this one; may be repeated.
    #[arg(long, value_name = "WORD")]
    neighbours: Vec<String>,
}

impl Word2VecCommand {
    /// Learns, saves and lists.
    ///
    /// # Errors
    /// The data's, the tokenizer's or the disk's; a word that is asked for and unknown.
    pub fn run(&self) -> Result<()> {
        ensure!(self.width > 0, "--width must be at least 1");
        let data = self.data.read()?;
        let captions = || {
            data.train
                .iter()
                .flat_map(|photo| photo.captions.iter().map(String::as_str))
        };
        let config = WordsConfig {
            kind: TokenizerKind::Word,
            minimum_count: self.minimum_count,
            vocabulary: usize::MAX,
            longest: usize::MAX,
            bag: 0,
            spelling: None,
            stop_words: None,
            vectors: None,
        };
        let tokenizer = words::learn(captions(), &config)?;
        let special = [PAD, START, END, UNKNOWN];
        let sentences = captions()
            .map(|caption| {
                let encoding = tokenizer
                    .encode(caption, false)
                    .map_err(|error| anyhow!("cannot read the caption {caption:?}: {error}"))?;
                let ids = encoding.get_ids().iter().copied();
                Ok(ids.filter(|id| !special.contains(id)).collect())
            })
            .collect::<Result<Vec<Vec<u32>>>>()?;
        let vocabulary = tokenizer.get_vocab_size(true);
        let config = Word2VecConfig {
            method: self.method,
            width: self.width,
            window: self.window,
            negatives: self.negatives,
            subsample: self.subsample,
            epochs: self.epochs,
            rate: self.rate,
        };
        let values = learn(&sentences, vocabulary, &config, self.seed);
        let names = (0..vocabulary as u32)
            .map(|id| tokenizer.id_to_token(id).unwrap_or_default())
            .collect();
        let vectors = Vectors::new(names, self.width, values);
        vectors.save(&self.to)?;
        println!("{vocabulary} words are in {}", self.to.display());
        for word in &self.neighbours {
            ensure!(
                vectors.of(word).is_some(),
                "there is no vector for {word:?}: the captions have it less than {} times",
                self.minimum_count
            );
            let near = vectors.neighbours(word, 10);
            let near: Vec<String> = near
                .iter()
                .map(|(other, cosine)| format!("{other} {cosine:.2}"))
                .collect();
            println!("{word}: {}", near.join(", "));
        }
        Ok(())
    }
}
