//! Training pictures that are changed a little each time they are met, so that none is learnt by heart.
//!
//! What is done to a picture depends on the run's seed, the epoch and the picture's place in its data set, and on nothing else: neither
//! on threads nor on where a run was taken up. Pictures to be tested or held out stay as they are.

use std::fmt;
use std::sync::Mutex;

use convlens_kernels::Team;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use crate::dataset::picture::{Beyond, Motion};
use crate::dataset::{Picture, PictureSize, Pictures};
use crate::network::Real;

/// How far pictures are changed; the default is not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Whether every other picture, by chance, is turned left to right.
    pub flip: bool,
    /// Up to this share of its sides it is moved, up to [`MOST_SHIFT`](Self::MOST_SHIFT).
    pub shift: Real,
    /// Up to so many degrees it is turned, up to [`MOST_TURN`](Self::MOST_TURN), either way.
    pub turn: Real,
    /// Up to this share it is made larger or smaller, up to [`MOST_ZOOM`](Self::MOST_ZOOM).
    pub zoom: Real,
    /// Up to this share of white it is made brighter or darker, up to [`MOST_BRIGHTNESS`](Self::MOST_BRIGHTNESS).
    pub brightness: Real,
    /// The side of a black square laid over it somewhere, as a share of the shorter side, up to [`MOST_CUTOUT`](Self::MOST_CUTOUT)
    /// (`DeVries` and Taylor 2017).
    pub cutout: Real,
}

/// One of the ways to change a picture by more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// [`Augmentation::shift`].
    Shift,
    /// [`Augmentation::turn`].
    Turn,
    /// [`Augmentation::zoom`].
    Zoom,
    /// [`Augmentation::brightness`].
    Brightness,
    /// [`Augmentation::cutout`].
    Cutout,
}

impl Amount {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::Shift,
        Self::Turn,
        Self::Zoom,
        Self::Brightness,
        Self::Cutout,
    ];

    /// As the command line writes it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Turn => "turn",
            Self::Zoom => "zoom",
            Self::Brightness => "brightness",
            Self::Cutout => "cutout",
        }
    }

    /// What is usual where no number is given.
    #[must_use]
    pub fn usual(self) -> Real {
        Real::new(match self {
            Self::Shift | Self::Zoom => 0.1,
            Self::Turn => 10.0,
            Self::Brightness => 0.2,
            Self::Cutout => 0.3,
        })
    }

    /// The largest that is allowed.
    #[must_use]
    pub fn most(self) -> f32 {
        match self {
            Self::Shift => Augmentation::MOST_SHIFT,
            Self::Turn => Augmentation::MOST_TURN,
            Self::Zoom => Augmentation::MOST_ZOOM,
            Self::Brightness => Augmentation::MOST_BRIGHTNESS,
            Self::Cutout => Augmentation::MOST_CUTOUT,
        }
    }
}

impl Augmentation {
    /// Most of a side that a picture is moved by.
    pub const MOST_SHIFT: f32 = 0.5;
    /// Most degrees.
    pub const MOST_TURN: f32 = 180.0;
    /// Most that a picture grows or shrinks by.
    pub const MOST_ZOOM: f32 = 0.5;
    /// Most that is added or taken away, as a share of white.
    pub const MOST_BRIGHTNESS: f32 = 0.9;
    /// Largest square, as a share of the shorter side.
    pub const MOST_CUTOUT: f32 = 0.9;

    /// Whether pictures stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// How much of one way there is.
    #[must_use]
    pub fn amount(&self, amount: Amount) -> Real {
        match amount {
            Amount::Shift => self.shift,
            Amount::Turn => self.turn,
            Amount::Zoom => self.zoom,
            Amount::Brightness => self.brightness,
            Amount::Cutout => self.cutout,
        }
    }

    /// The same, to be changed.
    pub fn amount_mut(&mut self, amount: Amount) -> &mut Real {
        match amount {
            Amount::Shift => &mut self.shift,
            Amount::Turn => &mut self.turn,
            Amount::Zoom => &mut self.zoom,
            Amount::Brightness => &mut self.brightness,
            Amount::Cutout => &mut self.cutout,
        }
    }

    /// Pixels that the side of the black square has.
    #[must_use]
    pub fn cutout_side(&self, size: PictureSize) -> usize {
        (self.cutout.get() * size.height.min(size.width) as f32).round() as usize
    }

    /// Whether all amounts are within their bounds.
    ///
    /// # Errors
    /// The first that is not.
    pub fn validate(&self) -> Result<(), AugmentationFault> {
        let all = Amount::ALL.into_iter().map(|a| (a, self.amount(a)));
        for (amount, value) in all {
            if !(0.0..=amount.most()).contains(&value.get()) {
                return Err(AugmentationFault { amount, value });
            }
        }
        Ok(())
    }

    /// Picture `row` of a training set as a run of this seed meets it in an epoch, from 1.
    ///
    /// # Panics
    /// When there is no such picture.
    #[must_use]
    pub fn picture(&self, pictures: &Pictures, row: u32, seed: u64, epoch: usize) -> Picture {
        let size = pictures.size();
        let mut bytes = vec![0; size.len()];
        let from = pictures.image(row as usize);
        self.apply(size, from, &mut bytes, seed, (epoch, row));
        Picture::new(size, bytes).expect("as many bytes as its size says")
    }

