//! What a survey found, as plots: each as SVG, and as PNG for where that is not shown.

use std::path::Path;

use anyhow::Result;
use plotters::chart::ChartBuilder;
use plotters::drawing::DrawingArea;
use plotters::element::{Rectangle, Text};
use plotters::prelude::{Color, DrawingBackend, LineSeries, SeriesLabelPosition, WHITE};

use super::{Lengths, Survey};
use crate::plots::{FAMILY, FIRST, INK, SECOND, WIDTH, save};

/// How many words are shown.
const MOST_FREQUENT: usize = 30;

/// Writes the plots of a split into a folder.
pub(super) fn write(folder: &Path, survey: &Survey) -> Result<()> {
    save(
        folder,
        "lengths",
        |area| lengths(area, survey),
        |area| lengths(area, survey),
    )?;
    save(folder, "words", |area| words(area, survey), |area| words(area, survey))?;
    save(
        folder,
        "coverage",
        |area| coverage(area, survey),
        |area| coverage(area, survey),
    )
}

/// How many captions have how many words, before and after cleaning, with the medians.
fn lengths<D: DrawingBackend>(area: &DrawingArea<D, plotters::coord::Shift>, survey: &Survey) -> Result<()>
where
    D::ErrorType: 'static,
{
    let (written, cleaned) = (&survey.written, &survey.cleaned);
    // A few very long captions would leave no room for all others.
    let last = shown(written).max(shown(cleaned)) as f64 + 1.0;
    let most = (0..=last as usize).map(|words| written.count(words).max(cleaned.count(words)));
    let top = most.max().unwrap_or(1).max(1) as f64 * 1.05;
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption("Words a caption", (FAMILY, 26))
        .margin(14)
        .x_label_area_size(46)
        .y_label_area_size(74)
        .build_cartesian_2d(0.0..last, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .x_desc("words")
        .y_desc("captions")
        .label_style((FAMILY, 16))
        .x_label_formatter(&|words| format!("{words:.0}"))
        .y_label_formatter(&|captions| format!("{captions:.0}"))
        .draw()?;
    for (lengths, colour, name, side) in [
        (written, FIRST, "as written", 0.0),
        (cleaned, SECOND, "after cleaning", 0.4),
    ] {
        let bars = (0..=last as usize).map(|words| {
            let left = words as f64 - 0.4 + side;
            Rectangle::new(
                [(left, 0.0), (left + 0.4, lengths.count(words) as f64)],
                colour.filled(),
            )
        });
        chart
            .draw_series(bars)?
            .label(format!("{name}, median {}", lengths.median()))
            .legend(move |(x, y)| Rectangle::new([(x, y - 6), (x + 14, y + 6)], colour.filled()));
        let median = lengths.median();
        chart.draw_series(LineSeries::new([(median, 0.0), (median, top)], colour.stroke_width(3)))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(INK)
        .label_font((FAMILY, 16))
        .draw()?;
    area.present()?;
    Ok(())
}

/// The length that 99.5 % of the captions do not exceed.
fn shown(lengths: &Lengths) -> usize {
    let count: usize = (0..=lengths.longest()).map(|words| lengths.count(words)).sum();
    let mut before = 0;
    let end = (0..=lengths.longest()).find(|words| {
        before += lengths.count(*words);
        before as f64 >= 0.995 * count as f64
    });
    end.unwrap_or_default()
}

/// The most frequent words.
fn words<D: DrawingBackend>(area: &DrawingArea<D, plotters::coord::Shift>, survey: &Survey) -> Result<()>
where
    D::ErrorType: 'static,
{
    let frequent = &survey.words[..survey.words.len().min(MOST_FREQUENT)];
    let most = frequent.first().map_or(1, |(_, count)| *count) as f64;
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption("The most frequent words", (FAMILY, 26))
        .margin(14)
        .x_label_area_size(90)
        .y_label_area_size(74)
        .build_cartesian_2d(0.0..frequent.len().max(1) as f64, 0.0..most * 1.05)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .light_line_style(WHITE)
        .y_desc("times")
        .label_style((FAMILY, 16))
        .y_label_formatter(&|count| format!("{count:.0}"))
        .draw()?;
    let bars = frequent.iter().enumerate().map(|(place, (_, count))| {
        let left = place as f64 + 0.1;
        Rectangle::new([(left, 0.0), (left + 0.8, *count as f64)], FIRST.filled())
    });
    chart.draw_series(bars)?;
    // Upright below their bars, where the axis has no room for words side by side.
    let style = plotters::style::TextStyle::from((FAMILY, 16)).transform(plotters::style::FontTransform::Rotate90);
    for (place, (word, _)) in frequent.iter().enumerate() {
        let (x, y) = chart.backend_coord(&(place as f64 + 0.75, 0.0));
        area.draw(&Text::new(word.clone(), (x, y + 8), style.clone()))?;
    }
    area.present()?;
    Ok(())
}

/// How much of all words a vocabulary covers.
fn coverage<D: DrawingBackend>(area: &DrawingArea<D, plotters::coord::Shift>, survey: &Survey) -> Result<()>
where
    D::ErrorType: 'static,
{
    let covered = survey.coverage();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption("Words that a vocabulary covers", (FAMILY, 26))
        .margin(14)
        .x_label_area_size(46)
        .y_label_area_size(74)
        .build_cartesian_2d(0.0..covered.len().max(1) as f64, 0.0..100.0)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("most frequent words")
        .y_desc("% of all words")
        .label_style((FAMILY, 16))
        .x_label_formatter(&|words| format!("{words:.0}"))
        .y_label_formatter(&|share| format!("{share:.0}"))
        .draw()?;
    // A point of the line for each point of the paper is enough.
    let every = covered.len().div_ceil(WIDTH as usize).max(1);
    let points = covered.iter().enumerate().step_by(every);
    let points = points.map(|(place, share)| ((place + 1) as f64, 100.0 * share));
    chart.draw_series(LineSeries::new(points, FIRST.stroke_width(3)))?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::survey::tables;
    use crate::survey::tests::photos;

    #[test]
    fn tables_and_plots_say_the_same_and_no_captions_are_no_reason_to_stop() {
        for photos in [photos(), Vec::new()] {
            let folder = tempfile::tempdir().unwrap();
            let survey = Survey::of(&photos, None).unwrap();
            write(folder.path(), &survey).unwrap();
            for name in ["lengths", "words", "coverage"] {
                let file = folder.path().join(name);
                let svg = std::fs::read_to_string(file.with_extension("svg")).unwrap();
                assert!(svg.ends_with("</svg>\n"), "{name}");
                let drawn = image::open(file.with_extension("png")).unwrap().to_rgb8();
                assert!(
                    drawn.pixels().any(|pixel| pixel.0.iter().all(|value| *value < 60)),
                    "{name}"
                );
                let has_word = svg.lines().any(|line| line.trim() == "brown");
                assert_eq!(has_word, name == "words" && !photos.is_empty(), "{name}");
            }
            tables::write(folder.path(), &[("train", survey)], 2).unwrap();
            let words = std::fs::read_to_string(folder.path().join("words.csv")).unwrap();
            assert_eq!(words.contains("train,1,a,2,0.222222"), !photos.is_empty(), "{words}");
        }
    }
}
