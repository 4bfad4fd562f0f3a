//! The window.
//!
//! A frame goes like this: [`App::logic`](eframe::App::logic) takes in what the threads have sent and asks them
//! for what the picture now needs; [`App::ui`](eframe::App::ui) draws the panels and the view, which only read the
//! `State` and answer with `Action`s; these are carried out once all is drawn. Nothing here waits: no file,
//! no network, no tensor is touched on this thread.
//!
//! Imports run one way: `panels` and `views` know `widgets` and `model`; `update` knows `requests`, these know
//! `threads`, and these the `model`. Only this file and those beside it know all.

mod closing;
mod middle;
mod model;
mod panels;
mod preferences_file;
mod projector;
mod requests;
#[cfg(test)]
mod room;
mod screenshot;
mod threads;
mod update;
mod vector;
mod view_table;
mod views;
mod widgets;

use std::cell::{RefCell, RefMut};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui;

pub use closing::Closed;
pub use model::data::DataSource;
pub use model::options::Options;
pub use model::performance::{PhaseSummary, Spread, Summary};
pub use model::preferences::Preferences;
pub use preferences_file::parse as parse_preferences;

use crate::about::ICON;
use crate::signals;
use middle::Middle;
use model::action::Action;
use model::display::{Display, Foldable};
use model::notices::Notice;
use model::performance::{Began, Performance};
use model::state::State;
use panels::data_menu::DataMenu;
use panels::display::Sheets;
use panels::file_menu::FileMenu;
use panels::lesson::LessonPanel;
use panels::network::NetworkPanel;
use panels::shelf::Shelf;
use panels::timeline::Timeline;
use panels::welcome::Welcome;
use panels::{
    curves, display, dropping, notices, performance, timeline, top_bar, training_controls,
};
use threads::Threads;
use widgets::layout::{is_called, is_low, shows_lesson, shows_sides, side_name, widest_side};
use widgets::split::Split;
use widgets::tab_order::{Region, region};
use widgets::{fold, stage, tab_order, theme, typing};

/// By which the system knows the window, and eframe its folder.
const APP_ID: &str = "convlens";

/// Least height of the shelf in points.
const LEAST_SHELF: f32 = 90.0;

/// Opens the window and returns when it is closed and all that was asked for is done.
///
/// # Errors
/// There is no display, or its driver refuses.
pub fn open(options: Options) -> eframe::Result<Closed> {
    let kept = eframe::storage_dir(APP_ID).map(|folder| folder.join("app.ron"));
    let set_aside = kept.as_deref().and_then(preferences_file::check);
    let icon = eframe::icon_data::from_png_bytes(ICON).expect("a test opens it");
    let native = eframe::NativeOptions {
        renderer: eframe::Renderer::Glow,
        // Colours as computed; and a fifth less to do for a processor that draws.
        dithering: false,
        viewport: egui::ViewportBuilder::default()
            .with_title("convlens")
            .with_app_id(APP_ID)
            .with_icon(icon)
            .with_inner_size([1600.0, 1000.0])
            .with_min_inner_size([960.0, 600.0]),
        persistence_path: kept.clone(),
        ..Default::default()
    };
    let closed = Arc::new(Mutex::new(Closed::default()));
    let at_exit = closed.clone();
    eframe::run_native(
        "convlens",
        native,
        Box::new(move |cc| {
            let app = App::new(cc, options)?;
            let mut content = app.0.borrow_mut();
            content.closed = at_exit;
            content.kept = kept;
            if let Some(set_aside) = set_aside {
                let message = content.state.text().preferences_set_aside(&set_aside);
                content.state.notices.push(Notice::error(message));
            }
            drop(content);
            closing::expect_the_worst(&app.0);
            let ctx = cc.egui_ctx.clone();
            if let Err(error) = signals::install(move || ctx.request_repaint()) {
                // Signals then end the program at once.
                log::warn!("signals: {error}");
            }
            Ok(Box::new(app))
        }),
    )?;
    let mut closed = closed.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *closed))
}

/// The window. Its content is held by nobody while eframe draws it or waits: see `closing`.
pub struct App(Rc<RefCell<Content>>);

