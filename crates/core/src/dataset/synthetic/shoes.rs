//! What goes on the feet, seen from the side with the toe to the left: sandal, sneaker, ankle boot.

use rand::Rng;

use super::{
    canvas::{Canvas, Point, bent, mix, rounded},
    fabric::{Fabric, contrast},
};

/// Straps over a sole, flat or on a high heel; the foot would show between.
pub fn sandal(canvas: &mut Canvas, rng: &mut impl Rng) {
    let sole = Fabric::plain(rng, 0.3..0.95);
    let strap = Fabric::plain(rng, 0.35..1.0);
    if rng.random_bool(0.35) {
        heeled_sandal(canvas, rng, sole, strap);
    } else {
        flat_sandal(canvas, rng, sole, strap);
    }
}

fn flat_sandal(canvas: &mut Canvas, rng: &mut impl Rng, sole: Fabric, strap: Fabric) {
    let ground = rng.random_range(18.0..20.5);
    let thick = rng.random_range(1.2..3.0);
    let heel = thick + rng.random_range(0.0..1.8);
    let bed = [
        (0.3, ground - thick),
        (14.0, ground - thick),
        (27.6, ground - heel),
    ];
    let outline = [bed[0], bed[1], bed[2], (27.4, ground), (0.8, ground)];
    canvas.fill(&outline, |x, y| sole.shade(x, y));
    let at = |along: f32| mix(bed[0], bed[2], along);
    let shade = |x, y| strap.shade(x, y);
    let width = rng.random_range(1.0..1.9);
    for _ in 0..rng.random_range(2..4) {
        let start = rng.random_range(0.1..0.3);
        let end = start + rng.random_range(0.15..0.3);
        let rise = rng.random_range(2.5..5.0);
        let over = mix(at(start), at(end), 0.6);
        let path = [
            at(start),
            (over.0 - 1.0, over.1 - rise),
            (over.0 + 1.5, over.1 - rise),
            at(end),
        ];
        canvas.stroke(&bent(&path), width, shade);
    }
    if rng.random_bool(0.75) {
        let high = bed[2].1 - rng.random_range(4.5..8.0);
        let ankle = (rng.random_range(16.0..19.0), high + 1.0);
        canvas.stroke(
            &bent(&[at(0.42), ankle, (26.0, high), (26.5, bed[2].1)]),
            width,
            shade,
        );
        canvas.stroke(
            &bent(&[at(0.62), (21.0, high + 2.0), (25.5, high)]),
            width * 0.8,
            shade,
        );
    }
}

fn heeled_sandal(canvas: &mut Canvas, rng: &mut impl Rng, sole: Fabric, strap: Fabric) {
    let ground = rng.random_range(24.5..27.5);
    let heel = ground - rng.random_range(9.0..13.0);
    let thick = rng.random_range(1.0..2.2);
    let bed = bent(&[
        (1.0, ground - thick),
        (9.0, ground - thick),
        (17.0, heel + 4.0),
        (26.0, heel),
    ]);
    let shade = |x, y| sole.shade(x, y);
    canvas.stroke(&bed, thick, shade);
    let stem = rng.random_range(0.8..3.4);
    let block = [
        (25.8 - stem, heel + 1.5),
        (26.8, heel),
        (26.6, ground),
        (26.2 - stem * 0.7, ground),
    ];
    canvas.fill(&block, shade);
    let width = rng.random_range(1.0..1.8);
    let shade = |x, y| strap.shade(x, y);
    let rise = rng.random_range(3.0..5.0);
    for start in [3.0, 6.5] {
        let path = [
            (start, ground - thick),
            (start + 2.0, ground - thick - rise),
            (start + 5.0, ground - thick - 1.5),
        ];
        canvas.stroke(&bent(&path), width, shade);
    }
    let top = heel - rng.random_range(5.0..8.0);
    canvas.stroke(&[(26.2, heel), (25.4, top)], width * 1.2, shade);
    canvas.stroke(
        &bent(&[(25.4, top), (19.0, top + 1.0), (16.5, top + 2.5)]),
        width,
        shade,
    );
    if rng.random_bool(0.5) {
        canvas.stroke(
            &[(17.0, top + 2.0), (9.5, ground - thick - 2.0)],
            width,
            shade,
        );
    }
}

