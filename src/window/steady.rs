//! A focus that screen readers can follow. When a sheet opens or closes, egui has no focus for a frame or two, which
//! the accessibility tree shows as a focus on the window: a screen reader would say the window's name each time.

use egui::accesskit::NodeId;
use egui::{Context, FullOutput, Id, Plugin};

/// So many frames the focus may be away before that is told.
const FRAMES: u8 = 4;

/// Keeps telling of the last focus until there is another, or none for some frames.
#[derive(Debug, Default)]
pub struct SteadyFocus {
    last: Option<NodeId>,
    away: u8,
}

/// Says what is about to have the focus, where what has it now is going away.
pub fn expect(ctx: &Context, id: Option<Id>) {
    ctx.data_mut(|data| data.insert_temp(expected_id(), id));
}

fn expected_id() -> Id {
    Id::unique("expected focus")
}

impl Plugin for SteadyFocus {
    fn debug_name(&self) -> &'static str {
        "steady_focus"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let Some(update) = &mut output.platform_output.accesskit_update else {
            return;
        };
        if update.focus != egui::accesskit_root_id().accesskit_id() {
            self.last = Some(update.focus);
            self.away = 0;
            return;
        }
        if self.away >= FRAMES {
            self.last = None;
            return;
        }
        self.away += 1;
        let expected: Option<Id> = ctx.data(|data| data.get_temp(expected_id())).flatten();
        let candidates = [expected.map(|id| id.accesskit_id()), self.last];
        let there = |node: &NodeId| update.nodes.iter().any(|(id, _)| id == node);
        if let Some(focus) = candidates.into_iter().flatten().find(there) {
            update.focus = focus;
            self.last = Some(focus);
            ctx.request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::accesskit::{Node, Role, TreeId, TreeUpdate};

    use super::*;

    /// What is told of the focus in a frame with these nodes.
    fn told(steady: &mut SteadyFocus, ctx: &Context, focus: Option<Id>, there: &[Id]) -> NodeId {
        let root = egui::accesskit_root_id().accesskit_id();
        let nodes = there.iter().map(|id| (id.accesskit_id(), Node::new(Role::Button)));
        let mut output = FullOutput::default();
        output.platform_output.accesskit_update = Some(TreeUpdate {
            nodes: nodes.collect(),
            tree: None,
            tree_id: TreeId::ROOT,
            focus: focus.map_or(root, |id| id.accesskit_id()),
        });
        steady.output_hook(ctx, &mut output);
        output
            .platform_output
            .accesskit_update
            .map_or(root, |update| update.focus)
    }

    #[test]
    fn a_focus_that_is_away_for_a_moment_is_not_told_and_one_that_is_gone_is() {
        let (ctx, mut steady) = (Context::default(), SteadyFocus::default());
        let (one, other) = (Id::unique("one"), Id::unique("other"));
        let all = [one, other];
        assert_eq!(told(&mut steady, &ctx, Some(one), &all), one.accesskit_id());
        assert_eq!(told(&mut steady, &ctx, None, &all), one.accesskit_id());
        assert_eq!(told(&mut steady, &ctx, Some(other), &all), other.accesskit_id());
        for _ in 0..FRAMES {
            assert_eq!(told(&mut steady, &ctx, None, &all), other.accesskit_id());
        }
        let root = egui::accesskit_root_id().accesskit_id();
        assert_eq!(told(&mut steady, &ctx, None, &all), root);
        assert_eq!(told(&mut steady, &ctx, None, &all), root);
    }

    #[test]
    fn what_is_expected_is_told_where_the_last_is_no_more() {
        let (ctx, mut steady) = (Context::default(), SteadyFocus::default());
        let (sheet, button) = (Id::unique("sheet"), Id::unique("button"));
        told(&mut steady, &ctx, Some(sheet), &[sheet, button]);
        expect(&ctx, Some(button));
        assert_eq!(told(&mut steady, &ctx, None, &[button]), button.accesskit_id());
        expect(&ctx, None);
        assert_eq!(
            told(&mut steady, &ctx, None, &[]),
            egui::accesskit_root_id().accesskit_id()
        );
    }
}