/// What the window shows.
struct Content {
    state: State,
    threads: Threads,
    middle: Middle,
    panels: Panels,
    /// What the projector's window keeps showing.
    frozen: projector::Frozen,
    /// The window's title: how far the run is, to be read while the window is minimised.
    title: String,
    /// How egui shows everything now.
    look: Look,
    /// The preferences as they were stored, and what the command line made of them.
    remembered: Preferences,
    options: Options,
    /// Where the preferences are kept, if anywhere.
    kept: Option<PathBuf>,
    /// What the window leaves, once it is closed.
    closed: Arc<Mutex<Closed>>,
    is_closed: bool,
}

/// What the panels keep.
#[derive(Default)]
struct Panels {
    data_menu: DataMenu,
    file_menu: FileMenu,
    network: NetworkPanel,
    shelf: Shelf,
    /// Between curves and shelf.
    divider: Split,
    timeline: Timeline,
    lesson: LessonPanel,
    sheets: Sheets,
    welcome: Welcome,
}

/// What of the preferences egui is told: dark or light, the display, how large everything is, and whether frames are slow.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    dark: bool,
    display: Display,
    zoom: f32,
    is_slow: bool,
}

impl Look {
    fn of(state: &State, threads: &Threads, ctx: &egui::Context) -> Self {
        let display = state.preferences.display;
        Self {
            dark: state.preferences.dark,
            display,
            zoom: display.zoom(ctx),
            is_slow: threads.pace.is_slow(),
        }
    }

    /// Tells egui.
    fn apply(self, ctx: &egui::Context) {
        theme::apply(ctx, self.dark);
        ctx.set_zoom_factor(self.zoom);
        self.display.apply(ctx, self.is_slow);
    }
}

impl App {
    /// The window with what the last one remembered.
    ///
    /// # Errors
    /// The system refuses a thread, or the built-in network is damaged.
    pub fn new(cc: &eframe::CreationContext<'_>, options: Options) -> anyhow::Result<Self> {
        let started = Instant::now();
        let stored = cc
            .storage
            .and_then(|storage| eframe::get_value::<Preferences>(storage, eframe::APP_KEY));
        let remembered = stored.unwrap_or_default().repaired();
        let preferences = remembered.clone().with(&options).repaired();
        theme::install(&cc.egui_ctx);
        tab_order::install(&cc.egui_ctx);
        typing::install(&cc.egui_ctx);
        stage::mirror::install(&cc.egui_ctx);
        let mut threads = Threads::start(&cc.egui_ctx, options.runs.clone())?;
        let mut state = State::new(preferences)?;
        let look = Look::of(&state, &threads, &cc.egui_ctx);
        look.apply(&cc.egui_ctx);
        state.performance = Performance::new(started, options.measure);
        state.most_images = options.images;
        threads.loader.open(state.preferences.data.clone());
        if let Some(folder) = state.preferences.lesson.folder.clone() {
            update::lesson::folder::open(&threads, &folder);
        }
        if let Some(path) = &options.open {
            update::open::open(&mut state, &mut threads, path.clone());
        }
        let content = Content {
            state,
            threads,
            middle: Middle::default(),
            panels: Panels::default(),
            frozen: projector::Frozen::default(),
            title: String::new(),
            look,
            remembered,
            options,
            kept: None,
            closed: Arc::default(),
            is_closed: false,
        };
        Ok(Self(Rc::new(RefCell::new(content))))
    }

    fn content(&self) -> RefMut<'_, Content> {
        self.0.borrow_mut()
    }

    /// Whether nothing is being loaded, trained or computed: what is on screen is final.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let content = self.content();
        content.state.is_settled() && content.threads.are_idle()
    }
}

