//! Pixels become an encoder's input, exactly as a model folder's `preprocessor_config.json` says.
//!
//! The file is what Hugging Face's image processors write; they resize with PIL, so every filter here antialiases and
//! rounds to 8 bits as PIL does. A wish that is not understood is refused by its name: a photo prepared wrongly gives
//! a fluent and wrong sentence.

mod resample;

use image::{RgbImage, imageops};
use ndarray::{Array3, Array4, Axis, s};
use serde_json::{Map, Value};

use crate::text;

use resample::{Filter, MAX_PIXELS};

/// The largest side that an encoder's input may have: a bound against a broken file, not a wish.
const MAX_SIDE: u64 = 4096;

/// Fields that say nothing about pixels.
const SILENT: [&str; 9] = [
    "_valid_processor_keys",
    "device",
    "disable_grouping",
    // The input is RGB already.
    "do_convert_rgb",
    "feature_extractor_type",
    "image_processor_type",
    "processor_class",
    "return_tensors",
    "transformers_version",
];

/// Why a `preprocessor_config.json` cannot be followed, as a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum PreprocessorError {
    /// A field or value that asks for something that is not done here.
    #[error("{}", text!("preprocessor-not-understood", field = field, value = value))]
    NotUnderstood {
        /// The field's name, with a dot before a field inside a field.
        field: String,
        /// Its value as written.
        value: String,
    },
    /// A field without which photos cannot be prepared.
    #[error("{}", text!("preprocessor-missing", field = *_0))]
    Missing(&'static str),
}

/// Width and height of an encoder's input in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSize {
    /// Rows.
    pub height: u32,
    /// Columns.
    pub width: u32,
}

/// Prepares photos for one encoder.
#[derive(Clone, Debug)]
pub struct Preprocessor {
    scaling: Scaling,
    filter: Filter,
    /// The part of the scaled photo that is kept, from its middle.
    crop: Option<InputSize>,
    /// The size that is reached with zeros to the right and below, after everything else.
    pad: Option<InputSize>,
    /// For each channel what each of the 256 values becomes.
    values: [[f32; 256]; 3],
}

/// What size a photo is brought to before the crop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scaling {
    /// The photo stays as it is.
    Keep,
    /// This size, whatever the photo's shape.
    Stretch(InputSize),
    /// The shorter side becomes this long, or less where the longer would become too long; the shape stays.
    Shorter {
        /// Of the shorter side.
        side: u32,
        /// The most that the longer may have.
        longest: Option<u32>,
    },
}

impl Preprocessor {
    /// Reads the content of a `preprocessor_config.json`.
    ///
    /// # Errors
    /// Names the field that is missing, broken or not understood.
    pub fn from_json(config: &Value) -> Result<Self, PreprocessorError> {
        let Value::Object(config) = config else {
            return Err(PreprocessorError::Missing("size"));
        };
        let mut fields = Fields::new(config);
        let (scaling, filter) = if fields.flag("do_resize", true)? {
            (fields.scaling()?, fields.filter()?)
        } else {
            fields
                .left
                .retain(|name| !["size", "resample", "default_to_square"].contains(name));
            (Scaling::Keep, Filter::Nearest)
        };
        let crop = fields.crop()?;
        let pad = fields.pad(crop, scaling)?;
        if let (None, None) = (crop, pad) {
            // Each photo would have a size of its own.
            match scaling {
                Scaling::Keep => return Err(refused("do_resize", &Value::Bool(false))),
                Scaling::Shorter { .. } => return Err(refused("size", &fields.all["size"])),
                Scaling::Stretch(_) => {}
            }
        }
        let values = fields.values()?;
        if fields
            .text("data_format")?
            .is_some_and(|format| format != "channels_first")
        {
            return Err(refused("data_format", &config["data_format"]));
        }
        fields.nothing_left()?;
        Ok(Self {
            scaling,
            filter,
            crop,
            pad,
            values,
        })
    }

