//! A list of photos with a place in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Photos and the one that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    photos: Arc<[PathBuf]>,
    at: usize,
    /// Whether the last step went back.
    backwards: bool,
}

/// What a step through the list came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To this photo.
    To(PathBuf),
    /// It was the last of the list already, or going back the first.
    End,
    /// There is no list.
    Nowhere,
}

impl Roll {
    /// These photos, the one with this number being shown.
    pub fn new(photos: impl Into<Arc<[PathBuf]>>, at: usize) -> Self {
        let photos = photos.into();
        Self {
            at: at.min(photos.len().saturating_sub(1)),
            photos,
            backwards: false,
        }
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    /// How many photos there are.
    pub fn len(&self) -> usize {
        self.photos.len()
    }

    /// The photo that is shown.
    pub fn current(&self) -> Option<&Path> {
        self.photos.get(self.at).map(PathBuf::as_path)
    }

    /// The number of the photo that is shown, from 1, and how many there are; none where it is the only one.
    pub fn position(&self) -> Option<(usize, usize)> {
        (self.photos.len() > 1).then_some((self.at + 1, self.photos.len()))
    }

    /// Steps to the next photo, or back.
    pub fn step(&mut self, backwards: bool) -> Step {
        let next = if backwards {
            self.at.checked_sub(1)
        } else {
            Some(self.at + 1)
        };
        let Some((at, photo)) = next.and_then(|at| Some((at, self.photos.get(at)?))) else {
            return if self.is_empty() { Step::Nowhere } else { Step::End };
        };
        let photo = photo.clone();
        self.at = at;
        self.backwards = backwards;
        Step::To(photo)
    }

    /// The photos beside the one that is shown, the one in the direction of the last step first.
    pub fn neighbours(&self) -> Vec<PathBuf> {
        let before = self.at.checked_sub(1).and_then(|at| self.photos.get(at));
        let after = self.photos.get(self.at + 1);
        let order = if self.backwards {
            [before, after]
        } else {
            [after, before]
        };
        order.into_iter().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roll(at: usize) -> Roll {
        Roll::new(["a", "b", "c"].map(PathBuf::from), at)
    }

    #[test]
    fn steps_go_from_photo_to_photo_and_stay_at_the_ends() {
        let mut roll = roll(1);
        assert_eq!(roll.step(false), Step::To("c".into()));
        assert_eq!(roll.position(), Some((3, 3)));
        assert_eq!(roll.step(false), Step::End);
        assert_eq!(roll.current(), Some(Path::new("c")));
        assert_eq!(roll.step(true), Step::To("b".into()));
        assert_eq!(roll.step(true), Step::To("a".into()));
        assert_eq!((roll.step(true), roll.position()), (Step::End, Some((1, 3))));
    }

    #[test]
    fn the_neighbour_ahead_comes_first_in_the_direction_of_the_last_step() {
        let mut roll = roll(0);
        assert_eq!(roll.neighbours(), [PathBuf::from("b")]);
        roll.step(false);
        assert_eq!(roll.neighbours(), ["c", "a"].map(PathBuf::from));
        roll.step(false);
        roll.step(true);
        assert_eq!(roll.neighbours(), ["a", "c"].map(PathBuf::from));
    }

    #[test]
    fn without_photos_there_is_nowhere_to_step_and_one_alone_has_no_position() {
        let mut none = Roll::default();
        assert_eq!((none.step(false), none.position()), (Step::Nowhere, None));
        let mut one = Roll::new([PathBuf::from("a")], 7);
        assert_eq!((one.step(true), one.position()), (Step::End, None));
        assert!(one.neighbours().is_empty());
        assert_eq!(one.current(), Some(Path::new("a")));
    }
}
