//! A bag with handles or a strap.

use rand::Rng;

use super::{
    canvas::{Canvas, bent},
    fabric::Fabric,
};

/// A handbag, shopper, clutch or satchel, seen from the front.
pub fn bag(canvas: &mut Canvas, rng: &mut impl Rng) {
    let leather = Fabric::random(rng, 0.35..1.0, 0.2);
    let middle = 14.0;
    let handle = rng.random_range(0.0..11.0);
    let clutch = handle < 3.0;
    let top = if clutch {
        rng.random_range(4.5..8.0)
    } else {
        handle + 1.5
    };
    let bottom = if clutch {
        rng.random_range(20.0..25.0)
    } else {
        rng.random_range(23.5..27.8)
    };
    let wide = rng.random_range(9.5..13.5);
    let narrow = wide - rng.random_range(0.0..2.5);
    if !clutch {
        let reach = rng.random_range(3.5..7.0);
        let path = [
            (middle - reach, top + 2.0),
            (middle - reach, top - handle * 0.9),
            (middle, top - handle * 1.15),
            (middle + reach, top - handle * 0.9),
            (middle + reach, top + 2.0),
        ];
        canvas.stroke(&bent(&path), rng.random_range(1.0..1.8), |_, _| {
            leather.tone * 0.85
        });
    }
    let corner = rng.random_range(0.3..2.5);
    let body = [
        (middle - narrow + corner, top),
        (middle + narrow - corner, top),
        (middle + narrow, top + corner),
        (middle + wide, bottom - corner),
        (middle + wide - corner, bottom),
        (middle - wide + corner, bottom),
        (middle - wide, bottom - corner),
        (middle - narrow, top + corner),
    ];
    canvas.fill(&body, |x, y| leather.shade(x, y));
    let seam = leather.tone * rng.random_range(0.4..0.7);
    let flap = top + rng.random_range(0.2..0.55) * (bottom - top);
    if rng.random_bool(0.6) {
        canvas.stroke(
            &[(middle - wide, flap), (middle + wide, flap)],
            0.8,
            |_, _| seam,
        );
    }
    if rng.random_bool(0.6) {
        let buckle = if leather.tone > 0.6 { 0.2 } else { 1.0 };
        canvas.stroke(
            &[(middle, flap - 0.8), (middle, flap + 0.8)],
            1.6,
            |_, _| buckle,
        );
    }
    canvas.stroke(&[body[7], body[0], body[1], body[2]], 0.8, |_, _| seam);
}
