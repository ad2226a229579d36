//! What a model's card says of it: scores, what its doubt is worth, and ten good and ten bad sentences.

use std::path::{Path, PathBuf};

use anyhow::Result;
use hearsight::captioner::{DescribeOptions, Description};
use hearsight::model::ModelFolder;
use hearsight::wording;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::data::arguments::DataArguments;
use crate::data::captions::CaptionedPhoto;
use crate::score::{Scored, judging_bag};
use crate::scores::meteor::{Meteor, MeteorCounts};
use crate::scores::ptb;

/// Sentences of each sort.
const SENTENCES: usize = 10;

/// What to print.
#[derive(clap::Args)]
pub struct CardCommand {
    /// The model folder.
    model: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    /// Decides which of the good and of the bad sentences are shown.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Only the first so many photos.
    #[arg(long)]
    limit: Option<usize>,
    /// The same model exported with other precisions: what each weighs, and what it changes.
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    beside: Vec<PathBuf>,
}

/// A sentence beside the one of people's that it agrees with most.
struct Beside<'a> {
    description: &'a Description,
    nearest: &'a str,
    /// METEOR against that one, 0 to 1.
    agreement: f64,
}

impl CardCommand {
    /// Describes the dev split twice, with the model's own beams and greedily, and prints the card's part.
    ///
    /// # Errors
    /// Data, a model or a photo that cannot be read.
    pub fn run(&self) -> Result<()> {
        let data = self.data.read()?;
        let bag = judging_bag(&data);
        let mut photos = data.dev;
        photos.truncate(self.limit.unwrap_or(photos.len()));
        let greedy = DescribeOptions {
            beams: Some(1),
            ..DescribeOptions::default()
        };
        let model = ModelFolder::open(&self.model)?;
        let scored = Scored::of(&model, &photos, &DescribeOptions::default(), &bag)?;
        let one = Scored::of(&model, &photos, &greedy, &bag)?;
        println!(
            "| | BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | METEOR | ROUGE-L | CIDEr-D |\n|---|---|---|---|---|---|---|---|"
        );
        for (name, scored) in [("as shipped", &scored), ("greedy (`--beams 1`)", &one)] {
            let score = scored.scores.corpus;
            let bleu = score.bleu.map(|bleu| format!("{bleu:.3}")).join(" | ");
            println!(
                "| {name} | {bleu} | {:.3} | {:.3} | {:.3} |",
                score.meteor, score.rouge_l, score.cider_d
            );
        }
        println!("\n```text\n{}\n```", scored.doubt);
        if !self.beside.is_empty() {
            println!("\n| weights | MB | BLEU-4 | METEOR | CIDEr-D | same sentences |\n|---|---|---|---|---|---|");
            println!("{}", precision_row(&self.model, &scored, &scored)?);
            for model in &self.beside {
                let other = Scored::of(&ModelFolder::open(model)?, &photos, &DescribeOptions::default(), &bag)?;
                println!("{}", precision_row(model, &other, &scored)?);
            }
        }
        let mut sorted = beside(&photos, &scored.descriptions);
        sorted.sort_by(|a, b| b.agreement.total_cmp(&a.agreement));
        let quarter = sorted.len().div_ceil(4);
        let mut rng = StdRng::seed_from_u64(self.seed);
        let good = drawn(&sorted[..quarter], &mut rng);
        let bad = drawn(&sorted[sorted.len() - quarter..], &mut rng);
        for (title, sentences) in [("the best", good), ("the worst", bad)] {
            println!(
                "\n{SENTENCES} of {title} quarter, drawn by chance (seed {}):\n",
                self.seed
            );
            println!("| what the app says | the nearest of what five people said | METEOR |\n|---|---|---|");
            for Beside {
                description,
                nearest,
                agreement,
            } in sentences
            {
                let introduction = wording::introduction(description).map_or_else(String::new, |words| words + " ");
                println!("| {introduction}{} | {nearest} | {agreement:.2} |", description.caption);
            }
        }
        Ok(())
    }
}