/// A low shoe with a tongue, laces, a sole of rubber and often stripes.
pub fn sneaker(canvas: &mut Canvas, rng: &mut impl Rng) {
    let upper = Fabric::plain(rng, 0.3..0.95);
    let ground = rng.random_range(18.6..20.8);
    let thick = rng.random_range(1.2..2.6);
    let seat = ground - thick;
    let tongue: Point = (
        rng.random_range(16.0..18.5),
        seat - rng.random_range(8.5..11.5),
    );
    let heel = seat - rng.random_range(6.0..8.0);
    let vamp: Point = (
        rng.random_range(7.0..9.0),
        seat - rng.random_range(4.2..5.4),
    );
    let dip = (21.5, heel + rng.random_range(0.6..1.8));
    let outline = [
        (0.2, seat + 0.5),
        (0.2, seat - 2.0),
        (3.0, seat - 3.4),
        vamp,
        (tongue.0 - 1.5, tongue.1 + 0.6),
        (tongue.0 + 0.8, tongue.1 - 0.6),
        (tongue.0 + 1.8, tongue.1 + 2.4),
        dip,
        (26.0, heel),
        (27.6, heel - 0.6),
        (26.8, heel + 3.0),
        (28.0, seat + 0.5),
    ];
    canvas.fill(&rounded(&outline), |x, y| upper.shade(x, y));
    let rubber = Fabric::plain(rng, 0.15..1.0);
    let sole = [
        (0.2, seat - 0.4),
        (27.6, seat - 0.4),
        (26.6, ground),
        (1.8, ground),
    ];
    canvas.fill(&sole, |x, y| rubber.shade(x, y));
    let (lace, join) = (contrast(upper.tone), upper.tone * 0.6);
    canvas.stroke(&[(0.6, seat - 0.3), (27.2, seat - 0.3)], 0.5, |_, _| join);
    let (first, last) = (
        (vamp.0 + 1.4, vamp.1 + 0.4),
        (tongue.0 - 0.6, tongue.1 + 1.8),
    );
    for step in 0..4 {
        let (x, y) = mix(first, last, step as f32 / 3.0);
        canvas.stroke(&[(x, y), (x + 1.2, y + 1.2)], 0.6, |_, _| lace);
    }
    if rng.random_bool(0.5) {
        for stripe in 0..rng.random_range(1..4) {
            let x = 15.5 + 2.2 * stripe as f32;
            canvas.stroke(&[(x, heel + 3.0), (x - 2.0, seat - 1.2)], 0.8, |_, _| lace);
        }
    }
    let lining = [(tongue.0 + 1.6, tongue.1 + 2.0), dip, (26.4, heel + 0.4)];
    canvas.stroke(&bent(&lining), 0.8, |_, _| upper.tone * 0.45);
}

/// A shaft over the ankle, on a flat, a block or a high heel.
pub fn ankle_boot(canvas: &mut Canvas, rng: &mut impl Rng) {
    let leather = Fabric::plain(rng, 0.35..1.0);
    let heel = match rng.random_range(0..3) {
        0 => rng.random_range(4.0..7.5),
        _ => rng.random_range(1.2..3.2),
    };
    let ground = rng.random_range(24.0..26.5);
    let seat = ground - heel;
    let toe = ground - rng.random_range(0.8..1.8);
    let top = rng.random_range(2.0..6.5);
    let front = rng.random_range(13.0..16.0);
    let back = rng.random_range(25.0..27.0);
    let outline = [
        (0.6, toe),
        (1.0, toe - 2.4),
        (6.0, toe - 5.0),
        (front - 1.5, toe - 8.5),
        (front, top + 2.0),
        (front, top),
        (back, top),
        (back - 0.6, top + 6.0),
        (back + 0.8, seat - 2.0),
        (back + 0.6, seat),
        (back - 6.0, seat),
        (back - 10.5, toe),
    ];
    canvas.fill(&rounded(&outline), |x, y| leather.shade(x, y));
    let sole = Fabric::plain(rng, 0.15..0.8);
    let shade = |x, y| sole.shade(x, y);
    canvas.stroke(
        &[(1.0, ground - 0.6), (back - 10.5, ground - 0.6)],
        1.2,
        shade,
    );
    let stem = rng.random_range(3.0..6.0);
    let block = [
        (back - stem - 0.6, seat),
        (back + 0.6, seat),
        (back + 0.2, ground),
        (back - stem, ground),
    ];
    canvas.fill(&block, shade);
    canvas.stroke(
        &[(back - 10.5, toe + 0.4), (back - 5.0, seat + 0.3)],
        1.0,
        shade,
    );
    let dark = leather.tone * rng.random_range(0.3..0.6);
    match rng.random_range(0..3) {
        // An elastic panel, as a Chelsea boot has.
        0 => {
            let panel = [
                (front + 3.0, top + 0.5),
                (front + 7.0, top + 0.5),
                (front + 5.5, top + 8.0),
            ];
            canvas.fill(&rounded(&panel), |_, _| dark);
        }
        // Laces.
        1 => {
            for step in 0..5 {
                let (x, y) = mix(
                    (front - 3.0, toe - 8.0),
                    (front + 0.8, top + 1.5),
                    step as f32 / 4.0,
                );
                canvas.stroke(&[(x, y), (x + 2.2, y + 0.8)], 0.8, |_, _| dark);
            }
        }
        // A zip.
        _ => canvas.stroke(
            &[(back - 5.0, top), (back - 6.0, seat - 1.0)],
            0.7,
            |_, _| dark,
        ),
    }
}
