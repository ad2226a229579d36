//! The convolution and its gradients on plain slices: some photos at a time are unfolded so that every position of the
//! kernel is a column, and what remains is a matrix product.

use rayon::prelude::*;

use super::product::{Matrix, multiply};

/// At least so many columns a product, so that it uses the processor well also where the grid is small.
const COLUMNS: usize = 512;

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    batch: usize,
    channels: [usize; 2],
    from: [usize; 2],
    to: [usize; 2],
    size: usize,
    stride: usize,
}

impl Shape {
    /// Of a picture `[batch, in, height, width]` under weights `[out, in, size, size]`.
    pub fn new([batch, from, height, width]: [usize; 4], weight: [usize; 4], stride: usize) -> Self {
        let [to, inner, size, other] = weight;
        assert!(
            inner == from && size == other && size % 2 == 1 && stride > 0,
            "weights {weight:?} on {from} channels"
        );
        Self {
            batch,
            channels: [from, to],
            from: [height, width],
            to: [height.div_ceil(stride), width.div_ceil(stride)],
            size,
            stride,
        }
    }

    /// `[batch, in, height, width]`.
    pub fn input(&self) -> [usize; 4] {
        [self.batch, self.channels[0], self.from[0], self.from[1]]
    }

    /// `[batch, out, height, width]`.
    pub fn output(&self) -> [usize; 4] {
        [self.batch, self.channels[1], self.to[0], self.to[1]]
    }

    /// `[out, in, size, size]`.
    pub fn weight(&self) -> [usize; 4] {
        [self.channels[1], self.channels[0], self.size, self.size]
    }

    /// Places from one position of the kernel to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Numbers of one photo before.
    fn photo_in(&self) -> usize {
        self.channels[0] * self.from[0] * self.from[1]
    }

    /// Places of the grid after.
    fn places(&self) -> usize {
        self.to[0] * self.to[1]
    }

    /// Numbers of one photo after.
    fn photo_out(&self) -> usize {
        self.channels[1] * self.places()
    }

    /// Numbers that one output looks at.
    fn window(&self) -> usize {
        self.channels[0] * self.size * self.size
    }

    /// Photos a product.
    fn chunk(&self) -> usize {
        COLUMNS.div_ceil(self.places()).min(self.batch.max(1))
    }

    /// Calls `row(unfolded, picture, step)` for each row of the picture that lies under a row of the grid, for each
    /// place of the kernel: where the row starts in the unfolded matrix of `photos` photos, where in the picture, and
    /// how many places are in the picture.
    fn rows(&self, photos: usize, mut row: impl FnMut(usize, usize, usize)) {
        let ([height, width], [rows, columns]) = (self.from, self.to);
        let pad = self.size / 2;
        let wide = photos * self.places();
        for channel in 0..self.channels[0] {
            for place in 0..self.size * self.size {
                let (down, right) = (place / self.size, place % self.size);
                let line = (channel * self.size * self.size + place) * wide;
                // The columns of the grid for which column × stride + right − pad lies in the picture.
                let first = pad.saturating_sub(right).div_ceil(self.stride);
                let last = (width + pad - right).div_ceil(self.stride).min(columns);
                if first >= last {
                    continue;
                }
                for photo in 0..photos {
                    for y in 0..rows {
                        let Some(at) = (y * self.stride + down).checked_sub(pad).filter(|at| *at < height) else {
                            continue;
                        };
                        let picture = photo * self.photo_in() + (channel * height + at) * width;
                        row(
                            line + photo * self.places() + y * columns + first,
                            picture + first * self.stride + right - pad,
                            last - first,
                        );
                    }
                }
            }
        }
    }

    /// `[window, photos × places]` of the photos in `x`; what lies outside the picture keeps its zeros.
    fn unfold(&self, x: &[f32], photos: usize, unfolded: &mut [f32]) {
        self.rows(photos, |to, from, count| {
            let to = &mut unfolded[to..to + count];
            if self.stride == 1 {
                to.copy_from_slice(&x[from..from + count]);
            } else {
                let picture = x[from..].iter().step_by(self.stride);
                to.iter_mut().zip(picture).for_each(|(to, x)| *to = *x);
            }
        });
    }

    /// Adds every column of `unfolded` back to where it came from.
    fn fold(&self, unfolded: &[f32], photos: usize, x: &mut [f32]) {
        self.rows(photos, |from, to, count| {
            let from = &unfolded[from..from + count];
            if self.stride == 1 {
                let picture = x[to..to + count].iter_mut();
                picture.zip(from).for_each(|(x, more)| *x += more);
            } else {
                let picture = x[to..].iter_mut().step_by(self.stride);
                picture.zip(from).for_each(|(x, more)| *x += more);
            }
        });
    }

