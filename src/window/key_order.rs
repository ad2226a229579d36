//! What activates acts on what the keys before it moved to, also where a slow frame brings them at once: egui looks at
//! the focus that stood before the frame, so that Down and Enter in one frame would open the row that was left.

use egui::{Context, Event, Key, Plugin, RawInput};

/// So many frames a focus needs to follow the key that moves it: one to ask for it, one to have it.
const FRAMES: u8 = 2;

/// Holds Enter and Space back until the focus has followed the keys before them.
#[derive(Debug, Default)]
pub struct KeyOrder {
    held: Vec<Event>,
    /// The frames for which an activation has to wait.
    settling: u8,
}

impl Plugin for KeyOrder {
    fn debug_name(&self) -> &'static str {
        "key_order"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        self.settling = self.settling.saturating_sub(1);
        let mut events = std::mem::take(&mut self.held);
        events.append(&mut input.events);
        let early = events.iter().position(|event| match event {
            Event::Key {
                key: Key::Enter | Key::Space,
                pressed: true,
                repeat: false,
                ..
            } if self.settling > 0 => true,
            Event::Key { pressed: true, .. } => {
                self.settling = FRAMES;
                false
            }
            _ => false,
        });
        if let Some(early) = early {
            self.held = events.split_off(early);
            ctx.request_repaint();
        }
        input.events = events;
    }
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn press(key: Key) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }
    }

    /// What a frame with these events is given.
    fn given(order: &mut KeyOrder, events: Vec<Event>) -> Vec<Event> {
        let mut input = RawInput {
            events,
            ..RawInput::default()
        };
        order.input_hook(&Context::default(), &mut input);
        input.events
    }

    #[test]
    fn an_activation_waits_for_the_focus_and_what_follows_it_stays_behind_it() {
        let mut order = KeyOrder::default();
        let [down, enter, text] = [press(Key::ArrowDown), press(Key::Enter), Event::Text("x".into())];
        let first = given(&mut order, vec![down.clone(), enter.clone(), text.clone()]);
        assert_eq!(first, std::slice::from_ref(&down));
        assert_eq!(given(&mut order, Vec::new()), []);
        assert_eq!(given(&mut order, vec![down.clone()]), [enter.clone(), text, down]);
        // The next frame is already too late for one key and too early for the other.
        assert_eq!(given(&mut order, vec![enter.clone()]), []);
        assert_eq!(given(&mut order, Vec::new()), std::slice::from_ref(&enter));
        // One activation can move the focus that the other acts on.
        assert_eq!(given(&mut order, vec![enter.clone()]), []);
        assert_eq!(given(&mut order, Vec::new()), [enter]);
    }
}