    /// The same, from the picture's bytes. Both slices are `(height, width, channels)`.
    fn apply(
        &self,
        size: PictureSize,
        from: &[u8],
        to: &mut [u8],
        seed: u64,
        (epoch, row): (usize, u32),
    ) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Weights and orders are drawn from the streams below.
        rng.set_stream(1 << 63 | (epoch as u64) << 32 | u64::from(row));
        let draw = Draw::new(self, size, &mut rng);
        draw.sample(size, from, to);
        draw.finish(size, to);
    }
}

/// In short, the same in every language: `flip, shift 0.1, turn 10`.
impl fmt::Display for Augmentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if self.flip {
            f.write_str("flip")?;
            comma = ", ";
        }
        for amount in Amount::ALL {
            let value = self.amount(amount);
            if value.get() > 0.0 {
                write!(f, "{comma}{} {value}", amount.key())?;
                comma = ", ";
            }
        }
        Ok(())
    }
}

/// An amount that no run can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("augmentation: {} {value} is out of range; choose 0 to {}", .amount.key(), .amount.most())]
pub struct AugmentationFault {
    /// Of what.
    pub amount: Amount,
    /// How much.
    pub value: Real,
}

/// What is done to one picture once. Every number is drawn, whatever is asked for, so that one way does not change another's.
struct Draw {
    /// From a pixel's place to its source's, both from the middle: rows of a matrix, and what is added, in shares of the sides.
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
    /// Added to each number.
    light: f32,
    /// Middle of the black square in shares of the sides, and its side in pixels.
    hole: ([f32; 2], usize),
}

