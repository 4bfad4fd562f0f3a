//! A picture whose channels lie one behind the other, so that vectors hold a row's pixels. Where the window moves by more than one, columns
//! that one place of the kernel meets together lie together.

use super::Sizes;

/// Where the number of a pixel is.
pub struct Planes {
    /// From a channel to the next.
    pub pitch: usize,
    line: usize,
    /// Columns that are met together lie together, as many kinds as the stride.
    kinds: usize,
    of_kind: usize,
}

impl Planes {
    pub fn new(s: &Sizes) -> Self {
        let kinds = s.slide.window.stride[1].min(s.slide.padded_width());
        let of_kind = s.slide.padded_width().div_ceil(kinds);
        let line = kinds * of_kind;
        Self {
            // Odd: at a power of two apart they would share lines of the first cache.
            pitch: (s.slide.padded_height() * line) | 1,
            line,
            kinds,
            of_kind,
        }
    }

    #[inline(always)]
    pub fn at(&self, y: usize, x: usize) -> usize {
        y * self.line + x % self.kinds * self.of_kind + x / self.kinds
    }

    /// Turns a picture round; what is around it stays zero.
    #[inline(always)]
    pub fn fill(&self, s: &Sizes, x: &[f32], planes: &mut [f32]) {
        let (slide, [top, left]) = (&s.slide, s.slide.window.before);
        let channels = slide.channels;
        for (y, line) in x.chunks_exact(slide.width * channels).enumerate() {
            for kind in 0..self.kinds {
                // The first column of the picture that is of this kind.
                let first = (kind + self.kinds - left % self.kinds) % self.kinds;
                if first >= slide.width {
                    continue;
                }
                let place = self.at(y + top, first + left);
                for channel in 0..channels {
                    let from = line[first * channels + channel..].iter();
                    let to = &mut planes[channel * self.pitch + place..];
                    for (to, from) in to.iter_mut().zip(from.step_by(self.kinds * channels)) {
                        *to = *from;
                    }
                }
            }
        }
    }
}
