//! Every action of every lesson, carried out on the state that the window has.

use crate::app::model::action::LessonAction;
use crate::app::model::compare::{Compare, CompareSettings, Other};
use crate::app::model::lesson_steps::{built_in, step};
use crate::app::model::moments::Moments;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::room::Room;
use crate::app::update;
use crate::app::update::lesson::apply;
use crate::app::widgets::curves::series;
use crate::app::widgets::layout::lesson_hides;
use crate::text::Language;
use convlens_core::dataset::ImageId;
use convlens_core::explore::ImageSet;
use convlens_core::lessons::{Lesson, Settings, Show, ShownView, ShownWeights, parse_step};
use convlens_core::render::RangeMode;
use convlens_core::training::RunConfig;
use eframe::egui;

/// Training images of every run.
const IMAGES: usize = 64;

fn room(language: Language) -> Room {
    let mut room = Room::new(language);
    room.state.most_images = Some(IMAGES);
    room
}

impl Room {
    fn stop(&mut self) {
        update::training::stop(&mut self.state, &self.threads);
        self.until(|state, _| state.live_run().is_none());
    }

    /// Carries out an action of a step and looks what has become of it.
    fn check(&mut self, show: &Show, title: &str) {
        let known = self.state.runs.list.len() + usize::from(self.state.run.is_some());
        update::lesson::player::carry_out(
            &mut self.state,
            &mut self.threads,
            show.clone(),
            title,
            0.0,
        );
        let fault = fault(&self.state, show, title);
        assert_eq!(fault, None, "{title}: {show:?}");
        if let Show::Train(_) = show {
            self.until(|state, _| state.run.as_ref().is_some_and(|run| !run.loss.is_empty()));
            self.stop();
        }
        if let Show::Runs(_) = show {
            self.until(|state, _| state.run.is_some());
            self.stop();
        }
        let runs = self.state.runs.list.len() + usize::from(self.state.run.is_some());
        assert!(runs >= known, "{title}: a run was lost");
    }
}

/// What an action has failed to do.
fn fault(state: &State, show: &Show, title: &str) -> Option<String> {
    let preferences = &state.preferences;
    let maps = &preferences.maps;
    let unless = |is_right: bool, what: String| (!is_right).then_some(what);
    match show {
        Show::Network(network) => unless(
            preferences.config.network == *network
                && state.outline.error.is_none()
                && state.why_not_train().is_none(),
            format!("{:?}", preferences.config.network),
        ),
        Show::Settings(settings) => settings_fault(&preferences.config, settings),
        Show::Train(settings) => {
            let Some(run) = state.live_run() else {
                return Some("no run".into());
            };
            settings_fault(&run.config, settings)
        }
        Show::Runs(experiment) => {
            let queue = &state.runs.queue;
            let wanted = experiment.networks.len() * experiment.seeds.len();
            unless(
                queue.len() == wanted && queue.experiment == title,
                format!("{} runs wait", queue.len()),
            )
        }
        Show::Weights(weights) => {
            let moments = || Moments::of(state);
            let is_right = match weights {
                ShownWeights::BuiltIn => state.is_built_in(),
                ShownWeights::Newest => state.runs.weights_of == WeightsOf::Live,
                ShownWeights::Start => moments().is_none_or(|m| m.index() == 0),
                ShownWeights::Epoch(epochs) => {
                    moments().is_none_or(|m| m.checkpoints[m.index()].epochs <= *epochs)
                }
            };
            unless(is_right, format!("{:?}", state.runs.weights_of))
        }
        Show::View(view) => {
            // The lessons name the views as the window does.
            let shown = format!("{:?}", preferences.view);
            unless(shown == format!("{view:?}"), shown)
        }
        Show::LookAt(part) => unless(
            state
                .filters
                .look_at
                .is_some_and(|(shown, _)| shown == *part)
                && preferences.view == View::Filters,
            format!("{:?}", preferences.view),
        ),
        Show::Images(images) => {
            let wanted: Vec<_> = images.iter().copied().map(ImageId::Test).collect();
            unless(maps.images == wanted, format!("{:?}", maps.images))
        }
        Show::Class(class) => unless(
            preferences.strip_class == *class,
            format!("{:?}", preferences.strip_class),
        ),
        Show::Layer(layer) => unless(maps.layer == *layer, format!("{:?}", maps.layer)),
        Show::Convolution(number) => {
            unless(maps.convolution == *number, maps.convolution.to_string())
        }
        Show::Range(range) => {
            let fixed = match range {
                RangeMode::Fixed(ends) => maps.fixed == *ends,
                _ => true,
            };
            unless(maps.range == *range && fixed, format!("{:?}", maps.range))
        }
        Show::BeforeRelu(before) => {
            unless(maps.before_relu == *before, maps.before_relu.to_string())
        }
        Show::ByHand(setup) => unless(
            preferences.by_hand == *setup && preferences.view == View::ByHand,
            format!("{:?}", preferences.by_hand),
        ),
    }
}

