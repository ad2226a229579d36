//! The course of a run as a plot beside its checkpoints: the loss that was learnt from and that on dev, and what the
//! sentences for dev are worth.

use std::path::Path;

use anyhow::{Context, Result};
use plotters::chart::ChartBuilder;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement};
use plotters::prelude::{Color, DrawingBackend, LineSeries, RGBColor, SeriesLabelPosition, WHITE};

use crate::learn::EpochRow;
use crate::plots::{FAMILY, FIRST, INK, SECOND, save};

/// Draws `loss.svg` and `loss.png` into `folder` from the rows of a `log.csv`; a run whose decoder has not learnt yet is
/// shown by the loss of its bag of words.
///
/// # Errors
/// A log that cannot be read, a full disk.
pub fn plot(log: &Path, folder: &Path) -> Result<()> {
    let broken = || format!("{} cannot be read", log.display());
    let rows = csv::Reader::from_path(log)
        .with_context(broken)?
        .deserialize()
        .collect::<Result<Vec<EpochRow>, _>>()
        .with_context(broken)?;
    let lines = Lines::of(&rows);
    save(folder, "loss", |area| lines.draw(area), |area| lines.draw(area))
}

type Points = Vec<(f64, f64)>;

struct Lines {
    what: &'static str,
    learnt: Points,
    dev: Points,
    worth: Points,
    epochs: f64,
}

impl Lines {
    fn of(rows: &[EpochRow]) -> Self {
        let points = |value: &dyn Fn(&EpochRow) -> Option<f64>| -> Points {
            let points = rows.iter().filter_map(|row| Some((row.epoch as f64, value(row)?)));
            points.filter(|(_, value)| value.is_finite()).collect()
        };
        let speaks = rows.iter().any(|row| row.dev_caption.is_some());
        Self {
            what: if speaks { "nats a word" } else { "bag of words" },
            learnt: points(&|row| if speaks { row.caption } else { Some(row.bag) }),
            dev: points(&|row| if speaks { row.dev_caption } else { Some(row.dev_bag) }),
            worth: points(&|row| row.dev_worth),
            epochs: rows.iter().map(|row| row.epoch).max().unwrap_or(1) as f64,
        }
    }

    fn draw<D: DrawingBackend>(&self, area: &DrawingArea<D, plotters::coord::Shift>) -> Result<()>
    where
        D::ErrorType: 'static,
    {
        let all = self.learnt.iter().chain(&self.dev).map(|(_, loss)| *loss);
        let (least, most) = all.fold((f64::MAX, 0.0f64), |(least, most), loss| {
            (least.min(loss), most.max(loss))
        });
        let least = least.min(most);
        let room = ((most - least) * 0.05).max(1e-6);
        let best = self.worth.iter().map(|(_, worth)| *worth).fold(0.05, f64::max) * 1.1;
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .caption("What was learnt", (FAMILY, 26))
            .margin(14)
            .x_label_area_size(46)
            .y_label_area_size(74)
            .right_y_label_area_size(74)
            .build_cartesian_2d(0.5..self.epochs + 0.5, least - room..most + room)?
            .set_secondary_coord(0.5..self.epochs + 0.5, 0.0..best);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(WHITE)
            .x_desc("epoch")
            .y_desc(self.what)
            .label_style((FAMILY, 16))
            .x_label_formatter(&|epoch| format!("{epoch:.0}"))
            .draw()?;
        chart
            .configure_secondary_axes()
            .y_desc("CIDEr-D on dev")
            .label_style((FAMILY, 16))
            .draw()?;
        let key = |colour: RGBColor| move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(3));
        for (points, colour, name) in [(&self.learnt, INK, "learnt from"), (&self.dev, FIRST, "dev")] {
            if !points.is_empty() {
                chart
                    .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(3)))?
                    .label(name)
                    .legend(key(colour));
                // A single epoch is no line.
                chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
            }
        }
        if !self.worth.is_empty() {
            let line = LineSeries::new(self.worth.iter().copied(), SECOND.stroke_width(3));
            chart
                .draw_secondary_series(line)?
                .label("CIDEr-D on dev")
                .legend(key(SECOND));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperMiddle)
            .background_style(WHITE.mix(0.8))
            .border_style(INK)
            .label_font((FAMILY, 16))
            .draw()?;
        area.present()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plotted(rows: &[EpochRow]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log.csv");
        let mut writer = csv::Writer::from_path(&log).unwrap();
        rows.iter().for_each(|row| writer.serialize(row).unwrap());
        writer.flush().unwrap();
        plot(&log, folder.path()).unwrap();
        let drawn = image::open(folder.path().join("loss.png")).unwrap().to_rgb8();
        assert!(drawn.pixels().any(|pixel| pixel.0.iter().all(|value| *value < 60)));
        std::fs::read_to_string(folder.path().join("loss.svg")).unwrap()
    }

    #[test]
    fn a_run_is_drawn_from_its_first_epoch_on_and_numbers_that_are_none_do_not_stop_it() {
        let row = |epoch: usize, caption: Option<f64>| EpochRow {
            epoch,
            caption,
            bag: 0.1,
            dev_caption: caption.map(|loss| loss + 0.5),
            dev_bag: 0.2,
            dev_worth: caption.map(|_| 0.3),
            ..EpochRow::default()
        };
        let early = plotted(&[row(1, None)]);
        assert!(early.contains("bag of words") && early.ends_with("</svg>\n"));
        let late = plotted(&[
            row(1, None),
            row(2, Some(4.0)),
            row(3, Some(f64::NAN)),
            row(4, Some(3.0)),
        ]);
        assert!(late.contains("nats a word") && late.contains("CIDEr-D on dev"));
        // The line of CIDEr-D.
        assert!(late.contains("#D6B638") && !early.contains("#D6B638"));
    }
}