    /// The size of the encoder's input, the same for every photo.
    pub fn size(&self) -> InputSize {
        match (self.pad.or(self.crop), self.scaling) {
            (Some(size), _) | (None, Scaling::Stretch(size)) => size,
            // Such a file was refused.
            (None, Scaling::Shorter { side, .. }) => InputSize {
                height: side,
                width: side,
            },
            (None, Scaling::Keep) => InputSize { height: 1, width: 1 },
        }
    }

    /// The encoder's input for a photo: `[1, 3, height, width]`, channels red, green, blue.
    pub fn run(&self, pixels: &RgbImage) -> Array4<f32> {
        let values = self.normalise(&self.resize(pixels));
        let Some(InputSize { height, width }) = self.pad else {
            return values;
        };
        let (_, _, rows, columns) = values.dim();
        let mut padded = Array4::zeros((1, 3, height as usize, width as usize));
        let (rows, columns) = (rows.min(height as usize), columns.min(width as usize));
        padded
            .slice_mut(s![.., .., ..rows, ..columns])
            .assign(&values.slice(s![.., .., ..rows, ..columns]));
        padded
    }

    /// What grey is to the encoder: the value of each channel for a pixel in the middle between black and white.
    pub fn grey(&self) -> [f32; 3] {
        self.values.map(|values| values[128])
    }

    /// The first half of [`run`](Self::run): a photo of any size at the encoder's [`size`](Self::size), in 8 bits; where
    /// that is reached by padding, before it.
    pub fn resize(&self, pixels: &RgbImage) -> RgbImage {
        let size = match self.scaling {
            Scaling::Keep => None,
            Scaling::Stretch(size) => Some(size),
            Scaling::Shorter { side, longest } => Some(keep_shape(pixels, side, longest)),
        };
        let scaled = size.map(|InputSize { height, width }| resample::resize(pixels, width, height, self.filter));
        match (self.crop, scaled) {
            (None, Some(scaled)) => scaled,
            (None, None) => pixels.clone(),
            (Some(size), Some(scaled)) => crop(&scaled, size),
            (Some(size), None) => crop(pixels, size),
        }
    }

    /// The second half of [`run`](Self::run): `[1, 3, height, width]` from pixels at the encoder's size, each value
    /// rescaled and normalised for its channel.
    pub fn normalise(&self, pixels: &RgbImage) -> Array4<f32> {
        let (height, width) = (pixels.height(), pixels.width());
        Array3::from_shape_fn((3, height as usize, width as usize), |(channel, y, x)| {
            // Both were a u32 above.
            self.values[channel][usize::from(pixels.get_pixel(x as u32, y as u32).0[channel])]
        })
        .insert_axis(Axis(0))
    }
}

/// The size with the photo's shape whose shorter side is `side`; the longer is rounded down, as the processors do.
fn keep_shape(pixels: &RgbImage, side: u32, longest: Option<u32>) -> InputSize {
    let (width, height) = (u64::from(pixels.width().max(1)), u64::from(pixels.height().max(1)));
    let (shorter, longer) = (width.min(height), width.max(height));
    let (mut short, mut long) = (u64::from(side), u64::from(side) * longer / shorter);
    if let Some(longest) = longest.map(u64::from)
        && longer * u64::from(side) > longest * shorter
    {
        let exact = longest as f64 * shorter as f64 / longer as f64;
        // Python rounds a half to the even number.
        short = (exact.round_ties_even() as u64).max(1);
        // The processors leave a photo that has its size already.
        long = if shorter == short {
            longer
        } else {
            (exact * longer as f64 / shorter as f64) as u64
        };
    }
    // A strip of one pixel's height would become endless: it is squeezed.
    let long = long.clamp(1, MAX_PIXELS / u64::from(side)) as u32;
    let short = short as u32;
    if width <= height {
        InputSize {
            height: long,
            width: short,
        }
    } else {
        InputSize {
            height: short,
            width: long,
        }
    }
}

