//! The scale beside the maps.

use crate::render::{
    DecimalMark, ValueRange, canvas::Canvas, format_value, pixels::Area, text::TextStyle,
};

use super::ColorBar;

/// Draws the bar in `area` and its numbers to the right of it, at `area.x + area.width` and a gap.
pub(super) fn draw(
    canvas: &mut impl Canvas,
    bar: &ColorBar,
    area: Area,
    style: TextStyle,
    mark: DecimalMark,
) {
    let range = bar.colormap.span(bar.range);
    for row in 0..area.height {
        let position = 1.0 - row as f32 / (area.height - 1).max(1) as f32;
        let color = if range.is_constant() && bar.ends.is_none() {
            bar.colormap.color(range.min, range)
        } else {
            bar.colormap.at(position)
        };
        canvas.fill(
            Area {
                y: area.y + row,
                height: 1,
                ..area
            },
            color,
        );
    }
    let gap = 0.3 * style.size;
    let tick_height = (style.size / 16.0).ceil() as usize;
    for (position, label) in labels(bar, area.height, style, mark) {
        let middle =
            area.y as f32 + (1.0 - position) * area.height.saturating_sub(tick_height) as f32;
        let x = area.x + area.width;
        canvas.fill(
            Area {
                x,
                y: middle as usize,
                width: gap as usize,
                height: tick_height,
            },
            style.color,
        );
        let top = middle + 0.5 * (tick_height as f32 - style.line_height());
        canvas.text(style, &label, x as f32 + 2.0 * gap, top);
    }
}

/// How much room the bar's numbers take at the right of it, in pixels.
pub(super) fn labels_width(
    bar: &ColorBar,
    height: usize,
    style: TextStyle,
    mark: DecimalMark,
) -> usize {
    let widest = labels(bar, height, style, mark)
        .iter()
        .map(|(_, label)| style.width(label))
        .fold(0.0, f32::max);
    (0.6 * style.size + widest).ceil() as usize
}

/// Where numbers stand, 0 at the bottom to 1 at the top: both ends, and round numbers between with air about them.
fn labels(
    bar: &ColorBar,
    height: usize,
    style: TextStyle,
    mark: DecimalMark,
) -> Vec<(f32, String)> {
    let range = bar.colormap.span(bar.range);
    if let Some([lowest, highest]) = &bar.ends {
        return vec![(0.0, lowest.clone()), (1.0, highest.clone())];
    }
    let label = |value| (range.position(value), format_value(value, mark));
    if range.is_constant() {
        return vec![label(range.min)];
    }
    let count = (height as f32 / (2.0 * style.line_height())).clamp(1.0, 6.0) as usize;
    let air = 1.6 * style.line_height() / height.max(1) as f32;
    let free = |(position, _): &(f32, String)| (air..=1.0 - air).contains(position);
    let between = round_numbers(range, count)
        .into_iter()
        .map(label)
        .filter(free);
    [label(range.min)]
        .into_iter()
        .chain(between)
        .chain([label(range.max)])
        .collect()
}

/// At most `count` multiples of 1, 2 or 5 times a power of ten strictly inside `range`.
pub(super) fn round_numbers(range: ValueRange, count: usize) -> Vec<f32> {
    let [min, max] = [range.min, range.max].map(f64::from);
    let least = (max - min) / count as f64;
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|&step| step >= least)
        .unwrap_or(10.0 * power);
    let first = (min / step).floor();
    (1..=count)
        .map(|i| (first + i as f64) * step)
        .filter(|&value| value > min && value < max)
        .map(|value| value as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Colormap, Pixels, text::Weight};

    const STYLE: TextStyle = TextStyle {
        weight: Weight::Regular,
        size: 20.0,
        color: [0; 3],
    };

    fn texts(min: f32, max: f32, colormap: Colormap) -> Vec<String> {
        let bar = ColorBar {
            range: ValueRange::new(min, max),
            colormap,
            ..ColorBar::default()
        };
        labels(&bar, 500, STYLE, DecimalMark::Point)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn numbers_are_both_ends_and_round_ones_between() {
        assert_eq!(
            texts(0.0, 0.73, Colormap::Inferno),
            ["0", "0.2", "0.4", "0.6", "0.73"]
        );
        assert_eq!(
            texts(0.0, 2.0, Colormap::Inferno),
            ["0", "0.5", "1", "1.5", "2"]
        );
        assert_eq!(
            texts(-0.2, 1.0, Colormap::Diverging),
            ["−1", "−0.5", "0", "0.5", "1"]
        );
        assert_eq!(texts(4.0, 4.0, Colormap::Inferno), ["4"]);
    }

    #[test]
    fn a_round_number_too_near_an_end_gives_way() {
        assert_eq!(
            texts(0.0, 1.01, Colormap::Inferno),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.01"]
        );
        assert_eq!(
            texts(0.19, 0.99, Colormap::Inferno),
            ["0.19", "0.4", "0.6", "0.8", "0.99"]
        );
    }

    #[test]
    fn a_small_bar_has_its_ends_only() {
        let bar = ColorBar {
            range: ValueRange::new(0.0, 1.0),
            ..ColorBar::default()
        };
        assert_eq!(labels(&bar, 40, STYLE, DecimalMark::Comma).len(), 2);
    }

    #[test]
    fn any_range_has_numbers_that_can_be_drawn() {
        let ends = [
            f32::NAN,
            f32::NEG_INFINITY,
            f32::MIN,
            -1.0,
            0.0,
            1e-45,
            16_777_215.0,
            16_777_216.0,
            f32::MAX,
            f32::INFINITY,
        ];
        for (min, max) in ends.iter().flat_map(|a| ends.map(|b| (*a, b))) {
            let bar = ColorBar {
                range: ValueRange { min, max },
                ..ColorBar::default()
            };
            let mut pixels = Pixels::new(20, 90, [255; 3]);
            draw(
                &mut pixels,
                &bar,
                Area {
                    x: 1,
                    y: 1,
                    width: 8,
                    height: 80,
                },
                STYLE,
                DecimalMark::Point,
            );
            assert!(round_numbers(bar.range, 6).len() <= 6, "{min}..{max}");
            assert_ne!(pixels.get(1, 1), Some([255; 3]), "{min}..{max}");
        }
    }

    #[test]
    fn the_bar_runs_from_the_highest_color_down_to_the_lowest() {
        let bar = ColorBar {
            range: ValueRange::new(0.0, 1.0),
            ..ColorBar::default()
        };
        let mut pixels = Pixels::new(200, 120, [255; 3]);
        draw(
            &mut pixels,
            &bar,
            Area {
                x: 5,
                y: 10,
                width: 20,
                height: 100,
            },
            STYLE,
            DecimalMark::Point,
        );
        assert_eq!(pixels.get(5, 10), Some(Colormap::Inferno.at(1.0)));
        assert_eq!(pixels.get(24, 109), Some(Colormap::Inferno.at(0.0)));
        assert_eq!(pixels.get(4, 50), Some([255; 3]));
        for height in 0..3 {
            draw(
                &mut pixels,
                &bar,
                Area {
                    x: 190,
                    y: 118,
                    width: 20,
                    height,
                },
                STYLE,
                DecimalMark::Point,
            );
        }
    }
}
