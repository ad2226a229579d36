//! Camera raw files made up for the tests.

/// A TIFF file as cameras write their raw ones: a sensor's data, and `jpegs` beside them, each in a directory below the
/// first, whose `orientation` holds for all.
pub fn tiff(big_endian: bool, orientation: u16, jpegs: &[&[u8]]) -> Vec<u8> {
    let file = Writer(big_endian);
    let mut bytes = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    bytes.extend(file.short(42));
    bytes.extend(file.long(8));
    // The first directory has four entries; the list of those below and they themselves follow.
    let below = 1 + jpegs.len();
    let list = 8 + 2 + 4 * 12 + 4;
    let directory = |number: usize| list + 4 * below + number * (2 + 5 * 12 + 4);
    let mut data = directory(below);
    bytes.extend(file.short(4));
    bytes.extend(file.entry(254, 1));
    bytes.extend(file.entry(256, 160));
    bytes.extend(file.entry(274, u32::from(orientation)));
    let mut entry = file.entry(330, list as u32);
    if below == 1 {
        // A single value stands in the entry itself.
        entry = file.entry(330, directory(0) as u32);
    }
    entry[4..8].copy_from_slice(&file.long(below as u32));
    bytes.extend(entry);
    bytes.extend(file.long(0));
    (0..below).for_each(|number| bytes.extend(file.long(directory(number) as u32)));
    let sensor = [7; 64];
    // A colour filter array, then reduced versions in YCbCr.
    let pictures = std::iter::once((0, 32803, &sensor[..])).chain(jpegs.iter().map(|jpeg| (1, 6, *jpeg)));
    let mut contents: Vec<u8> = Vec::new();
    for (kind, photometric, content) in pictures {
        bytes.extend(file.short(5));
        bytes.extend(file.entry(254, kind));
        bytes.extend(file.entry(256, 8));
        bytes.extend(file.entry(262, photometric));
        bytes.extend(file.entry(273, data as u32));
        bytes.extend(file.entry(279, content.len() as u32));
        bytes.extend(file.long(0));
        data += content.len();
        contents.extend(content);
    }
    bytes.extend(contents);
    bytes
}

/// Numbers in the file's order of bytes.
struct Writer(bool);

impl Writer {
    fn short(&self, value: u16) -> [u8; 2] {
        if self.0 {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.0 {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    /// An entry with a single long.
    fn entry(&self, tag: u16, value: u32) -> Vec<u8> {
        [&self.short(tag)[..], &self.short(4), &self.long(1), &self.long(value)].concat()
    }
}
