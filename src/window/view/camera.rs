//! Which part of the photo is seen, and how large: zoom and place, without any drawing.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// The most screen pixels that one photo pixel covers on one side: 800 %.
pub const LARGEST: f32 = 8.0;

/// How much one press of a key zooms.
const STEP: f32 = 1.25;

/// Two scales that differ by less than this are the same to the eye.
const SAME: f32 = 0.005;

/// What the camera looks with: the room on the screen, the photo's size in pixels, the screen's pixels per point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// Where the photo may be shown, in points.
    pub room: Rect,
    /// Width and height of the photo in pixels.
    pub photo: (u32, u32),
    /// Screen pixels per point.
    pub density: f32,
}

impl Stage {
    fn size(&self) -> Vec2 {
        vec2(self.photo.0.max(1) as f32, self.photo.1.max(1) as f32)
    }

    /// The scale at which the whole photo just fits.
    fn fit(&self) -> f32 {
        let size = self.size();
        let scale = (self.room.width() / size.x).min(self.room.height() / size.y) * self.density;
        scale.max(f32::EPSILON)
    }

    fn least(&self) -> f32 {
        self.fit().min(1.0)
    }

    fn most(&self) -> f32 {
        self.fit().max(LARGEST)
    }
}

/// Zoom and place. It belongs to the window and not to a photo, so that it stays while one steps to the next photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    zoom: Zoom,
    /// The point of the photo in the middle of the room, from 0 to 1 across and down.
    centre: Vec2,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Zoom {
    Fit,
    /// Screen pixels per photo pixel.
    Scale(f32),
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            zoom: Zoom::Fit,
            centre: vec2(0.5, 0.5),
        }
    }
}

impl Camera {
    /// Screen pixels per photo pixel.
    pub fn scale(&self, stage: &Stage) -> f32 {
        match self.zoom {
            Zoom::Fit => stage.fit(),
            Zoom::Scale(scale) => scale.clamp(stage.least(), stage.most()),
        }
    }

    /// The scale in percent.
    pub fn percent(&self, stage: &Stage) -> u32 {
        (self.scale(stage) * 100.0).round().max(1.0) as u32
    }

    /// Whether the whole photo is fitted into the room, whatever its size.
    pub fn is_fit(&self) -> bool {
        self.zoom == Zoom::Fit
    }

    /// Where the whole photo lies, in points; where it is larger than the room it reaches beyond it on both sides and
    /// never leaves a gap, elsewhere it is in the middle.
    pub fn rect(&self, stage: &Stage) -> Rect {
        let size = stage.size() * self.scale(stage) / stage.density;
        let centre = within_bounds(self.centre, size, stage.room.size());
        let middle = stage.room.center() - (centre - vec2(0.5, 0.5)) * size;
        Rect::from_center_size(middle, size)
    }

    /// The part of the photo that is seen: left, top, right and bottom from 0 to 1.
    pub fn visible(&self, stage: &Stage) -> Rect {
        let rect = self.rect(stage);
        let seen = rect.intersect(stage.room);
        let relative = |at: Pos2| {
            let at = (at - rect.min) / rect.size();
            pos2(at.x.clamp(0.0, 1.0), at.y.clamp(0.0, 1.0))
        };
        Rect::from_min_max(relative(seen.min), relative(seen.max))
    }

    /// Shows the whole photo.
    pub fn fit(&mut self) {
        *self = Self::default();
    }

    /// Shows one photo pixel as one screen pixel.
    pub fn actual_size(&mut self, stage: &Stage) {
        self.zoom_to(stage, 1.0, stage.room.center());
    }

    /// One step nearer or further away, with a stop where the photo fits and at 100 %.
    pub fn step(&mut self, stage: &Stage, nearer: bool) {
        let now = self.scale(stage);
        let wanted = if nearer { now * STEP } else { now / STEP };
        let (low, high) = (now.min(wanted), now.max(wanted));
        let stop = [stage.fit(), 1.0]
            .into_iter()
            .find(|stop| *stop > low * (1.0 + SAME) && *stop < high * (1.0 - SAME));
        self.zoom_to(stage, stop.unwrap_or(wanted), stage.room.center());
    }

    /// Zooms by a factor; the point of the photo below `towards` stays there.
    pub fn zoom_by(&mut self, stage: &Stage, factor: f32, towards: Pos2) {
        if factor.is_finite() && factor > 0.0 {
            self.zoom_to(stage, self.scale(stage) * factor, towards);
        }
    }

    fn zoom_to(&mut self, stage: &Stage, scale: f32, towards: Pos2) {
        let before = self.rect(stage);
        let towards = before.clamp(towards);
        let point = (towards - before.min) / before.size();
        let scale = scale.clamp(stage.least(), stage.most());
        self.zoom = if (scale / stage.fit() - 1.0).abs() < SAME {
            Zoom::Fit
        } else {
            Zoom::Scale(scale)
        };
        let size = stage.size() * self.scale(stage) / stage.density;
        let centre = point + (stage.room.center() - towards) / size;
        self.centre = within_bounds(centre, size, stage.room.size());
    }

    /// Moves the photo by so many points, as far as its edges allow.
    pub fn pan(&mut self, stage: &Stage, by: Vec2) {
        let size = self.rect(stage).size();
        let centre = within_bounds(self.centre, size, stage.room.size()) - by / size;
        if centre.x.is_finite() && centre.y.is_finite() {
            self.centre = within_bounds(centre, size, stage.room.size());
        }
    }

