//! How soon the window is drawn again once another thread has something new.
//!
//! Without a graphics card a frame costs tens of milliseconds of every processor, which training wants too. While a run
//! trains and nobody touches the window, frames therefore keep a distance in proportion to what they cost: several a
//! second with a graphics card, a few with none. Whoever clicks gets the answer at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eframe::egui;

/// Between two frames that nobody waits for, so many times the cost of one.
const COSTS_APART: u32 = 120;
/// However slow a machine is, it shows progress as often as this.
const LONGEST: Duration = Duration::from_secs(1);
/// So long after the last input the user may still wait for its effect.
const ATTENTIVE: Duration = Duration::from_millis(250);

/// What the threads' wakers and the window's thread share.
pub struct Pace {
    distance_ms: Arc<AtomicU64>,
    last_input: Instant,
}

impl Pace {
    /// No distance is kept yet.
    pub fn new() -> Self {
        Self {
            distance_ms: Arc::default(),
            last_input: Instant::now(),
        }
    }

    /// A function that has the window drawn within `soon`, or when the distance allows it if that is later. Requests are
    /// joined: a frame serves all that came before it.
    pub fn waker(&self, ctx: &egui::Context, soon: Duration) -> impl Fn() + Send + Sync + 'static {
        let (ctx, distance_ms) = (ctx.clone(), self.distance_ms.clone());
        move || {
            let distance = Duration::from_millis(distance_ms.load(Ordering::Relaxed));
            ctx.request_repaint_after_for(soon.max(distance), egui::ViewportId::ROOT);
        }
    }

    /// Whether somebody may wait for what is asked now: no distance is kept.
    pub fn is_attentive(&self) -> bool {
        self.distance_ms.load(Ordering::Relaxed) == 0
    }

    /// Sets the distance, once a frame: `cost` is what a frame takes.
    pub fn set(&mut self, ctx: &egui::Context, is_training: bool, cost: Duration) {
        if ctx.input(|input| !input.events.is_empty() || input.pointer.any_down()) {
            self.last_input = Instant::now();
        }
        let distance = distance(is_training, self.last_input.elapsed(), cost);
        self.distance_ms
            .store(distance.as_millis() as u64, Ordering::Relaxed);
    }
}

fn distance(is_training: bool, since_input: Duration, cost: Duration) -> Duration {
    if is_training && since_input > ATTENTIVE {
        (cost * COSTS_APART).min(LONGEST)
    } else {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_training_left_alone_keeps_a_distance() {
        let (short, long) = (Duration::from_millis(2), Duration::from_secs(9));
        assert_eq!(distance(false, long, short), Duration::ZERO);
        assert_eq!(distance(true, short, short), Duration::ZERO);
        assert_eq!(distance(true, long, short), short * COSTS_APART);
        assert_eq!(distance(true, long, long), LONGEST);
    }

    #[test]
    fn a_waker_asks_for_a_frame_when_the_distance_allows() {
        let ctx = egui::Context::default();
        let (sender, requests) = std::sync::mpsc::channel();
        ctx.set_request_repaint_callback(move |info| sender.send(info.delay).unwrap());
        let pace = Pace::new();
        let wake = pace.waker(&ctx, Duration::from_millis(33));
        assert!(pace.is_attentive());
        pace.distance_ms.store(400, Ordering::Relaxed);
        assert!(!pace.is_attentive());
        wake();
        pace.distance_ms.store(0, Ordering::Relaxed);
        wake();
        let delays: Vec<u128> = requests.try_iter().map(|delay| delay.as_millis()).collect();
        assert_eq!(delays, [400, 33]);
    }
}
