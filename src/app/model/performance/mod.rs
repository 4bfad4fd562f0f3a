//! What the window costs: measured all the time, shown on demand, written at the end if asked for.
//!
//! Measuring is a few clock readings a frame. The overlay asks for no repaint of its own: it would measure itself.

mod scrubbing;
pub mod spread;

pub use spread::Spread;

use crate::app::model::performance::scrubbing::Scrubbing;
use convlens_core::training::EpochMetrics;
use convlens_core::{memory, processor};
use serde::Serialize;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What the overlay looks back on.
const RECENT: Duration = Duration::from_secs(4);

/// Figures kept of each kind for the summary: an hour and a half at sixty frames a second.
const KEPT: usize = 1 << 19;

/// The instrument.
pub struct Performance {
    /// Whether the overlay is on screen.
    pub is_shown: bool,
    /// When the program started.
    started: Instant,
    keeps_all: bool,
    frame: Frame,
    pub frames: VecDeque<Frame>,
    /// When maps arrived, and how long they took.
    pub maps: VecDeque<(Instant, f64)>,
    scrubbing: Scrubbing,
    /// When a moment chosen on the timeline was on screen, and how long that took.
    pub scrubs: VecDeque<(Instant, f64)>,
    first_maps: FirstMaps,
    pub peak_memory: Option<u64>,
    pub memory_asked: Option<Instant>,
    training: Phase,
    otherwise: Phase,
}

/// One frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    number: u64,
    pub began: Instant,
    /// Work of `App::logic` and `App::ui`.
    pub own_ms: f64,
    /// How long a processor worked for it; 0 where the system does not tell.
    processor_ms: f64,
    /// The same with tessellation and painting, without waiting for the screen.
    pub whole_ms: f64,
    is_training: bool,
}

/// When a part of a frame's work began, by two clocks.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    at: Instant,
    processor: Option<Duration>,
}

impl Began {
    /// Now, on this thread.
    pub fn now() -> Self {
        Self {
            at: Instant::now(),
            processor: processor::time_of_thread(),
        }
    }
}

/// Maps are on screen once the frame that first drew them is over.
#[derive(Clone, Copy, Debug)]
enum FirstMaps {
    Awaited,
    DrawnIn(u64),
    OnScreen(Duration),
}

/// Every figure of one kind of frame.
#[derive(Debug, Default)]
struct Phase {
    own: Vec<f64>,
    processor: Vec<f64>,
    whole: Vec<f64>,
    maps: Vec<f64>,
    scrubs: Vec<f64>,
}

/// What `--performance` writes: the whole life of a window. Times in milliseconds unless the name says otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// From the start of the program until maps were on screen.
    pub first_maps_seconds: Option<f64>,
    /// Most memory held; Linux only.
    pub peak_memory_bytes: Option<u64>,
    /// Epochs of the last run.
    pub epochs: Vec<EpochMetrics>,
    /// While a run trained.
    pub training: PhaseSummary,
    /// While none did.
    pub otherwise: PhaseSummary,
}

/// Figures of one kind of frame; `None` where there was none.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseSummary {
    /// How many.
    pub frames: usize,
    /// The window's own work in a frame: taking in what has arrived and laying out the panels.
    pub ui_ms: Option<Spread>,
    /// How long a processor worked for that, without the time in which others had it; Linux only.
    pub ui_processor_ms: Option<Spread>,
    /// The same with tessellation and painting, without waiting for the screen.
    pub frame_ms: Option<Spread>,
    /// From asking for maps to their arrival, where the window was just used.
    pub maps_ms: Option<Spread>,
    /// From the beginning of the frame in which another moment was chosen on the timeline to the end of the first one
    /// that shows its maps.
    pub timeline_ms: Option<Spread>,
}

impl Performance {
    /// An instrument that has seen nothing. `keeps_all`: for a [`Summary`].
    pub fn new(started: Instant, keeps_all: bool) -> Self {
        Self {
            is_shown: false,
            started,
            keeps_all,
            frame: Frame {
                number: u64::MAX, // none yet
                began: started,
                own_ms: 0.0,
                processor_ms: 0.0,
                whole_ms: 0.0,
                is_training: false,
            },
            frames: VecDeque::new(),
            maps: VecDeque::new(),
            scrubbing: Scrubbing::default(),
            scrubs: VecDeque::new(),
            first_maps: FirstMaps::Awaited,
            peak_memory: None,
            memory_asked: None,
            training: Phase::default(),
            otherwise: Phase::default(),
        }
    }

    /// A frame begins; the one before is over, and took `before_secs` with painting. A frame that egui lays out twice
    /// begins twice.
    pub fn begin_frame(&mut self, number: u64, before_secs: Option<f32>, is_training: bool) {
        if number == self.frame.number {
            return;
        }
        let now = Instant::now();
        let mut over = self.frame;
        over.whole_ms = before_secs.map_or(over.own_ms, |secs| f64::from(secs) * 1e3);
        if over.own_ms > 0.0 {
            let phase = if over.is_training {
                &mut self.training
            } else {
                &mut self.otherwise
            };
            if self.keeps_all && phase.own.len() < KEPT {
                phase.own.push(over.own_ms);
                // Not where the system does not tell.
                phase
                    .processor
                    .extend(Some(over.processor_ms).filter(|ms| *ms > 0.0));
                phase.whole.push(over.whole_ms);
            }
            let ended = over.began + Duration::from_secs_f64(over.whole_ms / 1e3);
            if let Some(took) = self.scrubbing.painted(over.number, ended) {
                self.scrubs.push_back((ended, took));
                if self.keeps_all && phase.scrubs.len() < KEPT {
                    phase.scrubs.push(took);
                }
            }
            self.frames.push_back(over);
        }
        if let FirstMaps::DrawnIn(drawn) = self.first_maps
            && drawn < number
        {
            self.first_maps = FirstMaps::OnScreen(now.duration_since(self.started));
        }
        self.frame = Frame {
            number,
            began: now,
            own_ms: 0.0,
            processor_ms: 0.0,
            whole_ms: 0.0,
            is_training,
        };
        let is_old = |at: Instant| now.duration_since(at) > RECENT;
        forget(&mut self.frames, |frame| is_old(frame.began));
        forget(&mut self.maps, |(at, _)| is_old(*at));
        forget(&mut self.scrubs, |(at, _)| is_old(*at));
    }

