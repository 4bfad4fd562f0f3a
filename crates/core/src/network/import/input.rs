//! Which pictures a model takes, by the sizes of its input.

use crate::dataset::PictureSize;

/// The pictures of an input of these sizes, the number of pictures left out: height, width, and channels behind them or before them;
/// height and width; or all pixels of a grey square in a row. `None` for what no network here takes.
pub(super) fn picture_size(sizes: &[usize], channels_last: bool) -> Option<PictureSize> {
    let (height, width, channels) = match *sizes {
        [height, width, channels] if channels_last => (height, width, channels),
        [channels, height, width] => (height, width, channels),
        [height, width] => (height, width, 1),
        [pixels] => {
            let side = pixels.isqrt();
            (side, side, usize::from(side * side == pixels))
        }
        _ => return None,
    };
    let size = PictureSize {
        height,
        width,
        channels,
    };
    size.is_allowed().then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_sizes() {
        let fashion = Some(PictureSize::FASHION_MNIST);
        for sizes in [&[28, 28, 1][..], &[28, 28], &[784]] {
            assert_eq!(picture_size(sizes, true), fashion);
        }
        assert_eq!(picture_size(&[1, 28, 28], false), fashion);
        assert_eq!(picture_size(&[3, 32, 32], false), Some(PictureSize::CIFAR));
        assert_eq!(picture_size(&[32, 32, 3], true), Some(PictureSize::CIFAR));
        for sizes in [&[32, 32, 4][..], &[785], &[7, 7, 1], &[], &[1, 28, 28, 1]] {
            assert_eq!(picture_size(sizes, true), None, "{sizes:?}");
        }
    }
}
