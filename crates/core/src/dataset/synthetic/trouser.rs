//! Two legs and a waistband.

use rand::Rng;

use super::{canvas::Canvas, fabric::Fabric};

/// Trousers seen from the front, from waistband to hems.
pub fn trouser(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.35..1.0, 0.1);
    let middle = rng.random_range(13.4..14.6);
    let waist = rng.random_range(3.4..4.4);
    let hip = waist + rng.random_range(0.3..1.2);
    let crotch = rng.random_range(8.0..10.5);
    let stand = rng.random_range(0.3..1.6);
    let hem = rng.random_range(2.2..3.6);
    let top = rng.random_range(0.1..0.8);
    let foot = rng.random_range(27.2..28.0);
    for side in [-1.0, 1.0] {
        let leg = [
            (0.0, top),
            (waist, top),
            (hip, 6.0),
            (stand + hem + 0.9, 17.0),
            (stand + hem, foot),
            (stand, foot),
            (stand * 0.6 + 0.1, 17.0),
            (0.05, crotch),
        ]
        .map(|(away, y)| (middle + side * away, y));
        // The crease down the leg catches the light.
        canvas.fill(&leg, |x, y| {
            let aside = ((x - middle).abs() - stand - hem / 2.0) / hem;
            fabric.shade(x, y) * (1.0 - 0.2 * aside * aside)
        });
    }
    let seam = fabric.tone * 0.5;
    canvas.stroke(&[(middle, top), (middle, crotch)], 0.6, |_, _| seam);
    let band = [(middle - waist, top + 1.4), (middle + waist, top + 1.4)];
    canvas.stroke(&band, 0.5, |_, _| seam);
}