impl Panels {
    /// Everything in its place, from the edges inwards; where the middle is.
    fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        middle: &mut Middle,
        welcome: bool,
        actions: &mut Vec<Action>,
    ) -> egui::Rect {
        egui::Panel::top("top bar")
            .frame(theme::bar_frame(ui))
            .show(ui, |ui| {
                region(ui, Region::TopBar);
                let menus = (&mut self.data_menu, &mut self.file_menu);
                let tabs = view_table::tabs(state.text());
                top_bar::show(ui, state, menus, &mut self.sheets, &tabs, actions);
            });
        panels::presenter::shortcuts(ui, state, actions);
        panels::presenter::show(ui, state, actions);
        notices::show(ui, state, actions);
        dropping::show(ui, state.text());
        let display = state.preferences.display;
        // A presenter's strip of images, which the first click is to be made in, may have given way.
        if welcome && !state.preferences.lesson.is_open && !display.presenter {
            self.welcome.show(ui, state, actions);
        }
        let has_history = timeline::has_moments(state) || !is_low(ui.ctx());
        if has_history && display.has_folded(Foldable::History) {
            fold::edge(ui, state, Foldable::History, actions);
        } else if has_history {
            egui::Panel::bottom("timeline")
                .frame(timeline::frame(ui))
                .resizable(false)
                .show(ui, |ui| {
                    region(ui, Region::Timeline);
                    self.timeline.show(ui, state, actions);
                });
        }
        if shows_lesson(state, ui.ctx()) {
            // The view beside it keeps half of a narrow window, and more of what a class looks at.
            let room = ui.available_width();
            let most = (room * 0.55).clamp(200.0, 560.0);
            let (lesson, usual) = if display.presenter {
                ("presenter's lesson", (room * 0.31).clamp(260.0, 330.0))
            } else {
                ("lesson", (room * 0.32).clamp(260.0, 330.0))
            };
            egui::Panel::left(lesson)
                .frame(theme::side_frame(ui))
                .default_size(usual)
                .size_range(260.0_f32.min(most)..=most)
                .show(ui, |ui| {
                    region(ui, Region::Lesson);
                    self.lesson.show(ui, state, actions);
                });
            theme::name_edge(ui, lesson, state.text().window.resize);
        }
        let [shows_network, shows_curves] = shows_sides(state, ui.ctx());
        let is_folded = |panel| display.has_folded(panel) && !is_called(state, ui.ctx(), panel);
        let (folds_network, folds_curves) =
            (is_folded(Foldable::Network), is_folded(Foldable::Curves));
        let network = side_name(ui.ctx(), ["network", "network-narrow"]);
        if shows_network && folds_network {
            fold::edge(ui, state, Foldable::Network, actions);
        } else if shows_network {
            egui::Panel::left(network)
                .frame(theme::side_frame(ui))
                // A layer's fields and its figures stand side by side in no less.
                .default_size(272.0)
                .size_range(264.0..=widest_side(ui.ctx(), 420.0).max(264.0))
                .show(ui, |ui| {
                    region(ui, Region::Network);
                    fold::button(ui, state, Foldable::Network, actions);
                    self.network.show(ui, state, actions);
                });
            theme::name_edge(ui, network, state.text().window.resize);
        }
        if shows_curves && folds_curves {
            fold::edge(ui, state, Foldable::Curves, actions);
        } else if shows_curves {
            self.curves_and_shelf(ui, state, actions);
        } else if panels::stage::is_on_this_screen(state, ui.ctx()) && !state.lesson.hides_curves {
            panels::stage::curves(ui, state, middle::least_width(ui, state));
        }
        let shown = egui::CentralPanel::default()
            .frame(egui::Frame::NONE)
            .show(ui, |ui| {
                region(ui, Region::Middle);
                middle.show(ui, state, actions);
            });
        shown.response.rect
    }

    /// The panel at the right.
    fn curves_and_shelf(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let curves = side_name(ui.ctx(), ["curves", "curves-narrow"]);
        egui::Panel::right(curves)
            .frame(theme::side_frame(ui))
            .default_size(300.0)
            .size_range(220.0..=widest_side(ui.ctx(), 560.0))
            .show(ui, |ui| {
                let (shelf, mut from_shelf) = (&mut self.shelf, Vec::new());
                let resize = state.text().window.resize;
                self.divider.show(
                    ui,
                    resize,
                    LEAST_SHELF,
                    |ui| {
                        region(ui, Region::Curves);
                        fold::button(ui, state, Foldable::Curves, actions);
                        curves::show(ui, state, actions);
                    },
                    |ui| {
                        region(ui, Region::Shelf);
                        shelf.show(ui, state, &mut from_shelf);
                    },
                );
                actions.append(&mut from_shelf);
            });
        theme::name_edge(ui, curves, state.text().window.resize);
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.content().logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let began = Began::now();
        let (mut actions, middle) = self.content().draw(ui);
        projector::show(ui.ctx(), &self.0, &mut actions);
        let mut content = self.content();
        content.act(ui, actions, middle);
        content.state.performance.end_work(began);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.content().close();
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(
            storage,
            eframe::APP_KEY,
            &self.content().preferences_to_keep(),
        );
    }
}

