//! Attention maps over the photo, and the words for where they point.

use std::fmt;

use super::{Attention, Place};
use crate::text;

/// How much weight, of the 1 that a map holds, must lie above the uniform share before the map points anywhere.
///
/// A map that gives half of the cells twice their share has 0.5, one with all its weight in a corner nearly 1, and
/// the faint ripple of a map that looks everywhere stays below 0.1.
const POINTED: f32 = 0.1;

impl Attention {
    /// The map stretched over a photo of `width` × `height` pixels, row by row from the top left: bilinear between the
    /// middles of the grid's cells, constant beyond the outermost, and scaled so that the largest weight is 1.
    pub fn upsample(&self, width: u32, height: u32) -> Vec<f32> {
        let largest = self.weights.iter().copied().fold(0.0, f32::max);
        if self.rows == 0 || self.columns == 0 || self.weights.len() != self.rows * self.columns || largest <= 0.0 {
            return vec![0.0; width as usize * height as usize];
        }
        let across: Vec<Between> = (0..width).map(|x| Between::cells(x, width, self.columns)).collect();
        let mut map = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            let down = Between::cells(y, height, self.rows);
            let upper = &self.weights[down.first * self.columns..][..self.columns];
            let lower = &self.weights[down.second * self.columns..][..self.columns];
            map.extend(across.iter().map(|at| down.mix(at.of(upper), at.of(lower)) / largest));
        }
        map
    }

    /// Where the map points: the third of the photo, across and down, that holds the centre of mass of the weight
    /// above the uniform share; none where hardly any weight lies above it.
    pub fn place(&self) -> Option<Place> {
        if self.rows == 0 || self.columns == 0 || self.weights.len() != self.rows * self.columns {
            return None;
        }
        let total: f32 = self.weights.iter().sum();
        let uniform = total / self.weights.len() as f32;
        let (mut mass, mut x, mut y) = (0.0, 0.0, 0.0);
        for (row, weights) in self.weights.chunks_exact(self.columns).enumerate() {
            for (column, weight) in weights.iter().enumerate() {
                let above = (weight - uniform).max(0.0);
                mass += above;
                x += above * (column as f32 + 0.5) / self.columns as f32;
                y += above * (row as f32 + 0.5) / self.rows as f32;
            }
        }
        // Also false where a weight is no number.
        let points = total > 0.0 && mass / total >= POINTED;
        points.then(|| Place::at(x / mass, y / mass))
    }
}

impl Place {
    /// The place of a point, both coordinates from 0 (left, top) to 1 (right, bottom).
    pub fn at(x: f32, y: f32) -> Self {
        const THIRDS: [[Place; 3]; 3] = [
            [Place::UpperLeft, Place::Top, Place::UpperRight],
            [Place::Left, Place::Middle, Place::Right],
            [Place::LowerLeft, Place::Bottom, Place::LowerRight],
        ];
        let third = |share: f32| ((share * 3.0) as usize).min(2);
        THIRDS[third(y)][third(x)]
    }

    /// Whether it lies in the lower third.
    pub fn is_below(self) -> bool {
        matches!(self, Self::LowerLeft | Self::Bottom | Self::LowerRight)
    }

    /// The place as it is said and written, "lower left", in the language of the interface.
    pub fn phrase(self) -> String {
        match self {
            Self::UpperLeft => text!("place-upper-left"),
            Self::Top => text!("place-top"),
            Self::UpperRight => text!("place-upper-right"),
            Self::Left => text!("place-left"),
            Self::Middle => text!("place-middle"),
            Self::Right => text!("place-right"),
            Self::LowerLeft => text!("place-lower-left"),
            Self::Bottom => text!("place-bottom"),
            Self::LowerRight => text!("place-lower-right"),
        }
    }

    /// The place for other programs, the same in every language.
    pub fn tag(self) -> &'static str {
        match self {
            Self::UpperLeft => "upper left",
            Self::Top => "top",
            Self::UpperRight => "upper right",
            Self::Left => "left",
            Self::Middle => "middle",
            Self::Right => "right",
            Self::LowerLeft => "lower left",
            Self::Bottom => "bottom",
            Self::LowerRight => "lower right",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.phrase())
    }
}

/// Where a pixel lies between two neighbouring cells of one axis.
struct Between {
    first: usize,
    second: usize,
    /// 0 at the middle of the first cell, 1 at the middle of the second.
    share: f32,
}

impl Between {
    /// Pixel `at` of `length` against `cells` cells over the same stretch.
    fn cells(at: u32, length: u32, cells: usize) -> Self {
        let position = (at as f32 + 0.5) / length as f32 * cells as f32 - 0.5;
        let position = position.clamp(0.0, (cells - 1) as f32);
        let first = position as usize;
        Self {
            first,
            second: (first + 1).min(cells - 1),
            share: position - first as f32,
        }
    }

    fn of(&self, cells: &[f32]) -> f32 {
        self.mix(cells[self.first], cells[self.second])
    }

    fn mix(&self, first: f32, second: f32) -> f32 {
        first + (second - first) * self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: usize, columns: usize, weights: &[f32]) -> Attention {
        Attention {
            rows,
            columns,
            weights: weights.to_vec(),
        }
    }

    fn single(row: usize, column: usize) -> Attention {
        let mut weights = vec![0.0; 9];
        weights[row * 3 + column] = 1.0;
        map(3, 3, &weights)
    }

    #[test]
    fn upsampling_runs_straight_between_the_middles_of_cells() {
        let map = map(1, 2, &[0.25, 0.75]).upsample(8, 1);
        let expected = [1.0, 1.0, 1.25, 1.75, 2.25, 2.75, 3.0, 3.0].map(|value: f32| value / 3.0);
        for (value, expected) in map.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{map:?}");
        }
    }

    #[test]
    fn upsampling_keeps_the_brightest_place_where_it_was() {
        let map = single(2, 0).upsample(30, 60);
        let brightest = (0..map.len())
            .max_by(|&a, &b| map[a].total_cmp(&map[b]))
            .unwrap_or_default();
        assert!(brightest % 30 < 10 && brightest / 30 >= 40);
        assert_eq!(map.len(), 30 * 60);
        assert!((map[brightest] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn each_ninth_of_the_photo_has_its_phrase() {
        let phrases = [
            ["upper left", "top", "upper right"],
            ["left", "middle", "right"],
            ["lower left", "bottom", "lower right"],
        ];
        for (row, phrases) in phrases.iter().enumerate() {
            for (column, phrase) in phrases.iter().enumerate() {
                let place = single(row, column).place();
                assert_eq!(place.map(Place::tag), Some(*phrase));
                assert_eq!(place.map(Place::phrase).as_deref(), Some(*phrase));
                assert_eq!(place.map(|place| place.to_string()).as_deref(), Some(*phrase));
            }
        }
    }

    #[test]
    fn a_flat_or_broken_map_points_nowhere() {
        assert_eq!(map(2, 2, &[0.25; 4]).place(), None);
        assert_eq!(map(2, 2, &[0.26, 0.24, 0.26, 0.24]).place(), None);
        assert_eq!(map(0, 0, &[]).place(), None);
        assert_eq!(map(2, 2, &[1.0]).place(), None);
        assert_eq!(map(1, 2, &[f32::NAN, 1.0]).place(), None);
        assert_eq!(map(0, 3, &[]).upsample(2, 2), [0.0; 4]);
    }

    #[test]
    fn weight_spread_over_one_side_points_to_that_side() {
        assert_eq!(map(2, 2, &[0.4, 0.1, 0.4, 0.1]).place(), Some(Place::Left));
    }
}
