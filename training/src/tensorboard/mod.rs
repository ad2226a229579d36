//! Event files for TensorBoard: numbers, pictures and texts of a run, step by step.
//!
//! A file is a row of records: the length of the message (eight bytes, little-endian), a checksum of these eight bytes, the
//! message, a checksum of the message. A checksum is CRC-32C, turned by 15 bits and moved on by a constant, because a
//! checksum of data that holds checksums is a weak one.

pub mod messages;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use image::RgbImage;
use prost::Message;

use crate::plots::png;
use messages::{
    Event, Image, Kind, Metadata, Plugin, SessionLog, SessionStatus, Shape, Size, Summary, Tensor, Value, What,
};

/// An event file that is being written.
pub struct Events {
    file: BufWriter<File>,
    /// Values of the step that is under way.
    values: Vec<Value>,
}

impl Events {
    /// Begins a file in `folder`, beside those of earlier starts: what these say of `step` and later ones is forgotten.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin(folder: &Path, step: usize) -> Result<Self> {
        let failed = || format!("cannot write events for TensorBoard into {}", folder.display());
        fs::create_dir_all(folder).with_context(failed)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // TensorBoard reads the files of a folder in the order of their names.
        let name = format!("events.out.tfevents.{:010}.{:09}", now.as_secs(), now.subsec_nanos());
        let file = File::create_new(folder.join(name)).with_context(failed)?;
        let mut events = Self {
            file: BufWriter::new(file),
            values: Vec::new(),
        };
        events.write(step, What::FileVersion("brain.Event:2".to_owned()))?;
        let start = SessionLog {
            status: SessionStatus::Start.into(),
        };
        events.write(step, What::SessionLog(start))?;
        Ok(events)
    }

    /// A number; one that is not there is left out.
    pub fn scalar(&mut self, tag: &str, value: impl Into<Option<f64>>) {
        if let Some(value) = value.into() {
            self.add(tag, None, Kind::Scalar(value as f32));
        }
    }

    /// A picture.
    ///
    /// # Errors
    /// It cannot be written as PNG.
    pub fn image(&mut self, tag: &str, picture: &RgbImage) -> Result<()> {
        let image = Image {
            height: picture.height() as i32,
            width: picture.width() as i32,
            colorspace: 3,
            encoded_image_string: png(picture)?,
        };
        self.add(tag, None, Kind::Image(image));
        Ok(())
    }

    /// A text in Markdown.
    pub fn text(&mut self, tag: &str, text: &str) {
        let tensor = Tensor {
            dtype: 7,
            tensor_shape: Some(Shape {
                dim: vec![Size { size: 1 }],
            }),
            string_val: vec![text.as_bytes().to_vec()],
        };
        self.add(tag, Some("text"), Kind::Tensor(tensor));
    }

    fn add(&mut self, tag: &str, plugin: Option<&str>, kind: Kind) {
        let metadata = plugin.map(|name| Metadata {
            plugin_data: Some(Plugin {
                plugin_name: name.to_owned(),
            }),
        });
        self.values.push(Value {
            tag: tag.to_owned(),
            metadata,
            kind: Some(kind),
        });
    }

    /// Writes what was added, as of this step, for TensorBoard to read at once.
    ///
    /// # Errors
    /// The disk's.
    pub fn end_step(&mut self, step: usize) -> Result<()> {
        let value = std::mem::take(&mut self.values);
        if !value.is_empty() {
            self.write(step, What::Summary(Summary { value }))?;
        }
        Ok(())
    }

    fn write(&mut self, step: usize, what: What) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let event = Event {
            wall_time: now.as_secs_f64(),
            step: step as i64,
            what: Some(what),
        };
        let message = event.encode_to_vec();
        let length = (message.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(message.len() + 16);
        record.extend(length);
        record.extend(checksum(&length).to_le_bytes());
        record.extend(&message);
        record.extend(checksum(&message).to_le_bytes());
        self.file
            .write_all(&record)
            .context("cannot write events for TensorBoard")?;
        self.file.flush().context("cannot write events for TensorBoard")
    }
}

