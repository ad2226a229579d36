//! Sizes and colours by key: the sentence, everything, the theme; each change is said and kept.

use super::app::HearsightApp;
use crate::settings::{Settings, TEXT_SIZE, ThemeChoice, UI_SCALE};
use crate::text;

/// Below this size a step is 2 points, above it 4, from 72 points on 8: about as much to the eye each time.
const STEPS: [(f32, f32); 3] = [(32.0, 2.0), (72.0, 4.0), (f32::INFINITY, 8.0)];

impl HearsightApp {
    /// Makes the sentence a step larger or smaller and says how large it is.
    pub(super) fn resize_text(&mut self, larger: bool) {
        let size = stepped(self.settings.text_size, larger);
        self.settings.text_size = size;
        self.settings_changed();
        self.say(text!("text-size", points = format!("{size:.0}")));
    }

    /// Makes everything a tenth larger or smaller and says how large it is.
    pub(super) fn rescale(&mut self, steps: i8) {
        let tenths = (self.settings.ui_scale * 10.0).round() + f32::from(steps);
        self.set_scale(tenths / 10.0);
    }

    /// Makes everything as large as the system has it.
    pub(super) fn usual_size(&mut self) {
        self.set_scale(Settings::default().ui_scale);
    }

    fn set_scale(&mut self, scale: f32) {
        self.settings.ui_scale = scale.clamp(*UI_SCALE.start(), *UI_SCALE.end());
        self.settings_changed();
        self.say(text!("scale-now", percent = percent(self.settings.ui_scale)));
    }

    /// Goes on to the next theme and says which it is.
    pub(super) fn next_theme(&mut self) {
        self.settings.theme = self.settings.theme.next();
        self.settings_changed();
        self.say(text!("theme-now", name = theme_name(self.settings.theme)));
    }
}

/// A share as people read it: 1.3 is "130".
pub(super) fn percent(share: f32) -> String {
    format!("{:.0}", share * 100.0)
}

/// What a theme is called.
pub(super) fn theme_name(theme: ThemeChoice) -> String {
    match theme {
        ThemeChoice::System => text!("theme-system"),
        ThemeChoice::Light => text!("theme-light"),
        ThemeChoice::Dark => text!("theme-dark"),
        ThemeChoice::BlackOnWhite => text!("theme-black-on-white"),
        ThemeChoice::WhiteOnBlack => text!("theme-white-on-black"),
        ThemeChoice::YellowOnBlack => text!("theme-yellow-on-black"),
    }
}

/// The next size up or down on the scale of steps, within the bounds.
fn stepped(size: f32, larger: bool) -> f32 {
    let step = |at: f32| {
        STEPS
            .iter()
            .find(|(below, _)| at < *below)
            .map_or(8.0, |(_, step)| *step)
    };
    let next = if larger {
        size + step(size)
    } else {
        // Just below a border the smaller step counts, so that the same sizes come back.
        size - step(size - 0.5)
    };
    next.clamp(*TEXT_SIZE.start(), *TEXT_SIZE.end())
}

#[cfg(test)]
mod tests {
    use super::stepped;

    #[test]
    fn the_sizes_go_from_bound_to_bound_and_the_same_way_back() {
        let mut up = vec![16.0];
        while up.len() < 100 && up[up.len() - 1] < 120.0 {
            up.push(stepped(up[up.len() - 1], true));
        }
        let mut down = vec![120.0];
        while down.len() < 100 && down[down.len() - 1] > 16.0 {
            down.push(stepped(down[down.len() - 1], false));
        }
        down.reverse();
        assert_eq!(up, down);
        assert!(up.len() > 15, "{up:?}");
        assert_eq!((stepped(120.0, true), stepped(16.0, false)), (120.0, 16.0));
    }
}
