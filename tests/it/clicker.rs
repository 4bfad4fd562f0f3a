//! A hand that clicks, types, drags and resizes at random, the same way for the same seed.
//!
//! `CONVLENS_CLICKS` is how often (120 where it is not set; 6000 take some minutes), `CONVLENS_SEED` which way.

use convlens::app::App;
use convlens::text::Language;
use eframe::egui::accesskit::Role;
use eframe::egui::epaint::{ClippedShape, Shape};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::every_view::with_runs;
use super::views::shows;

const SIZES: [[f32; 2]; 4] = [
    [960.0, 600.0],
    [1280.0, 720.0],
    [1600.0, 1000.0],
    [1100.0, 650.0],
];

/// Everything that does something in one view or another, but for what leaves the window.
const KEYS: [Key; 34] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::T,
    Key::S,
    Key::E,
    Key::X,
    Key::L,
    Key::M,
    Key::U,
    Key::F,
    Key::B,
    Key::P,
    Key::PageUp,
    Key::PageDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::Home,
    Key::End,
    Key::Escape,
    Key::Tab,
    Key::Space,
    Key::Enter,
    Key::Delete,
    Key::F5,
    Key::Questionmark,
];

/// What is left alone, as it leaves the window: files, other programs, the network, a second window.
fn is_left_alone(name: &str) -> bool {
    let text = Language::En.text();
    let words = [
        text.export.save_button,
        text.export.open_button,
        text.export.replace,
        text.export.copy,
        text.export.button,
        text.data.download,
        text.display.second_window,
        text.draw.clipboard,
    ];
    words.contains(&name) || name.starts_with("Choose")
}

struct Hand {
    harness: Harness<'static, App>,
    random: StdRng,
    size: [f32; 2],
    done: Vec<String>,
}

impl Hand {
    fn place(&mut self) -> Pos2 {
        let [width, height] = self.size;
        pos2(
            self.random.random_range(1.0..width - 1.0),
            self.random.random_range(1.0..height - 1.0),
        )
    }

    /// The controls on screen, by name.
    fn controls(&self) -> Vec<(String, Rect)> {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(self.size[0], self.size[1]));
        let nodes = self.harness.root().children_recursive();
        nodes
            .filter_map(|node| {
                let access = node.accesskit_node();
                let is_control = matches!(
                    access.role(),
                    Role::Button
                        | Role::CheckBox
                        | Role::RadioButton
                        | Role::Slider
                        | Role::SpinButton
                        | Role::ComboBox
                        | Role::Image
                        | Role::TextInput
                );
                // What is not drawn at the moment has no place.
                access.bounding_box()?;
                let name = access.label().unwrap_or_default();
                let rect = node.rect();
                let is_there = is_control && screen.contains(rect.center());
                (is_there && !is_left_alone(&name)).then_some((name, rect))
            })
            .collect()
    }

    fn click(&mut self, at: Pos2) {
        for pressed in [true, false] {
            self.harness.event(Event::PointerMoved(at));
            self.harness.event(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.harness.step();
        }
    }

    fn act(&mut self) {
        match self.random.random_range(0..100) {
            0..55 => {
                let controls = self.controls();
                if controls.is_empty() {
                    return;
                }
                let (name, rect) = &controls[self.random.random_range(0..controls.len())];
                self.done.push(format!("click {name} at {}", rect.center()));
                let at = rect.center();
                self.click(at);
            }
            55..75 => {
                let key = KEYS[self.random.random_range(0..KEYS.len())];
                let modifiers = match self.random.random_range(0..8) {
                    0 => Modifiers::SHIFT,
                    1 => Modifiers::ALT,
                    _ => Modifiers::NONE,
                };
                self.done.push(format!("press {key:?} {modifiers:?}"));
                self.harness.key_press_modifiers(modifiers, key);
            }
            75..80 => {
                self.done.push("undo".into());
                let modifiers = Modifiers::COMMAND;
                self.harness.key_press_modifiers(modifiers, Key::Z);
            }
            80..86 => {
                let at = self.place();
                self.done.push(format!("click at {at}"));
                self.click(at);
            }
            86..92 => {
                let (from, to) = (self.place(), self.place());
                self.done.push(format!("drag from {from} to {to}"));
                self.harness.drag_at(from);
                self.harness.step();
                self.harness.hover_at(to);
                self.harness.step();
                self.harness.drop_at(to);
            }
            92..95 => {
                let typed = ["7", "28", "0,5", "x", "-1"][self.random.random_range(0..5)];
                self.done.push(format!("type {typed}"));
                self.harness.event(Event::Text(typed.into()));
            }
            _ => {
                self.size = SIZES[self.random.random_range(0..SIZES.len())];
                self.done.push(format!("resize to {:?}", self.size));
                self.harness.set_size(vec2(self.size[0], self.size[1]));
            }
        }
        self.harness.run_steps(2);
    }
}