impl Draw {
    fn new(augmentation: &Augmentation, size: PictureSize, rng: &mut ChaCha8Rng) -> Self {
        // From −1 to below 1.
        let mut draw = || (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0;
        let mirror = if draw() < 0.0 && augmentation.flip {
            -1.0
        } else {
            1.0
        };
        let shift = [draw(), draw()].map(|share| share * augmentation.shift.get());
        // Of libm, so that it is the same on every system.
        let angle = (draw() * augmentation.turn.get()).to_radians();
        let (sine, cosine) = (libm::sinf(angle), libm::cosf(angle));
        let zoom = 1.0 + draw() * augmentation.zoom.get();
        let light = draw() * augmentation.brightness.get() * 255.0;
        let middle = [draw(), draw()].map(|place| f32::midpoint(place, 1.0));
        Self {
            matrix: [
                [cosine / zoom, mirror * sine / zoom],
                [-sine / zoom, mirror * cosine / zoom],
            ],
            shift,
            light,
            hole: (middle, augmentation.cutout_side(size)),
        }
    }

    /// Each pixel from between the four nearest to where it comes from; beyond the edge it goes on as it ends.
    fn sample(&self, size: PictureSize, from: &[u8], to: &mut [u8]) {
        let sides = [size.height, size.width];
        let motion = Motion {
            matrix: self.matrix,
            offset: [0, 1].map(|axis| self.shift[axis] * sides[axis] as f32),
        };
        motion.picture(size, Beyond::Edge, from, to);
    }

    /// Light and the black square.
    fn finish(&self, size: PictureSize, to: &mut [u8]) {
        if self.light != 0.0 {
            for value in to.iter_mut() {
                *value = (f32::from(*value) + self.light).round() as u8;
            }
        }
        let (middle, side) = self.hole;
        if side == 0 {
            return;
        }
        let span = |middle: f32, length: usize| {
            let first = (middle * length as f32) as usize;
            first.saturating_sub(side / 2)..(first + side - side / 2).min(length)
        };
        let columns = span(middle[1], size.width);
        for row in span(middle[0], size.height) {
            let line = &mut to[row * size.width * size.channels..];
            line[columns.start * size.channels..columns.end * size.channels].fill(0);
        }
    }
}

/// The pictures of a batch as a run meets them.
#[derive(Default)]
pub(super) struct Augmented {
    pub pixels: Vec<u8>,
    pub labels: Vec<u8>,
    pub rows: Vec<u32>,
}

impl Augmented {
    /// Takes these rows of `pictures`, on all of the team's threads.
    pub fn take(
        &mut self,
        augmentation: &Augmentation,
        pictures: &Pictures,
        rows: &[u32],
        team: &mut Team,
        (seed, epoch): (u64, usize),
    ) {
        let size = pictures.size();
        let length = size.len();
        self.rows = (0..rows.len() as u32).collect();
        self.labels.clear();
        self.labels
            .extend(rows.iter().map(|row| pictures.label(*row as usize)));
        self.pixels.resize(rows.len() * length, 0);
        let share = rows.len().div_ceil(team.size()).max(1);
        let shares = self.pixels.chunks_mut(share * length);
        let shares: Vec<_> = shares.zip(rows.chunks(share)).map(Mutex::new).collect();
        team.run(1, &|_, member| {
            // Each member has its own; the last pictures may leave some without.
            let Some(Ok(mut share)) = shares.get(member).map(Mutex::try_lock) else {
                return;
            };
            let (pixels, rows) = &mut *share;
            for (to, row) in pixels.chunks_exact_mut(length).zip(rows.iter()) {
                let from = pictures.image(*row as usize);
                augmentation.apply(size, from, to, seed, (epoch, *row));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PictureSize = PictureSize {
        height: 5,
        width: 7,
        channels: 3,
    };

    fn picture() -> Vec<u8> {
        (0..SIZE.len() as u32)
            .map(|i| (i * 37 % 251) as u8)
            .collect()
    }

    fn changed(augmentation: Augmentation, row: u32) -> Vec<u8> {
        let mut to = vec![7; SIZE.len()];
        augmentation.apply(SIZE, &picture(), &mut to, 3, (2, row));
        to
    }

    #[test]
    fn what_is_not_asked_for_is_not_done() {
        for row in 0..20 {
            assert_eq!(changed(Augmentation::default(), row), picture());
        }
    }

    #[test]
    fn about_every_other_picture_is_turned_left_to_right() {
        let flip = Augmentation {
            flip: true,
            ..Augmentation::default()
        };
        let turned: Vec<u8> = picture()
            .chunks(7 * 3)
            .flat_map(|line| line.chunks(3).rev().flatten().copied())
            .collect();
        let all: Vec<_> = (0..200).map(|row| changed(flip, row)).collect();
        assert!(all.iter().all(|one| *one == picture() || *one == turned));
        let count = all.iter().filter(|one| **one == turned).count();
        assert!((70..130).contains(&count), "{count} of 200");
    }

    #[test]
    fn a_turn_by_half_a_turn_and_a_shift_by_whole_pixels_are_exact() {
        let draw = |matrix, shift| Draw {
            matrix,
            shift,
            light: 0.0,
            hole: ([0.0; 2], 0),
        };
        let mut to = vec![0; SIZE.len()];
        draw([[-1.0, 0.0], [0.0, -1.0]], [0.0; 2]).sample(SIZE, &picture(), &mut to);
        let turned: Vec<u8> = picture().chunks(3).rev().flatten().copied().collect();
        assert_eq!(to, turned);
        // A row further down comes up; the last one goes on.
        draw([[1.0, 0.0], [0.0, 1.0]], [0.2, 0.0]).sample(SIZE, &picture(), &mut to);
        let mut shifted = picture()[7 * 3..].to_vec();
        shifted.extend_from_within(3 * 7 * 3..);
        assert_eq!(to, shifted);
    }

    #[test]
    fn between_pixels_values_are_between_theirs() {
        let size = PictureSize {
            height: 1,
            width: 2,
            channels: 1,
        };
        let half = Draw {
            matrix: [[1.0, 0.0], [0.0, 1.0]],
            shift: [0.0, 0.25],
            light: 10.0,
            hole: ([0.0; 2], 0),
        };
        let mut to = [0, 0];
        half.sample(size, &[100, 200], &mut to);
        assert_eq!(to, [150, 200]);
        half.finish(size, &mut to);
        assert_eq!(to, [160, 210]);
    }

    #[test]
    fn a_square_is_black_and_no_larger_than_asked_for() {
        let white = vec![255; SIZE.len()];
        let cutout = Augmentation {
            cutout: Real::new(0.4),
            ..Augmentation::default()
        };
        let mut places = std::collections::BTreeSet::new();
        for row in 0..100 {
            let mut to = white.clone();
            cutout.apply(SIZE, &white, &mut to, 1, (1, row));
            let black: Vec<usize> = (0..35).filter(|at| to[at * 3] == 0).collect();
            // Two by two, or what the edge leaves of it.
            assert!([1, 2, 4].contains(&black.len()), "{black:?}");
            places.insert(black);
        }
        assert!(places.len() > 15, "{}", places.len());
    }

    #[test]
    fn a_picture_is_another_in_each_epoch_and_for_each_seed() {
        let all = Augmentation {
            flip: true,
            shift: Real::new(0.2),
            turn: Real::new(20.0),
            zoom: Real::new(0.2),
            brightness: Real::new(0.3),
            cutout: Real::new(0.3),
        };
        assert_eq!(
            all.to_string(),
            "flip, shift 0.2, turn 20, zoom 0.2, brightness 0.3, cutout 0.3"
        );
        let met = |seed, epoch, row| {
            let mut to = vec![0; SIZE.len()];
            all.apply(SIZE, &picture(), &mut to, seed, (epoch, row));
            to
        };
        assert_eq!(met(1, 1, 1), met(1, 1, 1));
        assert_ne!(met(1, 1, 1), met(2, 1, 1));
        assert_ne!(met(1, 1, 1), met(1, 2, 1));
        assert_ne!(met(1, 1, 1), met(1, 1, 2));
        let fault = Augmentation {
            zoom: Real::new(0.6),
            ..all
        };
        let words = fault.validate().unwrap_err().to_string();
        assert!(
            words.contains("zoom 0.6") && words.contains("0 to 0.5"),
            "{words}"
        );
    }
}
