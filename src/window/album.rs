//! The photos that can be stepped through, as the window has them: a list that may still be on its way.

use std::path::PathBuf;

use egui::Context;

use crate::roll::{Found, Gatherer, Roll, Step};

/// The list and what is wanted of it.
#[derive(Debug, Default)]
pub struct Album {
    gatherer: Option<Gatherer>,
    roll: Roll,
    /// Whether the first photo of what was given is still to be opened.
    opening: bool,
    /// A step that was asked for before there was a list: whether it goes back.
    wanted: Option<bool>,
    /// The first of several that were given, where that is being opened already.
    first: Option<PathBuf>,
    /// Whether it was stepped to, so that its place in the list is said with its sentence.
    stepped: bool,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Open this photo.
    Open(PathBuf),
    /// The list is there; this many of the things that were given are no photos.
    Listed {
        /// How many were left out.
        left_out: usize,
    },
    /// There is no photo in what was given.
    Nothing,
    /// The list is still being made.
    Wait,
    /// It is the last photo already, or going back the first; of so many.
    End {
        /// Whether the step went back.
        backwards: bool,
        /// How many photos there are.
        count: usize,
    },
    /// There is no list.
    NoList,
}

impl Album {
    /// Makes the list of what was given, and opens its first photo unless that is `open` already. False where there is
    /// no thread for it.
    pub fn gather(&mut self, ctx: &Context, given: Vec<PathBuf>, open: bool) -> bool {
        let several = given.len() > 1;
        self.first = given.first().filter(|_| several && open).cloned();
        let gatherer = self.gatherer.get_or_insert_with(|| {
            let ctx = ctx.clone();
            Gatherer::start(move || ctx.request_repaint())
        });
        let asked = gatherer.ask(given);
        self.roll = Roll::default();
        self.opening = asked && !open;
        self.wanted = None;
        self.stepped = several;
        asked
    }

    /// Something else is shown that belongs to no list.
    pub fn forget(&mut self) {
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.forget();
        }
        self.roll = Roll::default();
        self.opening = false;
        self.wanted = None;
        self.stepped = false;
    }

    /// No photo of it is wanted any more, though the list stays.
    pub fn stop(&mut self) {
        if self.opening {
            self.forget();
        }
        self.wanted = None;
    }

    /// Whether a photo is about to be opened.
    pub fn is_opening(&self) -> bool {
        self.opening
    }

    /// Takes in what the thread has found.
    pub fn poll(&mut self) -> Option<Turn> {
        match self.gatherer.as_mut()?.poll()? {
            Found::Photo(photo) if self.opening => {
                self.opening = false;
                Some(Turn::Open(photo))
            }
            Found::Photo(_) => None,
            Found::Roll(gathered) => {
                self.roll = gathered.roll;
                if std::mem::take(&mut self.opening) {
                    self.stepped = true;
                    return Some(
                        self.roll
                            .current()
                            .map_or(Turn::Nothing, |photo| Turn::Open(photo.to_owned())),
                    );
                }
                // What was opened first is no photo, or is gone: the list begins with the first that is one.
                if let (Some(first), Some(photo)) = (self.first.take(), self.roll.current())
                    && photo != first
                {
                    return Some(Turn::Open(photo.to_owned()));
                }
                match self.wanted.take() {
                    Some(backwards) => Some(self.step(backwards)),
                    None => Some(Turn::Listed {
                        left_out: gathered.left_out,
                    }),
                }
            }
        }
    }

    /// Steps to the next photo, or back.
    pub fn step(&mut self, backwards: bool) -> Turn {
        if self.roll.is_empty() && self.gatherer.as_ref().is_some_and(Gatherer::is_working) {
            self.wanted = Some(backwards);
            return Turn::Wait;
        }
        match self.roll.step(backwards) {
            Step::To(photo) => {
                self.stepped = true;
                Turn::Open(photo)
            }
            Step::End => Turn::End {
                backwards,
                count: self.roll.len(),
            },
            Step::Nowhere => Turn::NoList,
        }
    }

    /// The number of the photo that is shown and how many there are, where there are others.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.roll.position()
    }

    /// The same where it is to be said with the sentence: the photo was stepped to, or several were given.
    pub fn position_to_say(&self) -> Option<(usize, usize)> {
        self.position().filter(|_| self.stepped)
    }

    /// The photos beside the one that is shown, the likelier first.
    pub fn neighbours(&self) -> Vec<PathBuf> {
        self.roll.neighbours()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["1.jpg", "2.jpg", "3.jpg"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        folder
    }

    fn turn(album: &mut Album) -> Turn {
        let begun = Instant::now();
        loop {
            if let Some(turn) = album.poll() {
                return turn;
            }
            assert!(begun.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn a_single_photo_is_opened_first_and_its_folder_listed_then() {
        let (folder, mut album) = (folder(), Album::default());
        let path = folder.path().join("2.jpg");
        assert!(album.gather(&Context::default(), vec![path.clone()], false));
        assert!(album.is_opening());
        assert_eq!(turn(&mut album), Turn::Open(path));
        assert_eq!(turn(&mut album), Turn::Listed { left_out: 0 });
        assert_eq!((album.position(), album.position_to_say()), (Some((2, 3)), None));
        assert_eq!(album.step(false), Turn::Open(folder.path().join("3.jpg")));
        assert_eq!(album.position_to_say(), Some((3, 3)));
        let end = Turn::End {
            backwards: false,
            count: 3,
        };
        assert_eq!(album.step(false), end);
    }

    #[test]
    fn a_step_that_comes_before_the_list_is_taken_when_the_list_is_there() {
        let (folder, mut album) = (folder(), Album::default());
        album.gather(&Context::default(), vec![folder.path().join("2.jpg")], true);
        assert_eq!(album.step(true), Turn::Wait);
        assert_eq!(turn(&mut album), Turn::Open(folder.path().join("1.jpg")));
    }

    #[test]
    fn a_folder_is_opened_at_its_first_photo_and_an_empty_one_has_none() {
        let (folder, mut album) = (folder(), Album::default());
        album.gather(&Context::default(), vec![folder.path().to_owned()], false);
        assert_eq!(turn(&mut album), Turn::Open(folder.path().join("1.jpg")));
        assert_eq!(album.position_to_say(), Some((1, 3)));
        let empty = tempfile::tempdir().unwrap();
        album.gather(&Context::default(), vec![empty.path().to_owned()], false);
        assert_eq!(turn(&mut album), Turn::Nothing);
        assert_eq!(album.step(false), Turn::NoList);
    }

    #[test]
    fn of_several_of_which_the_first_is_no_photo_the_next_is_opened() {
        let (folder, mut album) = (folder(), Album::default());
        let given = ["gone.jpg", "3.jpg", "1.jpg"]
            .map(|name| folder.path().join(name))
            .to_vec();
        album.gather(&Context::default(), given, true);
        assert_eq!(turn(&mut album), Turn::Open(folder.path().join("3.jpg")));
        let given = ["3.jpg", "1.jpg"].map(|name| folder.path().join(name)).to_vec();
        album.gather(&Context::default(), given, true);
        assert_eq!(turn(&mut album), Turn::Listed { left_out: 0 });
    }

    #[test]
    fn what_is_forgotten_is_not_opened_any_more() {
        let (folder, mut album) = (folder(), Album::default());
        album.gather(&Context::default(), vec![folder.path().to_owned()], false);
        album.forget();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!((album.poll(), album.step(false)), (None, Turn::NoList));
    }
}
