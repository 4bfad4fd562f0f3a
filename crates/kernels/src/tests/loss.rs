//! Softmax cross-entropy.

use super::*;

#[test]
fn cross_entropy_agrees_with_float64_and_counts_hits() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let (images, classes, denominator) = (9, 10, 32);
    let logits = Var::from_vec(
        random(&mut rng, images * classes)
            .iter()
            .map(|z| z * 50.0)
            .collect(),
        (images, classes),
        &Device::Cpu,
    )?;
    let labels: Vec<u8> = (0..images)
        .map(|_| rng.random_range(0..classes) as u8)
        .collect();
    let (loss, hits) = softmax_cross_entropy(&logits, &labels, denominator)?;
    let (mut want, mut gradient, mut want_hits) = (0.0, vec![], 0);
    for (row, label) in numbers(&logits).chunks(classes).zip(&labels) {
        let z: Vec<f64> = row.iter().map(|z| f64::from(*z)).collect();
        let largest = z.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
        want += sum.ln() + largest - z[usize::from(*label)];
        want_hits += usize::from(z[usize::from(*label)] >= largest);
        gradient.extend((0..classes).map(|c| {
            ((z[c] - largest).exp() / sum - f64::from(u8::from(c == usize::from(*label)))) / 32.0
        }));
    }
    close(&loss, &[want / 32.0], "loss");
    assert_eq!(hits, want_hits);
    close(loss.backward()?.get(&logits).unwrap(), &gradient, "dlogits");
    Ok(())
}