fn settings_fault(config: &RunConfig, wanted: &Settings) -> Option<String> {
    let images = config.images.is_some_and(|images| images <= IMAGES);
    let is_right = images
        && wanted.epochs.is_none_or(|epochs| config.epochs == epochs)
        && wanted
            .batch_size
            .is_none_or(|batch| config.batch_size == batch)
        && wanted.seed.is_none_or(|seed| config.seed == seed)
        && wanted
            .learning_rate
            .is_none_or(|rate| (config.learning_rate - rate).abs() < 1e-12);
    (!is_right).then(|| format!("{config:?}"))
}

#[test]
fn every_action_of_the_built_in_lesson_does_what_it_says() {
    for language in [Language::En, Language::Es] {
        let mut room = room(language);
        for step in &built_in(language).steps {
            for show in &step.show {
                room.check(show, &step.title);
            }
        }
    }
}

#[test]
fn what_was_compared_is_compared_again_after_undo() {
    let mut room = room(Language::En);
    let mine = CompareSettings {
        images: Compare::Set(ImageSet::SameClass),
        class: 3,
        seed: 12,
        layer: Some("conv1".into()),
        by_pearson: true,
        other: Other::BuiltIn,
        chosen: (4, 5),
        ..CompareSettings::default()
    };
    let (state, threads) = (&mut room.state, &mut room.threads);
    state.preferences.compare = mine.clone();
    let steps = &built_in(Language::En).steps;
    let alike = steps
        .iter()
        .position(|step| step.show.contains(&Show::View(ShownView::Compare)));
    apply(state, threads, LessonAction::Step(alike.unwrap()), 0.0);
    apply(state, threads, LessonAction::ShowMe, 0.0);
    let shown = &state.preferences.compare;
    assert_eq!(shown.images, Compare::Rows);
    assert_eq!(shown.layer.as_deref(), Some("pool2"));
    assert!(shown.all_channels && !shown.by_pearson);
    apply(state, threads, LessonAction::Undo, 0.0);
    assert_eq!(state.preferences.compare, mine);
}

#[test]
fn show_me_asks_before_it_ends_a_training() {
    let mut room = room(Language::En);
    let source = "+++\ntitle = \"Mine\"\nshow = [{ network = [{ dense = 4 }] }, { train = { epochs = 100 } }]\n+++\nText.\n";
    let step = parse_step("mine.md", "mine", source).unwrap();
    room.state.lesson.own = Some([(); 2].map(|()| Lesson {
        steps: vec![step.clone()],
    }));
    let number = |state: &State| state.run.as_ref().map(|run| run.number);
    let press = |room: &mut Room| {
        let (state, threads) = (&mut room.state, &mut room.threads);
        apply(state, threads, LessonAction::ShowMe, 0.0);
    };
    press(&mut room);
    assert!(room.state.live_run().is_some());
    let first = number(&room.state);
    press(&mut room);
    assert_eq!(number(&room.state), first, "asked first");
    assert!(room.state.lesson.asks_to_end.is_some());
    press(&mut room);
    assert_ne!(number(&room.state), first, "another run");
    assert!(room.state.lesson.asks_to_end.is_none());
    room.stop();
}

