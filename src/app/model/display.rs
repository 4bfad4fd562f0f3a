//! How the window is shown: size of everything, presenter mode, little motion.

use serde::{Deserialize, Serialize};

/// Sizes that the keys and buttons step through, 1 being the designed one.
const SCALES: [f32; 10] = [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

/// What stands beside the middle of a narrow window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    #[default]
    Nothing,
    Network,
    Curves,
}

/// A panel that can be put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foldable {
    /// At the left.
    Network,
    /// At the right, with the runs.
    Curves,
    /// At the bottom.
    History,
    /// The strip of test images.
    Images,
}

impl Foldable {
    pub const ALL: [Self; 4] = [Self::Network, Self::Curves, Self::History, Self::Images];
}

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Display {
    /// Size of everything: 0.75 to 3.
    pub scale: f32,
    /// For a projector: larger, with fewer controls, the pointer marked, the teacher's notes shown.
    pub presenter: bool,
    /// Nothing fades or glides.
    pub reduced_motion: bool,
    /// In a narrow window.
    pub beside: Beside,
    /// Which of [`Foldable::ALL`] are put away.
    pub folded: [bool; 4],
}

impl Default for Display {
    fn default() -> Self {
        Self {
            scale: 1.0,
            presenter: false,
            reduced_motion: false,
            beside: Beside::Nothing,
            folded: [false; 4],
        }
    }
}

impl Display {
    /// The same with an impossible size put back.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        let (least, most) = (SCALES[0], SCALES[SCALES.len() - 1]);
        self.scale = if self.scale.is_finite() {
            self.scale.clamp(least, most)
        } else {
            1.0
        };
        self
    }

    /// Whether a panel is put away.
    pub fn has_folded(self, panel: Foldable) -> bool {
        self.folded[panel as usize]
    }

    /// The same before a class, or no more: the middle has all the room until a panel is called.
    #[must_use]
    pub const fn presenting(self, presenter: bool) -> Self {
        Self {
            presenter,
            beside: Beside::Nothing,
            ..self
        }
    }

    /// The same with a panel put away, or brought back. Of those that are called, one stands at the side at a time.
    #[must_use]
    pub fn toggled(mut self, panel: Foldable, is_called: bool) -> Self {
        let beside = match panel {
            Foldable::Network => Beside::Network,
            Foldable::Curves => Beside::Curves,
            Foldable::History | Foldable::Images => Beside::Nothing,
        };
        if !is_called || beside == Beside::Nothing {
            self.folded[panel as usize] ^= true;
        } else if self.beside == beside {
            self.beside = Beside::Nothing;
        } else {
            self.beside = beside;
        }
        self
    }

    /// One size larger.
    #[must_use]
    pub fn larger(mut self) -> Self {
        let next = SCALES.into_iter().find(|scale| *scale > self.scale + 0.01);
        self.scale = next.unwrap_or(self.scale);
        self
    }

    /// One size smaller.
    #[must_use]
    pub fn smaller(mut self) -> Self {
        let mut smaller = SCALES.into_iter().rev();
        let next = smaller.find(|scale| *scale < self.scale - 0.01);
        self.scale = next.unwrap_or(self.scale);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_step_within_bounds() {
        let mut display = Display::default();
        for _ in 0..20 {
            display = display.larger();
        }
        assert!((display.scale - 3.0).abs() < 1e-6);
        for _ in 0..20 {
            display = display.smaller();
        }
        assert!((display.scale - 0.75).abs() < 1e-6);
        display.scale = f32::NAN;
        assert!((display.repaired().scale - 1.0).abs() < 1e-6);
        display.scale = 40.0;
        assert!((display.repaired().scale - 3.0).abs() < 1e-6);
    }
}
