//! The 3×3 convolution of stride 1 by Winograd's minimal filtering F(4×4, 3×3): 36 products a tile and pair of channels
//! instead of 144 (Lavin and Gray 2015, "Fast algorithms for convolutional neural networks", section 4.1).
//!
//! `Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` for a tile `d` of 6×6 numbers, a kernel `g` of 3×3 and 4×4 outputs `Y`; the sums over
//! channels of the 36 places are matrix products. The gradients are the same formula read backwards: that of an output
//! comes in by `A · Aᵀ`, that of the kernel goes out by `Gᵀ · G`, that of the picture by `B · Bᵀ`. Eight tiles stand
//! side by side in each number below.

use rayon::prelude::*;
use wide::f32x8;

use super::kernel::Shape;
use super::product::{Matrix, multiply};

/// Places of a tile in the transformed space.
const PLACES: usize = 36;
/// Outputs a tile has on each side.
const OUT: usize = 4;
/// Numbers that a tile looks at on each side.
const SEEN: usize = 6;
/// Tiles (or pairs of channels) that are transformed at once.
const LANES: usize = 8;
/// At least so many tiles a product, so that the transformed weights are read from memory less often.
const TILES: usize = 128;
/// With fewer channels than this the transforms cost more than the products save.
const FEWEST_CHANNELS: usize = 32;

/// Whether this way is the faster one for a convolution.
pub fn suits(shape: &Shape) -> bool {
    let [to, from, size, _] = shape.weight();
    size == 3 && shape.stride() == 1 && from.min(to) >= FEWEST_CHANNELS
}

/// `x` under `weight`.
pub fn forward(shape: &Shape, x: &[f32], weight: &[f32]) -> Vec<f32> {
    let plan = Plan::new(shape);
    let [to, from] = plan.channels;
    let kernels = kernels(weight, plan.channels);
    let [photo_in, photo_out] = [plan.photo(from), plan.photo(to)];
    let mut y = vec![0.0; shape.input()[0] * photo_out];
    let photos = x[..shape.input()[0] * photo_in].par_chunks(plan.chunk * photo_in);
    y.par_chunks_mut(plan.chunk * photo_out).zip(photos).for_each_init(
        || plan.room(),
        |room, (y, x)| {
            let tiles = plan.tiles(x.len() / photo_in);
            plan.see(x, from, &tiles, &mut room.seen, &mut room.padded);
            for place in 0..PLACES {
                let seen = Matrix::new(room.seen.place(place, from, &tiles), from, tiles.room);
                let kernel = Matrix::new(&kernels[place * to * from..], to, from);
                multiply(room.told.place_mut(place, to, &tiles), kernel, seen, false);
            }
            plan.tell(y, to, &tiles, &room.told);
        },
    );
    y
}

/// The gradient with respect to the picture, from that of the output.
pub fn picture_gradient(shape: &Shape, grad: &[f32], weight: &[f32]) -> Vec<f32> {
    let plan = Plan::new(shape);
    let [to, from] = plan.channels;
    let kernels = kernels(weight, plan.channels);
    let [photo_in, photo_out] = [plan.photo(from), plan.photo(to)];
    let mut x = vec![0.0; shape.input()[0] * photo_in];
    let grads = grad[..shape.input()[0] * photo_out].par_chunks(plan.chunk * photo_out);
    x.par_chunks_mut(plan.chunk * photo_in).zip(grads).for_each_init(
        || plan.room(),
        |room, (x, grad)| {
            let tiles = plan.tiles(grad.len() / photo_out);
            plan.hear(grad, to, &tiles, &mut room.told);
            for place in 0..PLACES {
                let told = Matrix::new(room.told.place(place, to, &tiles), to, tiles.room);
                let kernel = Matrix::new(&kernels[place * to * from..], to, from).transposed();
                multiply(room.seen.place_mut(place, from, &tiles), kernel, told, false);
            }
            plan.unsee(x, from, &tiles, &room.seen, &mut room.padded);
        },
    );
    x
}

/// The gradient with respect to the weights, summed over the batch.
pub fn weight_gradient(shape: &Shape, x: &[f32], grad: &[f32]) -> Vec<f32> {
    let plan = Plan::new(shape);
    let [to, from] = plan.channels;
    let [photo_in, photo_out] = [plan.photo(from), plan.photo(to)];
    let nothing = || vec![0.0; PLACES * to * from];
    let photos = x[..shape.input()[0] * photo_in].par_chunks(plan.chunk * photo_in);
    let grads = grad[..shape.input()[0] * photo_out].par_chunks(plan.chunk * photo_out);
    let sum = photos
        .zip(grads)
        .fold(
            || (nothing(), plan.room()),
            |(mut sum, mut room), (x, grad)| {
                let tiles = plan.tiles(x.len() / photo_in);
                plan.see(x, from, &tiles, &mut room.seen, &mut room.padded);
                plan.hear(grad, to, &tiles, &mut room.told);
                for place in 0..PLACES {
                    let seen = Matrix::new(room.seen.place(place, from, &tiles), from, tiles.room).transposed();
                    let told = Matrix::new(room.told.place(place, to, &tiles), to, tiles.room);
                    multiply(&mut sum[place * to * from..], told, seen, true);
                }
                (sum, room)
            },
        )
        .map(|(sum, _)| sum)
        .reduce(nothing, |mut sum, more| {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sum
        });
    kernels_gradient(&sum, plan.channels)
}

