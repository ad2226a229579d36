//! Describing a part of the photo: which one, and the whole photo's description to return to.

use crate::captioner::Description;
use crate::describer::JobId;
use crate::photo::Part;

/// What is known of the part that is described alone.
#[derive(Debug, Default)]
pub struct Parts {
    at_work: Option<(JobId, Part)>,
    shown: Option<Part>,
    whole: Option<Box<Description>>,
}

impl Parts {
    /// A part was handed to the describer; `now` is what was on the screen until then.
    pub fn begin(&mut self, job: JobId, part: Part, now: Option<Box<Description>>) {
        // Of a part within a part the way back leads to the whole photo all the same.
        if self.shown.take().is_none() && self.at_work.is_none() {
            self.whole = now;
        }
        self.at_work = Some((job, part));
    }

    /// The describer is done with a job; whether it was the part.
    pub fn finish(&mut self, job: JobId) -> bool {
        match self.at_work.take_if(|(at_work, _)| *at_work == job) {
            Some((_, part)) => {
                self.shown = Some(part);
                true
            }
            None => false,
        }
    }

    /// Whether the describer works on a part under this number.
    pub fn works_on(&self, job: JobId) -> bool {
        self.at_work.is_some_and(|(at_work, _)| at_work == job)
    }

    /// The part to which the sentence on the screen belongs; none: the whole photo.
    pub fn shown(&self) -> Option<Part> {
        self.shown
    }

    /// Back to the whole photo: its description, where there was one. None where no part is described.
    pub fn leave(&mut self) -> Option<Option<Box<Description>>> {
        let away = self.shown.is_some() || self.at_work.is_some();
        let whole = self.whole.take();
        *self = Self::default();
        away.then_some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    const PART: Part = Part {
        left: 1,
        top: 2,
        width: 3,
        height: 4,
    };

    #[test]
    fn the_way_back_from_a_part_and_from_a_part_of_a_part_leads_to_the_whole_photo() {
        let whole = Box::new(example::description());
        let mut parts = Parts::default();
        parts.begin(5, PART, Some(whole.clone()));
        assert!(parts.at_work.is_some() && parts.shown().is_none());
        assert!(parts.works_on(5) && !parts.works_on(4));
        assert!(!parts.finish(4) && parts.finish(5));
        assert_eq!(parts.shown(), Some(PART));
        let closer = Part { left: 2, ..PART };
        parts.begin(6, closer, None);
        assert_eq!(parts.shown(), None, "the sentence of the part before is gone");
        assert!(parts.finish(6));
        assert_eq!(parts.shown(), Some(closer));
        assert_eq!(parts.leave(), Some(Some(whole)));
        assert_eq!(parts.leave(), None);
    }

    #[test]
    fn a_photo_that_had_no_description_yet_has_none_to_return_to() {
        let mut parts = Parts::default();
        parts.begin(1, PART, None);
        assert_eq!(parts.leave(), Some(None));
        assert!(!parts.finish(1), "what still comes belongs to nobody");
    }
}
