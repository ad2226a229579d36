//! Tokens become words: which tokens wrote each word, how likely it is, and where the model looked.

use tokenizers::Tokenizer;

use super::search::Hypothesis;
use super::support::Support;
use super::{Attention, CaptionError, Word};
use crate::model::{GenerationConfig, ModelFolder};
use crate::text;

/// The words of a sequence, as the tokenizer writes them.
pub(super) fn words(
    hypothesis: &Hypothesis,
    model: &ModelFolder,
    support: &Support,
) -> Result<Vec<Word>, CaptionError> {
    let mut words = Vec::new();
    for (text, tokens) in said(&hypothesis.tokens, model, support)? {
        let log_probability: f32 = tokens.iter().map(|&token| hypothesis.log_probabilities[token]).sum();
        let maps: Vec<&[f32]> = tokens
            .iter()
            .filter_map(|&token| hypothesis.attention.get(token))
            .map(|m| &**m)
            .collect();
        let attention = word_map(&maps, model)?;
        let place = attention.as_ref().and_then(Attention::place);
        let support = support.of(&text);
        words.push(Word {
            text,
            probability: log_probability.exp(),
            support,
            attention,
            place,
        });
    }
    if model.config().hearsight.capitalise {
        capitalise(&mut words);
    }
    Ok(words)
}

/// The places of the tokens that wrote each of the same words, counted from the one after the start token.
pub(super) fn spans(tokens: &[i64], model: &ModelFolder, support: &Support) -> Result<Vec<Vec<usize>>, CaptionError> {
    let words = said(tokens, model, support)?;
    Ok(words.into_iter().map(|(_, tokens)| tokens).collect())
}

/// What is said: the words as the model wrote them or what stands for them, each with the places of its tokens.
fn said(tokens: &[i64], model: &ModelFolder, support: &Support) -> Result<Vec<Piece>, CaptionError> {
    let rules = &model.config().hearsight.neutral;
    let mut pieces = split(written(tokens, model.generation()), model.tokenizer())?;
    for (text, _) in &mut pieces {
        for rule in rules {
            if let Some(other) = rule.instead(text, &|word| support.of(word)) {
                *text = other;
            }
        }
    }
    for (from, to) in rules.iter().flat_map(|rule| &rule.together) {
        join(&mut pieces, from, to);
    }
    Ok(pieces)
}

/// A word and the places of the tokens that wrote it.
type Piece = (String, Vec<usize>);

/// Says `to` wherever the pieces say `from`. Its last word is of the tokens of all words like the last one of `from`, its
/// first one of the others'.
fn join(pieces: &mut Vec<Piece>, from: &str, to: &str) {
    let from: Vec<&str> = from.split_whitespace().collect();
    let Some(last) = from.last() else { return };
    let mut at = 0;
    while at + from.len() <= pieces.len() {
        let run = &pieces[at..at + from.len()];
        if !std::iter::zip(run, &from).all(|((text, _), from)| text == from) {
            at += 1;
            continue;
        }
        let tokens_of = |is_last: bool| {
            let alike = run.iter().filter(|(text, _)| (text == last) == is_last);
            alike.flat_map(|(_, tokens)| tokens).copied().collect::<Vec<_>>()
        };
        let (mut others, nouns) = (tokens_of(false), tokens_of(true));
        let mut instead: Vec<Piece> = to
            .split_whitespace()
            .map(|text| (text.to_owned(), std::mem::take(&mut others)))
            .collect();
        if let Some((_, tokens)) = instead.last_mut() {
            tokens.extend(nouns);
        }
        let count = instead.len();
        pieces.splice(at..at + from.len(), instead);
        at += count;
    }
}

/// The words as one text.
pub(super) fn text(words: &[Word]) -> String {
    words
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The tokens between the start token and the end token.
pub(super) fn written<'a>(tokens: &'a [i64], settings: &GenerationConfig) -> &'a [i64] {
    let tokens = tokens.get(1..).unwrap_or_default();
    match tokens.split_last() {
        Some((last, before)) if settings.end_tokens().contains(last) => before,
        _ => tokens,
    }
}