/// How a picture is divided into tiles, and how many photos make a product.
struct Plan {
    /// Out, in.
    channels: [usize; 2],
    height: usize,
    width: usize,
    rows: usize,
    columns: usize,
    chunk: usize,
}

/// The tiles of some photos.
struct Tiles {
    photos: usize,
    /// Where each starts in the padded planes of one channel.
    starts: Vec<usize>,
    /// Their number, rounded up to whole [`LANES`]; those beyond are zero.
    room: usize,
}

/// `[place][channel][tile]`.
struct Transformed(Vec<f32>);

impl Transformed {
    fn place(&self, place: usize, channels: usize, tiles: &Tiles) -> &[f32] {
        &self.0[place * channels * tiles.room..]
    }

    fn place_mut(&mut self, place: usize, channels: usize, tiles: &Tiles) -> &mut [f32] {
        &mut self.0[place * channels * tiles.room..]
    }
}

/// Memory for one product.
struct Room {
    seen: Transformed,
    told: Transformed,
    /// One channel of each photo, with zeros around it.
    padded: Vec<f32>,
}

impl Plan {
    fn new(shape: &Shape) -> Self {
        let [batch, from, height, width] = shape.input();
        let (rows, columns) = (height.div_ceil(OUT), width.div_ceil(OUT));
        Self {
            channels: [shape.weight()[0], from],
            height,
            width,
            rows,
            columns,
            chunk: TILES.div_ceil(rows * columns).min(batch.max(1)),
        }
    }

    /// Numbers of one photo.
    fn photo(&self, channels: usize) -> usize {
        channels * self.height * self.width
    }

    /// Numbers in a row of a padded plane, and in the plane.
    fn padded(&self) -> [usize; 2] {
        let row = self.columns * OUT + 2;
        [row, row * (self.rows * OUT + 2)]
    }

    fn tiles(&self, photos: usize) -> Tiles {
        let [row, plane] = self.padded();
        let starts: Vec<usize> = (0..photos)
            .flat_map(|photo| (0..self.rows).map(move |y| photo * plane + y * OUT * row))
            .flat_map(|line| (0..self.columns).map(move |x| line + x * OUT))
            .collect();
        let room = starts.len().next_multiple_of(LANES);
        Tiles { photos, starts, room }
    }

    fn room(&self) -> Room {
        let tiles = (self.chunk * self.rows * self.columns).next_multiple_of(LANES);
        let transformed = |channels: usize| Transformed(vec![0.0; PLACES * channels * tiles]);
        Room {
            seen: transformed(self.channels[1]),
            told: transformed(self.channels[0]),
            padded: vec![0.0; self.chunk * self.padded()[1]],
        }
    }

    /// `Bᵀ d B` of every tile and channel of `photos` `[photo][channel][height][width]`.
    fn see(&self, photos: &[f32], channels: usize, tiles: &Tiles, seen: &mut Transformed, padded: &mut [f32]) {
        let [row, plane] = self.padded();
        padded.fill(0.0);
        for channel in 0..channels {
            for photo in 0..tiles.photos {
                let picture = &photos[(photo * channels + channel) * self.height * self.width..];
                for (y, line) in picture.chunks_exact(self.width).take(self.height).enumerate() {
                    let start = photo * plane + (y + 1) * row + 1;
                    padded[start..start + self.width].copy_from_slice(line);
                }
            }
            for (group, starts) in tiles.starts.chunks(LANES).enumerate() {
                let tile: [[f32x8; SEEN]; SEEN] = square(|y, x| gather(starts, |start| padded[start + y * row + x]));
                seen.keep(both(&tile, see), (channel, channels), group, tiles);
            }
        }
    }

