//! A hand that clicks, types, drags and resizes at random, the same way for the same seed.
//!
//! `CONVLENS_CLICKS` is how often (120 where it is not set; 6000 take some minutes), `CONVLENS_SEED` which way. Into the folder
//! `CONVLENS_FAULTS`, where it is set, goes a picture of each moment at which something is wrong.

use std::path::Path;

use convlens::app::App;
use convlens::text::Language;
use convlens_core::dataset;
use convlens_core::network::weights;
use convlens_core::training::runs::{CheckpointCache, Store};
use eframe::egui::accesskit::Role;
use eframe::egui::epaint::{ClippedShape, Shape};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::every_view::with_runs_in;
use super::support::VIEW_KEYS;
use super::views::{harness, options, press, runs_folder, shows};
use super::views_follow::VIEWS;
use super::whose::{is_line, says};

const SIZES: [[f32; 2]; 4] = [
    [960.0, 600.0],
    [1280.0, 720.0],
    [1600.0, 1000.0],
    [1100.0, 650.0],
];

/// What does something in one view or another, besides [`VIEW_KEYS`] and but for what leaves the window.
const KEYS: [Key; 25] = [
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

/// Weights that are known, and what the views say of them.
struct Known {
    /// What the status line has of run and moment.
    names: [&'static str; 2],
    says: Vec<OfView>,
}

/// What a view says of some weights.
struct OfView {
    view: &'static str,
    words: Vec<String>,
    /// Each word is these weights' alone; others are as likely said of others', but not all of them.
    is_each_its_own: bool,
}

/// The weights that the window begins with, as far as they do not change.
fn known(runs: &Path) -> Vec<Known> {
    let store = Store::new(runs.to_owned());
    let of_run = |run: &str, is_last: bool| {
        let id = store.find(run).unwrap();
        let moments = store.read(id).unwrap().checkpoints;
        let place = if is_last { moments.len() - 1 } else { 0 };
        let of = store.checkpoint(id, moments[place], &CheckpointCache::default());
        of.unwrap().model.clone()
    };
    let test = dataset::synthetic(0, 10_000).test;
    let sides = [
        (["Built-in network", ""], weights::built_in().unwrap()),
        (["Run 1, ", "after epoch 4"], of_run("1", true)),
        (["Run 2, ", "after epoch 4"], of_run("2", true)),
        (["Run 1, ", "random weights"], of_run("1", false)),
        (["Run 2, ", "random weights"], of_run("2", false)),
    ];
    let known = sides.into_iter().map(|(names, model)| Known {
        names,
        says: VIEWS
            .into_iter()
            .map(|(view, _, says)| {
                let mut words = says(&model, &test);
                let is_random = names[1] == "random weights";
                if is_random {
                    // What is said of classes, other weights that know nothing say too.
                    words.retain(|said| !said.ends_with('%'));
                    if ["Filters", "Errors", "Draw", "Why?"].contains(&view) {
                        words.clear();
                    }
                } else if view == "Filters" {
                    // Only the accuracy is of all filters.
                    words.retain(|said| said.ends_with('%'));
                    words.truncate(1);
                }
                OfView {
                    view,
                    words,
                    is_each_its_own: !["Draw", "Why?"].contains(&view),
                }
            })
            .collect(),
    });
    known.collect()
}

/// Figures on screen of other weights than the status line names, as far as they are known.
fn of_others(known: &[Known], texts: &[String]) -> Vec<String> {
    let Some(line) = texts.iter().find(|words| is_line(words)) else {
        return Vec::new();
    };
    let is_named = |side: &Known| side.names.iter().all(|name| line.contains(name));
    let named = known.iter().find(|side| is_named(side));
    let is_there = |words: &&String| texts.iter().any(|text| says(text, words));
    let mut found = Vec::new();
    for side in known.iter().filter(|side| !is_named(side)) {
        for (place, of_view) in side.says.iter().enumerate() {
            let shared = named.map_or(&[][..], |side| &side.says[place].words);
            let own: Vec<_> = of_view
                .words
                .iter()
                .filter(|w| !shared.contains(w))
                .collect();
            let there: Vec<_> = own.iter().copied().filter(is_there).collect();
            // Of weights that are not known anything may be said, but hardly all of this; and a number without words,
            // like 0.032, is elsewhere by chance: a correlation, a product.
            let is_each_its_own = of_view.is_each_its_own && named.is_some();
            let is_bare = |words: &str| !words.contains(|c: char| c.is_alphabetic() || c == '%');
            let are_all = own.len() > 1 && there.len() == own.len();
            if are_all || is_each_its_own && there.iter().any(|words| !is_bare(words)) {
                let (view, names) = (of_view.view, side.names.concat());
                let saying = |text: &&String| there.iter().any(|words| says(text, words));
                let texts: Vec<_> = texts.iter().filter(saying).collect();
                found.push(format!(
                    "{view}: {there:?} of {names} in {texts:?} below “{line}”"
                ));
            }
        }
    }
    found
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

    /// Every text on screen.
    fn texts(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let texts = nodes.flat_map(|node| {
            let access = node.accesskit_node();
            let is_drawn = access.bounding_box().is_some();
            let texts = [access.label(), access.value()].into_iter().flatten();
            texts.filter(move |_| is_drawn).collect::<Vec<_>>()
        });
        texts.collect()
    }

    /// What is wrong on screen.
    fn faults(&self, known: &[Known]) -> Vec<String> {
        let texts = texts_seen(&self.harness.output().shapes);
        // In points, of which zooming out makes more.
        let size = self.harness.ctx.content_rect().size();
        let mut found = overlaps(&texts);
        found.extend(cut(&texts, size.into()));
        found.extend(of_others(known, &self.texts()));
        found
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
                let keys = [&VIEW_KEYS[..], &KEYS].concat();
                let key = keys[self.random.random_range(0..keys.len())];
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
    /// It ends in "…" for want of room.
    is_short: bool,
}

/// The texts that can be seen: what is painted over them later hides them.
fn texts_seen(shapes: &[ClippedShape]) -> Vec<Seen> {
    fn add(shape: &Shape, clip: Rect, seen: &mut Vec<Seen>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| add(shape, clip, seen)),
            Shape::Text(text) => {
                let words = text.galley.text().trim();
                // Row by row: the next label may go on where the last row ends.
                for row in &text.galley.rows {
                    let whole = row
                        .visuals
                        .mesh_bounds
                        .translate(text.pos.to_vec2() + row.pos.to_vec2());
                    let visible = whole.intersect(clip);
                    if visible.is_positive() && !words.is_empty() {
                        seen.push(Seen {
                            words: words.to_owned(),
                            visible,
                            whole,
                            clip,
                            is_short: text.galley.elided,
                        });
                    }
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
fn whatever_is_clicked_nothing_panics_no_text_lies_on_another_and_no_figure_is_anothers() {
    let (clicks, seed) = (number("CONVLENS_CLICKS", 120), number("CONVLENS_SEED", 18));
    let runs = runs_folder();
    let harness = with_runs_in(Language::En, runs.clone());
    let known = known(&runs);
    let mut hand = Hand {
        harness,
        random: StdRng::seed_from_u64(seed),
        size: SIZES[2],
        done: Vec::new(),
    };
    let seen = texts_seen(&hand.harness.output().shapes);
    assert!(seen.len() > 50, "{} texts are seen", seen.len());
    assert!(of_others(&known, &hand.texts()).is_empty());
    let mut faults = std::collections::BTreeMap::new();
    for _ in 0..clicks {
        hand.act();
        let last = hand.done.last().cloned().unwrap_or_default();
        let failed = Language::En.text().window.explorer_failed;
        let history = || hand.done[hand.done.len().saturating_sub(12)..].join("\n");
        assert!(!shows(&hand.harness, failed), "{}", history());
        let thread = "the training thread failed";
        assert!(!shows(&hand.harness, thread), "{}", history());
        let mut found = hand.faults(&known);
        if !found.is_empty() {
            // A tooltip or a table that has become wider finds its place in the next frame.
            hand.harness.run_steps(2);
            found = hand.faults(&known);
        }
        if let Some(folder) = std::env::var_os("CONVLENS_FAULTS").filter(|_| !found.is_empty()) {
            let picture = hand.harness.render().unwrap();
            let name = format!("{seed}-{}.png", hand.done.len());
            picture.save(Path::new(&folder).join(name)).unwrap();
        }
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

/// What is not a name of the user's own has words that fit.
#[test]
fn no_words_are_cut_short_in_windows_of_usual_size() {
    let mut cut_short = std::collections::BTreeMap::new();
    for language in [Language::En, Language::Es] {
        for size in [[1280.0, 720.0], [1600.0, 1000.0]] {
            let mut harness = harness(options(language), size);
            for key in VIEW_KEYS {
                press(&mut harness, key);
                let texts = texts_seen(&harness.output().shapes);
                for text in texts.into_iter().filter(|text| text.is_short) {
                    cut_short
                        .entry(text.words)
                        .or_insert_with(|| format!("{language:?} {size:?} {key:?}"));
                }
            }
        }
    }
    assert!(cut_short.is_empty(), "{cut_short:#?}");
}

#[test]
fn figures_of_others_than_the_line_says_are_found() {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let side = |run, moment, own: [&str; 2]| {
        let of_view = |view, own, is_each_its_own| OfView {
            view,
            words: words(&[own, "a map of all"]),
            is_each_its_own,
        };
        Known {
            names: [run, moment],
            says: vec![
                of_view("Errors", own[0], true),
                of_view("Draw", own[1], false),
            ],
        }
    };
    let known = [
        side("Run 1, ", "after epoch 4", ["71.51 %", "Bag 3 %"]),
        side("Run 2, ", "after epoch 4", ["60.02 %", "Bag 4 %"]),
    ];
    let found = |line: &str, on_screen: &[&str]| {
        of_others(&known, &[words(&[line]), words(on_screen)].concat()).len()
    };
    let one = "Run 1, 6-p · after epoch 4 · Synthetic garments";
    assert_eq!(found(one, &["Accuracy 71.51 %", "a map of all"]), 0);
    assert_eq!(found(one, &["Accuracy 60.02 %"]), 1);
    assert_eq!(found(one, &["Accuracy 160.02 %", "Bag 4 %"]), 0);
    let still = format!("Earlier answer: {}", one.replace('1', "2"));
    assert_eq!(found(&still, &["60.02 %"]), 0);
    // Weights of which nothing is known.
    let third = "Run 3, 6-p · during epoch 1 · Synthetic garments";
    assert_eq!(found(third, &["60.02 %"]), 0);
    assert_eq!(found(third, &["60.02 %", "a map of all"]), 1);
    // A number alone may be of anything.
    let known = [
        side("Run 1, ", "after epoch 4", ["0.017", ""]),
        side("Run 2, ", "after epoch 4", ["0.032", ""]),
    ];
    let found = |on_screen: &[&str]| of_others(&known, &[words(&[one]), words(on_screen)].concat());
    assert!(found(&["Pearson r 0.032"]).is_empty());
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
            is_short: false,
        }
    };
    let size = [200.0, 100.0];
    let beside = [text("one", 0.0), text("two", 41.0)];
    assert!(overlaps(&beside).is_empty() && cut(&beside, size).is_empty());
    assert_eq!(overlaps(&[text("one", 0.0), text("two", 30.0)]).len(), 1);
    assert_eq!(cut(&[text("one", 170.0), text("two", -5.0)], size).len(), 2);
}
