//! What hangs from the shoulders: T-shirt, pullover, dress, coat and shirt.

use std::ops::Range;

use rand::Rng;

use super::{
    canvas::Canvas,
    cut::{Cut, Sleeve},
    fabric::{Fabric, contrast},
};

/// Where the middle line runs.
fn middle(rng: &mut impl Rng) -> f32 {
    rng.random_range(13.6..14.4)
}

/// Short sleeves that stand off, a round neck, often a print.
pub fn t_shirt(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.3..1.0, 0.25);
    let body = rng.random_range(6.2..7.8);
    let top = rng.random_range(0.2..1.2);
    let chest = rng.random_range(8.0..9.6);
    let neck = rng.random_range(2.6..4.4);
    let sleeve = Sleeve {
        cuff: (
            rng.random_range(9.8..11.6),
            chest - rng.random_range(-0.2..1.8),
        ),
        width: rng.random_range(3.2..4.4),
    };
    let cut = Cut {
        middle: middle(rng),
        neck: (neck, top),
        neckline: top + rng.random_range(1.2..3.2),
        shoulder: (
            body + rng.random_range(0.3..1.2),
            top + rng.random_range(1.0..1.9),
        ),
        chest: (body, chest),
        waist: (body - rng.random_range(-0.2..0.8), 18.0),
        hem: (
            body + rng.random_range(-0.3..0.7),
            rng.random_range(26.6..28.0),
        ),
        sleeve: Some(sleeve),
    };
    cut.draw(canvas, fabric);
    if rng.random_bool(0.4) {
        cut.draw_print(canvas, rng, contrast(fabric.tone));
    }
}

/// Long sleeves beside the body, ribs at the edges, closed in front.
pub fn pullover(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.3..1.0, 0.25);
    let cut = long_sleeved(rng, 24.0..27.8);
    cut.draw(canvas, fabric);
    let rib = fabric.times(rng.random_range(0.7..0.95));
    cut.draw_ribs(canvas, rng.random_range(1.2..2.2), rib);
    cut.draw_neckline(canvas, rng.random_range(0.8..1.6), rib);
    if rng.random_bool(0.3) {
        cut.draw_print(canvas, rng, contrast(fabric.tone));
    }
}

/// The cut that pullovers, short coats and most shirts share.
fn long_sleeved(rng: &mut impl Rng, hem: Range<f32>) -> Cut {
    let body = rng.random_range(5.6..7.0);
    let top = rng.random_range(0.2..1.2);
    let sleeve = Sleeve {
        cuff: (rng.random_range(9.0..11.0), rng.random_range(25.5..27.9)),
        width: rng.random_range(2.4..3.4),
    };
    Cut {
        middle: middle(rng),
        neck: (rng.random_range(2.4..3.6), top),
        neckline: top + rng.random_range(0.9..2.6),
        shoulder: (rng.random_range(6.4..7.6), top + rng.random_range(1.8..3.4)),
        chest: (body, rng.random_range(9.0..11.0)),
        waist: (body - rng.random_range(-0.1..0.6), 18.0),
        hem: (body + rng.random_range(-0.3..0.5), rng.random_range(hem)),
        sleeve: Some(sleeve),
    }
}

/// Narrow above, often wider below; sleeveless, with short or with long sleeves.
pub fn dress(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.35..1.0, 0.4);
    let top = rng.random_range(0.1..0.9);
    let body = rng.random_range(3.3..4.6);
    let waist = body - rng.random_range(0.1..0.9);
    let waist_height = rng.random_range(10.5..13.5);
    let sleeve = match rng.random_range(0..4) {
        0 => Some(Sleeve {
            cuff: (
                body + rng.random_range(1.6..2.6),
                rng.random_range(7.0..9.0),
            ),
            width: rng.random_range(1.8..2.4),
        }),
        1 => Some(Sleeve {
            cuff: (
                body + rng.random_range(2.2..3.4),
                rng.random_range(13.0..17.0),
            ),
            width: rng.random_range(1.5..2.0),
        }),
        _ => None,
    };
    let cut = Cut {
        middle: middle(rng),
        neck: (rng.random_range(1.6..2.6), top),
        neckline: top + rng.random_range(1.0..4.0),
        shoulder: (
            body - rng.random_range(0.2..0.9),
            top + rng.random_range(0.6..1.2),
        ),
        chest: (body, rng.random_range(6.0..7.5)),
        waist: (waist, waist_height),
        hem: (
            waist + rng.random_range(0.6..4.2),
            rng.random_range(27.2..28.0),
        ),
        sleeve,
    };
    cut.draw(canvas, fabric);
    if rng.random_bool(0.5) {
        let belt = [cut.left(cut.waist), cut.right(cut.waist)];
        canvas.stroke(&belt, 1.0, |_, _| contrast(fabric.tone));
    }
}

