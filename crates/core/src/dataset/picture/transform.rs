//! A picture changed by hand: moved, turned, made larger, brighter, noisy, or covered in part.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::super::{Picture, PictureSize};
use super::motion::{Beyond, Motion};

/// What is done to a picture, in this order: it is moved, made brighter, made noisy, covered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// Pixels down and to the right; black comes in.
    pub shift: [f32; 2],
    /// Degrees, clockwise, about the middle.
    pub turn: f32,
    /// How many times as large, about the middle.
    pub zoom: f32,
    /// Added to every number, as a share of white.
    pub light: f32,
    /// Standard deviation of the Gaussian noise that is added to every number, as a share of white.
    pub noise: f32,
    /// Side of the black square in the middle, as a share of the shorter side.
    pub cover: f32,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            shift: [0.0; 2],
            turn: 0.0,
            zoom: 1.0,
            light: 0.0,
            noise: 0.0,
            cover: 0.0,
        }
    }
}

impl Transform {
    /// Whether pictures stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// How it moves a map, of which so many pixels of the picture are a cell, `[down, right]`. For the picture itself that is one.
    #[must_use]
    pub fn motion(&self, pixels: [f32; 2]) -> Motion {
        // Of libm, so that it is the same on every system.
        let angle = self.turn.to_radians();
        let (sine, cosine) = (libm::sinf(angle), libm::cosf(angle));
        let matrix = [
            [cosine / self.zoom, -sine / self.zoom],
            [sine / self.zoom, cosine / self.zoom],
        ];
        let [down, right] = [0, 1].map(|axis| self.shift[axis] / pixels[axis]);
        let offset = matrix.map(|[y, x]| -(y * down + x * right));
        Motion { matrix, offset }
    }

    /// The picture so changed. The noise depends on `seed` and nothing else.
    #[must_use]
    pub fn of(&self, picture: &Picture, seed: u64) -> Picture {
        let mut changed = picture.clone();
        self.write(picture.size(), picture.bytes(), changed.bytes_mut(), seed);
        changed
    }

    /// The same from bytes to bytes, `(height, width, channels)` each.
    pub(crate) fn write(&self, size: PictureSize, from: &[u8], to: &mut [u8], seed: u64) {
        let motion = self.motion([1.0; 2]);
        motion.picture(size, Beyond::Nothing, from, to);
        if self.light != 0.0 || self.noise != 0.0 {
            let mut noise = Noise::new(seed);
            for value in to.iter_mut() {
                let more = self.light + self.noise * noise.draw();
                *value = (f32::from(*value) + 255.0 * more).round() as u8;
            }
        }
        let side = self.cover * size.height.min(size.width) as f32;
        let side = side.round() as usize;
        let [first_row, first_column] = [size.height, size.width].map(|all| (all - side) / 2);
        for row in first_row..first_row + side {
            let start = (row * size.width + first_column) * size.channels;
            to[start..start + side * size.channels].fill(0);
        }
    }
}

/// Numbers of a standard normal distribution (Box and Muller 1958).
struct Noise {
    rng: ChaCha8Rng,
    /// The second of a pair.
    kept: Option<f32>,
}

impl Noise {
    fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            kept: None,
        }
    }

    fn draw(&mut self) -> f32 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        // Above 0 and up to 1.
        let mut uniform = || ((self.rng.next_u32() >> 8) as f32 + 1.0) / 16_777_216.0;
        let radius = (-2.0 * libm::logf(uniform())).sqrt();
        let angle = std::f32::consts::TAU * uniform();
        self.kept = Some(radius * libm::sinf(angle));
        radius * libm::cosf(angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, channels: usize) -> Picture {
        let size = PictureSize {
            height,
            width,
            channels,
        };
        let bytes: Vec<u8> = (0..size.len())
            .map(|index| (index * 37 % 251) as u8)
            .collect();
        Picture::new(size, bytes).unwrap()
    }

    #[test]
    fn whole_pixels_are_moved_as_they_are_and_black_comes_in() {
        for channels in [1, 3] {
            let from = picture(9, 8, channels);
            let transform = Transform {
                shift: [2.0, -3.0],
                ..Transform::default()
            };
            let moved = transform.of(&from, 0);
            for y in 0..8 {
                for x in 0..9 {
                    for channel in 0..channels {
                        let at = |y: usize, x: usize| (y * 9 + x) * channels + channel;
                        let expected = if y >= 2 && x < 6 {
                            from.bytes()[at(y - 2, x + 3)]
                        } else {
                            0
                        };
                        assert_eq!(moved.bytes()[at(y, x)], expected, "{y}, {x}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_quarter_turn_is_that_of_the_picture_and_clockwise() {
        let from = picture(9, 9, 1);
        let turned = Transform {
            turn: 90.0,
            ..Transform::default()
        };
        let turned = turned.of(&from, 0);
        let expected = image::imageops::rotate90(&from.image().into_luma8());
        assert_eq!(turned.bytes(), expected.as_raw().as_slice());
    }

    /// First moved, then turned and grown: the order is said by where the middle goes.
    #[test]
    fn turning_and_growing_are_about_the_middle_of_the_picture() {
        let mut bytes = vec![0; 31 * 31];
        bytes[15 * 31 + 15] = 255;
        let size = PictureSize {
            height: 31,
            width: 31,
            channels: 1,
        };
        let dot = Picture::new(size, bytes).unwrap();
        let place = |transform: Transform| {
            let moved = transform.of(&dot, 0);
            let brightest = (0..31 * 31)
                .max_by_key(|&index| moved.bytes()[index])
                .unwrap();
            (brightest / 31, brightest % 31)
        };
        let plain = Transform::default();
        assert_eq!(
            place(Transform {
                turn: 37.0,
                ..plain
            }),
            (15, 15)
        );
        let shift = [0.0, 4.0];
        assert_eq!(place(Transform { shift, ..plain }), (15, 19));
        // The shift is that of the picture on the table, whatever it looks like there.
        let turn = 90.0;
        assert_eq!(
            place(Transform {
                shift,
                turn,
                ..plain
            }),
            (15, 19)
        );
    }

    #[test]
    fn light_noise_and_cover_do_what_they_say() {
        let grey = Picture::new(
            PictureSize {
                height: 64,
                width: 64,
                channels: 1,
            },
            vec![100; 64 * 64],
        );
        let grey = grey.unwrap();
        let plain = Transform::default();
        let light = Transform {
            light: 0.2,
            ..plain
        }
        .of(&grey, 0);
        assert!(light.bytes().iter().all(|&value| value == 151));
        let dark = Transform {
            light: -1.0,
            ..plain
        }
        .of(&grey, 0);
        assert!(dark.is_blank());
        let noisy = Transform {
            noise: 0.1,
            ..plain
        };
        assert_eq!(noisy.of(&grey, 3), noisy.of(&grey, 3));
        assert_ne!(noisy.of(&grey, 3), noisy.of(&grey, 4));
        let values: Vec<f64> = noisy
            .of(&grey, 3)
            .bytes()
            .iter()
            .map(|&v| v.into())
            .collect();
        let mean = values.iter().sum::<f64>() / 4096.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4096.0;
        assert!((mean - 100.0).abs() < 1.5, "{mean}");
        assert!((variance.sqrt() - 25.5).abs() < 1.0, "{variance}");
        let covered = Transform {
            cover: 0.5,
            ..plain
        }
        .of(&grey, 0);
        let is_black = |value: &&u8| **value < 1;
        let black = covered.bytes().iter().filter(is_black).count();
        assert_eq!(black, 32 * 32);
        assert_eq!(covered.bytes()[32 * 64 + 32], 0);
    }
}