#[test]
fn show_me_is_undone_step_by_step() {
    let mut room = room(Language::Es);
    for number in 0..built_in(Language::Es).steps.len() {
        let (state, threads) = (&mut room.state, &mut room.threads);
        apply(state, threads, LessonAction::Step(number), 0.0);
        let before = (state.preferences.clone(), state.is_built_in());
        apply(state, threads, LessonAction::ShowMe, 0.0);
        // Pressed again, it still goes back to before the first time.
        apply(state, threads, LessonAction::ShowMe, 0.0);
        apply(state, threads, LessonAction::Undo, 0.0);
        room.until(|state, _| state.is_built_in());
        assert_eq!(
            (room.state.preferences.clone(), room.state.is_built_in()),
            before,
            "{}",
            step(&room.state).unwrap().name
        );
        apply(&mut room.state, &mut room.threads, LessonAction::Undo, 0.0);
        assert_eq!(room.state.preferences, before.0, "there is nothing more");
        room.stop();
    }
}

/// A step for each action that the documentation names, some of which the built-in lesson has no use for.
#[test]
fn every_documented_action_does_what_it_says() {
    let mut room = room(Language::En);
    let mut actions = vec![
        "network = [{ conv = 4, kernel = 5, padding = \"same\" }, { pool = 2 }, { dense = 8 }]"
            .to_owned(),
        "settings = { epochs = 2, batch = 16, learning_rate = 0.01, seed = 3 }".into(),
        "train = {}".into(),
        "runs = { networks = [\"dense\", \"16-16\"], seeds = [1, 2], images = 100 }".into(),
        "weights = \"built-in\"".into(),
        "weights = \"newest\"".into(),
        "weights = \"start\"".into(),
        "weights = 1".into(),
        "look_at = \"next-batch\"".into(),
        "images = [3, 1, 4]".into(),
        "class = 9".into(),
        "class = \"all\"".into(),
        "layer = \"conv2\"".into(),
        "layer = \"all\"".into(),
        "convolution = 63".into(),
        "range = \"per-layer\"".into(),
        "range = [-1, 2.5]".into(),
        "before_relu = true".into(),
        "by_hand = { picture = 7, filter = 2, padding = \"same\", stride = 2 }".into(),
        "by_hand = { operation = \"max-pool\", picture = \"dot\", stride = 1 }".into(),
    ];
    actions.extend(ShownView::ALL.map(|(name, _)| format!("view = \"{name}\"")));
    for action in actions {
        let source = format!("+++\ntitle = \"Mine\"\nshow = [{{ {action} }}]\n+++\nText.\n");
        let step = parse_step("mine.md", "mine", &source).unwrap();
        room.check(&step.show[0], &step.title);
    }
}

#[test]
fn a_narrow_window_shows_what_the_step_is_about() {
    let mut room = room(Language::En);
    let ctx = egui::Context::default();
    let input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(
            egui::Pos2::ZERO,
            egui::vec2(1280.0, 720.0),
        )),
        ..egui::RawInput::default()
    };
    ctx.run_ui(input, |_| {}).textures_delta.clear();
    for (index, step) in built_in(Language::En).steps.iter().enumerate() {
        apply(
            &mut room.state,
            &mut room.threads,
            LessonAction::Step(index),
            0.0,
        );
        let [network, curves] = lesson_hides(&room.state, &ctx);
        assert_ne!(network, curves, "one of them is there");
        let is_exercise = step.exercise.is_some();
        assert_eq!(
            curves, is_exercise,
            "{}: exercises edit the network",
            step.name
        );
    }
    apply(
        &mut room.state,
        &mut room.threads,
        LessonAction::Open(false),
        0.0,
    );
    assert_eq!(lesson_hides(&room.state, &ctx), [false; 2]);
}