/// The middle of a photo; where it is smaller it stands in the middle of black.
fn crop(pixels: &RgbImage, InputSize { height, width }: InputSize) -> RgbImage {
    // Half of the difference, rounded down: towards a larger border at the left and top of a photo that is smaller.
    let offset = |from: u32, to: u32| (i64::from(from) - i64::from(to)).div_euclid(2);
    let (left, top) = (offset(pixels.width(), width), offset(pixels.height(), height));
    if left >= 0 && top >= 0 && pixels.width() >= width && pixels.height() >= height {
        // Both are a part of a u32.
        return imageops::crop_imm(pixels, left as u32, top as u32, width, height).to_image();
    }
    let mut result = RgbImage::new(width, height);
    imageops::replace(&mut result, pixels, -left, -top);
    result
}

/// The fields of the file that nobody has asked for yet.
struct Fields<'a> {
    all: &'a Map<String, Value>,
    left: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn new(all: &'a Map<String, Value>) -> Self {
        Self {
            all,
            left: all
                .keys()
                .map(String::as_str)
                .filter(|name| !SILENT.contains(name))
                .collect(),
        }
    }

    /// The field's value; null counts as absent.
    fn take(&mut self, name: &str) -> Option<&'a Value> {
        self.left.retain(|left| *left != name);
        self.all.get(name).filter(|value| !value.is_null())
    }

    fn flag(&mut self, name: &'static str, default: bool) -> Result<bool, PreprocessorError> {
        match self.take(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| refused(name, value)),
        }
    }

    fn text(&mut self, name: &'static str) -> Result<Option<&'a str>, PreprocessorError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| refused(name, value)),
        }
    }

    fn scaling(&mut self) -> Result<Scaling, PreprocessorError> {
        let size = self.take("size").ok_or(PreprocessorError::Missing("size"))?;
        let said = match self.take("default_to_square") {
            None => None,
            Some(value) => Some(value.as_bool().ok_or_else(|| refused("default_to_square", value))?),
        };
        if let Some(side) = size.get("shortest_edge") {
            only_keys("size", size, &["shortest_edge", "longest_edge"])?;
            let longest = size.get("longest_edge").filter(|longest| !longest.is_null());
            return Ok(Scaling::Shorter {
                side: length("size.shortest_edge", side)?,
                longest: longest
                    .map(|longest| length("size.longest_edge", longest))
                    .transpose()?,
            });
        }
        if size.is_number() && !self.is_square(size, said)? {
            return Ok(Scaling::Shorter {
                side: length("size", size)?,
                longest: None,
            });
        }
        Ok(Scaling::Stretch(rectangle("size", size)?))
    }

    /// Whether a single number means a square, or else the shorter side: today's files say it; in older ones it is a square
    /// to the processors of ViT's family and the shorter side to CLIP's, and which of them wrote a file is in its type.
    fn is_square(&self, size: &Value, said: Option<bool>) -> Result<bool, PreprocessorError> {
        let family = ["image_processor_type", "feature_extractor_type"]
            .iter()
            .find_map(|name| self.all.get(*name));
        let family = family.and_then(Value::as_str).unwrap_or("ViT");
        let is_of = |families: &[&str]| families.iter().any(|name| family.starts_with(name));
        let by_family = if is_of(&["CLIP"]) {
            Some(false)
        } else {
            is_of(&["ViT", "DeiT", "Beit", "BEiT"]).then_some(true)
        };
        said.or(by_family).ok_or_else(|| refused("size", size))
    }

    /// PIL's numbers for its filters.
    fn filter(&mut self) -> Result<Filter, PreprocessorError> {
        let value = self.take("resample").ok_or(PreprocessorError::Missing("resample"))?;
        value
            .as_u64()
            .and_then(Filter::from_number)
            .ok_or_else(|| refused("resample", value))
    }

    fn crop(&mut self) -> Result<Option<InputSize>, PreprocessorError> {
        let wanted = self.flag("do_center_crop", false)?;
        match self.take("crop_size") {
            _ if !wanted => Ok(None),
            None => Err(PreprocessorError::Missing("crop_size")),
            Some(size) => rectangle("crop_size", size).map(Some),
        }
    }

    /// The size that zeros fill up to. Without one a single photo is padded to its own size by most processors, but
    /// not by all: that is refused.
    fn pad(&mut self, crop: Option<InputSize>, scaling: Scaling) -> Result<Option<InputSize>, PreprocessorError> {
        let wanted = self.flag("do_pad", false)?;
        let size = self.take("pad_size");
        if !wanted {
            return Ok(None);
        }
        let size = size.ok_or_else(|| refused("do_pad", &Value::Bool(true)))?;
        let padded = rectangle("pad_size", size)?;
        let largest = match (crop, scaling) {
            (Some(whole), _) | (None, Scaling::Stretch(whole)) => Some(whole),
            (None, Scaling::Shorter { longest, .. }) => longest.map(|side| InputSize {
                height: side,
                width: side,
            }),
            (None, Scaling::Keep) => None,
        };
        match largest {
            Some(largest) if largest.height <= padded.height && largest.width <= padded.width => Ok(Some(padded)),
            _ => Err(refused("pad_size", size)),
        }
    }

    /// What each 8-bit value becomes, by channel.
    fn values(&mut self) -> Result<[[f32; 256]; 3], PreprocessorError> {
        let factor = match (self.flag("do_rescale", true)?, self.take("rescale_factor")) {
            (false, _) => 1.0,
            (true, None) => 1.0 / 255.0,
            (true, Some(value)) => value.as_f64().ok_or_else(|| refused("rescale_factor", value))?,
        };
        let (mean, deviation) = (self.take("image_mean"), self.take("image_std"));
        let (mean, deviation) = if self.flag("do_normalize", true)? {
            let mean = mean.ok_or(PreprocessorError::Missing("image_mean"))?;
            let deviation = deviation.ok_or(PreprocessorError::Missing("image_std"))?;
            let divisors = channels("image_std", deviation)?;
            // As it divides below: what rounds to 0 there is 0.
            if divisors.iter().any(|divisor| *divisor as f32 == 0.0) {
                return Err(refused("image_std", deviation));
            }
            (channels("image_mean", mean)?, divisors)
        } else {
            ([0.0; 3], [1.0; 3])
        };
        // Rounded where the processors round: a quantised model hears a difference in the last bit.
        Ok(std::array::from_fn(|channel| {
            let (mean, deviation) = (mean[channel] as f32, deviation[channel] as f32);
            std::array::from_fn(|value| ((value as f64 * factor) as f32 - mean) / deviation)
        }))
    }

    /// Refuses the first field that nobody asked for, unless its name says that it is not to be done: `do_…`, false.
    fn nothing_left(&self) -> Result<(), PreprocessorError> {
        let unknown = |name: &&&str| match self.all[**name] {
            Value::Null => false,
            Value::Bool(false) => !name.starts_with("do_"),
            _ => true,
        };
        match self.left.iter().find(unknown) {
            None => Ok(()),
            Some(name) => Err(refused(name, &self.all[*name])),
        }
    }
}

