//! Many photos, one description each, in their order.
//!
//! Photos are read and prepared on a thread of their own while the model works; what waits between is bounded and small:
//! the encoder's inputs, not the photos. Photos that wait are searched together, a token of each at every step of the
//! decoder, for a step reads all its weights and that is what takes the time. Encoder and decoder take turns: each alone
//! keeps every core at work.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use ndarray::Array4;

use super::cancel::Run;
use super::consensus::ExpectedCaptions;
use super::decoder::Memory;
use super::sight::Sight;
use super::{Cancel, CaptionError, Captioner, DescribeOptions, Description, Seconds};
use crate::photo::Photo;

/// Rows of the decoder that are gone on with together; more of them wait for arithmetic instead of memory.
const ROWS: usize = 8;

/// The most that are told of at once, those that need no looking at included.
const MOST_AT_ONCE: usize = 64;

/// Which photos are searched together. A sum of other rows beside it may differ in its last digits, so that what is said
/// of a photo is the same to the last digit only beside the same photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// Those that wait: nobody waits for a photo that has not come yet.
    AsTheyCome,
    /// Always as many as go together, in their order: the same photos give the same groups, however fast they come.
    Whole,
}

/// What came of a photo that the model looked at.
type Told = Result<Description, CaptionError>;

/// What came of one of many; none where it was only told of.
type Answered<T> = (T, Option<Told>);

/// A photo in front of the model, or what is only told of.
type Waiting<T> = (T, Option<Prepared>);

/// A photo as the encoder takes it.
struct Prepared {
    pixels: Array4<f32>,
    /// Seconds that reading and preparing it took.
    seconds: f64,
}

/// A photo that the encoder has seen.
struct Seen {
    memory: Memory,
    sight: Sight,
    seconds: Seconds,
}

