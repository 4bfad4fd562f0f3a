//! The cut of what hangs from the shoulders, and how it is sewn together.
//!
//! Lengths are in pixels, heights counted from the upper edge of the picture, widths and distances
//! from the middle line of the garment.

use rand::Rng;

use super::{
    canvas::{Canvas, Point, bent, mix, rounded},
    fabric::Fabric,
};

/// The pattern that a top is sewn from.
pub struct Cut {
    /// The middle line.
    pub middle: f32,
    /// Where the shoulders begin beside the neck: half the neck's width, and height.
    pub neck: Point,
    /// How far down the neckline goes.
    pub neckline: f32,
    /// Where the shoulders end.
    pub shoulder: Point,
    /// Half the width below the arms, and height.
    pub chest: Point,
    /// Half the width at the waist, and height.
    pub waist: Point,
    /// Half the width at the lower edge, and height.
    pub hem: Point,
    /// The left and the right sleeve, if it has any.
    pub sleeve: Option<Sleeve>,
}

/// A sleeve, from the shoulder to the cuff.
pub struct Sleeve {
    /// The outer corner of the cuff, from the middle line.
    pub cuff: Point,
    /// Width of the cuff.
    pub width: f32,
}

impl Cut {
    /// Where a place on the right side lies in the picture.
    pub fn right(&self, (away, y): Point) -> Point {
        (self.middle + away, y)
    }

    /// Where the same place on the left side lies.
    pub fn left(&self, (away, y): Point) -> Point {
        (self.middle - away, y)
    }

    /// Both halves of an outline, given from the middle above to the middle below.
    pub fn both(&self, half: &[Point]) -> Vec<Point> {
        let right = half.iter().map(|&point| self.right(point));
        right
            .chain(half.iter().rev().map(|&point| self.left(point)))
            .collect()
    }

    /// Draws sleeves, body and neckline.
    pub fn draw(&self, canvas: &mut Canvas, fabric: Fabric) {
        if let Some(sleeve) = &self.sleeve {
            self.draw_sleeves(canvas, sleeve, fabric.times(0.93));
        }
        let body = self.both(&[
            (0.0, self.neckline),
            (
                self.neck.0 * 0.7,
                self.neckline - 0.4 * (self.neckline - self.neck.1),
            ),
            self.neck,
            self.shoulder,
            self.chest,
            self.waist,
            self.hem,
        ]);
        // Cloth falls off to the sides and catches less light there.
        canvas.fill(&body, |x, y| {
            let aside = (x - self.middle) / self.chest.0;
            fabric.shade(x, y) * (1.0 - 0.12 * aside * aside)
        });
        self.draw_neckline(canvas, 0.9, fabric.times(0.7));
    }

    fn draw_sleeves(&self, canvas: &mut Canvas, sleeve: &Sleeve, fabric: Fabric) {
        let inner = (
            sleeve.cuff.0 - sleeve.width,
            sleeve.cuff.1 + 0.12 * sleeve.width,
        );
        let elbow = mix(self.shoulder, sleeve.cuff, 0.45);
        let armpit = (self.chest.0 - 0.3, self.chest.1);
        let outline = [
            (self.neck.0, self.neck.1),
            mix(self.neck, self.shoulder, 0.9),
            (self.shoulder.0 + 0.6, self.shoulder.1 + 1.2),
            (elbow.0 + 0.6, elbow.1 - 0.3),
            sleeve.cuff,
            inner,
            mix(inner, armpit, 0.5),
            armpit,
        ];
        let shadow = fabric.times(0.45);
        for side in [Self::left, Self::right] {
            let outline = outline.map(|point| side(self, point));
            canvas.fill(&outline, |x, y| fabric.shade(x, y));
            let seam = [self.shoulder, self.chest, self.waist].map(|point| side(self, point));
            canvas.stroke(&seam, 0.8, |_, _| shadow.tone);
        }
    }

