//! Softmax cross-entropy.

/// `−log softmax(z)[label] = log Σ exp(z − max z) + max z − z[label]`, and whether the largest of `z` (the first of equals) is the label's.
/// Its gradient, `softmax(z) − onehot(label)`, times `scale` goes to `gradient`.
pub fn cross_entropy(z: &[f32], label: usize, scale: f32, gradient: &mut [f32]) -> (f32, bool) {
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
    gradient[label] -= scale;
    (sum.ln() + largest - z[label], best == label)
}