/// Long sleeves, open in front from the collar or hood to the hem; short as a jacket, or long.
pub fn coat(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.55..1.0, 0.08);
    let mut cut = long_sleeved(rng, 23.0..27.0);
    cut.shoulder.0 -= 0.7;
    cut.shoulder.1 += 0.4;
    if rng.random_bool(0.3) {
        cut.chest.0 -= 0.3;
        cut.hem = (
            cut.chest.0 + rng.random_range(0.8..1.8),
            rng.random_range(27.2..28.0),
        );
        let cuff = (
            cut.chest.0 + rng.random_range(2.9..4.0),
            rng.random_range(20.0..25.0),
        );
        cut.sleeve = Some(Sleeve {
            cuff,
            width: rng.random_range(2.4..3.0),
        });
    }
    cut.draw(canvas, fabric);
    let dark = fabric.tone * rng.random_range(0.35..0.75);
    cut.draw_front(canvas, rng.random_range(0.7..1.2), dark);
    if rng.random_bool(0.5) {
        cut.draw_hood(canvas, fabric.times(0.8));
    } else {
        cut.draw_collar(canvas, fabric.times(0.85));
    }
    if rng.random_bool(0.4) {
        cut.draw_buttons(canvas, rng.random_range(3.0..5.0), fabric.tone * 0.4);
    }
    if rng.random_bool(0.6) {
        let y = rng.random_range(16.0..20.0);
        for side in [Cut::left, Cut::right] {
            let pocket = [side(&cut, (1.8, y + 1.2)), side(&cut, (4.2, y))];
            canvas.stroke(&pocket, 0.7, |_, _| dark);
        }
    }
}

/// A deep collar, a close row of buttons, a rounded hem; long sleeves a little short of it, or
/// short ones or none on a wider body; often a pattern, often dark.
pub fn shirt(canvas: &mut Canvas, rng: &mut impl Rng) {
    let fabric = Fabric::random(rng, 0.2..0.8, 0.5);
    let mut cut = long_sleeved(rng, 26.0..27.5);
    cut.neckline = cut.neck.1 + rng.random_range(1.8..3.4);
    cut.shoulder.1 = cut.neck.1 + rng.random_range(0.6..2.2);
    cut.shoulder.0 += 0.4;
    cut.sleeve = if rng.random_bool(0.8) {
        let cuff = (rng.random_range(8.4..10.4), rng.random_range(23.0..26.0));
        Some(Sleeve {
            cuff,
            width: rng.random_range(2.4..3.4),
        })
    } else {
        cut.chest.0 += 0.9;
        cut.waist.0 += 0.9;
        cut.hem.0 += 1.2;
        let cuff = (rng.random_range(9.4..10.4), rng.random_range(11.5..14.5));
        rng.random_bool(0.5).then_some(Sleeve { cuff, width: 3.6 })
    };
    cut.draw(canvas, fabric);
    let tail = cut.both(&[
        (0.0, cut.hem.1 - 2.0),
        (cut.hem.0, cut.hem.1 - 2.0),
        (cut.hem.0, cut.hem.1 - 0.5),
        (cut.hem.0 * 0.6, 28.0),
        (0.0, 28.0),
    ]);
    canvas.fill(&tail, |x, y| fabric.shade(x, y));
    cut.draw_collar(canvas, fabric.times(1.15));
    cut.draw_front(canvas, 0.6, fabric.tone * 0.7);
    cut.draw_buttons(canvas, rng.random_range(2.2..3.2), contrast(fabric.tone));
}