/// A text on screen.
struct Seen {
    words: String,
    /// As far as it can be seen.
    visible: Rect,
    /// All of it.
    whole: Rect,
    /// What it is cut to.
    clip: Rect,
}

/// The texts that can be seen: what is painted over them later hides them.
fn texts_seen(shapes: &[ClippedShape]) -> Vec<Seen> {
    fn add(shape: &Shape, clip: Rect, seen: &mut Vec<Seen>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| add(shape, clip, seen)),
            Shape::Text(text) => {
                let whole = text.visual_bounding_rect();
                let visible = whole.intersect(clip);
                let words = text.galley.text().trim().to_owned();
                if visible.is_positive() && !words.is_empty() {
                    seen.push(Seen {
                        words,
                        visible,
                        whole,
                        clip,
                    });
                }
            }
            // A menu that comes up is not opaque at once; and over half of a text, the other half is no text any more.
            Shape::Rect(rect) if rect.fill.a() > 32 => {
                let hides = rect.rect.intersect(clip);
                seen.retain(|text| !hides.intersects(text.visible.shrink(1.0)));
            }
            _ => {}
        }
    }
    let mut seen = Vec::new();
    for ClippedShape {
        clip_rect, shape, ..
    } in shapes
    {
        add(shape, *clip_rect, &mut seen);
    }
    seen
}

/// Texts that lie on each other.
fn overlaps(texts: &[Seen]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, one) in texts.iter().enumerate() {
        for other in &texts[..place] {
            let both = one.visible.intersect(other.visible);
            // Letters of neighbouring lines may touch.
            if both.width() > 2.0 && both.height() > 4.0 {
                let (a, b) = (one.visible, other.visible);
                found.push(format!("“{}” {a} lies on “{}” {b}", one.words, other.words));
            }
        }
    }
    found
}

/// Texts that the edge of the window cuts; what scrolls is cut by the edge of what it scrolls in.
fn cut(texts: &[Seen], size: [f32; 2]) -> Vec<String> {
    let texts = texts.iter().filter(|text| {
        let right = text.clip.max.x >= size[0] - 1.0 && text.whole.max.x > size[0] + 1.0;
        let bottom = text.clip.max.y >= size[1] - 1.0 && text.whole.max.y > size[1] + 1.0;
        right || bottom || text.clip.min.x <= 1.0 && text.whole.min.x < -1.0
    });
    texts
        .map(|text| format!("“{}” {} leaves the window", text.words, text.whole))
        .collect()
}

fn number(variable: &str, default: u64) -> u64 {
    let set = std::env::var(variable).ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(default)
}

#[test]
fn whatever_is_clicked_nothing_panics_and_no_text_lies_on_another() {
    let (clicks, seed) = (number("CONVLENS_CLICKS", 120), number("CONVLENS_SEED", 18));
    let harness = with_runs(Language::En);
    let mut hand = Hand {
        harness,
        random: StdRng::seed_from_u64(seed),
        size: SIZES[2],
        done: Vec::new(),
    };
    let seen = texts_seen(&hand.harness.output().shapes);
    assert!(seen.len() > 50, "{} texts are seen", seen.len());
    let mut faults = std::collections::BTreeMap::new();
    for _ in 0..clicks {
        hand.act();
        let last = hand.done.last().cloned().unwrap_or_default();
        let failed = Language::En.text().window.explorer_failed;
        let history = || hand.done[hand.done.len().saturating_sub(12)..].join("\n");
        assert!(!shows(&hand.harness, failed), "{}", history());
        let thread = "the training thread failed";
        assert!(!shows(&hand.harness, thread), "{}", history());
        let texts = texts_seen(&hand.harness.output().shapes);
        let found = overlaps(&texts).into_iter().chain(cut(&texts, hand.size));
        for fault in found {
            faults
                .entry(fault)
                .or_insert_with(|| format!("at {:?} after {}: {last}", hand.size, hand.done.len()));
        }
    }
    let list: Vec<_> = faults
        .iter()
        .map(|(fault, at)| format!("{fault}\n    {at}"))
        .collect();
    assert!(list.is_empty(), "seed {seed}:\n{}", list.join("\n"));
}

#[test]
fn texts_that_lie_on_each_other_or_leave_the_window_are_found() {
    let text = |words: &str, x: f32| {
        let whole = Rect::from_min_size(pos2(x, 10.0), vec2(40.0, 12.0));
        let clip = Rect::from_min_size(Pos2::ZERO, vec2(200.0, 100.0));
        Seen {
            words: words.to_owned(),
            visible: whole.intersect(clip),
            whole,
            clip,
        }
    };
    let size = [200.0, 100.0];
    let beside = [text("one", 0.0), text("two", 41.0)];
    assert!(overlaps(&beside).is_empty() && cut(&beside, size).is_empty());
    assert_eq!(overlaps(&[text("one", 0.0), text("two", 30.0)]).len(), 1);
    assert_eq!(cut(&[text("one", 170.0), text("two", -5.0)], size).len(), 2);
}
