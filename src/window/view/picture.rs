//! A photo on the screen: a small copy of it that is there at once, and over that, where one looks closely, squares of
//! the full photo.
//!
//! The window's thread only hands finished images to the renderer and paints them; the images are made by the
//! [`Loader`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use egui::{Color32, ColorImage, Context, Painter, Pos2, Rect, TextureFilter, TextureHandle, TextureOptions};

use super::loader::{Job, Loader};
use super::tiles::{self, TileKey};
use crate::photo::Photo;
use image::RgbImage;

/// Squares out of sight that are kept, for the way back; 1 MB each.
const KEPT: usize = 32;

/// How much coarser than the screen the small copy may be before squares are needed.
const GOOD_ENOUGH: f32 = 1.05;

/// The longest side of a texture that gets mipmaps, in pixels.
const SMALL: usize = 600;

/// Counts the photos that were shown.
static SHOWN: AtomicU64 = AtomicU64::new(1);

/// Tells one photo from the next.
pub type Serial = u64;

/// What a texture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The small copy, whole, halved so many times.
    Preview(u32),
    /// A square of the full photo.
    Tile(TileKey),
}

impl Piece {
    fn image(self, pixels: &RgbImage) -> ColorImage {
        match self {
            Self::Preview(0) => whole(pixels),
            Self::Preview(halvings) => {
                let side = |side: u32| (side >> halvings).max(1);
                let (width, height) = pixels.dimensions();
                whole(&image::imageops::thumbnail(pixels, side(width), side(height)))
            }
            Self::Tile(key) => key.image(pixels),
        }
    }
}

fn whole(pixels: &RgbImage) -> ColorImage {
    let size = [pixels.width() as usize, pixels.height() as usize];
    ColorImage::from_rgb(size, pixels.as_raw())
}

/// A photo's textures.
pub struct Picture {
    serial: Serial,
    photo: Photo,
    preview: Photo,
    texture: Option<TextureHandle>,
    /// How many times the copy was halved for that texture.
    halvings: u32,
    tiles: HashMap<TileKey, Tile>,
    /// What the loader was asked for last.
    wanted: Vec<Piece>,
    frame: u64,
}

struct Tile {
    texture: TextureHandle,
    /// The frame in which it was last in sight.
    seen: u64,
}

impl Picture {
    /// A photo with its copy for the screen; nothing is converted yet.
    pub fn new(photo: &Photo, preview: &Photo) -> Self {
        Self {
            serial: SHOWN.fetch_add(1, Ordering::Relaxed),
            photo: photo.clone(),
            preview: preview.clone(),
            texture: None,
            halvings: 0,
            tiles: HashMap::new(),
            wanted: Vec::new(),
            frame: 0,
        }
    }

    /// Width and height of the full photo.
    pub fn size(&self) -> (u32, u32) {
        self.photo.pixels().dimensions()
    }

    /// What the photo is called.
    pub fn name(&self) -> &str {
        self.photo.name()
    }

    /// The small copy's texture, once it is there.
    pub fn texture(&self) -> Option<&TextureHandle> {
        self.texture.as_ref()
    }

    /// Takes in what the loader made; what belongs to another photo is dropped.
    pub fn take(&mut self, ctx: &Context, serial: Serial, piece: Piece, image: ColorImage) {
        if serial != self.serial {
            return;
        }
        match piece {
            Piece::Preview(halvings) => {
                // The renderer makes mipmaps in the window's frame: of a large texture they would take many frames'
                // time where no graphics card helps, and it is never shown at less than half its size.
                let small = image.width().max(image.height()) <= SMALL;
                let options = TextureOptions {
                    mipmap_mode: small.then_some(TextureFilter::Linear),
                    ..TextureOptions::LINEAR
                };
                self.halvings = halvings;
                self.texture = Some(ctx.load_texture("photo", image, options));
            }
            Piece::Tile(key) => {
                let texture = ctx.load_texture("tile", image, TextureOptions::LINEAR);
                self.tiles.insert(
                    key,
                    Tile {
                        texture,
                        seen: self.frame,
                    },
                );
            }
        }
    }