    /// The gradient of [`Self::see`]: `B v Bᵀ` of every tile, added up where tiles overlap.
    fn unsee(&self, photos: &mut [f32], channels: usize, tiles: &Tiles, seen: &Transformed, padded: &mut [f32]) {
        let [row, plane] = self.padded();
        for channel in 0..channels {
            padded.fill(0.0);
            for (group, starts) in tiles.starts.chunks(LANES).enumerate() {
                let tile = both(&seen.kept((channel, channels), group, tiles), unsee);
                for (y, line) in tile.iter().enumerate() {
                    for (x, lanes) in line.iter().enumerate() {
                        for (start, value) in starts.iter().zip(lanes.to_array()) {
                            padded[start + y * row + x] += value;
                        }
                    }
                }
            }
            for photo in 0..tiles.photos {
                let picture = &mut photos[(photo * channels + channel) * self.height * self.width..];
                for (y, line) in picture.chunks_exact_mut(self.width).take(self.height).enumerate() {
                    let start = photo * plane + (y + 1) * row + 1;
                    line.copy_from_slice(&padded[start..start + self.width]);
                }
            }
        }
    }

    /// Calls `touch(lane, index, y, x)` for each number of some tiles that lies in the picture: its index in a photo's
    /// plane of `[photo][channel][height][width]`, its place in the tile.
    fn inside(
        &self,
        group: usize,
        (channel, channels): (usize, usize),
        mut touch: impl FnMut(usize, usize, usize, usize),
        tiles: &Tiles,
    ) {
        let a_photo = self.rows * self.columns;
        for lane in 0..LANES.min(tiles.starts.len() - group * LANES) {
            let tile = group * LANES + lane;
            let (photo, within) = (tile / a_photo, tile % a_photo);
            let (top, left) = (within / self.columns * OUT, within % self.columns * OUT);
            let plane = (photo * channels + channel) * self.height * self.width;
            for y in 0..OUT.min(self.height - top) {
                let line = plane + (top + y) * self.width + left;
                for x in 0..OUT.min(self.width - left) {
                    touch(lane, line + x, y, x);
                }
            }
        }
    }

    /// `Aᵀ m A` of every tile and channel, into `photos`.
    fn tell(&self, photos: &mut [f32], channels: usize, tiles: &Tiles, told: &Transformed) {
        for channel in 0..channels {
            for group in 0..tiles.room / LANES {
                let tile = both(&told.kept((channel, channels), group, tiles), tell);
                let tile = tile.map(|line| line.map(f32x8::to_array));
                let write = |lane: usize, at: usize, y: usize, x: usize| photos[at] = tile[y][x][lane];
                self.inside(group, (channel, channels), write, tiles);
            }
        }
    }

    /// The gradient of [`Self::tell`]: `A y Aᵀ` of every tile and channel of `grads`.
    fn hear(&self, grads: &[f32], channels: usize, tiles: &Tiles, told: &mut Transformed) {
        for channel in 0..channels {
            for group in 0..tiles.room / LANES {
                let mut tile = [[[0.0; LANES]; OUT]; OUT];
                let read = |lane: usize, at: usize, y: usize, x: usize| tile[y][x][lane] = grads[at];
                self.inside(group, (channel, channels), read, tiles);
                let tile = tile.map(|line| line.map(f32x8::new));
                told.keep(both(&tile, hear), (channel, channels), group, tiles);
            }
        }
    }
}

impl Transformed {
    fn keep(&mut self, tile: [[f32x8; SEEN]; SEEN], (channel, channels): (usize, usize), group: usize, tiles: &Tiles) {
        for (place, value) in tile.as_flattened().iter().enumerate() {
            let at = (place * channels + channel) * tiles.room + group * LANES;
            self.0[at..at + LANES].copy_from_slice(value.as_array());
        }
    }

    fn kept(&self, (channel, channels): (usize, usize), group: usize, tiles: &Tiles) -> [[f32x8; SEEN]; SEEN] {
        square(|y, x| {
            let at = ((y * SEEN + x) * channels + channel) * tiles.room + group * LANES;
            eight(&self.0[at..at + LANES])
        })
    }
}

/// `G g Gᵀ` of the kernels `[out][in][3][3]`: `[place][out][in]`.
fn kernels(weight: &[f32], [to, from]: [usize; 2]) -> Vec<f32> {
    let pairs = to * from;
    let mut transformed = vec![0.0; PLACES * pairs];
    for start in (0..pairs).step_by(LANES) {
        let lanes: Vec<usize> = (start..pairs.min(start + LANES)).collect();
        let kernel: [[f32x8; 3]; 3] = square(|y, x| gather(&lanes, |pair| weight[pair * 9 + y * 3 + x]));
        for (place, value) in both(&kernel, widen).as_flattened().iter().enumerate() {
            let at = place * pairs + start;
            transformed[at..at + lanes.len()].copy_from_slice(&value.as_array()[..lanes.len()]);
        }
    }
    transformed
}