    /// A band along the neckline.
    pub fn draw_neckline(&self, canvas: &mut Canvas, width: f32, fabric: Fabric) {
        let depth = self.neckline - self.neck.1;
        let path = [
            self.left(self.neck),
            self.left((self.neck.0 * 0.7, self.neck.1 + 0.6 * depth)),
            (self.middle, self.neckline),
            self.right((self.neck.0 * 0.7, self.neck.1 + 0.6 * depth)),
            self.right(self.neck),
        ];
        canvas.stroke(&bent(&path), width, |x, y| fabric.shade(x, y));
    }

    /// A line down the middle, from the neckline to the hem.
    pub fn draw_front(&self, canvas: &mut Canvas, width: f32, tone: f32) {
        let path = [(self.middle, self.neckline), (self.middle, self.hem.1)];
        canvas.stroke(&path, width, |_, _| tone);
    }

    /// A row of buttons down the middle, `apart` from each other.
    pub fn draw_buttons(&self, canvas: &mut Canvas, apart: f32, tone: f32) {
        let mut y = self.neckline + 1.2;
        while y < self.hem.1 - 1.0 {
            let button = [(self.middle, y), (self.middle, y + 0.2)];
            canvas.stroke(&button, 1.1, |_, _| tone);
            y += apart;
        }
    }

    /// A band along the lower edge and the cuffs, as knitwear has.
    pub fn draw_ribs(&self, canvas: &mut Canvas, width: f32, fabric: Fabric) {
        let y = self.hem.1 - width / 2.0;
        let shade = |x, y| fabric.shade(x, y);
        let end = (self.hem.0 - 0.6, y);
        canvas.stroke(&[self.left(end), self.right(end)], width, shade);
        if let Some(sleeve) = &self.sleeve {
            let (outer, y) = (sleeve.cuff.0, sleeve.cuff.1 - width / 2.0);
            let inner = outer - sleeve.width;
            for side in [Self::left, Self::right] {
                let rib = [side(self, (outer - 0.6, y)), side(self, (inner + 0.6, y))];
                canvas.stroke(&rib, width, shade);
            }
        }
    }

    /// A word or an emblem on the chest.
    pub fn draw_print(&self, canvas: &mut Canvas, rng: &mut impl Rng, tone: f32) {
        let wide = rng.random_range(0.3..0.7) * self.chest.0;
        let top = self.chest.1 + rng.random_range(-0.5..2.5);
        let high = rng.random_range(1.5..6.0);
        let ink = Fabric::random(rng, tone..tone + 0.1, 0.8);
        let corners = [
            (-wide, top),
            (wide, top),
            (wide, top + high),
            (-wide, top + high),
        ]
        .map(|point| self.right(point));
        canvas.fill(&rounded(&corners), |x, y| ink.shade(x, y));
    }

    /// A hood lying behind the neck.
    pub fn draw_hood(&self, canvas: &mut Canvas, fabric: Fabric) {
        let hood = self.both(&[
            (0.0, 0.0),
            (self.neck.0, 0.0),
            (self.neck.0 + 1.4, self.neck.1 + 1.5),
            (self.neck.0 * 0.6, self.neckline + 2.2),
            (0.0, self.neckline + 2.8),
        ]);
        canvas.fill(&rounded(&hood), |x, y| fabric.shade(x, y));
    }

    /// A turned-down collar of two points.
    pub fn draw_collar(&self, canvas: &mut Canvas, fabric: Fabric) {
        let shadow = fabric.tone * 0.45;
        for side in [Self::left, Self::right] {
            let flap = [
                (self.neck.0 - 0.4, self.neck.1 - 0.8),
                (self.neck.0 + 0.6, self.neck.1 + 0.8),
                (self.neck.0 * 0.55, self.neckline + 1.6),
                (0.1, self.neckline - 0.2),
            ]
            .map(|point| side(self, point));
            canvas.fill(&flap, |x, y| fabric.shade(x, y));
            canvas.stroke(&flap[1..], 0.5, |_, _| shadow);
        }
    }
}
