//! Softmax cross-entropy.

/// What the probabilities should be: all of it at the label, but for a share that is spread over all classes (Szegedy et al., 2016).
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub label: usize,
    pub smoothing: f32,
}

impl Target {
    /// All of it.
    pub const fn label(label: usize) -> Self {
        Self {
            label,
            smoothing: 0.0,
        }
    }
}

/// `−Σ target · log softmax(z)` with `log softmax(z) = z − max z − log Σ exp(z − max z)`, and whether the largest of `z` (the first of
/// equals) is the label's. Its gradient, `softmax(z) − target`, times `scale` goes to `gradient`.
pub fn cross_entropy(
    z: &[f32],
    Target { label, smoothing }: Target,
    scale: f32,
    gradient: &mut [f32],
) -> (f32, bool) {
    let (mut best, mut largest) = (0, f32::NEG_INFINITY);
    for (class, z) in z.iter().enumerate() {
        if *z > largest {
            (best, largest) = (class, *z);
        }
    }
    let mut sum = 0.0;
    for (gradient, z) in gradient.iter_mut().zip(z) {
        *gradient = (z - largest).exp();
        sum += *gradient;
    }
    for gradient in gradient.iter_mut() {
        *gradient *= scale / sum;
    }
    let hit = best == label;
    if smoothing == 0.0 {
        gradient[label] -= scale;
        return (sum.ln() + largest - z[label], hit);
    }
    let each = smoothing / z.len() as f32;
    gradient[label] -= scale * (1.0 - smoothing);
    let mut meant = 0.0;
    for (gradient, z) in gradient.iter_mut().zip(z) {
        *gradient -= scale * each;
        // Around the largest: means of large numbers would swallow what they differ by.
        meant += each * (z - largest);
    }
    meant += (1.0 - smoothing) * (z[label] - largest);
    (sum.ln() - meant, hit)
}