    /// A part of the frame's work that began at `began` is done.
    pub fn end_work(&mut self, began: Began) {
        self.frame.own_ms += began.at.elapsed().as_secs_f64() * 1e3;
        let worked = processor::time_of_thread().zip(began.processor);
        let worked = worked.map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
        self.frame.processor_ms += worked.as_secs_f64() * 1e3;
    }

    /// Maps have arrived, and somebody may have waited for them since `awaited`.
    pub fn maps_arrived(&mut self, awaited: Option<Instant>) {
        if matches!(self.first_maps, FirstMaps::Awaited) {
            self.first_maps = FirstMaps::DrawnIn(self.frame.number);
        }
        let Some(awaited) = awaited else { return };
        let took = awaited.elapsed().as_secs_f64() * 1e3;
        self.maps.push_back((Instant::now(), took));
        let phase = if self.frame.is_training {
            &mut self.training
        } else {
            &mut self.otherwise
        };
        if self.keeps_all && phase.maps.len() < KEPT {
            phase.maps.push(took);
        }
    }

    /// Another moment was chosen on the timeline, after `step` batches.
    pub fn moment_chosen(&mut self, step: u64) {
        self.scrubbing.chosen(step, self.frame.began);
    }

    /// The maps of that moment have arrived, and this frame draws them.
    pub fn moment_arrived(&mut self, step: u64) {
        self.scrubbing.arrived(step, self.frame.number);
    }

    /// Whether one more frame is needed, to tell when the last one was on screen.
    pub fn wants_frame(&self) -> bool {
        matches!(self.first_maps, FirstMaps::DrawnIn(_))
    }

    /// What a frame takes of the window's thread, on the average of the last seconds.
    pub fn frame_cost(&self) -> Duration {
        let total: f64 = self.frames.iter().map(|frame| frame.whole_ms).sum();
        Duration::from_secs_f64(total / 1e3 / self.frames.len().max(1) as f64)
    }

    pub fn first_maps_secs(&self) -> Option<f64> {
        match self.first_maps {
            FirstMaps::OnScreen(after) => Some(after.as_secs_f64()),
            FirstMaps::Awaited | FirstMaps::DrawnIn(_) => None,
        }
    }

    /// Everything since the start. Reads how much memory was held: for the end, when nothing is drawn any more.
    pub fn summary(&self, epochs: Vec<EpochMetrics>) -> Summary {
        Summary {
            first_maps_seconds: self.first_maps_secs(),
            peak_memory_bytes: memory::peak_bytes(),
            epochs,
            training: self.training.summary(),
            otherwise: self.otherwise.summary(),
        }
    }
}

/// Drops what comes first as long as it is old.
fn forget<T>(figures: &mut VecDeque<T>, is_old: impl Fn(&T) -> bool) {
    while figures.front().is_some_and(&is_old) {
        figures.pop_front();
    }
}

impl Phase {
    fn summary(&self) -> PhaseSummary {
        PhaseSummary {
            frames: self.own.len(),
            ui_ms: Spread::of(self.own.iter().copied()),
            ui_processor_ms: Spread::of(self.processor.iter().copied()),
            frame_ms: Spread::of(self.whole.iter().copied()),
            maps_ms: Spread::of(self.maps.iter().copied()),
            timeline_ms: Spread::of(self.scrubs.iter().copied()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_maps_are_told_apart_by_training() {
        let mut performance = Performance::new(Instant::now(), true);
        for number in 1..=5 {
            let (began, awaited) = (Began::now(), Instant::now());
            performance.begin_frame(number, Some(0.25), number > 3);
            performance.begin_frame(number, Some(0.25), number > 3); // laid out twice
            if number == 2 {
                performance.maps_arrived(Some(awaited));
                assert!(performance.wants_frame());
            }
            std::thread::sleep(Duration::from_millis(2));
            performance.end_work(began);
        }
        let summary = performance.summary(Vec::new());
        // The fifth is not over.
        assert_eq!((summary.otherwise.frames, summary.training.frames), (3, 1));
        let training = summary.training.ui_ms.unwrap();
        assert!(training.p50 >= 2.0 && training.max >= training.p99);
        assert!((summary.training.frame_ms.unwrap().p50 - 250.0).abs() < 1e-3);
        assert!(summary.training.maps_ms.is_none());
        assert!(summary.otherwise.maps_ms.is_some());
        let first = summary.first_maps_seconds.unwrap();
        assert!(first >= 0.004, "the frame that drew them is over: {first}");
        assert!(!performance.wants_frame());
    }
}
