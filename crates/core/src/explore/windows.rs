//! What a sliding window reads.

use crate::network::{Layer, LayerKind, Window};

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

/// Where a convolution keeps the weight of a filter for a channel of its input, at a row and column of the kernel; `None` where the filter does
/// not see the channel, and where there is no such weight.
pub fn weight_index(
    layer: &Layer,
    [channel, filter]: [usize; 2],
    [row, column]: [usize; 2],
) -> Option<usize> {
    let LayerKind::Conv { window, groups, .. } = layer.kind else {
        return None;
    };
    let (channels, filters) = (layer.input.channels(), layer.output.channels());
    let depth = channels / groups;
    let is_there = channel < channels
        && filter < filters
        && row < window.size[0]
        && column < window.size[1]
        && channel / depth == filter / (filters / groups);
    let tap = (row * window.size[1] + column) * depth + channel % depth;
    is_there.then_some(tap * filters + filter)
}