/// Masked CRC-32C.
fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// CRC-32C bit by bit, so that the checksums are not checked by what made them.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 }
            })
        })
    }

    fn number(bytes: &[u8], at: &mut usize) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = bytes[*at];
            *at += 1;
            value |= u64::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return value;
            }
        }
    }

    /// The fields of a message with their bytes, as protobuf's wire format has them.
    fn fields(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let (mut at, mut found) = (0, Vec::new());
        while at < bytes.len() {
            let key = number(bytes, &mut at);
            let start = at;
            let end = match key & 7 {
                0 => {
                    number(bytes, &mut at);
                    at
                }
                1 => at + 8,
                2 => {
                    let length = number(bytes, &mut at) as usize;
                    found.push((key >> 3, bytes[at..at + length].to_vec()));
                    at += length;
                    continue;
                }
                5 => at + 4,
                other => panic!("wire type {other}"),
            };
            at = end;
            found.push((key >> 3, bytes[start..end].to_vec()));
        }
        found
    }

    fn one(message: &[u8], field: u64) -> Vec<u8> {
        let mut found = fields(message).into_iter().filter(|(number, _)| *number == field);
        let (_, bytes) = found.next().unwrap_or_else(|| panic!("no field {field}"));
        bytes
    }

    /// The messages of a file by another reader than prost, every length and checksum looked at.
    fn records(path: &Path) -> Vec<Vec<u8>> {
        let bytes = fs::read(path).unwrap();
        let (mut rest, mut records) = (bytes.as_slice(), Vec::new());
        let word = |bytes: &[u8]| u32::from_le_bytes(bytes[..4].try_into().unwrap());
        let masked = |bytes: &[u8]| {
            let crc = crc(bytes);
            crc.rotate_right(15).wrapping_add(0xa282_ead8)
        };
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            assert_eq!(word(&rest[8..]), masked(&rest[..8]));
            let message = &rest[12..12 + length];
            assert_eq!(word(&rest[12 + length..]), masked(message));
            records.push(message.to_vec());
            rest = &rest[16 + length..];
        }
        records
    }

    #[test]
    fn another_reader_finds_every_record_whole_and_in_it_what_was_written() {
        // The example of RFC 3720, appendix B.4.
        assert_eq!(crc(&[0; 32]), 0x8a91_36aa);
        let folder = tempfile::tempdir().unwrap();
        let mut events = Events::begin(folder.path(), 7).unwrap();
        events.scalar("loss/caption", 2.5);
        events.scalar("loss/worth", None);
        events.text("sentence/0", "a dog runs");
        let picture = RgbImage::from_fn(5, 4, |x, y| image::Rgb([x as u8 * 40, y as u8 * 60, 9]));
        events.image("attention/0", &picture).unwrap();
        events.end_step(300).unwrap();
        events.end_step(301).unwrap();
        let file = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        assert!(file.to_string_lossy().contains("tfevents"));
        let records = records(&file);
        assert_eq!(records.len(), 3, "a step without values is no record");
        assert_eq!(one(&records[0], 3), b"brain.Event:2");
        assert_eq!(one(&one(&records[1], 7), 1), [1], "the run begins");
        let time = f64::from_le_bytes(one(&records[2], 1).try_into().unwrap());
        assert!(time > 1.7e9, "{time}");
        assert_eq!(one(&records[2], 2), [0xac, 0x02], "step 300");
        let values: Vec<_> = fields(&one(&records[2], 5))
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        let tags: Vec<_> = values
            .iter()
            .map(|value| String::from_utf8(one(value, 1)).unwrap())
            .collect();
        assert_eq!(tags, ["loss/caption", "sentence/0", "attention/0"]);
        assert_eq!(one(&values[0], 2), 2.5f32.to_le_bytes());
        assert_eq!(one(&one(&one(&values[1], 9), 1), 1), b"text");
        let tensor = one(&values[1], 8);
        assert_eq!((one(&tensor, 1), one(&tensor, 8)), (vec![7], b"a dog runs".to_vec()));
        let image = one(&values[2], 4);
        assert_eq!([1, 2, 3].map(|field| one(&image, field)[0]), [4, 5, 3]);
        let drawn = image::load_from_memory(&one(&image, 4)).unwrap().to_rgb8();
        assert_eq!(drawn, picture);
    }
}