/// What one export of a model weighs and scores, and how many sentences are those of the shipped one.
fn precision_row(model: &Path, scored: &Scored, shipped: &Scored) -> Result<String> {
    let folder = ModelFolder::open(model)?;
    let graphs = std::iter::once(folder.encoder()).chain(folder.decoders().iter().map(PathBuf::as_path));
    let bytes = graphs
        .map(|graph| Ok(std::fs::metadata(graph)?.len()))
        .sum::<Result<u64>>()?;
    let pairs = std::iter::zip(&scored.descriptions, &shipped.descriptions);
    let same = pairs.filter(|(a, b)| a.caption == b.caption).count();
    let (score, before) = (scored.scores.corpus, shipped.scores.corpus);
    let change = |value: f64, before: f64| format!("{value:.4} ({:+.4})", value - before);
    Ok(format!(
        "| {} | {:.1} | {} | {} | {} | {same} of {} |",
        model.display(),
        bytes as f64 / 1e6,
        change(score.bleu[3], before.bleu[3]),
        change(score.meteor, before.meteor),
        change(score.cider_d, before.cider_d),
        scored.descriptions.len()
    ))
}

fn beside<'a>(photos: &'a [CaptionedPhoto], descriptions: &'a [Description]) -> Vec<Beside<'a>> {
    let meteor = Meteor::default();
    let stemmed = |caption: &str| meteor.stem(ptb::tokenize(caption));
    std::iter::zip(photos, descriptions)
        .filter_map(|(photo, description)| {
            let said = stemmed(&description.caption);
            let against = |reference: &'a String| {
                let agreement = MeteorCounts::of(&said, &[stemmed(reference)]).score();
                (reference.as_str(), agreement)
            };
            let (nearest, agreement) = photo.captions.iter().map(against).max_by(|a, b| a.1.total_cmp(&b.1))?;
            Some(Beside {
                description,
                nearest,
                agreement,
            })
        })
        .collect()
}

/// Some of these with different sentences, in their order.
fn drawn<'a, 'b>(sorted: &'a [Beside<'b>], rng: &mut StdRng) -> Vec<&'a Beside<'b>> {
    let mut places: Vec<usize> = (0..sorted.len()).collect();
    places.shuffle(rng);
    let mut chosen: Vec<usize> = Vec::new();
    for place in places {
        let is_new = |other: &usize| sorted[*other].description.caption != sorted[place].description.caption;
        if chosen.len() < SENTENCES && chosen.iter().all(is_new) {
            chosen.push(place);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|place| &sorted[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stand_beside_the_nearest_and_are_drawn_once_each() {
        let photo = CaptionedPhoto {
            name: "x.png".to_owned(),
            path: "x.png".into(),
            captions: vec!["two cats".to_owned(), "a dog runs on grass".to_owned()],
        };
        let photos = vec![photo; 30];
        let descriptions: Vec<_> = (0..30)
            .map(|at| Description {
                caption: format!("a dog runs {}", at % 15),
                confidence: 0.5,
                tokens: vec![1, 2],
                score: -1.0,
                ..Description::default()
            })
            .collect();
        let sorted = beside(&photos, &descriptions);
        assert!(
            sorted
                .iter()
                .all(|one| one.nearest == "a dog runs on grass" && one.agreement > 0.3)
        );
        let captions = |seed| -> Vec<&str> {
            let drawn = drawn(&sorted, &mut StdRng::seed_from_u64(seed));
            drawn.iter().map(|one| one.description.caption.as_str()).collect()
        };
        let (first, mut once) = (captions(1), captions(1));
        once.sort_unstable();
        once.dedup();
        assert_eq!((first.len(), once.len()), (SENTENCES, SENTENCES));
        assert_eq!(first, captions(1));
        assert_ne!(first, captions(2));
    }
}
