//! The command that learns vectors from a data set's captions and lists neighbours.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};

use super::{Method, Vectors, Word2VecSettings, learn};
use crate::config::RunConfig;
use crate::data::arguments::DataArguments;
use crate::data::captions::Dataset;
use crate::data::spelling::Spelling;
use crate::data::words::{self, TokenizerKind, UNKNOWN, WordsConfig};

/// What is asked for on the command line; what is given here comes before what the file says.
#[derive(clap::Args)]
pub struct Word2VecCommand {
    /// How vectors are learnt (TOML; see training/configs/word2vec.toml, which is how they are without one).
    #[arg(value_name = "SETTINGS")]
    settings: Option<PathBuf>,
    // Only captions that are learnt from are read.
    #[command(flatten)]
    data: DataArguments,
    /// The file for the vectors, which a configuration names as words.vectors.
    #[arg(long)]
    to: PathBuf,
    /// What is foretold from what.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Numbers a word: as many as the decoder's embedding has.
    #[arg(long)]
    width: Option<usize>,
    /// Neighbours on each side at most.
    #[arg(long)]
    window: Option<usize>,
    /// Drawn words for each true one.
    #[arg(long)]
    negatives: Option<usize>,
    /// Words more frequent than this share of all are left out in part; 0 keeps all.
    #[arg(long)]
    subsample: Option<f64>,
    /// Passes over the captions.
    #[arg(long)]
    epochs: Option<usize>,
    /// The first learning rate.
    #[arg(long)]
    rate: Option<f32>,
    /// A word must have been seen so often.
    #[arg(long)]
    minimum_count: Option<u64>,
    /// Misspellings to mend first: two words a line, the wrong one first [default: those of SETTINGS or --config].
    #[arg(long)]
    spelling: Option<PathBuf>,
    /// Of all randomness.
    #[arg(long)]
    seed: Option<u64>,
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
        let settings = self.settings()?;
        let data = self.read(settings.spelling.as_deref())?;
        let vectors = vectors(&data, &settings)?;
        vectors.save(&self.to)?;
        println!("{} words are in {}", vectors.len(), self.to.display());
        for word in &self.neighbours {
            ensure!(
                vectors.of(word).is_some(),
                "there is no vector for {word:?}: the captions have it less than {} times",
                settings.minimum_count
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

    /// The file's settings, or those that are without one, with what the command line says instead.
    fn settings(&self) -> Result<Word2VecSettings> {
        let mut settings = match &self.settings {
            Some(path) => Word2VecSettings::read(path)?,
            None => Word2VecSettings::default(),
        };
        let learning = &mut settings.learning;
        put(&mut learning.method, self.method);
        put(&mut learning.width, self.width);
        put(&mut learning.window, self.window);
        put(&mut learning.negatives, self.negatives);
        put(&mut learning.subsample, self.subsample);
        put(&mut learning.epochs, self.epochs);
        put(&mut learning.rate, self.rate);
        ensure!(learning.width > 0, "--width must be at least 1");
        put(&mut settings.minimum_count, self.minimum_count);
        put(&mut settings.seed, self.seed);
        if self.spelling.is_some() {
            settings.spelling.clone_from(&self.spelling);
        }
        if let (None, Some(run)) = (&settings.spelling, &self.data.config) {
            settings.spelling = RunConfig::read(run)?.words.spelling;
        }
        Ok(settings)
    }

    /// The data set, its captions mended as a run mends those that it learns from: a word that is misspelt here and not
    /// there would have a vector that no decoder asks for.
    fn read(&self, spelling: Option<&Path>) -> Result<Dataset> {
        let mut data = self.data.read()?;
        if let Some(path) = spelling {
            Spelling::read(path)?.mend_photos(&mut data.train);
        }
        Ok(data)
    }
}

fn put<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

/// Vectors of the words, and of nothing else: padding, start, end and unknown have neighbours that say nothing of them.
fn vectors(data: &Dataset, settings: &Word2VecSettings) -> Result<Vectors> {
    let captions = || {
        data.train
            .iter()
            .flat_map(|photo| photo.captions.iter().map(String::as_str))
    };
    let config = WordsConfig {
        kind: TokenizerKind::Word,
        minimum_count: settings.minimum_count,
        vocabulary: usize::MAX,
        longest: usize::MAX,
        bag: 0,
        spelling: None,
        stop_words: None,
        vectors: None,
    };
    let tokenizer = words::learn(captions(), &config)?;
    let first = UNKNOWN + 1;
    let sentences = captions()
        .map(|caption| {
            let encoding = tokenizer
                .encode(caption, false)
                .map_err(|error| anyhow!("cannot read the caption {caption:?}: {error}"))?;
            let ids = encoding.get_ids().iter();
            Ok(ids.filter_map(|id| id.checked_sub(first)).collect())
        })
        .collect::<Result<Vec<Vec<u32>>>>()?;
    let names = (first..tokenizer.get_vocab_size(true) as u32)
        .map(|id| {
            tokenizer
                .id_to_token(id)
                .with_context(|| format!("no word has number {id}"))
        })
        .collect::<Result<Vec<String>>>()?;
    let values = learn(&sentences, names.len(), &settings.learning, settings.seed);
    Ok(Vectors::new(names, settings.learning.width, values))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use clap::Parser;
    use tempfile::TempDir;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        command: Word2VecCommand,
    }

    fn set() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "captions.csv",
            "image,caption\na.jpg,a dog in a feild\na.jpg,the dog zz\nb.jpg,a dog in a field\nb.jpg,the dog\n",
        );
        fs::create_dir(folder.path().join("images")).unwrap();
        for photo in ["a", "b"] {
            write(&format!("images/{photo}.jpg"), "");
        }
        write("train.txt", "a.jpg\n");
        write("dev.txt", "b.jpg\n");
        write("spelling.txt", "feild field\n");
        folder
    }

    fn learnt(folder: &Path, more: &[&str]) -> Vectors {
        let at = |name: &str| folder.join(name).display().to_string();
        let (data, to) = (folder.display().to_string(), at("vectors.txt"));
        let arguments = [
            "word2vec", "--data", &data, "--to", &to, "--width", "4", "--epochs", "1",
        ];
        let program = Program::parse_from(arguments.into_iter().chain(more.iter().copied()));
        program.command.run().unwrap();
        Vectors::read(Path::new(&to)).unwrap()
    }

    /// The four special tokens once stood in the file, with the vectors that they had at the start.
    #[test]
    fn words_alone_have_vectors() {
        let folder = set();
        let vectors = learnt(folder.path(), &["--minimum-count", "1"]);
        for special in ["<pad>", "<start>", "<end>", "<unk>"] {
            assert!(vectors.of(special).is_none(), "{special}");
        }
        assert_eq!(vectors.len(), 6, "a, dog, in, feild, the, zz");
        assert!(vectors.of("dog").unwrap().iter().any(|x| *x != 0.0));
    }

    #[test]
    fn misspellings_are_mended_as_a_run_mends_them() {
        let folder = set();
        let spelling = folder.path().join("spelling.txt").display().to_string();
        let vectors = learnt(folder.path(), &["--minimum-count", "1", "--spelling", &spelling]);
        assert!(vectors.of("field").is_some() && vectors.of("feild").is_none());
        // The same said by a file, beside which the list lies; what the command line says comes first.
        let path = folder.path().join("settings.toml");
        let text = include_str!("../../configs/word2vec.toml");
        assert!(text.contains("\"spelling.txt\""));
        fs::write(&path, text).unwrap();
        let vectors = learnt(folder.path(), &["--minimum-count", "1", path.to_str().unwrap()]);
        assert!(vectors.of("field").is_some() && vectors.of("feild").is_none());
        assert_eq!(vectors.width(), 4);
        let config = folder.path().join("run.toml");
        fs::write(&config, include_str!("../../configs/everyday.toml")).unwrap();
        let config = config.to_str().unwrap();
        let vectors = learnt(folder.path(), &["--minimum-count", "1", "--config", config]);
        assert!(vectors.of("field").is_some() && vectors.of("feild").is_none());
    }
}