fn refused(field: &str, value: &Value) -> PreprocessorError {
    PreprocessorError::NotUnderstood {
        field: field.to_owned(),
        value: value.to_string(),
    }
}

/// Refuses an object's first field that is not among `known`.
fn only_keys(field: &str, value: &Value, known: &[&str]) -> Result<(), PreprocessorError> {
    let mut pairs = value.as_object().into_iter().flatten();
    match pairs.find(|(name, value)| !known.contains(&name.as_str()) && !value.is_null()) {
        None => Ok(()),
        Some((name, value)) => Err(refused(&format!("{field}.{name}"), value)),
    }
}

fn length(field: &str, value: &Value) -> Result<u32, PreprocessorError> {
    // The bound makes the conversion exact.
    value
        .as_u64()
        .filter(|side| (1..=MAX_SIDE).contains(side))
        .map(|side| side as u32)
        .ok_or_else(|| refused(field, value))
}

/// `{"height": h, "width": w}`, or one number for a square.
fn rectangle(field: &'static str, value: &Value) -> Result<InputSize, PreprocessorError> {
    if value.is_number() {
        let side = length(field, value)?;
        return Ok(InputSize {
            height: side,
            width: side,
        });
    }
    only_keys(field, value, &["height", "width"])?;
    let side = |name| length(&format!("{field}.{name}"), value.get(name).unwrap_or(&Value::Null));
    Ok(InputSize {
        height: side("height")?,
        width: side("width")?,
    })
}

