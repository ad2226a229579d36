//! What a survey found, as CSV.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::Survey;

/// Vocabularies for which the table says what they cover.
const SIZES: [usize; 12] = [10, 20, 50, 100, 200, 500, 1000, 2000, 3000, 5000, 8000, 10_000];

/// Writes the tables of the splits into a folder.
pub(super) fn write(folder: &Path, splits: &[(&str, Survey)], minimum_count: usize) -> Result<()> {
    let mut summary = csv::Writer::from_path(folder.join("summary.csv"))?;
    summary.write_record(["split", "what", "count"])?;
    for (name, survey) in splits {
        let rows = [
            ("photos", survey.photos.to_string()),
            ("captions", survey.captions.to_string()),
            ("words as written", survey.written.words().to_string()),
            ("words after cleaning", survey.tokens().to_string()),
            ("median words as written", survey.written.median().to_string()),
            ("median words after cleaning", survey.cleaned.median().to_string()),
            ("most words after cleaning", survey.cleaned.longest().to_string()),
            ("different words", survey.words.len().to_string()),
        ];
        for (what, count) in rows {
            summary.write_record([name, what, &count])?;
        }
        let frequent = format!("different words seen at least {minimum_count} times");
        summary.write_record([name, frequent.as_str(), &survey.seen(minimum_count).to_string()])?;
    }
    summary.flush()?;

    let mut lengths = csv::Writer::from_path(folder.join("lengths.csv"))?;
    lengths.write_record(["split", "words", "captions as written", "captions after cleaning"])?;
    for (name, survey) in splits {
        for words in 0..=survey.written.longest().max(survey.cleaned.longest()) {
            let (written, cleaned) = (survey.written.count(words), survey.cleaned.count(words));
            lengths.write_record([name, &*words.to_string(), &written.to_string(), &cleaned.to_string()])?;
        }
    }
    lengths.flush()?;

    let mut words = csv::Writer::from_path(folder.join("words.csv"))?;
    words.write_record(["split", "rank", "word", "count", "share of all words up to it"])?;
    for (name, survey) in splits {
        let ranked = std::iter::zip(&survey.words, survey.coverage());
        for (rank, ((word, count), covered)) in (1..).zip(ranked) {
            words.write_record([
                name,
                &*rank.to_string(),
                word,
                &count.to_string(),
                &*format!("{covered:.6}"),
            ])?;
        }
    }
    words.flush()?;

    let mut coverage = csv::Writer::from_path(folder.join("coverage.csv"))?;
    coverage.write_record(["split", "vocabulary", "share of all words"])?;
    for (name, survey) in splits {
        let covered = survey.coverage();
        for size in SIZES
            .into_iter()
            .filter(|size| *size <= covered.len())
            .chain([covered.len()])
        {
            let share = size.checked_sub(1).map_or(0.0, |last| covered[last]);
            coverage.write_record([name, &*size.to_string(), &*format!("{share:.6}")])?;
        }
    }
    coverage.flush()?;
    Ok(())
}

/// Says the most important of it.
pub(super) fn tell(to: &mut impl Write, splits: &[(&str, Survey)], minimum_count: usize) -> std::io::Result<()> {
    writeln!(
        to,
        "{:<8}{:>8}{:>10}{:>10}{:>14}{:>14}{:>12}{:>8}",
        "split", "photos", "captions", "words", "median before", "and after", "different", "kept"
    )?;
    for (name, survey) in splits {
        writeln!(
            to,
            "{name:<8}{:>8}{:>10}{:>10}{:>14}{:>14}{:>12}{:>8}",
            survey.photos,
            survey.captions,
            survey.tokens(),
            survey.written.median(),
            survey.cleaned.median(),
            survey.words.len(),
            survey.seen(minimum_count)
        )?;
    }
    writeln!(
        to,
        "\"kept\" are the words that are seen at least {minimum_count} times."
    )
}
