//! What a sliding window reads.

use crate::network::{Shape, Window};

/// The row or column of the input that a row or column of the window reads for one of the output; `None` in the padding. `axis` is 0 for
/// rows, 1 for columns; the input has `end` of them.
pub fn read_at(
    window: &Window,
    axis: usize,
    output: usize,
    tap: usize,
    end: usize,
) -> Option<usize> {
    let at = output * window.stride[axis] + tap * window.dilation[axis];
    at.checked_sub(window.before[axis]).filter(|at| *at < end)
}

/// The cells that the window reads for one of the output, each with its number in the window, row by row; those in the padding are
/// left out.
pub fn reads(
    window: &Window,
    input: Shape,
    [y, x]: [usize; 2],
) -> impl Iterator<Item = (usize, [usize; 2])> {
    let (_, height, width) = input.extent();
    let [rows, columns] = window.size;
    let taps = (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)));
    taps.filter_map(move |(row, column)| {
        let down = read_at(window, 0, y, row, height)?;
        let across = read_at(window, 1, x, column, width)?;
        Some((row * columns + column, [down, across]))
    })
}
