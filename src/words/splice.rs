//! A changed file as the old one with pieces put in the place of others: what no piece touches stays as it is, whatever
//! it is.

use std::ops::Range;

/// Bytes that take the place of others; an empty range puts them in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What they replace.
    pub old: Range<usize>,
    /// The bytes.
    pub new: Vec<u8>,
}

impl Splice {
    /// As many bytes in the place of others.
    pub fn over(at: usize, new: &[u8]) -> Self {
        Self {
            old: at..at + new.len(),
            new: new.to_vec(),
        }
    }
}

/// The changed file. The splices are in order and do not overlap; none where one lies outside of the file or before the
/// last.
pub fn applied(old: &[u8], splices: &[Splice]) -> Option<Vec<u8>> {
    let mut changed = Vec::with_capacity(old.len() + splices.iter().map(|splice| splice.new.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        changed.extend_from_slice(old.get(at..splice.old.start)?);
        changed.extend_from_slice(&splice.new);
        at = splice.old.end;
    }
    changed.extend_from_slice(old.get(at..)?);
    Some(changed)
}
