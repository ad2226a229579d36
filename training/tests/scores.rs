//! The scores are those of coco-caption, as `record_scores.py` recorded them.
#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use hearsight_training::scores::{Cider, CiderKind, Score, ScoreError, Scores, ptb};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    corpus: RecordedScore,
    photos: Vec<RecordedPhoto>,
}

#[derive(Deserialize)]
struct RecordedPhoto {
    photo: String,
    caption: String,
    references: Vec<String>,
    words: String,
    reference_words: Vec<String>,
    #[serde(flatten)]
    score: RecordedScore,
}

#[derive(Deserialize)]
struct RecordedScore {
    bleu: [f64; 4],
    rouge_l: f64,
    meteor: f64,
    cider_d: f64,
    cider: f64,
}

static RECORDED: LazyLock<Recorded> = LazyLock::new(|| serde_json::from_str(include_str!("data/scores.json")).unwrap());

/// What is ours of the same; it takes seconds, so that the tests share it.
static SCORED: LazyLock<Scores> = LazyLock::new(|| scored(&RECORDED.photos));

fn scored(photos: &[RecordedPhoto]) -> Scores {
    let candidates: Vec<_> = photos
        .iter()
        .map(|photo| (photo.photo.clone(), photo.caption.clone()))
        .collect();
    let references: HashMap<_, _> = photos
        .iter()
        .map(|photo| (photo.photo.clone(), photo.references.clone()))
        .collect();
    Scores::of(&candidates, &references).unwrap()
}

fn assert_same(what: &str, ours: &Score, theirs: &RecordedScore) {
    let values = |bleu: [f64; 4], rest: [f64; 3]| bleu.into_iter().chain(rest).collect::<Vec<_>>();
    let ours = values(ours.bleu, [ours.rouge_l, ours.cider_d, ours.cider]);
    let theirs = values(theirs.bleu, [theirs.rouge_l, theirs.cider_d, theirs.cider]);
    for (name, (a, b)) in ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "CIDEr"]
        .iter()
        .zip(ours.iter().zip(&theirs))
    {
        assert!((a - b).abs() < 1e-6, "{name} of {what} is {a}, coco-caption says {b}");
    }
}

#[test]
fn captions_are_cut_into_the_words_that_coco_caption_finds() {
    for photo in &RECORDED.photos {
        assert_eq!(
            ptb::tokenize(&photo.caption).join(" "),
            photo.words,
            "{}",
            photo.caption
        );
        for (reference, words) in photo.references.iter().zip(&photo.reference_words) {
            assert_eq!(&ptb::tokenize(reference).join(" "), words, "{reference}");
        }
    }
}

#[test]
fn every_one_of_a_thousand_captions_and_the_corpus_score_as_in_coco_caption() {
    let (recorded, scores) = (&*RECORDED, &*SCORED);
    assert_eq!(recorded.photos.len(), 1000);
    assert_same("the corpus", &scores.corpus, &recorded.corpus);
    assert_eq!(scores.photos.len(), recorded.photos.len());
    for (ours, theirs) in scores.photos.iter().zip(&recorded.photos) {
        assert_eq!(ours.photo, theirs.photo);
        assert_same(&theirs.photo, &ours.score, &theirs.score);
    }
}

fn repeats_itself(words: &str) -> bool {
    let mut seen = HashSet::new();
    !words.split(' ').all(|word| seen.insert(word))
}

#[test]
fn meteor_is_the_java_programs_but_for_sentences_that_repeat_themselves() {
    let (recorded, scores) = (&*RECORDED, &*SCORED);
    let apart = |ours: f64, theirs: f64| (ours - theirs).abs();
    let mut others = 0;
    for (ours, theirs) in std::iter::zip(&scores.photos, &recorded.photos) {
        let (ours, words) = (ours.score.meteor, &theirs.words);
        let difference = apart(ours, theirs.score.meteor);
        if difference >= 1e-6 {
            assert!(repeats_itself(words), "{ours} for {}: {words}", theirs.score.meteor);
            assert!(difference < 0.1, "{ours} for {}: {words}", theirs.score.meteor);
            others += 1;
        }
    }
    let all = recorded.photos.len();
    assert!(others as f64 <= 0.05 * all as f64, "{others} of {all}");
    let (ours, theirs) = (scores.corpus.meteor, recorded.corpus.meteor);
    assert!(apart(ours, theirs) < 2e-3, "{ours} for {theirs}");
}

#[test]
fn a_prepared_cider_scores_single_captions_as_the_whole_set_does() {
    let photos = &RECORDED.photos;
    let references: Vec<_> = photos.iter().map(|photo| photo.references.clone()).collect();
    let cider = Cider::new(&references);
    for (index, photo) in photos.iter().enumerate() {
        // Words that no reference knows count for the caption's length and norm.
        assert!((cider.score(index, &photo.caption, CiderKind::D) - photo.score.cider_d).abs() < 1e-6);
        assert!((cider.score(index, &photo.caption, CiderKind::Plain) - photo.score.cider).abs() < 1e-6);
    }
    assert_eq!(cider.score(photos.len(), "a dog", CiderKind::D), 0.0);
}

#[test]
fn what_cannot_be_scored_is_refused_with_the_photo() {
    let references = HashMap::from([("a".to_owned(), vec!["a dog".to_owned()]), ("b".to_owned(), Vec::new())]);
    let caption = |photo: &str| (photo.to_owned(), "a dog runs".to_owned());
    assert_eq!(Scores::of(&[], &references), Err(ScoreError::NoCaptions));
    for missing in ["b", "c"] {
        let refused = Scores::of(&[caption("a"), caption(missing)], &references);
        assert_eq!(
            refused,
            Err(ScoreError::NoReferences {
                photo: missing.to_owned()
            })
        );
    }
    let twice = Scores::of(&[caption("a"), caption("a")], &references);
    assert_eq!(twice, Err(ScoreError::TwoCaptions { photo: "a".to_owned() }));
}

#[test]
fn scores_print_as_a_table_and_serialise_flat() {
    let scores = &*SCORED;
    let table = scores.to_string();
    assert_eq!(table.lines().count(), 9);
    assert!(
        table.contains(&format!("CIDEr-D  {:.4}", scores.corpus.cider_d)),
        "{table}"
    );
    let json = serde_json::to_value(scores).unwrap();
    assert_eq!(json["photos"][0]["photo"], "photo 0");
    assert!(json["photos"][0]["cider_d"].is_f64() && json["corpus"]["bleu"][3].is_f64());
}
