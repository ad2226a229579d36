//! A net that starts from an exported folder says what the folder says, and goes on learning from there.

#![allow(clippy::unwrap_used)]

use burn::module::Module;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use hearsight_training::config::RunConfig;
use hearsight_training::data::words::{self, Bag};
use hearsight_training::export::{export, weights::Precision};
use hearsight_training::nets::captioner::CaptionerNet;
use hearsight_training::nets::conv_encoder::{ConvEncoder, ConvEncoderConfig};
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::nets::positions::Positions;
use hearsight_training::nets::transformer_decoder::TransformerDecoderConfig;
use hearsight_training::start::{StartConfig, start};
use tokenizers::Tokenizer;

const CAPTIONS: [&str; 2] = ["a dog runs on the grass", "two children play in the water"];

fn config() -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../configs/everyday.toml")).unwrap();
    config.words.minimum_count = 1;
    config.words.spelling = None;
    let encoder = conv(&mut config);
    encoder.picture = 32;
    encoder.channels = vec![4, 6, 8, 8];
    encoder.blocks = vec![0, 1, 0, 2];
    encoder.mixing.layers = 0;
    config.net.decoder = DecoderConfig::Transformer(TransformerDecoderConfig {
        width: 16,
        layers: 2,
        heads: 4,
        inner: 24,
        dropout: 0.0,
        positions: 20,
        position: Positions::Learned,
    });
    config
}

fn conv(config: &mut RunConfig) -> &mut ConvEncoderConfig {
    match &mut config.net.encoder {
        EncoderConfig::Conv(encoder) => encoder,
        other => panic!("{other:?}"),
    }
}

fn encoder(net: &CaptionerNet) -> &ConvEncoder {
    net.encoder.as_ref().unwrap()
}

fn pixels(device: &Device) -> Tensor<4> {
    device.seed(5);
    Tensor::random([12, 3, 32, 32], Distribution::Normal(0.3, 1.5), device)
}

fn net(config: &RunConfig, tokenizer: &Tokenizer, bag: &Bag, seed: u64) -> CaptionerNet {
    let device = Device::flex().autodiff();
    device.seed(seed);
    CaptionerNet::new(
        &config.net,
        tokenizer.get_vocab_size(true),
        bag.words.len(),
        None,
        &device,
    )
}

/// Logits of a sentence for some photos.
fn logits(net: &CaptionerNet, pixels: Tensor<4>, tokens: &[u32], device: &Device) -> Tensor<3> {
    let photos = pixels.dims()[0];
    let memory = encoder(net).forward(pixels);
    let ids: Vec<i64> = (0..photos).flat_map(|_| tokens).map(|&id| i64::from(id)).collect();
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [photos, tokens.len()]), device);
    net.decoder.see(memory, 1).forward(ids).logits
}

fn apart(a: Tensor<3>, b: Tensor<3>) -> f32 {
    (a - b).abs().max().into_scalar()
}

#[test]
fn a_net_starts_as_the_folder_is_though_it_has_more_blocks_and_learns_with_settled_norms() {
    let config = config();
    let captions = || CAPTIONS.iter().copied();
    let tokenizer = words::learn(captions(), &config.words).unwrap();
    let bag = Bag::learn(captions(), 4);
    let (plain, learning) = (Device::flex(), Device::flex().autodiff());
    let first = net(&config, &tokenizer, &bag, 3);
    for _ in 0..40 {
        let _ = encoder(&first).forward(pixels(&learning));
    }
    let folder = tempfile::tempdir().unwrap();
    export(&first, &config, (&tokenizer, &bag), Precision::Float32, folder.path()).unwrap();

    let mut larger = config.clone();
    conv(&mut larger).blocks = vec![1, 1, 2, 3];
    let mut second = net(&larger, &tokenizer, &bag, 4);
    let from = StartConfig {
        model: folder.path().to_owned(),
        decoder: true,
    };
    start(&mut second, &from, (&tokenizer, &bag), &learning).unwrap();
    let tokens = words::encode(&tokenizer, CAPTIONS[0], 18).unwrap();
    let tokens = &tokens[..5];
    let expected = logits(&first.valid(), pixels(&plain), tokens, &plain);
    let found = logits(&second.valid(), pixels(&plain), tokens, &plain);
    // Words that are never written have another bias.
    let said = |x: Tensor<3>| x.narrow(2, 4, tokenizer.get_vocab_size(true) - 4);
    assert!(apart(said(expected.clone()), said(found)) < 1e-3);

    second.encoder.as_mut().unwrap().settle(pixels(&learning));
    let settled = logits(&second.valid(), pixels(&plain), tokens, &plain);
    assert!(apart(said(expected.clone()), said(settled)) < 1e-3);
    let in_training = logits(&second, pixels(&learning), tokens, &learning);
    assert!(
        apart(said(expected), said(in_training.inner())) < 1e-2,
        "norms that learn from the same photos change nothing"
    );
    let grads = encoder(&second).forward(pixels(&learning)).sum().backward();
    let weight = encoder(&second).stages[2].blocks[1].second.norm.gamma.val();
    assert!(weight.grad(&grads).is_some(), "a block that was not there learns");
}