impl Captioner {
    /// Describes photos as they come and tells of each in their order; the model looks at those that have a photo, and
    /// what has none is only told of when it is its turn. `tell` says whether to go on.
    ///
    /// The iterator is asked on a thread of its own, a few photos ahead; that thread ends when it is asked no more or, if
    /// it is waiting for the next photo then, once that comes.
    ///
    /// # Errors
    /// [`CaptionError::Cancelled`] soon after [`Cancel::cancel`]; what fails of a photo is told with it.
    pub fn describe_many<T: Send + 'static>(
        &mut self,
        photos: impl Iterator<Item = (T, Option<Photo>)> + Send + 'static,
        options: &DescribeOptions,
        cancel: &Cancel,
        tell: &mut dyn FnMut(T, Option<Told>) -> bool,
    ) -> Result<(), CaptionError> {
        self.describe_groups(photos, options, cancel, Groups::AsTheyCome, &mut |group| {
            for (tag, described) in group {
                cancel.check()?;
                if !tell(tag, described) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// As [`describe_many`](Self::describe_many), a group of photos that were searched together at a time, made up as
    /// `groups` says.
    ///
    /// # Errors
    /// As [`describe_many`](Self::describe_many), and what `tell` fails with.
    pub fn describe_groups<T: Send + 'static>(
        &mut self,
        photos: impl Iterator<Item = (T, Option<Photo>)> + Send + 'static,
        options: &DescribeOptions,
        cancel: &Cancel,
        groups: Groups,
        tell: &mut dyn FnMut(Vec<Answered<T>>) -> Result<bool, CaptionError>,
    ) -> Result<(), CaptionError> {
        let run = cancel.watch()?;
        let together = (ROWS / self.beams(options)?).max(1);
        let (send, waiting) = sync_channel(together);
        let preprocessor = self.preprocessor.clone();
        let reader = std::thread::Builder::new().name("photos".to_owned()).spawn(move || {
            for (tag, photo) in photos {
                let start = Instant::now();
                let prepared = photo.map(|photo| Prepared {
                    pixels: preprocessor.run(photo.pixels()),
                    seconds: photo.seconds() + start.elapsed().as_secs_f64(),
                });
                if send.send((tag, prepared)).is_err() {
                    break;
                }
            }
        });
        let reader = reader.map_err(super::decoder::run_error)?;
        while let Some(group) = next_group(&waiting, together, groups, &run)? {
            let group = self.describe_group(group, options, &run);
            run.check()?;
            if !tell(group)? {
                return Ok(());
            }
        }
        // It has said that there are no more, or it has failed and that must not look the same.
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok(())
    }

    fn describe_group<T>(&mut self, group: Vec<Waiting<T>>, options: &DescribeOptions, run: &Run) -> Vec<Answered<T>> {
        let (mut tags, mut seen) = (Vec::new(), Vec::new());
        for (tag, prepared) in group {
            let looked = prepared.map(|prepared| self.look_at(&prepared, run));
            tags.push((tag, looked.is_some()));
            seen.extend(looked);
        }
        self.encoder.rest();
        let mut described = self.describe_seen(seen, options, run).into_iter();
        tags.into_iter()
            .map(|(tag, has_photo)| (tag, if has_photo { described.next() } else { None }))
            .collect()
    }

    fn look_at(&mut self, prepared: &Prepared, run: &Run) -> Result<Seen, CaptionError> {
        run.check()?;
        let start = Instant::now();
        let (memory, sight) = self.look(&prepared.pixels, run)?;
        let seconds = Seconds {
            load: self.load_seconds.take().unwrap_or_default(),
            decode_photo: prepared.seconds,
            encode: start.elapsed().as_secs_f64(),
            search: 0.0,
        };
        Ok(Seen { memory, sight, seconds })
    }

    /// Searches for all of them together where that changes nothing for any of them, else for one after the other.
    fn describe_seen(
        &mut self,
        seen: Vec<Result<Seen, CaptionError>>,
        options: &DescribeOptions,
        run: &Run,
    ) -> Vec<Told> {
        let good = seen.iter().filter(|seen| seen.is_ok()).count();
        let first = seen.iter().find_map(|seen| seen.as_ref().ok());
        let are_alone = first.is_some_and(|first| good > 1 && self.rows_are_alone(&first.memory, run));
        if !are_alone {
            let one = |seen: Result<Seen, CaptionError>| self.describe_one(seen?, options, run);
            return seen.into_iter().map(one).collect();
        }
        let start = Instant::now();
        let (mut memories, mut rest) = (Vec::new(), Vec::new());
        for seen in seen {
            rest.push(seen.map(|Seen { memory, sight, seconds }| {
                memories.push(memory);
                (sight, seconds)
            }));
        }
        let mut memory = Memory::together(memories);
        let sights = rest.iter().filter_map(|rest| rest.as_ref().ok());
        let expected: Vec<&ExpectedCaptions> = sights.map(|(sight, _)| &sight.expected).collect();
        let found = match self.search_together(&mut memory, &expected, options, &[], run, &mut |_| ()) {
            Ok(found) => found,
            // Whose fault it is shows when each is alone.
            Err(_) => {
                let mut memories = memory.apart().into_iter();
                let one = |rest: Result<(Sight, Seconds), CaptionError>| {
                    let (sight, seconds) = rest?;
                    let memory = memories.next().ok_or(CaptionError::NoWords)?;
                    self.describe_one(Seen { memory, sight, seconds }, options, run)
                };
                return rest.into_iter().map(one).collect();
            }
        };
        let search = start.elapsed().as_secs_f64() / good as f64;
        let mut found = found.into_iter();
        let one = |rest: Result<(Sight, Seconds), CaptionError>| {
            let (sight, seconds) = rest?;
            let description = self.description(found.next().unwrap_or_default(), &sight)?;
            Ok(Description {
                seconds: Seconds { search, ..seconds },
                ..description
            })
        };
        rest.into_iter().map(one).collect()
    }

    fn describe_one(&mut self, seen: Seen, options: &DescribeOptions, run: &Run) -> Told {
        let start = Instant::now();
        let mut memory = seen.memory;
        let found = self.search(&mut memory, &seen.sight.expected, options, &[], run, &mut |_| ())?;
        let description = self.description(found, &seen.sight)?;
        let seconds = Seconds {
            search: start.elapsed().as_secs_f64(),
            ..seen.seconds
        };
        Ok(Description { seconds, ..description })
    }
}

/// The next photo and those that go with it; none when there are no more.
fn next_group<T>(
    waiting: &Receiver<Waiting<T>>,
    most: usize,
    groups: Groups,
    run: &Run,
) -> Result<Option<Vec<Waiting<T>>>, CaptionError> {
    let mut group = Vec::new();
    loop {
        run.check()?;
        match waiting.recv_timeout(Duration::from_millis(50)) {
            Ok(next) => group.push(next),
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok((!group.is_empty()).then_some(group)),
        }
        match groups {
            Groups::AsTheyCome => {
                group.extend(waiting.try_iter().take(most - 1));
                return Ok(Some(group));
            }
            Groups::Whole if is_whole(&group, most) => return Ok(Some(group)),
            Groups::Whole => {}
        }
    }
}

/// Whether a group has all its photos. What needs no looking at goes with either group and plays no part in that, but is
/// not held back for long: counted from the first photo, so that what comes before it plays no part in that either.
fn is_whole<T>(group: &[Waiting<T>], most: usize) -> bool {
    let mut photos = group.iter().enumerate().filter(|(_, (_, photo))| photo.is_some());
    let first = photos.next().map(|(at, _)| at);
    let count = usize::from(first.is_some()) + photos.count();
    count >= most || group.len() - first.unwrap_or(0) >= MOST_AT_ONCE
}
