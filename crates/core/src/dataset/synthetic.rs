//! Garments drawn by code, for when there is no data set and no network to fetch one from.
//!
//! Pose, scale and brightness follow Fashion-MNIST: bright on black, filling the picture, shoes
//! with the toe to the left. They stand in for it; they are not it, and are named synthetic
//! wherever they are shown.
//!
//! Three networks of the notebook's kind, trained for three epochs on the real pictures alone (88
//! to 90 % right on the real test set), take 93 to 96 % of these for their class; the hardest
//! is the shirt, as in Fashion-MNIST itself, with 68 % in the worst case.

mod bag;
mod canvas;
mod cut;
mod fabric;
mod shoes;
mod tops;
mod trouser;

use rand::{Rng as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{
    CLASS_COUNT, Classes, Dataset, FIRST_TEST_LABELS, Origin, Picture, PictureSize, Pictures,
};
use canvas::{Canvas, Colours};

/// Sets the numbers that labels are shuffled by apart from those that pictures are drawn by.
const LABELS: u64 = 1 << 63;
/// The same for those that colours are mixed by: in colour the garments have the same shapes as in grey.
const COLOURS: u64 = 1 << 62;

/// Which of the two sets a picture is drawn for; the number is its stream of random numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    Train = 0,
    Test = 1,
}

/// Draws a data set of so many pictures of 28×28: the same each time, and those of a smaller one first.
///
/// Labels come in shuffled tens, one of each class; the test set's first hundred are those of
/// Fashion-MNIST.
#[must_use]
pub fn synthetic(train: usize, test: usize) -> Dataset {
    synthetic_sized(PictureSize::FASHION_MNIST, train, test)
}

/// The same in another size: drawn anew for it, not enlarged. In colour, garment and ground have colours that say nothing about the
/// class.
///
/// # Panics
/// When the size is none that networks are trained on.
#[must_use]
pub fn synthetic_sized(size: PictureSize, train: usize, test: usize) -> Dataset {
    let (train, test) = (
        draw_all(size, Split::Train, train),
        draw_all(size, Split::Test, test),
    );
    Dataset::new(Origin::Synthetic, train, test, Classes::FashionMnist)
}

fn draw_all(size: PictureSize, split: Split, count: usize) -> Pictures {
    let labels: Vec<u8> = (0..count).map(|index| label(split, index)).collect();
    let mut pixels = vec![0; count * size.len()];
    pixels
        .par_chunks_exact_mut(size.len().max(1))
        .zip(&labels)
        .enumerate()
        .for_each(|(index, (image, &label))| {
            image.copy_from_slice(draw(size, label, split, index).bytes());
        });
    Pictures::new(size, pixels, labels, CLASS_COUNT)
        .expect("a size to train on, and labels of the ten classes, one a picture")
}

fn label(split: Split, index: usize) -> u8 {
    if split == Split::Test && index < FIRST_TEST_LABELS.len() {
        return FIRST_TEST_LABELS[index];
    }
    let mut ten: [u8; CLASS_COUNT] = std::array::from_fn(|class| class as u8);
    ten.shuffle(&mut dice(split, LABELS | (index / CLASS_COUNT) as u64));
    ten[index % CLASS_COUNT]
}

fn draw(size: PictureSize, label: u8, split: Split, index: usize) -> Picture {
    let rng = &mut dice(split, index as u64);
    let side = size.height.max(size.width);
    let mut canvas = Canvas::new(side);
    let sew = match label {
        0 => tops::t_shirt,
        1 => trouser::trouser,
        2 => tops::pullover,
        3 => tops::dress,
        4 => tops::coat,
        5 => shoes::sandal,
        6 => tops::shirt,
        7 => shoes::sneaker,
        8 => bag::bag,
        _ => shoes::ankle_boot,
    };
    sew(&mut canvas, rng);
    let colours = size.is_colour().then(|| colours(split, index));
    let square = PictureSize {
        height: side,
        width: side,
        ..size
    };
    let picture = Picture::new(square, canvas.bytes(colours)).expect("as many bytes as it has");
    picture.to_size(size)
}

/// A colour for the garment and a quieter one for the ground.
fn colours(split: Split, index: usize) -> Colours {
    let rng = &mut dice(split, COLOURS | index as u64);
    let drawn = colour(
        rng.random_range(0.0..6.0),
        rng.random_range(0.2..0.9),
        rng.random_range(0.8..1.0),
    );
    let ground = colour(
        rng.random_range(0.0..6.0),
        rng.random_range(0.0..0.4),
        rng.random_range(0.05..0.7),
    );
    Colours { drawn, ground }
}

/// Red, green and blue of a hue from 0 to 6, a saturation and a value from 0 to 1 (A. R. Smith 1978).
fn colour(hue: f32, saturation: f32, value: f32) -> [f32; 3] {
    [5.0, 3.0, 1.0].map(|offset| {
        let at = (offset + hue) % 6.0;
        value - value * saturation * at.min(4.0 - at).clamp(0.0, 1.0)
    })
}

/// The random numbers for one picture, or for ten labels: picture by picture, so that any of them
/// can be drawn alone.
fn dice(split: Split, number: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    rng.set_stream(split as u64);
    rng
}

#[cfg(test)]
mod tests;
