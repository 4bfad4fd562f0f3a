//! How soon the window is drawn again once another thread has something new.
//!
//! Without a graphics card a frame costs tens of milliseconds of every processor, which training wants too. While a run
//! trains, frames therefore keep a distance in proportion to what they cost: several a second with a graphics card, a few
//! with none. Whoever clicks gets the answer at once; progress still waits for its turn, and nothing glides where every
//! step of it would be dear.

use eframe::egui;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two frames that nobody waits for, so many times the cost of one.
const COSTS_APART: u32 = 120;

/// The same for what was not asked for while somebody uses the window.
const COSTS_APART_IN_USE: u32 = 6;

/// However slow a machine is, it shows progress as often as this.
const LONGEST: Duration = Duration::from_secs(1);

/// So long after the last input the user may still wait for its effect.
const ATTENTIVE: Duration = Duration::from_millis(250);

/// A frame that costs more than this is drawn without a graphics card.
const SLOW: Duration = Duration::from_millis(16);

/// A frame that costs less than this is not.
const QUICK: Duration = Duration::from_millis(8);

/// What has news for the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// What the user may be waiting for.
    Answer,
    /// What arrives piece by piece, such as a run's losses or a download's progress.
    Progress,
}

impl News {
    /// A frame serves all that comes within this time. Not zero: egui then draws two frames.
    fn joined_within(self) -> Duration {
        match self {
            Self::Answer => Duration::from_millis(1),
            Self::Progress => Duration::from_millis(33),
        }
    }
}

/// How far frames keep apart, shared with the threads' wakers; in milliseconds.
#[derive(Debug, Default)]
struct Distances {
    answer: AtomicU64,
    progress: AtomicU64,
}

impl Distances {
    fn of(&self, news: News) -> Duration {
        let kept = match news {
            News::Answer => &self.answer,
            News::Progress => &self.progress,
        };
        Duration::from_millis(kept.load(Ordering::Relaxed))
    }

    fn set(&self, answer: Duration, progress: Duration) {
        self.answer
            .store(answer.as_millis() as u64, Ordering::Relaxed);
        self.progress
            .store(progress.as_millis() as u64, Ordering::Relaxed);
    }
}

/// When the window is drawn again.
pub struct Pace {
    distances: Arc<Distances>,
    last_input: Instant,
    is_slow: bool,
}

impl Pace {
    /// No distance is kept yet.
    pub fn new() -> Self {
        Self {
            distances: Arc::default(),
            last_input: Instant::now(),
            is_slow: false,
        }
    }

    /// A function that has the window drawn soon, or when the distance allows it if that is later. Requests are joined:
    /// a frame serves all that came before it.
    pub fn waker(&self, ctx: &egui::Context, news: News) -> impl Fn() + Send + Sync + 'static {
        let (ctx, distances) = (ctx.clone(), self.distances.clone());
        move || {
            let wait = news.joined_within().max(distances.of(news));
            ctx.request_repaint_after_for(wait, egui::ViewportId::ROOT);
        }
    }

    /// Whether somebody may wait for what is asked now: answers keep no distance.
    pub fn is_attentive(&self) -> bool {
        self.distances.of(News::Answer).is_zero()
    }

    /// Whether frames are too dear for what fades or glides, each step of which is one.
    pub fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// Sets the distances, once a frame: `cost` is what a frame takes.
    pub fn set(&mut self, ctx: &egui::Context, is_training: bool, cost: Duration) {
        if ctx.input(|input| !input.events.is_empty() || input.pointer.any_down()) {
            self.last_input = Instant::now();
        }
        let since_input = self.last_input.elapsed();
        let [answer, progress] = [News::Answer, News::Progress]
            .map(|news| distance(news, is_training, since_input, cost));
        self.distances.set(answer, progress);
        // Between the two it stays as it was, so that it does not go back and forth.
        self.is_slow = cost > SLOW || self.is_slow && cost > QUICK;
    }
}

fn distance(news: News, is_training: bool, since_input: Duration, cost: Duration) -> Duration {
    let costs = match news {
        _ if !is_training => 0,
        _ if since_input > ATTENTIVE => COSTS_APART,
        News::Answer => 0,
        News::Progress => COSTS_APART_IN_USE,
    };
    (cost * costs).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(2);
    const LONG: Duration = Duration::from_secs(9);

    #[test]
    fn only_training_keeps_a_distance_and_answers_none_in_use() {
        for news in [News::Answer, News::Progress] {
            assert_eq!(distance(news, false, LONG, SHORT), Duration::ZERO);
            assert_eq!(distance(news, true, LONG, SHORT), SHORT * COSTS_APART);
            assert_eq!(distance(news, true, LONG, LONG), LONGEST);
        }
        let in_use = |news| distance(news, true, SHORT, SHORT);
        assert_eq!(in_use(News::Answer), Duration::ZERO);
        assert_eq!(in_use(News::Progress), SHORT * COSTS_APART_IN_USE);
    }

    #[test]
    fn a_waker_asks_for_a_frame_when_the_distance_allows() {
        let ctx = egui::Context::default();
        let (sender, requests) = std::sync::mpsc::channel();
        ctx.set_request_repaint_callback(move |info| sender.send(info.delay).unwrap());
        let pace = Pace::new();
        let [answer, progress] = [News::Answer, News::Progress].map(|news| pace.waker(&ctx, news));
        assert!(pace.is_attentive());
        let far = Duration::from_millis(400);
        pace.distances.set(far, far);
        assert!(!pace.is_attentive());
        answer();
        pace.distances.set(Duration::ZERO, far / 2);
        assert!(pace.is_attentive());
        progress();
        answer();
        let delays: Vec<u128> = requests.try_iter().map(|delay| delay.as_millis()).collect();
        assert_eq!(delays, [400, 200, 1]);
    }

    #[test]
    fn frames_stay_slow_until_they_are_quick() {
        let (ctx, mut pace) = (egui::Context::default(), Pace::new());
        let between = (SLOW + QUICK) / 2;
        let slow = [between, SLOW * 2, between, QUICK / 2, between].map(|cost| {
            pace.set(&ctx, true, cost);
            pace.is_slow()
        });
        assert_eq!(slow, [false, true, true, false, false]);
    }
}
