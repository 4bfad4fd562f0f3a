//! How long the pictures take to follow the pointer along the timeline.

use std::collections::VecDeque;
use std::time::Instant;

/// Moments of a training that were chosen and are not seen yet.
#[derive(Debug, Default)]
pub struct Scrubbing {
    /// Batches behind each, and when the frame that chose it began; the oldest first.
    awaited: VecDeque<(u64, Instant)>,
    /// The frame in which the maps of one are drawn first, and when that one was chosen.
    drawn: Option<(u64, Instant)>,
}

impl Scrubbing {
    /// The moment after `step` batches was chosen in a frame that began at `began`.
    pub fn chosen(&mut self, step: u64, began: Instant) {
        self.awaited.push_back((step, began));
    }

    /// The maps of that moment have arrived and are drawn in this frame. Those chosen before it will
    /// not be seen any more.
    pub fn arrived(&mut self, step: u64, frame: u64) {
        if let Some(place) = self.awaited.iter().rposition(|(of, _)| *of == step) {
            let chosen = self.awaited.drain(..=place).next_back();
            self.drawn = chosen.map(|(_, began)| (frame, began));
        }
    }

    /// A frame was painted at `ended`: the milliseconds since the moment that it was the first to
    /// show was chosen.
    pub fn painted(&mut self, frame: u64, ended: Instant) -> Option<f64> {
        let (_, chosen) = self.drawn.take_if(|(drawn, _)| *drawn <= frame)?;
        Some(ended.saturating_duration_since(chosen).as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_shown_counts_from_when_it_was_chosen() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut scrubbing = Scrubbing::default();
        scrubbing.chosen(100, at(0));
        scrubbing.chosen(200, at(10));
        scrubbing.chosen(300, at(20));
        assert_eq!(scrubbing.painted(1, at(25)), None, "nothing has arrived");
        scrubbing.arrived(200, 2);
        assert_eq!(scrubbing.painted(1, at(30)), None, "an earlier frame");
        let took = scrubbing.painted(2, at(40)).unwrap();
        assert!((took - 30.0).abs() < 1e-9, "{took}");
        assert_eq!(scrubbing.painted(3, at(50)), None, "counted once");
        scrubbing.arrived(100, 4);
        assert_eq!(scrubbing.painted(4, at(55)), None, "it was passed over");
        scrubbing.arrived(300, 5);
        assert!(scrubbing.painted(5, at(60)).is_some());
        scrubbing.arrived(300, 6);
        assert_eq!(scrubbing.painted(6, at(70)), None, "maps asked for anew");
    }
}
