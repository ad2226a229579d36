//! What the colours, the shade or the line mean, as a sentence.

use super::{Mode, Style};
use crate::captioner::AttentionKind;
use crate::text;

/// "Legend: bright is looked at most, …", in the language of the interface. What was found by covering parts of the photo
/// is not called looking.
pub fn legend(style: Style, kind: Option<AttentionKind>) -> String {
    let strength = style.percent();
    let covered = kind == Some(AttentionKind::Occlusion);
    match (style.mode, covered) {
        (Mode::Colour, false) => text!("legend-colour", strength = strength),
        (Mode::Dim, false) => text!("legend-dim", strength = strength),
        (Mode::Outline, false) => text!("legend-outline", strength = strength),
        (Mode::Colour, true) => text!("legend-colour-covered", strength = strength),
        (Mode::Dim, true) => text!("legend-dim-covered", strength = strength),
        (Mode::Outline, true) => text!("legend-outline-covered", strength = strength),
    }
}

/// Why a word has no map.
pub fn no_map(kind: Option<AttentionKind>) -> String {
    match kind {
        Some(AttentionKind::Occlusion) => text!("no-part"),
        _ => text!("no-attention"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_mode_has_a_sentence_of_its_own_that_names_the_strength() {
        let of = |kind| {
            let modes = Mode::ALL.iter();
            modes
                .map(|mode| legend(Style::new(*mode, 0.4), kind))
                .collect::<Vec<_>>()
        };
        let looked = of(Some(AttentionKind::Exported));
        let covered = of(Some(AttentionKind::Occlusion));
        let sentences: HashSet<&String> = looked.iter().chain(&covered).collect();
        assert_eq!(sentences.len(), 6);
        assert!(
            sentences.iter().all(|sentence| sentence.contains("40 percent")),
            "{sentences:?}"
        );
        assert!(
            covered
                .iter()
                .all(|sentence| sentence.contains("hiding the photo changes the word"))
        );
    }
}
