//! What the colours, the shade or the line mean, as a sentence.

use super::{Mode, Style};
use crate::text;

/// "Legend: bright is looked at most, …", in the language of the interface.
pub fn legend(style: Style) -> String {
    let strength = style.percent();
    match style.mode {
        Mode::Colour => text!("legend-colour", strength = strength),
        Mode::Dim => text!("legend-dim", strength = strength),
        Mode::Outline => text!("legend-outline", strength = strength),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_a_sentence_of_its_own_that_names_the_strength() {
        let sentences: Vec<String> = Mode::ALL.iter().map(|mode| legend(Style::new(*mode, 0.4))).collect();
        assert!(
            sentences.iter().all(|sentence| sentence.contains("40 percent")),
            "{sentences:?}"
        );
        assert!(sentences[0] != sentences[1] && sentences[1] != sentences[2]);
    }
}
