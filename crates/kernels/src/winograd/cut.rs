//! How the pixels to compute are cut into tiles of 4×4, 4×2, 2×4 and 2×2.
//!
//! A tile of 4×4 takes 36 multiplications a channel and filter where four of 2×2 take 64 and the direct way 144, but a map of ten rows
//! is two fours and a two: three fours would throw a sixth of the work away in each direction. Every size of tile in use has weights of
//! its own to transform, which does not pay for a single small picture.

use super::Shape;

/// What transforming one position of the weights costs, in tiles multiplied with them.
const WEIGHTS: usize = 5;

/// Tiles of all pictures, of so many in each, and what the weights cost.
fn of_all(g: &Shape, tiles: usize) -> usize {
    (g.images.saturating_mul(g.apart()))
        .saturating_mul(tiles)
        .saturating_add(WEIGHTS)
}

/// Neighbouring tiles of one size, in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first pixel.
    pub start: usize,
    /// Pixels a tile: 2 or 4.
    pub size: usize,
    pub count: usize,
}

impl Stretch {
    /// Inputs that one tile reads.
    const fn points(&self) -> usize {
        self.size + 2
    }

    /// The first pixel of tile `index`.
    pub const fn pixel(&self, index: usize) -> usize {
        self.start + index * self.size
    }
}

/// `length` pixels, by twos only or by fours and what is left of them.
fn stretches(length: usize, by_fours: bool) -> impl Iterator<Item = Stretch> + Clone {
    let fours = match (by_fours, length % 4) {
        (false, _) => 0,
        // One more four is as cheap as two twos.
        (true, 3) => length / 4 + 1,
        (true, _) => length / 4,
    };
    let rest = length.saturating_sub(4 * fours);
    let [four, two] = [(0, 4, fours), (4 * fours, 2, rest.div_ceil(2))]
        .map(|(start, size, count)| Stretch { start, size, count });
    [four, two].into_iter().filter(|stretch| stretch.count > 0)
}

/// A way to cut both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    rows: (usize, bool),
    columns: (usize, bool),
}

impl Cut {
    /// The cheapest way for the pixels of `g`.
    pub fn new(g: &Shape) -> Self {
        let [rows, columns] = [
            g.rows.div_ceil(g.dilation[0]),
            g.columns.div_ceil(g.dilation[1]),
        ];
        Self::cheapest(rows, columns, |tiles| of_all(g, tiles))
    }

    /// Multiplications of one square of the kernel, a channel and a filter, with what transforming the weights costs.
    pub fn cost_of(&self, g: &Shape) -> usize {
        self.cost(|tiles| of_all(g, tiles))
    }

    /// The cheapest way where each position of some tiles costs `cost` of their number.
    fn cheapest(rows: usize, columns: usize, cost: impl Fn(usize) -> usize) -> Self {
        let by_fours = [(true, true), (true, false), (false, true), (false, false)];
        let cuts = by_fours.map(|(high, wide)| Self {
            rows: (rows, high),
            columns: (columns, wide),
        });
        *cuts
            .iter()
            .min_by_key(|cut| cut.cost(&cost))
            .unwrap_or(&cuts[0])
    }

    fn cost(&self, cost: impl Fn(usize) -> usize) -> usize {
        self.parts()
            .map(|part| part.positions().saturating_mul(cost(part.tiles())))
            .fold(0, usize::saturating_add)
    }

    /// The tiles of each size.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        let columns = stretches(self.columns.0, self.columns.1);
        stretches(self.rows.0, self.rows.1)
            .flat_map(move |rows| columns.clone().map(move |columns| Part { rows, columns }))
    }
}

/// Multiplications for a map of `rows × columns` of many pictures, a channel and a filter.
pub fn multiplications(rows: usize, columns: usize) -> usize {
    Cut::cheapest(rows, columns, |tiles| tiles).cost(|tiles| tiles)
}

/// Tiles of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub rows: Stretch,
    pub columns: Stretch,
}

impl Part {
    /// Multiplications of a tile, a channel and a filter.
    pub const fn positions(&self) -> usize {
        self.rows.points() * self.columns.points()
    }

    /// Tiles of a picture.
    pub const fn tiles(&self) -> usize {
        self.rows.count * self.columns.count
    }

    /// Picture, and first row and column in it, of tile `index`.
    pub const fn place(&self, index: usize) -> (usize, usize, usize) {
        let (row, column) = (index / self.columns.count, index % self.columns.count);
        (
            row / self.rows.count,
            self.rows.pixel(row % self.rows.count),
            self.columns.pixel(column),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::geometry::Geometry;
    use super::*;

    #[test]
    fn every_pixel_is_in_one_tile() {
        for (rows, columns) in
            (1..=28).flat_map(|rows| (1..=28).map(move |columns| (rows, columns)))
        {
            for by_fours in [false, true] {
                let cut = Cut {
                    rows: (rows, by_fours),
                    columns: (columns, !by_fours || rows % 2 == 0),
                };
                let (high, wide) = (rows + 1, columns + 1);
                let mut seen = vec![0; high * wide];
                for part in cut.parts() {
                    for index in 0..part.tiles() {
                        let (picture, row, column) = part.place(index);
                        assert_eq!(picture, 0);
                        for y in row..row + part.rows.size {
                            for x in column..column + part.columns.size {
                                seen[y * wide + x] += 1;
                            }
                        }
                    }
                }
                for y in 0..rows {
                    assert_eq!(
                        seen[y * wide..][..columns],
                        vec![1; columns],
                        "{rows}×{columns}"
                    );
                }
                assert!(seen.iter().all(|count| *count <= 1));
            }
        }
    }

    #[test]
    fn the_notebooks_second_convolution_takes_less_than_two_thirds_of_what_small_tiles_take() {
        // Ten rows of 4 + 4 + 2 pixels: 6 + 6 + 4 points, in both directions.
        assert_eq!(multiplications(10, 10), 16 * 16);
        assert_eq!(multiplications(2, 2), 16);
        assert_eq!(multiplications(24, 24), 36 * 36);
        assert_eq!(multiplications(3, 5), 6 * 10);
    }

    #[test]
    fn a_single_small_picture_is_cut_by_twos() {
        let sizes = |images| {
            let g = Geometry {
                images,
                height: 13,
                width: 13,
                channels: 64,
                kernel: 3,
                filters: 64,
                border: 0,
                pool: true,
            };
            Cut::new(&Shape::from(&g))
                .parts()
                .map(|part| part.positions())
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(1), [16]);
        assert_eq!(sizes(16), [36, 24, 24, 16]);
    }
}
