//! What a sliding window reads.

use crate::network::Window;

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
