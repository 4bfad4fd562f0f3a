//! Kernels to slide: the classics of image processing, and anybody's own.

use serde::{Deserialize, Serialize};

/// A square of weights, of side 1, 3, 5 or 7.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Kernel {
    side: usize,
    values: Vec<f64>,
}

impl Kernel {
    /// Largest weight, either way, that is taken.
    pub const MAX: f64 = 100.0;

    /// A kernel of these weights, row by row; `None` unless they fill a square of an odd side up to
    /// 7 and are at most [`MAX`](Self::MAX) in size.
    #[must_use]
    pub fn new(values: Vec<f64>) -> Option<Self> {
        let side = [1, 3, 5, 7].into_iter().find(|k| k * k == values.len())?;
        let fit = values.iter().all(|value| value.abs() <= Self::MAX);
        fit.then_some(Self { side, values })
    }

    /// Its side.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Its weights, row by row.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The same with one weight changed, within ±[`MAX`](Self::MAX).
    #[must_use]
    pub fn with(mut self, index: usize, value: f64) -> Self {
        if let Some(weight) = self.values.get_mut(index) {
            *weight = if value.is_finite() {
                value.clamp(-Self::MAX, Self::MAX)
            } else {
                0.0
            };
        }
        self
    }
}

impl TryFrom<Vec<f64>> for Kernel {
    type Error = &'static str;

    fn try_from(values: Vec<f64>) -> Result<Self, Self::Error> {
        Self::new(values).ok_or("a kernel has 1, 9, 25 or 49 weights between -100 and 100")
    }
}

impl From<Kernel> for Vec<f64> {
    fn from(kernel: Kernel) -> Self {
        kernel.values
    }
}

/// A kernel with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedKernel {
    /// 1 in the middle: the picture as it is.
    Identity,
    /// The middle against everything around it; the weights add up to 0.
    Edges,
    /// The mean of the patch; the weights add up to 1.
    Blur,
    /// The picture plus its edges.
    Sharpen,
    /// Right against left: answers to vertical edges.
    SobelX,
    /// Below against above: answers to horizontal edges.
    SobelY,
}

impl NamedKernel {
    /// All of them, in the order they are offered, with their names in files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("identity", Self::Identity),
        ("edges", Self::Edges),
        ("blur", Self::Blur),
        ("sharpen", Self::Sharpen),
        ("sobel-x", Self::SobelX),
        ("sobel-y", Self::SobelY),
    ];

    /// Its weights at a side of 3, or else of 5.
    #[must_use]
    pub fn kernel(self, side: usize) -> Kernel {
        let side = if side == 3 { 3 } else { 5 };
        let count = side * side;
        let middle = count / 2;
        let spot = |around: f64, center: f64| {
            let mut values = vec![around; count];
            values[middle] = center;
            values
        };
        let all = count as f64;
        let values = match self {
            Self::Identity => spot(0.0, 1.0),
            Self::Edges => spot(-1.0, all - 1.0),
            Self::Blur => vec![1.0 / all; count],
            Self::Sharpen => spot(-1.0, all),
            Self::SobelX => sobel(side, false),
            Self::SobelY => sobel(side, true),
        };
        Kernel { side, values }
    }
}

/// Smoothing across, difference along: the outer product of the two binomial filters (Sobel's
/// operator, and its extension to 5×5).
fn sobel(side: usize, down: bool) -> Vec<f64> {
    let (smooth, difference): (&[f64], &[f64]) = if side == 3 {
        (&[1.0, 2.0, 1.0], &[-1.0, 0.0, 1.0])
    } else {
        (&[1.0, 4.0, 6.0, 4.0, 1.0], &[-1.0, -2.0, 0.0, 2.0, 1.0])
    };
    let (rows, columns) = if down {
        (difference, smooth)
    } else {
        (smooth, difference)
    };
    let product = |row: &f64| columns.iter().map(move |column| row * column).collect();
    rows.iter()
        .flat_map(|row| -> Vec<f64> { product(row) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_what_the_kernel_is_for() {
        for side in [3, 5] {
            for (name, kernel) in NamedKernel::ALL {
                let sum: f64 = kernel.kernel(side).values().iter().sum();
                let keeps = matches!(
                    kernel,
                    NamedKernel::Identity | NamedKernel::Blur | NamedKernel::Sharpen
                );
                let expected = if keeps { 1.0 } else { 0.0 };
                assert!((sum - expected).abs() < 1e-12, "{name} {side}: {sum}");
            }
        }
        let sobel = NamedKernel::SobelX.kernel(3);
        assert_eq!(
            sobel.values(),
            [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0]
        );
    }

    #[test]
    fn only_odd_squares_of_bounded_weights_are_kernels() {
        assert!(Kernel::new(vec![0.5; 9]).is_some());
        assert!(Kernel::new(vec![0.5; 4]).is_none());
        assert!(Kernel::new(vec![f64::NAN; 9]).is_none());
        assert!(Kernel::new(vec![101.0; 9]).is_none());
        assert!(serde_json::from_str::<Kernel>("[1, 2]").is_err());
        let kernel = NamedKernel::Blur.kernel(3).with(0, f64::INFINITY);
        assert_eq!(kernel.values()[0].to_bits(), 0.0_f64.to_bits());
    }
}