    /// Paints the photo into `rect`, of which the part `visible`, from 0 to 1, is seen, at so many screen pixels per
    /// photo pixel; and asks the loader for what is missing.
    pub fn paint(
        &mut self,
        painter: &Painter,
        rect: Rect,
        visible: Rect,
        scale: f32,
        loader: &Loader<(Serial, Piece)>,
    ) {
        self.frame += 1;
        if let Some(texture) = &self.texture {
            painter.image(texture.id(), rect, UNIT, Color32::WHITE);
        }
        let size = self.size();
        let needed = self.needed(visible, scale);
        for key in &needed {
            if let Some(tile) = self.tiles.get_mut(key) {
                tile.seen = self.frame;
            }
        }
        self.drop_the_longest_unseen();
        if let Some(level) = needed.first().map(|key| key.level) {
            // Coarse ones below: they stand in for what is not there yet.
            let mut there: Vec<_> = self.tiles.iter().filter(|(key, _)| key.level >= level).collect();
            there.sort_by_key(|(key, _)| (std::cmp::Reverse(key.level), key.row, key.column));
            for (key, tile) in there {
                let part = key.part(size);
                if part.intersects(visible) {
                    painter.image(
                        tile.texture.id(),
                        inside(rect, part),
                        key.texture_part(size),
                        Color32::WHITE,
                    );
                }
            }
        }
        self.ask(&needed, self.halvings_at(scale), loader);
    }

    /// How often the small copy can be halved and still have as many pixels as it covers on the screen.
    fn halvings_at(&self, scale: f32) -> u32 {
        let sharpness = self.preview.pixels().width() as f32 / self.size().0 as f32;
        let spare = sharpness / scale;
        if spare.is_finite() {
            spare.max(1.0).log2() as u32
        } else {
            0
        }
    }

    /// The squares in sight, where the small copy is too coarse.
    fn needed(&self, visible: Rect, scale: f32) -> Vec<TileKey> {
        let (width, height) = self.size();
        let copy = self.preview.pixels().dimensions();
        let sharpness = copy.0 as f32 / width as f32;
        if copy == (width, height) || scale <= sharpness * GOOD_ENOUGH {
            return Vec::new();
        }
        tiles::covering((width, height), tiles::level(scale), visible)
    }

    fn ask(&mut self, needed: &[TileKey], halvings: u32, loader: &Loader<(Serial, Piece)>) {
        let fits = self.texture.is_some() && self.halvings == halvings;
        let copy = (!fits).then_some(Piece::Preview(halvings));
        let missing = needed
            .iter()
            .filter(|key| !self.tiles.contains_key(key))
            .map(|key| Piece::Tile(*key));
        let wanted: Vec<Piece> = copy.into_iter().chain(missing).collect();
        if wanted != self.wanted {
            let job = |piece: Piece| -> Job {
                let photo = match piece {
                    Piece::Preview(_) => self.preview.clone(),
                    Piece::Tile(_) => self.photo.clone(),
                };
                Box::new(move || piece.image(photo.pixels()))
            };
            loader.want(
                wanted
                    .iter()
                    .map(|piece| ((self.serial, *piece), job(*piece)))
                    .collect(),
            );
            self.wanted = wanted;
        }
    }

    fn drop_the_longest_unseen(&mut self) {
        let mut unseen: Vec<(u64, TileKey)> = self
            .tiles
            .iter()
            .filter(|(_, tile)| tile.seen != self.frame)
            .map(|(key, tile)| (tile.seen, *key))
            .collect();
        if unseen.len() > KEPT {
            unseen.sort_by_key(|(seen, _)| *seen);
            for (_, key) in &unseen[..unseen.len() - KEPT] {
                self.tiles.remove(key);
            }
        }
    }

    /// How many squares have a texture.
    #[cfg(test)]
    pub fn tiles(&self) -> usize {
        self.tiles.len()
    }
}

/// All of a texture.
pub const UNIT: Rect = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));

/// Where a part, from 0 to 1, of what fills `rect` lies.
pub fn inside(rect: Rect, part: Rect) -> Rect {
    let at = |point: Pos2| rect.min + point.to_vec2() * rect.size();
    Rect::from_min_max(at(part.min), at(part.max))
}