#[test]
fn weights_of_a_trained_run_are_looked_at() {
    let mut room = room(Language::En);
    let source = "+++\ntitle = \"Mine\"\nshow = [{ network = [{ dense = 4 }] }, { train = { epochs = 2 } }]\n+++\nText.\n";
    let step = parse_step("mine.md", "mine", source).unwrap();
    room.state.lesson.own = Some([(); 2].map(|()| Lesson {
        steps: vec![step.clone()],
    }));
    apply(
        &mut room.state,
        &mut room.threads,
        LessonAction::ShowMe,
        0.0,
    );
    room.until(|state, _| state.run.is_some() && state.live_run().is_none());
    room.until(|state, _| Moments::of(state).is_some_and(|moments| moments.checkpoints.len() > 2));
    for (weights, epochs) in [
        (ShownWeights::Start, 0),
        (ShownWeights::Epoch(1), 1),
        (ShownWeights::Epoch(2), 2),
    ] {
        update::lesson::player::carry_out(
            &mut room.state,
            &mut room.threads,
            Show::Weights(weights),
            "Mine",
            0.0,
        );
        let moments = Moments::of(&room.state).unwrap();
        assert_eq!(moments.checkpoints[moments.index()].epochs, epochs);
        room.until(|state, _| state.runs.is_settled() && state.snapshot.epochs == epochs);
    }
}

#[test]
fn an_exercise_has_the_curves_of_both_its_runs_beside_it() {
    let mut room = room(Language::En);
    let steps = [("one", 4, 8), ("other", 5, 6)].map(|(name, baseline, changed)| {
        let source = format!(
            "+++\ntitle = \"Mine\"\n[exercise]\nquestion = \"?\"\nbaseline = [{{ dense = {baseline} }}]\nchanged = [{{ dense = {changed} }}]\nseeds = [1]\nepochs = 1\nwhy = \"So.\"\n+++\nText.\n"
        );
        parse_step(&format!("{name}.md"), name, &source).unwrap()
    });
    room.state.lesson.own = Some([(); 2].map(|()| Lesson {
        steps: steps.to_vec(),
    }));
    room.state.preferences.lesson.is_open = true;
    for (step, networks) in [(0, ["d8", "d4"]), (1, ["d6", "d5"])] {
        room.state.preferences.lesson.step = step;
        update::weights::look_at(&mut room.state, &mut room.threads, WeightsOf::BuiltIn);
        assert_eq!(series::all(&room.state).len(), 0, "none of another step's");
        let run = LessonAction::Run(1);
        apply(&mut room.state, &mut room.threads, run, 0.0);
        room.until(|state, _| {
            let runs = state.lesson.exercises.get(&steps[step].name);
            runs.is_some_and(|runs| runs.outcome().is_some())
        });
        room.until(|state, _| series::all(state).len() == 2);
        let drawn = series::all(&room.state);
        assert_eq!(labels(&drawn), networks);
        assert_ne!(drawn[0].name, drawn[1].name);
    }
    // Met again, it has its own curves, though the window's run is another one.
    room.state.preferences.lesson.step = 0;
    room.until(|state, _| series::all(state).len() == 2);
    assert_eq!(labels(&series::all(&room.state)), ["d8", "d4"]);
    room.state.preferences.lesson.is_open = false;
    assert_eq!(
        series::all(&room.state).len(),
        1,
        "only beside its exercise"
    );
}

fn labels(drawn: &[series::Series<'_>]) -> Vec<String> {
    let networks = drawn.iter().map(|run| run.config.network.label());
    networks.collect()
}