    /// `[photo][channel][place]` → `[channel][photo][place]`.
    fn gather(&self, y: &[f32], photos: usize, gathered: &mut [f32]) {
        self.exchange(photos, |photo, line| gathered[line.clone()].copy_from_slice(&y[photo]));
    }

    /// The way back.
    fn scatter(&self, gathered: &[f32], photos: usize, y: &mut [f32]) {
        self.exchange(photos, |photo, line| y[photo].copy_from_slice(&gathered[line.clone()]));
    }

    fn exchange(&self, photos: usize, mut copy: impl FnMut(std::ops::Range<usize>, &std::ops::Range<usize>)) {
        let places = self.places();
        for photo in 0..photos {
            for channel in 0..self.channels[1] {
                let (y, line) = (
                    photo * self.photo_out() + channel * places,
                    (channel * photos + photo) * places,
                );
                copy(y..y + places, &(line..line + places));
            }
        }
    }

    /// Room for one product: unfolded pictures, gathered outputs.
    fn room(&self) -> [Vec<f32>; 2] {
        let wide = self.chunk() * self.places();
        [vec![0.0; self.window() * wide], vec![0.0; self.channels[1] * wide]]
    }
}

/// `x` under `weight`.
pub fn forward(shape: &Shape, x: &[f32], weight: &[f32]) -> Vec<f32> {
    let weight = Matrix::new(weight, shape.channels[1], shape.window());
    let chunk = shape.chunk();
    let mut y = vec![0.0; shape.batch * shape.photo_out()];
    let photos = x[..shape.batch * shape.photo_in()].par_chunks(chunk * shape.photo_in());
    y.par_chunks_mut(chunk * shape.photo_out()).zip(photos).for_each_init(
        || shape.room(),
        |[unfolded, gathered], (y, x)| {
            let photos = x.len() / shape.photo_in();
            let wide = photos * shape.places();
            clear_if_smaller(unfolded, shape.window() * wide);
            shape.unfold(x, photos, unfolded);
            multiply(gathered, weight, Matrix::new(unfolded, shape.window(), wide), false);
            shape.scatter(gathered, photos, y);
        },
    );
    y
}

/// The gradient with respect to the picture, from that of the output.
pub fn picture_gradient(shape: &Shape, grad: &[f32], weight: &[f32]) -> Vec<f32> {
    let weight = Matrix::new(weight, shape.channels[1], shape.window()).transposed();
    let chunk = shape.chunk();
    let mut x = vec![0.0; shape.batch * shape.photo_in()];
    let grads = grad[..shape.batch * shape.photo_out()].par_chunks(chunk * shape.photo_out());
    x.par_chunks_mut(chunk * shape.photo_in()).zip(grads).for_each_init(
        || shape.room(),
        |[unfolded, gathered], (x, grad)| {
            let photos = x.len() / shape.photo_in();
            shape.gather(grad, photos, gathered);
            let grad = Matrix::new(gathered, shape.channels[1], photos * shape.places());
            multiply(unfolded, weight, grad, false);
            shape.fold(unfolded, photos, x);
        },
    );
    x
}

/// The gradient with respect to the weights, summed over the batch.
pub fn weight_gradient(shape: &Shape, x: &[f32], grad: &[f32]) -> Vec<f32> {
    let chunk = shape.chunk();
    let nothing = || vec![0.0; shape.channels[1] * shape.window()];
    let photos = x[..shape.batch * shape.photo_in()].par_chunks(chunk * shape.photo_in());
    let grads = grad[..shape.batch * shape.photo_out()].par_chunks(chunk * shape.photo_out());
    photos
        .zip(grads)
        .fold(
            || (nothing(), shape.room()),
            |(mut sum, [mut unfolded, mut gathered]), (x, grad)| {
                let photos = x.len() / shape.photo_in();
                let wide = photos * shape.places();
                clear_if_smaller(&mut unfolded, shape.window() * wide);
                shape.unfold(x, photos, &mut unfolded);
                shape.gather(grad, photos, &mut gathered);
                let grad = Matrix::new(&gathered, shape.channels[1], wide);
                let unfolded_too = Matrix::new(&unfolded, shape.window(), wide).transposed();
                multiply(&mut sum, grad, unfolded_too, true);
                (sum, [unfolded, gathered])
            },
        )
        .map(|(sum, _)| sum)
        .reduce(nothing, |mut sum, more| {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sum
        })
}

/// The last photos of a batch may be fewer: then the zeros around the pictures lie elsewhere.
fn clear_if_smaller(unfolded: &mut Vec<f32>, length: usize) {
    if unfolded.len() != length {
        unfolded.clear();
        unfolded.resize(length, 0.0);
    }
}
