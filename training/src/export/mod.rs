//! A trained net becomes a model folder: two ONNX graphs and the files that say how to use them.
//!
//! The layout is Hugging Face Optimum's. Both graphs are of version 8 of ONNX's file format (IR) and have operators of
//! version 17 (opset) alone, whatever the net and the precision. What goes in and out is float32, and `input_ids`
//! int64; precision is how weights are kept. Of the dimensions `batch` are rows, a photo each for the encoder and a
//! sentence each for the decoder, and `photos` is 1, for all rows of the same photo, or `batch`; `length`, `past` and
//! `all` are words, and the rest are numbers in the graph.
//!
//! `encoder_model.onnx` takes `pixel_values` `[batch, 3, height, width]` and gives
//!
//! - `last_hidden_state` `[batch, cells, width]`: the memory, a row for each place;
//! - `word_support` `[batch, bag]`: the probability that people use each word of `config.json`'s
//!   `hearsight.word_support` for the photo;
//! - `photo_probability` `[batch, 1]`: that it is a photo at all, once [`gate`](crate::gate) has taught it that;
//! - `expected_captions` `[batch, runs]`: what each word and pair of words in `hearsight.consensus` is expected to weigh in a
//!   caption that somebody would write, once [`consensus`](crate::consensus) has taught it that;
//! - and what does not change from word to word, computed once a photo: for a transformer `cross_key_values.N.key` and
//!   `.value` `[batch, heads, cells, width / heads]` of each layer N from 0 on; for Show and Tell and Show, Attend and
//!   Tell `initial_state.hidden` and `initial_state.cell` `[batch, hidden]`, from which the LSTM goes on; for Show,
//!   Attend and Tell and the GRU `attention_keys` `[batch, cells, attention]`, what a place adds to the sum within the
//!   attention's tanh; for the GRU `attention_cells` `[batch, cells, features]`, what it looks at in the memory's
//!   stead.
//!
//! `decoder_model.onnx` of a transformer takes `input_ids` `[batch, length]`, the `cross_key_values` `[photos, …]`, and
//! `past_key_values.N.key` and `.value` `[batch, heads, past, width / heads]`, where `past` may be 0; it gives `logits`
//! `[batch, length, vocabulary]`, `present.N.key` and `.value` `[batch, heads, all, width / heads]`, and
//! `cross_attentions` `[batch, length, cells]`, averaged over layers and heads.
//!
//! Of a recurrent decoder it takes one word, `input_ids` `[batch, 1]`, with `state.hidden` `[batch, hidden]` and, of an
//! LSTM, `state.cell`; where there is no `initial_state` they start from zeros. Show, Attend and Tell also takes
//! `last_hidden_state` and `attention_keys`, the GRU `attention_cells` and `attention_keys`, `[photos, …]` as the
//! encoder gives them. It gives `logits` `[batch, 1, vocabulary]`, `next_state.hidden` and `next_state.cell` as they
//! came in and, where it looks at all, `cross_attentions` `[batch, 1, cells]`; hard attention's are 1 at one place.

pub mod check;
pub mod integers;
pub mod weights;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use burn::module::Module;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::onnx::{self, DataType, Dim, ModelProto};
use serde_json::{Value, json};
use tokenizers::Tokenizer;

use crate::classifier::PIXELS;
use crate::config::RunConfig;
use crate::data::guesses;
use crate::data::words::{Bag, END, PAD, START, UNKNOWN};
use crate::disk::write_text;
use crate::nets::captioner::CaptionerNet;
use crate::nets::encoder::EncoderConfig;
use weights::{GraphWriter, Precision};

/// Writes the model folder `to`, each file beside and renamed; a model card that is there already stays.
///
/// # Errors
/// The disk's.
pub fn export(
    net: &CaptionerNet,
    config: &RunConfig,
    (tokenizer, bag): (&Tokenizer, &Bag),
    precision: Precision,
    to: &Path,
) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    onnx::save(&encoder(net, config, precision)?, &to.join("encoder_model.onnx"))?;
    onnx::save(&decoder(net, config, precision)?, &to.join("decoder_model.onnx"))?;
    let vocabulary = tokenizer.get_vocab_size(true);
    let json = |name: &str, value: &Value| write_text(&to.join(name), &format!("{value:#}\n"));
    json("config.json", &model_config(config, vocabulary, bag))?;
    json(
        "generation_config.json",
        &generation_config(config, &guesses::never(tokenizer, UNKNOWN)?),
    )?;
    json("preprocessor_config.json", &config.net.encoder.preprocessing())?;
    let words = tokenizer
        .to_string(true)
        .map_err(|error| anyhow::anyhow!("cannot write the tokenizer: {error}"))?;
    write_text(&to.join("tokenizer.json"), &words)
}

