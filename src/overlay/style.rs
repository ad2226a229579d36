//! How a map is shown: one of three modes, and how strongly.

use crate::settings::AttentionMode as Mode;

/// A mode with its strength.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// In which way.
    pub mode: Mode,
    /// From [`Style::WEAKEST`] to 1: how much of the photo the colours cover, how dark the shade is, how thick the line.
    pub strength: f32,
}

impl Style {
    /// The least strength that still shows something.
    pub const WEAKEST: f32 = 0.1;
    /// How much one step of the keys changes.
    const STEP: f32 = 0.1;

    /// A style within bounds; a strength that is no number becomes the usual one.
    pub fn new(mode: Mode, strength: f32) -> Self {
        let strength = if strength.is_nan() {
            Self::default().strength
        } else {
            strength
        };
        Self {
            mode,
            strength: strength.clamp(Self::WEAKEST, 1.0),
        }
    }

    /// One step stronger or weaker, on whole steps, so that there and back again is where one was.
    pub fn step(self, stronger: bool) -> Self {
        // A hair more or less, for a tenth is no whole number of bits.
        let now = self.strength / Self::STEP;
        let steps = if stronger {
            (now + 0.01).floor() + 1.0
        } else {
            (now - 0.01).ceil() - 1.0
        };
        Self::new(self.mode, steps * Self::STEP)
    }

    /// The strength in whole percent.
    pub fn percent(self) -> u32 {
        (self.strength * 100.0).round() as u32
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            strength: 0.75,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_goes_in_whole_steps_and_stays_within_bounds() {
        let start = Style::default();
        assert_eq!([start.step(true).percent(), start.step(false).percent()], [80, 70]);
        assert_eq!(start.step(true).step(true).step(false).percent(), 80);
        let weakest = (0..20).fold(start, |style, _| style.step(false));
        let strongest = (0..20).fold(start, |style, _| style.step(true));
        assert_eq!((weakest.percent(), strongest.percent()), (10, 100));
        assert_eq!(Style::new(Mode::Dim, f32::NAN), start);
        assert_eq!(Style::new(Mode::Dim, 7.0).percent(), 100);
    }
}