/// Splits tokens into words, each with the places of the tokens that wrote it.
///
/// The tokenizer's decoder alone knows how tokens join (word pieces, bytes of one letter, marks for spaces), so the
/// text is decoded token by token, and what a token adds to the text is its own.
fn split(tokens: &[i64], tokenizer: &Tokenizer) -> Result<Vec<Piece>, CaptionError> {
    let ids: Vec<u32> = tokens.iter().filter_map(|&token| u32::try_from(token).ok()).collect();
    let decode = |ids: &[u32]| {
        tokenizer.decode(ids, true).map_err(|error| CaptionError::Run {
            reason: error.to_string(),
        })
    };
    let text = decode(&ids)?;
    let spans = text.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        (start, start + word.len())
    });
    let spans: Vec<(usize, usize)> = spans.collect();
    let mut words: Vec<Piece> = spans
        .iter()
        .map(|&(from, to)| (text[from..to].to_owned(), vec![]))
        .collect();
    let mut from = 0;
    for token in 0..ids.len() {
        let to = common_prefix(&decode(&ids[..=token])?, &text).max(from);
        let touched = |&(start, end): &(usize, usize)| start < to && end > from;
        let first = spans.iter().position(touched);
        // A token without letters of its own (a space, the first byte of a letter) goes with what follows it.
        let first = first
            .or_else(|| spans.iter().position(|&(_, end)| end > from))
            .or(spans.len().checked_sub(1));
        let Some(first) = first else { continue };
        let more = spans[first + 1..].iter().take_while(|span| touched(span)).count();
        for (_, tokens) in &mut words[first..=first + more] {
            tokens.push(token);
        }
        from = to;
    }
    Ok(words)
}

/// Length in bytes of the text that both begin with.
fn common_prefix(a: &str, b: &str) -> usize {
    a.chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum()
}

/// The mean of a word's token maps, on the grid, without the class token, summing to 1.
fn word_map(maps: &[&[f32]], model: &ModelFolder) -> Result<Option<Attention>, CaptionError> {
    let Some(positions) = maps.first().map(|map| map.len()) else {
        return Ok(None);
    };
    if maps.iter().any(|map| map.len() != positions) {
        return Ok(None);
    }
    let configured = model.config().hearsight.attention_grid;
    let Some((rows, columns)) = grid(positions, configured, model.config().patches()) else {
        return match configured {
            Some([rows, columns]) => Err(model
                .contradiction(text!(
                    "reason-attention-grid",
                    rows = rows,
                    columns = columns,
                    positions = positions
                ))
                .into()),
            None => Ok(None),
        };
    };
    let mut weights = vec![0.0; rows * columns];
    for map in maps {
        let cells = &map[positions - weights.len()..];
        weights.iter_mut().zip(cells).for_each(|(weight, cell)| *weight += cell);
    }
    let sum: f32 = weights.iter().sum();
    if sum <= 0.0 || !sum.is_finite() {
        return Ok(None);
    }
    weights.iter_mut().for_each(|weight| *weight /= sum);
    Ok(Some(Attention { rows, columns, weights }))
}

/// Tokens that may come before the cells: a class token, and in DeiT one for distillation.
const BEFORE: usize = 2;

/// Rows and columns of the grid with this many positions, some more where such tokens come first: what the model says, the
/// patches of its encoder (halved as often as it takes), or a square.
fn grid(positions: usize, configured: Option<[usize; 2]>, patches: Option<[usize; 2]>) -> Option<(usize, usize)> {
    let fits = |[rows, columns]: [usize; 2]| {
        let cells = rows.checked_mul(columns)?;
        (cells > 0 && (cells..=cells.saturating_add(BEFORE)).contains(&positions)).then_some((rows, columns))
    };
    if let Some(configured) = configured {
        return fits(configured);
    }
    let mut halved = patches;
    while let Some([rows, columns]) = halved {
        if let Some(found) = fits([rows, columns]) {
            return Some(found);
        }
        let even = rows > 0 && columns > 0 && rows % 2 == 0 && columns % 2 == 0;
        halved = even.then_some([rows / 2, columns / 2]);
    }
    fits([positions.isqrt(); 2])
}

