//! Colors, letters and lengths of a figure, for one theme at one scale.

use crate::render::text::{TextStyle, Weight};

use super::Theme;

/// The pixels of Fashion-MNIST's pictures, which are enlarged by a whole factor.
const THUMBNAIL_PIXELS: usize = 28;

/// Lengths are in pixels.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub paper: [u8; 3],
    pub frame: [u8; 3],
    pub badge: [u8; 3],
    pub title: TextStyle,
    pub heading: TextStyle,
    /// The first line of a row.
    pub name: TextStyle,
    pub note: TextStyle,
    pub warning: TextStyle,
    pub footer: TextStyle,
    pub margin: usize,
    /// Between maps.
    pub gap: usize,
    /// Between what belongs together.
    pub near: usize,
    pub frame_width: usize,
    pub bar_width: usize,
    /// Most pixels on a side of a thumbnail that is smaller.
    pub thumbnail_side: usize,
    pub max_head_width: usize,
    pub max_label_width: usize,
    /// How far the texts may widen a page that has few columns.
    pub max_text_width: usize,
}

impl Look {
    /// Everything is in proportion to the cells, and looks as intended with those of 520 pixels; only letters stop
    /// shrinking where they could no longer be read.
    pub fn new(cell_pixels: usize, theme: Theme) -> Self {
        let scale = cell_pixels as f32 / 520.0;
        let text_scale = scale.max(0.3);
        let length = |pixels: f32| (pixels * scale).round().max(1.0) as usize;
        let text_length = |pixels: f32| (pixels * text_scale) as usize;
        let colors = Colors::of(theme);
        let style = |weight, pixels, color| TextStyle {
            weight,
            size: pixels * text_scale,
            color,
        };
        Self {
            paper: colors.paper,
            frame: colors.frame,
            badge: colors.badge,
            title: style(Weight::SemiBold, 62.0, colors.ink),
            heading: style(Weight::SemiBold, 46.0, colors.ink),
            name: style(Weight::SemiBold, 38.0, colors.ink),
            note: style(Weight::Regular, 38.0, colors.faint_ink),
            warning: style(Weight::SemiBold, 34.0, colors.ink),
            footer: style(Weight::Regular, 32.0, colors.faint_ink),
            margin: length(90.0),
            gap: length(48.0),
            near: length(14.0),
            frame_width: length(2.0),
            bar_width: length(56.0),
            thumbnail_side: THUMBNAIL_PIXELS * length(9.0),
            max_head_width: text_length(460.0),
            max_label_width: text_length(310.0),
            max_text_width: text_length(1400.0),
        }
    }
}

struct Colors {
    paper: [u8; 3],
    ink: [u8; 3],
    faint_ink: [u8; 3],
    frame: [u8; 3],
    badge: [u8; 3],
}

impl Colors {
    fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self {
                paper: [0xff, 0xff, 0xff],
                ink: [0x1a, 0x1c, 0x22],
                faint_ink: [0x5a, 0x5f, 0x6b],
                frame: [0xb4, 0xb8, 0xc2],
                badge: [0xff, 0xe3, 0xa3],
            },
            Theme::Dark => Self {
                paper: [0x14, 0x16, 0x1b],
                ink: [0xf0, 0xf1, 0xf4],
                faint_ink: [0xa9, 0xae, 0xba],
                frame: [0x4c, 0x51, 0x5d],
                badge: [0x6b, 0x4a, 0x00],
            },
        }
    }
}