/// The gradient of [`kernels`]: `Gᵀ u G`, `[out][in][3][3]`.
fn kernels_gradient(transformed: &[f32], [to, from]: [usize; 2]) -> Vec<f32> {
    let pairs = to * from;
    let mut weight = vec![0.0; pairs * 9];
    for start in (0..pairs).step_by(LANES) {
        let lanes: Vec<usize> = (start..pairs.min(start + LANES)).collect();
        let u: [[f32x8; SEEN]; SEEN] = square(|y, x| gather(&lanes, |pair| transformed[(y * SEEN + x) * pairs + pair]));
        for (at, value) in both(&u, narrow).as_flattened().iter().enumerate() {
            for (pair, value) in lanes.iter().zip(value.to_array()) {
                weight[pair * 9 + at] = value;
            }
        }
    }
    weight
}

/// `T x Tᵀ`: the transform of every column, then of every row of what came out.
#[inline(always)]
fn both<const I: usize, const O: usize>(
    x: &[[f32x8; I]; I],
    transform: impl Fn(&[f32x8; I]) -> [f32x8; O],
) -> [[f32x8; O]; O] {
    let columns: [[f32x8; O]; I] = std::array::from_fn(|column| transform(&std::array::from_fn(|row| x[row][column])));
    std::array::from_fn(|row| transform(&std::array::from_fn(|column| columns[column][row])))
}

#[inline(always)]
fn square<const N: usize>(at: impl Fn(usize, usize) -> f32x8) -> [[f32x8; N]; N] {
    std::array::from_fn(|y| std::array::from_fn(|x| at(y, x)))
}

#[inline(always)]
fn gather(from: &[usize], at: impl Fn(usize) -> f32) -> f32x8 {
    let mut lanes = [0.0; LANES];
    lanes.iter_mut().zip(from).for_each(|(lane, from)| *lane = at(*from));
    f32x8::new(lanes)
}

#[inline(always)]
fn eight(values: &[f32]) -> f32x8 {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(values);
    f32x8::new(lanes)
}

/// `Bᵀ d`.
#[inline(always)]
fn see(d: &[f32x8; 6]) -> [f32x8; 6] {
    let [a, b, c, e, f, g] = *d;
    let (even, odd) = (f - c * 4.0, e - b * 4.0);
    let (even_too, odd_too) = (f - c, (e - b) * 2.0);
    [
        a * 4.0 - c * 5.0 + f,
        even + odd,
        even - odd,
        even_too + odd_too,
        even_too - odd_too,
        b * 4.0 - e * 5.0 + g,
    ]
}

/// `B v`, the adjoint of [`see`].
#[inline(always)]
fn unsee(v: &[f32x8; 6]) -> [f32x8; 6] {
    let [a, b, c, e, f, g] = *v;
    let (even, odd) = (b + c, b - c);
    let (even_too, odd_too) = (e + f, (e - f) * 2.0);
    [
        a * 4.0,
        g * 4.0 - odd * 4.0 - odd_too,
        -(a * 5.0) - even * 4.0 - even_too,
        odd + odd_too - g * 5.0,
        a + even + even_too,
        g,
    ]
}

/// `Aᵀ m`.
#[inline(always)]
fn tell(m: &[f32x8; 6]) -> [f32x8; 4] {
    let [a, b, c, e, f, g] = *m;
    let (even, odd) = (b + c, b - c);
    let (even_too, odd_too) = (e + f, e - f);
    [
        a + even + even_too,
        odd + odd_too * 2.0,
        even + even_too * 4.0,
        odd + odd_too * 8.0 + g,
    ]
}

/// `A y`, the adjoint of [`tell`].
#[inline(always)]
fn hear(y: &[f32x8; 4]) -> [f32x8; 6] {
    let [a, b, c, e] = *y;
    let (even, odd) = (a + c, b + e);
    let (even_too, odd_too) = (a + c * 4.0, b * 2.0 + e * 8.0);
    [a, even + odd, even - odd, even_too + odd_too, even_too - odd_too, e]
}

/// `G g`.
#[inline(always)]
fn widen(g: &[f32x8; 3]) -> [f32x8; 6] {
    let [a, b, c] = *g;
    let (even, odd) = ((a + c) * (-1.0 / 6.0), b * (-1.0 / 6.0));
    let (even_too, odd_too) = (a * (1.0 / 24.0) + c * (1.0 / 6.0), b * (1.0 / 12.0));
    [
        a * 0.25,
        even + odd,
        even - odd,
        even_too + odd_too,
        even_too - odd_too,
        c,
    ]
}

/// `Gᵀ u`, the adjoint of [`widen`].
#[inline(always)]
fn narrow(u: &[f32x8; 6]) -> [f32x8; 3] {
    let [a, b, c, e, f, g] = *u;
    let (even, odd) = ((b + c) * (-1.0 / 6.0), (b - c) * (-1.0 / 6.0));
    let (even_too, odd_too) = (e + f, (e - f) * (1.0 / 12.0));
    [
        a * 0.25 + even + even_too * (1.0 / 24.0),
        odd + odd_too,
        even + even_too * (1.0 / 6.0) + g,
    ]
}
