//! Dropout (Srivastava et al., 2014), inverted: what stays is divided by the share that does, so that testing has nothing to do.
//!
//! Which number stays is a function of seed, step, layer, picture and place, never of what ran before or on which thread.

use super::kernel::Kernel;
use pulp::Simd;

/// What decides for a layer in a step.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    pub seed: u64,
    pub step: u64,
    pub layer: u64,
    /// Share that is dropped.
    pub rate: f32,
}

impl Draw {
    /// Two keys for the places of a picture of the batch.
    fn keys(&self, picture: u64) -> [u32; 2] {
        let mut state = 0;
        for part in [self.seed, self.step, self.layer, picture] {
            state = mix(state ^ part);
        }
        [state as u32, (state >> 32) as u32]
    }
}

/// SplitMix64's step (Steele, Lea and Flood, 2014).
const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A bijection of 32 bits that leaves no trace of their order (Wellons's `lowbias32`, 2018, as bettered by TheIronBorn).
#[inline(always)]
const fn scatter(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0xd35a_2d97);
    x ^ (x >> 15)
}

/// `to = from`, of which some are dropped. Both ways: the gradient passes where the number did.
pub struct Dropout<'a> {
    pub draw: Draw,
    /// The first picture's number in the batch.
    pub picture: usize,
    /// Numbers of one.
    pub length: usize,
    pub from: &'a [f32],
    /// Overwritten.
    pub to: &'a mut [f32],
}

impl Kernel for Dropout<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        let rate = f64::from(self.draw.rate);
        // Dropped below it: of 2³² equally likely numbers.
        let threshold = (rate * 4_294_967_296.0) as u32;
        let scale = (1.0 / (1.0 - rate)) as f32;
        let pictures = (self.to.chunks_exact_mut(self.length)).zip(self.from.chunks(self.length));
        for (picture, (to, from)) in pictures.enumerate() {
            let [first, second] = self.draw.keys((self.picture + picture) as u64);
            for (place, (to, from)) in (0_u32..).zip(to.iter_mut().zip(from)) {
                let number = scatter(scatter(place ^ first).wrapping_add(second));
                *to = if number < threshold {
                    0.0
                } else {
                    from * scale
                };
            }
        }
    }
}