/// Three numbers, or one for all three channels.
fn channels(field: &str, value: &Value) -> Result<[f64; 3], PreprocessorError> {
    if let Some(number) = value.as_f64() {
        return Ok([number; 3]);
    }
    let numbers: Option<Vec<f64>> = value
        .as_array()
        .and_then(|list| list.iter().map(Value::as_f64).collect());
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| refused(field, value))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The processor of google/vit-base-patch16-224 as today's files say it.
    fn vit() -> Value {
        json!({
            "do_normalize": true, "do_rescale": true, "do_resize": true, "do_pad": false, "crop_size": null,
            "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "image_processor_type": "ViTImageProcessor",
            "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224}
        })
    }

    fn with(changes: &[(&str, Value)]) -> Value {
        let mut config = vit();
        for (name, value) in changes {
            config[*name] = value.clone();
        }
        config
    }

    fn refusal(changes: &[(&str, Value)]) -> String {
        Preprocessor::from_json(&with(changes)).unwrap_err().to_string()
    }

    fn fixture(name: &str) -> RgbImage {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/pil")
            .join(name);
        image::open(path).unwrap().into_rgb8()
    }

    #[test]
    fn default_to_square_says_what_a_single_number_means_and_changes_nothing_where_the_size_has_names() {
        // As today's fast processors write it.
        let named = with(&[("default_to_square", json!(true))]);
        assert_eq!(
            Preprocessor::from_json(&named).unwrap().size(),
            InputSize {
                height: 224,
                width: 224
            }
        );
        let number = |square: bool| with(&[("size", json!(96)), ("default_to_square", json!(square))]);
        assert_eq!(
            Preprocessor::from_json(&number(true)).unwrap().scaling,
            Scaling::Stretch(InputSize { height: 96, width: 96 })
        );
        // The shorter side alone gives each photo a size of its own.
        assert!(Preprocessor::from_json(&number(false)).is_err());
        assert!(refusal(&[("default_to_square", json!("yes"))]).contains("default_to_square"));
    }

    #[test]
    fn a_field_that_is_not_known_is_refused_also_where_it_is_false() {
        assert!(refusal(&[("antialias", json!(false))]).contains("antialias"));
        assert!(Preprocessor::from_json(&with(&[("do_thumbnail", json!(false))])).is_ok());
        // A divisor that is 0 as a 32-bit number.
        assert!(refusal(&[("image_std", json!(1e-300))]).contains("image_std"));
    }

    #[test]
    fn every_filter_gives_what_pil_gives() {
        let sizes = [
            ("wide", 32, 32),
            ("wide", 29, 57),
            ("wide", 157, 40),
            ("tiny", 24, 24),
            ("strip", 16, 16),
            ("tall", 20, 30),
            ("tall", 33, 90),
            ("tall", 37, 61),
        ];
        for (number, filter) in ["nearest", "lanczos", "bilinear", "bicubic"].iter().enumerate() {
            for (source, width, height) in sizes {
                let size = json!({"height": height, "width": width});
                let config = with(&[("size", size), ("resample", json!(number))]);
                let ours = Preprocessor::from_json(&config)
                    .unwrap()
                    .resize(&fixture(&format!("{source}.png")));
                let theirs = fixture(&format!("{source}-{filter}-{width}x{height}.png"));
                assert_eq!(ours.dimensions(), theirs.dimensions());
                assert!(ours == theirs, "{source} {filter} {width}x{height}");
            }
        }
    }

    #[test]
    fn values_are_rescaled_and_normalised_for_each_channel() {
        let config = with(&[
            ("size", json!({"height": 1, "width": 2})),
            ("image_mean", json!([0.5, 0.0, 0.25])),
            ("image_std", json!([0.5, 1.0, 0.25])),
        ]);
        let pixels = RgbImage::from_raw(2, 1, vec![255, 51, 0, 0, 255, 255]).unwrap();
        let input = Preprocessor::from_json(&config).unwrap().run(&pixels);
        assert_eq!(input.shape(), [1, 3, 1, 2]);
        let expected = [1.0, -1.0, 0.2, 1.0, -1.0, 3.0];
        for (value, expected) in input.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{input:?}");
        }
    }

    #[test]
    fn without_rescaling_and_normalising_the_bytes_stay() {
        let config = with(&[
            ("size", json!(1)),
            ("do_rescale", json!(false)),
            ("do_normalize", json!(false)),
        ]);
        let pixels = RgbImage::from_raw(1, 1, vec![1, 2, 255]).unwrap();
        let input = Preprocessor::from_json(&config).unwrap().run(&pixels);
        assert_eq!(input.into_raw_vec_and_offset().0, [1.0, 2.0, 255.0]);
    }

    #[test]
    fn the_short_old_file_of_a_vit_is_understood() {
        let old = json!({
            "do_normalize": true, "do_resize": true, "feature_extractor_type": "ViTFeatureExtractor",
            "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2, "size": 224
        });
        let (old, new) = (
            Preprocessor::from_json(&old).unwrap(),
            Preprocessor::from_json(&vit()).unwrap(),
        );
        assert_eq!(
            old.size(),
            InputSize {
                height: 224,
                width: 224
            }
        );
        assert_eq!(old.run(&fixture("wide.png")), new.run(&fixture("wide.png")));
    }

    #[test]
    fn the_shorter_side_is_scaled_and_the_middle_cropped() {
        let config = with(&[
            ("size", json!({"shortest_edge": 20})),
            ("do_center_crop", json!(true)),
            ("crop_size", json!({"height": 18, "width": 16})),
        ]);
        let preprocessor = Preprocessor::from_json(&config).unwrap();
        assert_eq!(preprocessor.size(), InputSize { height: 18, width: 16 });
        let whole = resample::resize(&fixture("wide.png"), 37, 20, Filter::Bilinear);
        let resized = preprocessor.resize(&fixture("wide.png"));
        assert_eq!(resized.dimensions(), (16, 18));
        assert_eq!(resized.get_pixel(0, 0), whole.get_pixel(10, 1));
        assert_eq!(resized.get_pixel(15, 17), whole.get_pixel(25, 18));
    }

    #[test]
    fn a_crop_larger_than_the_photo_stands_in_black() {
        let config = with(&[
            ("do_resize", json!(false)),
            ("do_center_crop", json!(true)),
            ("crop_size", json!({"height": 2, "width": 6})),
        ]);
        let preprocessor = Preprocessor::from_json(&config).unwrap();
        let photo = RgbImage::from_fn(3, 4, |x, y| image::Rgb([(10 * y + x + 1) as u8; 3]));
        let found: Vec<u8> = preprocessor.resize(&photo).pixels().map(|pixel| pixel.0[0]).collect();
        assert_eq!(found, [0, 0, 11, 12, 13, 0, 0, 0, 21, 22, 23, 0]);
    }

    #[test]
    fn zeros_fill_up_to_the_padded_size_after_everything_else() {
        let config = with(&[
            ("size", json!({"height": 1, "width": 2})),
            ("do_pad", json!(true)),
            ("pad_size", json!({"height": 2, "width": 3})),
        ]);
        let preprocessor = Preprocessor::from_json(&config).unwrap();
        assert_eq!(preprocessor.size(), InputSize { height: 2, width: 3 });
        let input = preprocessor.run(&RgbImage::from_pixel(2, 1, image::Rgb([255; 3])));
        assert_eq!(input.shape(), [1, 3, 2, 3]);
        assert_eq!(
            input.slice(s![0, 0, .., ..]),
            ndarray::array![[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
        );
    }

    #[test]
    fn the_longer_side_stays_within_its_bound() {
        let size = |width, height| {
            let InputSize { height, width } = keep_shape(&RgbImage::new(width, height), 800, Some(1333));
            (width, height)
        };
        assert_eq!(size(640, 480), (1066, 800));
        assert_eq!(size(480, 640), (800, 1066));
        assert_eq!(size(2000, 500), (1333, 333));
        assert_eq!(size(500, 2000), (333, 1333));
        assert_eq!(size(1333, 100), (1333, 100));
    }

    #[test]
    fn the_flattest_and_the_smallest_photos_are_prepared_too() {
        let crop = [
            ("size", json!({"shortest_edge": 8})),
            ("do_center_crop", json!(true)),
            ("crop_size", json!(8)),
        ];
        let crop = Preprocessor::from_json(&with(&crop)).unwrap();
        let stretch = Preprocessor::from_json(&vit()).unwrap();
        for (width, height) in [(1, 1), (100_000, 1), (1, 100_000)] {
            let photo = RgbImage::from_pixel(width, height, image::Rgb([7, 8, 9]));
            for preprocessor in [&crop, &stretch] {
                let resized = preprocessor.resize(&photo);
                assert_eq!(
                    resized.dimensions(),
                    (preprocessor.size().width, preprocessor.size().height)
                );
                assert!(resized.pixels().all(|pixel| pixel.0 == [7, 8, 9]));
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_name() {
        for (name, value) in [
            ("do_pad", json!(true)),
            ("do_resize", json!(false)),
            ("resample", json!(5)),
            ("resample", json!("bilinear")),
            ("size", json!({"height": 0, "width": 4})),
            ("size", json!({"shortest_edge": 224})),
            ("size", json!(1_000_000)),
            ("image_mean", json!([0.5, 0.5])),
            ("image_std", json!([0.0, 1.0, 1.0])),
            ("rescale_factor", json!("1/255")),
            ("do_normalize", json!("yes")),
            ("data_format", json!("channels_last")),
            ("crop_pct", json!(0.9)),
        ] {
            let sentence = refusal(&[(name, value)]);
            assert!(sentence.contains(&format!("“{name}")), "{name}: {sentence}");
        }
        assert!(refusal(&[("size", json!({"height": 2, "width": 2, "depth": 2}))]).contains("“size.depth”"));
        assert!(refusal(&[("do_pad", json!(true)), ("pad_size", json!(200))]).contains("“pad_size”"));
        let longest = [
            ("size", json!({"longest_edge": 224})),
            ("do_center_crop", json!(true)),
            ("crop_size", json!(8)),
        ];
        assert!(refusal(&longest).contains("“size.longest_edge”"));
        assert!(
            refusal(&[
                ("image_processor_type", json!("ConvNextImageProcessor")),
                ("size", json!(224))
            ])
            .contains("“size”")
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        for name in ["size", "resample", "image_mean", "image_std"] {
            assert!(
                refusal(&[(name, Value::Null)]).contains(&format!("lacks “{name}”")),
                "{name}"
            );
        }
        assert!(Preprocessor::from_json(&json!([])).is_err());
    }
}