fn capitalise(words: &mut [Word]) {
    if let Some(first) = words.first_mut() {
        let mut letters = first.text.chars();
        first.text = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect();
    }
    if let Some(last) = words
        .last_mut()
        .filter(|word| !word.text.ends_with(['.', '!', '?', '…']))
    {
        last.text.push('.');
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tokenizer(model: Value, pre_tokenizer: Value, decoder: Value) -> Tokenizer {
        let json = json!({"version": "1.0", "model": model, "pre_tokenizer": pre_tokenizer, "decoder": decoder,
            "added_tokens": [], "truncation": null, "padding": null, "normalizer": null, "post_processor": null});
        Tokenizer::from_bytes(json.to_string()).unwrap()
    }

    fn words(tokens: &[i64], tokenizer: &Tokenizer) -> Vec<(String, Vec<usize>)> {
        split(tokens, tokenizer).unwrap()
    }

    fn expected(words: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
        words
            .iter()
            .map(|(word, tokens)| ((*word).to_owned(), tokens.to_vec()))
            .collect()
    }

    #[test]
    fn whole_words_are_their_own_tokens() {
        let model = json!({"type": "WordLevel", "vocab": {"a": 0, "dog": 1, "[UNK]": 2}, "unk_token": "[UNK]"});
        let tokenizer = tokenizer(model, json!({"type": "Whitespace"}), Value::Null);
        assert_eq!(words(&[0, 1], &tokenizer), expected(&[("a", &[0]), ("dog", &[1])]));
        assert_eq!(words(&[], &tokenizer), []);
    }

    /// It once said "a person and a person" of every man and woman.
    #[test]
    fn two_who_have_become_alike_are_two_people_and_their_tokens_stay_where_they_were() {
        let pieces = |text: &str| -> Vec<Piece> {
            let words = text.split_whitespace().enumerate();
            words.map(|(at, word)| (word.to_owned(), vec![at])).collect()
        };
        let joined = |text: &str| {
            let mut pieces = pieces(text);
            join(&mut pieces, "a person and a person", "two people");
            pieces
        };
        assert_eq!(
            joined("a person and a person run"),
            expected(&[("two", &[0, 2, 3]), ("people", &[1, 4]), ("run", &[5])])
        );
        let twice = joined("see a person and a person and a person and a person");
        let text: Vec<&str> = twice.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(text, ["see", "two", "people", "and", "two", "people"]);
        for other in ["a person and a dog", "person", ""] {
            assert_eq!(joined(other), pieces(other));
        }
        let mut longer = pieces("a b");
        join(&mut longer, "a b", "c d e");
        assert_eq!(longer, expected(&[("c", &[0]), ("d", &[]), ("e", &[1])]));
        join(&mut longer, "", "never");
        assert_eq!(longer.len(), 3);
    }

    #[test]
    fn word_pieces_and_punctuation_join_the_word_they_touch() {
        let vocab =
            json!({"two": 0, "snow": 1, "##board": 2, "##ers": 3, ".": 4, "[UNK]": 5, "don": 6, "'": 7, "t": 8});
        let model = json!({"type": "WordPiece", "vocab": vocab, "unk_token": "[UNK]",
            "continuing_subword_prefix": "##", "max_input_chars_per_word": 100});
        let decoder = json!({"type": "WordPiece", "prefix": "##", "cleanup": true});
        let tokenizer = tokenizer(model, json!({"type": "BertPreTokenizer"}), decoder);
        let found = words(&[0, 1, 2, 3, 4], &tokenizer);
        assert_eq!(found, expected(&[("two", &[0]), ("snowboarders.", &[1, 2, 3, 4])]));
    }

    #[test]
    fn bytes_of_one_letter_belong_to_one_word() {
        // é is the bytes C3 A9, which byte-level vocabularies write as Ã and ©; Ġ stands for a space.
        let vocab = json!({"Ġa": 0, "Ġcaf": 1, "Ã": 2, "©": 3, "Ġ": 4, "Ġin": 5, "side": 6});
        let model = json!({"type": "BPE", "vocab": vocab, "merges": []});
        let byte_level =
            json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
        let tokenizer = tokenizer(model, byte_level.clone(), byte_level);
        let found = words(&[0, 1, 2, 3, 5, 6], &tokenizer);
        assert_eq!(
            found,
            expected(&[("a", &[0]), ("café", &[1, 2, 3]), ("inside", &[4, 5])])
        );
        assert_eq!(words(&[0, 4, 5], &tokenizer), expected(&[("a", &[0]), ("in", &[1, 2])]));
        assert_eq!(words(&[0, 4], &tokenizer), expected(&[("a", &[0, 1])]));
    }

    #[test]
    fn pieces_of_a_unigram_vocabulary_begin_a_word_with_their_sign_for_a_space() {
        // As SentencePiece's are, which small TrOCR has.
        let pieces = ["▁a", "▁snow", "board", "er", "▁", "s", "."];
        let vocab: Vec<Value> = pieces.iter().map(|piece| json!([piece, -1.0])).collect();
        let model = json!({"type": "Unigram", "unk_id": 0, "vocab": vocab, "byte_fallback": false});
        let metaspace = json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true});
        let tokenizer = tokenizer(model, metaspace.clone(), metaspace);
        assert_eq!(
            words(&[0, 1, 2, 3, 5, 6], &tokenizer),
            expected(&[("a", &[0]), ("snowboarders.", &[1, 2, 3, 4, 5])])
        );
        assert_eq!(
            words(&[0, 4, 5, 2], &tokenizer),
            expected(&[("a", &[0]), ("sboard", &[1, 2, 3])])
        );
    }

    #[test]
    fn the_grid_is_a_square_with_or_without_a_class_token_or_what_the_model_says() {
        assert_eq!(grid(49, None, None), Some((7, 7)));
        assert_eq!(grid(197, None, None), Some((14, 14)));
        assert_eq!(grid(198, None, None), Some((14, 14)));
        assert_eq!(grid(48, None, None), None);
        assert_eq!(grid(48, Some([6, 8]), None), Some((6, 8)));
        assert_eq!(grid(50, Some([6, 8]), None), Some((6, 8)));
        assert_eq!(grid(51, Some([6, 8]), None), None);
        assert_eq!(grid(0, None, None), None);
    }

    #[test]
    fn the_encoders_patches_tell_the_grid_also_where_it_is_no_square_or_coarser() {
        assert_eq!(grid(7, None, Some([3, 2])), Some((3, 2)));
        // Nine positions are no square of patches here.
        assert_eq!(grid(9, None, Some([4, 2])), Some((4, 2)));
        assert_eq!(grid(4800, None, Some([640, 480])), Some((80, 60)));
        assert_eq!(grid(49, None, Some([14, 14])), Some((7, 7)));
        assert_eq!(grid(16, None, Some([7, 9])), Some((4, 4)));
        assert_eq!(grid(16, Some([2, 8]), Some([4, 4])), Some((2, 8)));
        assert_eq!(grid(5, None, Some([0, 0])), Some((2, 2)));
    }

    #[test]
    fn a_sentence_of_lower_case_words_is_capitalised_and_ended() {
        let word = |text: &str| Word {
            text: text.to_owned(),
            probability: 1.0,
            support: None,
            attention: None,
            place: None,
        };
        let mut words = [word("élan"), word("ends")];
        capitalise(&mut words);
        assert_eq!(text(&words), "Élan ends.");
        capitalise(&mut words);
        assert_eq!(text(&words), "Élan ends.");
    }
}