    /// Moves so that a point of the photo, from 0 to 1 across and down, is seen; not at all where it is.
    pub fn reveal(&mut self, stage: &Stage, point: Vec2) {
        let seen = self.visible(stage);
        if !seen.contains(point.to_pos2()) {
            let size = self.rect(stage).size();
            self.centre = within_bounds(point, size, stage.room.size());
        }
    }
}

/// The nearest centre that leaves no gap between the photo and the room's edges.
fn within_bounds(centre: Vec2, size: Vec2, room: Vec2) -> Vec2 {
    let bound = |centre: f32, size: f32, room: f32| {
        let half = room / size / 2.0;
        if half >= 0.5 || !half.is_finite() {
            0.5
        } else {
            centre.clamp(half, 1.0 - half)
        }
    };
    vec2(bound(centre.x, size.x, room.x), bound(centre.y, size.y, room.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A large photo in a room that does not start at the corner, on a screen with two pixels a point.
    fn stage() -> Stage {
        Stage {
            room: Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0)),
            photo: (8000, 4000),
            density: 2.0,
        }
    }

    fn near(one: f32, other: f32) -> bool {
        (one - other).abs() < 0.01
    }

    #[test]
    fn at_first_the_whole_photo_fits_in_the_middle() {
        let (camera, stage) = (Camera::default(), stage());
        let rect = camera.rect(&stage);
        assert!(near(rect.width(), 800.0) && near(rect.height(), 400.0));
        assert_eq!(rect.center(), stage.room.center());
        assert_eq!(camera.percent(&stage), 20);
        assert_eq!(
            camera.visible(&stage),
            Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
        );
    }

    #[test]
    fn at_100_percent_a_photo_pixel_is_a_screen_pixel() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        assert_eq!(camera.rect(&stage).size(), vec2(4000.0, 2000.0));
        assert_eq!(camera.percent(&stage), 100);
        camera.fit();
        assert!(camera.is_fit());
    }

    #[test]
    fn keys_zoom_to_800_percent_and_back_to_fit_with_a_stop_at_100() {
        let (mut camera, stage) = (Camera::default(), stage());
        let mut seen = Vec::new();
        for _ in 0..30 {
            camera.step(&stage, true);
            seen.push(camera.percent(&stage));
        }
        assert!(seen.contains(&100) && seen.last() == Some(&800), "{seen:?}");
        for _ in 0..30 {
            camera.step(&stage, false);
        }
        assert!(camera.is_fit());
    }

    #[test]
    fn a_small_photo_goes_from_fit_down_to_its_own_size() {
        let stage = Stage {
            photo: (40, 30),
            ..stage()
        };
        let mut camera = Camera::default();
        assert_eq!(camera.percent(&stage), 4000);
        camera.actual_size(&stage);
        assert_eq!(camera.percent(&stage), 100);
        assert_eq!(camera.rect(&stage).center(), stage.room.center());
        camera.step(&stage, false);
        assert_eq!(camera.percent(&stage), 100, "no smaller than that");
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        let pointer = pos2(300.0, 500.0);
        let before = (pointer - camera.rect(&stage).min) / camera.rect(&stage).size();
        camera.zoom_by(&stage, 2.5, pointer);
        let after = (pointer - camera.rect(&stage).min) / camera.rect(&stage).size();
        assert!((before - after).length() < 1e-4, "{before:?} {after:?}");
    }

    #[test]
    fn the_photo_is_never_lost_however_far_it_is_moved() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        for by in [
            vec2(1e9, 1e9),
            vec2(-1e9, -3e4),
            vec2(f32::NAN, 1.0),
            vec2(0.0, f32::INFINITY),
        ] {
            camera.pan(&stage, by);
            let rect = camera.rect(&stage);
            assert!(rect.expand(0.1).contains_rect(stage.room), "{by:?}: {rect:?}");
        }
        camera.zoom_by(&stage, 0.0, stage.room.center());
        camera.zoom_by(&stage, f32::NAN, stage.room.center());
        assert_eq!(camera.percent(&stage), 100);
    }

    #[test]
    fn panning_moves_by_points() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        let before = camera.rect(&stage).min;
        camera.pan(&stage, vec2(30.0, -20.0));
        assert!((camera.rect(&stage).min - before - vec2(30.0, -20.0)).length() < 0.01);
    }

    #[test]
    fn the_place_is_kept_for_a_photo_of_another_size_as_far_as_that_reaches() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        camera.pan(&stage, vec2(-1500.0, -700.0));
        let seen = camera.visible(&stage);
        let next = Stage {
            photo: (9000, 4500),
            ..stage
        };
        assert_eq!(camera.percent(&next), 100);
        assert!((camera.visible(&next).center() - seen.center()).length() < 0.05);
        let small = Stage {
            photo: (50, 40),
            ..stage
        };
        assert_eq!(camera.rect(&small).center(), stage.room.center());
    }

    #[test]
    fn a_point_out_of_sight_is_brought_into_sight() {
        let (mut camera, stage) = (Camera::default(), stage());
        camera.actual_size(&stage);
        let before = camera;
        camera.reveal(&stage, vec2(0.5, 0.5));
        assert_eq!(camera, before, "seen already");
        camera.reveal(&stage, vec2(0.99, 0.01));
        assert!(camera.visible(&stage).contains(pos2(0.99, 0.01)));
    }

    #[test]
    fn no_room_at_all_is_no_fault() {
        let stage = Stage {
            room: Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO),
            photo: (0, 0),
            density: 1.0,
        };
        let mut camera = Camera::default();
        camera.step(&stage, true);
        camera.pan(&stage, vec2(5.0, 5.0));
        assert!(camera.rect(&stage).is_finite());
    }
}