#[test]
fn a_net_with_a_last_layer_starts_as_a_folder_without_one_and_as_its_own_and_learns_to_use_it() {
    let plain = Device::flex();
    let narrow = config();
    let captions = || CAPTIONS.iter().copied();
    let tokenizer = words::learn(captions(), &narrow.words).unwrap();
    let bag = Bag::learn(captions(), 4);
    let tokens = words::encode(&tokenizer, CAPTIONS[0], 18).unwrap();
    let said = |net: &CaptionerNet| {
        let logits = logits(&net.valid(), pixels(&plain), &tokens[..5], &plain);
        // Words that are never written have another bias.
        logits.narrow(2, 4, tokenizer.get_vocab_size(true) - 4)
    };
    let mut wide = narrow.clone();
    conv(&mut wide).last = 24;
    let mut config = &narrow;
    let mut before = net(config, &tokenizer, &bag, 3);
    for seed in [4, 5] {
        let folder = tempfile::tempdir().unwrap();
        export(&before, config, (&tokenizer, &bag), Precision::Float32, folder.path()).unwrap();
        config = &wide;
        let mut after = net(config, &tokenizer, &bag, seed);
        let start_from = StartConfig {
            model: folder.path().to_owned(),
            decoder: true,
        };
        let learning = Device::flex().autodiff();
        start(&mut after, &start_from, (&tokenizer, &bag), &learning).unwrap();
        assert!(apart(said(&before), said(&after)) < 1e-3, "{seed}");
        let grads = encoder(&after)
            .forward(pixels(&learning))
            .powf_scalar(3.0)
            .sum()
            .backward();
        let project = encoder(&after).project.weight.val().grad(&grads).unwrap();
        let of_new_channels: f32 = project.slice([8..24, 0..16]).abs().max().into_scalar();
        assert!(of_new_channels > 0.0, "{seed}");
        before = after;
    }
}

#[test]
fn a_last_layer_that_only_one_side_has_is_refused_with_what_to_write_where_it_cannot_be_made() {
    let with = |last: usize| {
        let mut config = config();
        conv(&mut config).last = last;
        config
    };
    let captions = || CAPTIONS.iter().copied();
    let tokenizer = words::learn(captions(), &config().words).unwrap();
    let bag = Bag::learn(captions(), 4);
    for (theirs, ours, told) in [(0, 4, "at least its 8 channels"), (24, 0, "under [net.encoder]")] {
        let folder = tempfile::tempdir().unwrap();
        let first = net(&with(theirs), &tokenizer, &bag, 3);
        export(
            &first,
            &with(theirs),
            (&tokenizer, &bag),
            Precision::Float32,
            folder.path(),
        )
        .unwrap();
        let mut second = net(&with(ours), &tokenizer, &bag, 4);
        let from = StartConfig {
            model: folder.path().to_owned(),
            decoder: false,
        };
        let error = start(&mut second, &from, (&tokenizer, &bag), &Device::flex().autodiff()).unwrap_err();
        assert!(error.to_string().contains(told), "{error:#}");
    }
}

#[test]
fn a_folder_of_another_net_is_refused_with_the_weight_that_does_not_fit() {
    let config = config();
    let captions = || CAPTIONS.iter().copied();
    let tokenizer = words::learn(captions(), &config.words).unwrap();
    let bag = Bag::learn(captions(), 4);
    let folder = tempfile::tempdir().unwrap();
    let first = net(&config, &tokenizer, &bag, 3);
    export(&first, &config, (&tokenizer, &bag), Precision::Float16, folder.path()).unwrap();
    let mut wider = config.clone();
    conv(&mut wider).channels = vec![4, 6, 8, 12];
    let mut second = net(&wider, &tokenizer, &bag, 4);
    let from = StartConfig {
        model: folder.path().to_owned(),
        decoder: false,
    };
    let error = start(&mut second, &from, (&tokenizer, &bag), &Device::flex().autodiff()).unwrap_err();
    assert!(
        format!("{error:#}").contains("stage.3.down.weight is [8, 8, 3, 3]"),
        "{error:#}"
    );
}