impl Content {
    /// Takes in what has arrived, and asks for what the picture now needs.
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let began = Began::now();
        let (number, before) = (ctx.cumulative_frame_nr(), frame.info().cpu_usage);
        let is_training = self.state.is_training();
        self.state
            .performance
            .begin_frame(number, before, is_training);
        update::receive::receive(&mut self.state, &mut self.threads);
        let cost = self.state.performance.frame_cost();
        self.threads.pace.set(ctx, self.state.is_training(), cost);
        self.carry_out(ctx, update::receive::chosen(&self.threads));
        middle::request(&mut self.state, &mut self.threads);
        let title = self.state.title();
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if self.state.performance.wants_frame() {
            ctx.request_repaint_after(Duration::from_millis(1));
        }
        if let Some(at) = self.state.runs.follow_at {
            ctx.request_repaint_after(at.saturating_duration_since(Instant::now()));
        }
        requests::memory::request(&mut self.state, &self.threads);
        self.state.performance.end_work(began);
        if signals::stop_requested() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Draws everything; what was asked for meanwhile, and where the middle is.
    fn draw(&mut self, ui: &mut egui::Ui) -> (Vec<Action>, egui::Rect) {
        let mut actions = Vec::from_iter(dropping::dropped(ui.ctx()));
        let (state, middle) = (&self.state, &mut self.middle);
        let welcome = self.options.welcome;
        let rect = self.panels.show(ui, state, middle, welcome, &mut actions);
        (actions, rect)
    }

    /// Takes the keys, and carries out what is asked for.
    fn act(&mut self, ui: &mut egui::Ui, mut actions: Vec<Action>, middle: egui::Rect) {
        let state = &self.state;
        self.panels.sheets.take_keys(ui.ctx());
        // Last: what has the focus, and the view on screen, take their keys first.
        panels::lesson::answers(ui, state, &mut actions);
        middle::shortcuts(ui, state, &mut actions);
        training_controls::shortcuts(ui, state, &mut actions);
        panels::lesson::shortcuts(ui, state, &mut actions);
        display::over_everything(ui, state, &mut self.panels.sheets, &mut actions);
        performance::show(ui.ctx(), state);
        if state.stage.is_black && !state.projects {
            panels::presenter::black(ui, state, &mut actions);
        }
        let ctx = ui.ctx();
        screenshot::taken(&mut self.state, &mut self.threads, ctx, middle);
        update::save::put_on_clipboard(&mut self.state, ctx);
        if actions.is_empty() {
            return;
        }
        self.carry_out(ctx, actions);
        // Not a frame later: what was just done is waited for.
        let shown = self.state.maps.version();
        middle::request(&mut self.state, &mut self.threads);
        if self.state.maps.version() != shown {
            ctx.request_discard("the maps asked for were there");
        }
    }

    /// Carries actions out, and has egui show what they changed of its look.
    fn carry_out(&mut self, ctx: &egui::Context, actions: Vec<Action>) {
        let now_secs = ctx.input(|input| input.time);
        for action in actions {
            update::apply(&mut self.state, &mut self.threads, action, now_secs);
        }
        let look = Look::of(&self.state, &self.threads, ctx);
        if look != self.look {
            look.apply(ctx);
            self.look = look;
        }
    }

    /// Ends what is under way and does what was asked for.
    fn close(&mut self) {
        self.is_closed = true;
        let summary = self.options.measure.then(|| {
            let epochs = self.state.run.as_ref().map(|run| run.epochs.clone());
            self.state.performance.summary(epochs.unwrap_or_default())
        });
        let faults = closing::finish(&mut self.state, &mut self.threads);
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = Closed { summary, faults };
    }

    /// The same where nobody saves the preferences, nor takes what the window leaves.
    fn end_without_eframe(&mut self) {
        if self.is_closed {
            return;
        }
        // First: it takes no time.
        if let Some(path) = self.kept.clone()
            && let Err(error) = preferences_file::write(&path, &self.preferences_to_keep())
        {
            log::error!("{}: {error}", path.display());
        }
        self.close();
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in &closed.faults {
            log::error!("{fault}");
        }
    }

    fn preferences_to_keep(&mut self) -> Preferences {
        let (size, bytes) = self.state.canvas.remembered();
        self.state.preferences.drawing_size = size;
        self.state.preferences.drawing = bytes;
        let preferences = &self.state.preferences;
        preferences.without(&self.options, &self.remembered)
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        // Not closed where a library panics because the display is lost.
        self.end_without_eframe();
    }
}
