//! The size of the sentence: larger and smaller by key, within bounds that are said.

use super::app::HearsightApp;
use crate::settings::TEXT_SIZE;
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