/// The encoder's graph; see the module.
///
/// # Errors
/// Weights that are not float32.
pub fn encoder(net: &CaptionerNet, config: &RunConfig, precision: Precision) -> Result<ModelProto> {
    let net = net.valid();
    let cells = config.net.encoder.cells();
    let mut g = GraphWriter::new("encoder", precision);
    let batch = Dim::Named("batch");
    let size = Preprocessor::from_json(&config.net.encoder.preprocessing())?.size();
    let [height, width] = [size.height, size.width].map(|side| Dim::Fixed(side.into()));
    let pixels = g
        .graph
        .input(PIXELS, DataType::Float, &[batch, Dim::Fixed(3), height, width]);
    let memory = match (&net.encoder, &net.frozen, &config.net.encoder) {
        (Some(encoder), ..) => encoder.emit(&mut g, &pixels)?,
        (_, Some(encoder), EncoderConfig::Frozen(config)) => encoder.emit(&mut g, &config.cut()?)?,
        _ => bail!("the net is not of this configuration"),
    };
    net.decoder.emit_memory(&mut g, &memory, cells)?;
    let dims = [
        batch,
        Dim::Fixed(cells as i64),
        Dim::Fixed(config.net.decoder.width() as i64),
    ];
    g.graph.output("last_hidden_state", &memory, DataType::Float, &dims);
    let support = net.emit_word_support(&mut g, &memory)?;
    let bag = net.word_support.weight.dims()[1] as i64;
    g.graph
        .output("word_support", &support, DataType::Float, &[batch, Dim::Fixed(bag)]);
    Ok(g.graph.finish()?)
}

/// The decoder's graph; see the module. It never writes padding, start or unknown tokens.
///
/// # Errors
/// Weights that are not float32.
pub fn decoder(net: &CaptionerNet, config: &RunConfig, precision: Precision) -> Result<ModelProto> {
    let mut g = GraphWriter::new("decoder", precision);
    net.valid()
        .decoder
        .emit(&mut g, config.net.encoder.cells(), &[PAD, START, UNKNOWN])?;
    Ok(g.graph.finish()?)
}

fn model_config(config: &RunConfig, vocabulary: usize, bag: &Bag) -> Value {
    json!({
        "model_type": "hearsight",
        "is_encoder_decoder": true,
        "vocab_size": vocabulary,
        "decoder_start_token_id": START,
        "eos_token_id": END,
        "pad_token_id": PAD,
        "hearsight": {
            "name": config.name,
            "attention_grid": config.net.encoder.grid(),
            "capitalise": true,
            "word_support": bag.words,
            // Until it is measured how far to believe them.
            "neutral": guesses::rules([guesses::ALWAYS; 2]),
        },
    })
}

fn generation_config(config: &RunConfig, never: &[Vec<u32>]) -> Value {
    let search = config.net.decoder.search();
    json!({
        "decoder_start_token_id": START,
        "eos_token_id": END,
        "pad_token_id": PAD,
        "max_length": config.net.decoder.positions(),
        "num_beams": search.beams,
        "length_penalty": search.length_penalty,
        "early_stopping": false,
        "no_repeat_ngram_size": search.no_repeat_ngram,
        "bad_words_ids": never,
        // Where the likeliest word may not be written, the next one is no unlikely one.
        "renormalize_logits": true,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// It once forbade to say three words twice, which the paper does not.
    #[test]
    fn show_and_tell_is_searched_as_its_paper_has_it() {
        let config: RunConfig = toml::from_str(include_str!("../../configs/show-and-tell.toml")).unwrap();
        let written = generation_config(&config, &[]);
        assert_eq!(written["num_beams"], 20);
        assert_eq!(written["length_penalty"], 0.0);
        assert_eq!(written["no_repeat_ngram_size"], 0);
        let config: RunConfig = toml::from_str(include_str!("../../configs/everyday.toml")).unwrap();
        let written = generation_config(&config, &[]);
        assert_eq!(
            (&written["num_beams"], &written["no_repeat_ngram_size"]),
            (&json!(4), &json!(3))
        );
    }
}
