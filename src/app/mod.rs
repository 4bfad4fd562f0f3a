//! The window.
//!
//! A frame goes like this: [`App::logic`](eframe::App::logic) takes in what the other threads have
//! sent and asks them for what the picture now needs; [`App::ui`](eframe::App::ui) draws the panels, which only read
//! the `State` and answer with `Action`s; these are applied once all panels are drawn. Nothing
//! here waits: no file, no network, no tensor is touched on this thread.

mod action;
#[cfg(test)]
mod contrast;
mod curves;
mod data_menu;
mod dialog;
mod display;
mod dropping;
mod edits;
mod explore;
mod file_menu;
mod history;
mod inputs;
mod lesson;
mod loader;
mod markdown;
mod network_panel;
mod notices;
mod open;
mod open_package;
mod own_networks;
mod pace;
mod pad;
mod path_menu;
mod performance;
mod preferences;
mod preferences_file;
mod run;
mod runs;
mod save;
mod shelf;
mod slot;
mod state;
mod tab_order;
mod test_set;
mod textures;
mod theme;
mod timeline;
mod top_bar;
mod training_controls;
mod typing;
mod views;
mod welcome;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use eframe::egui;

pub use loader::DataWish;
pub use performance::{PhaseSummary, Spread, Summary};
pub use preferences::Preferences;
pub use preferences_file::parse as parse_preferences;

use crate::text::Language;
use performance::Performance;
use state::State;
use tab_order::{Region, region};

/// What the command line may ask of the window.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The data set to open instead of the remembered one.
    pub data: Option<DataWish>,
    /// The language to speak instead of the remembered one.
    pub language: Option<Language>,
    /// Train on the first so many pictures only.
    pub images: Option<usize>,
    /// Epochs of the next run.
    pub epochs: Option<usize>,
    /// Greet whoever opens the window for the first time.
    pub welcome: bool,
    /// Keep what [`open`] returns.
    pub measure: bool,
    /// A file to open: a model, a run, a picture, a folder of data.
    pub open: Option<std::path::PathBuf>,
    /// The folder of runs instead of the usual one.
    pub runs: Option<std::path::PathBuf>,
}

/// By which the system knows the window, and eframe its folder.
const APP_ID: &str = "convlens";

/// Opens the window and returns when it is closed: with what it cost, if `options.measure` says so.
///
/// # Errors
/// There is no display, or its driver refuses.
pub fn open(options: Options) -> eframe::Result<Option<Summary>> {
    let kept = eframe::storage_dir(APP_ID).map(|folder| folder.join("app.ron"));
    let set_aside = kept.as_deref().and_then(preferences_file::check);
    let native = eframe::NativeOptions {
        renderer: eframe::Renderer::Glow,
        // Colours as computed; and a fifth less to do for a processor that draws.
        dithering: false,
        viewport: egui::ViewportBuilder::default()
            .with_title("convlens")
            .with_app_id(APP_ID)
            .with_inner_size([1600.0, 1000.0])
            .with_min_inner_size([960.0, 600.0]),
        persistence_path: kept,
        ..Default::default()
    };
    let measured = Arc::new(Mutex::new(None));
    let at_exit = measured.clone();
    eframe::run_native(
        "convlens",
        native,
        Box::new(move |cc| {
            let mut app = App::new(cc, options)?;
            app.measured = at_exit;
            if let Some(set_aside) = set_aside {
                let message = app.state.text().preferences_set_aside(&set_aside);
                app.state.notices.push(notices::Notice::error(message));
            }
            Ok(Box::new(app))
        }),
    )?;
    let mut measured = measured.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(measured.take())
}

/// The window's content.
pub struct App {
    state: State,
    views: views::Views,
    data_menu: data_menu::DataMenu,
    file_menu: file_menu::FileMenu,
    network_panel: network_panel::NetworkPanel,
    shelf: shelf::Shelf,
    timeline: timeline::Timeline,
    lesson: lesson::LessonPanel,
    keys_sheet: display::KeysSheet,
    welcome: welcome::Welcome,
    /// The window's title: how far the run is, to be read while the window is minimised.
    title: String,
    /// The preferences as they were stored, and what the command line made of them.
    remembered: Preferences,
    options: Options,
    /// What the window cost, once it is closed.
    measured: Arc<Mutex<Option<Summary>>>,
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
        theme::apply(&cc.egui_ctx, preferences.dark);
        preferences.display.apply(&cc.egui_ctx, false);
        let mut state = State::new(&cc.egui_ctx, preferences, options.runs.clone())?;
        state.performance = Performance::new(started, options.measure);
        state.most_images = options.images;
        if let Some(folder) = state.preferences.lesson.folder.clone() {
            lesson::open_folder(&mut state, folder);
        }
        if let Some(path) = &options.open {
            open::open(&mut state, path.clone());
        }
        Ok(Self {
            state,
            views: views::Views::default(),
            data_menu: data_menu::DataMenu::default(),
            file_menu: file_menu::FileMenu::default(),
            network_panel: network_panel::NetworkPanel::default(),
            shelf: shelf::Shelf::default(),
            timeline: timeline::Timeline::default(),
            lesson: lesson::LessonPanel::default(),
            keys_sheet: display::KeysSheet::default(),
            welcome: welcome::Welcome::default(),
            title: String::new(),
            remembered,
            options,
            measured: Arc::default(),
        })
    }

    /// The panel at the right.
    fn curves_and_shelf(&mut self, ui: &mut egui::Ui, actions: &mut Vec<action::Action>) {
        let state = &self.state;
        egui::Panel::right("curves")
            .frame(theme::side_frame(ui))
            .default_size(300.0)
            .size_range(220.0..=560.0)
            .show(ui, |ui| {
                egui::Panel::bottom("shelf")
                    .frame(egui::Frame::new())
                    .resizable(true)
                    .default_size(ui.available_height() * 0.4)
                    .size_range(90.0..=ui.available_height() * 0.5)
                    .show(ui, |ui| {
                        region(ui, Region::Shelf);
                        self.shelf.show(ui, state, actions);
                    });
                theme::name_edge(ui, "shelf", state.text().window.resize);
                egui::CentralPanel::default()
                    .frame(egui::Frame::new())
                    .show(ui, |ui| {
                        region(ui, Region::Curves);
                        curves::show(ui, state, actions);
                    });
            });
        theme::name_edge(ui, "curves", state.text().window.resize);
    }

    /// Whether nothing is being loaded, trained or computed: what is on screen is final.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state.is_settled()
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let began = Instant::now();
        let (number, before) = (ctx.cumulative_frame_nr(), frame.info().cpu_usage);
        let is_training = self.state.is_training();
        self.state
            .performance
            .begin_frame(number, before, is_training);
        inputs::receive(&mut self.state);
        for action in inputs::chosen(&self.state) {
            action::apply(&mut self.state, ctx, action);
        }
        self.views.request(&mut self.state);
        let title = self.state.title();
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        performance::request(&mut self.state, ctx);
        let cost = self.state.performance.frame_cost();
        let is_training = self.state.is_training();
        let was_dear = self.state.pace.is_dear();
        self.state.pace.set(ctx, is_training, cost);
        let is_dear = self.state.pace.is_dear();
        if is_dear != was_dear {
            self.state.preferences.display.apply(ctx, is_dear);
        }
        self.state.performance.end_work(began);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let began = Instant::now();
        let mut actions = Vec::new();
        let state = &self.state;
        actions.extend(dropping::dropped(ui.ctx()));
        egui::Panel::top("top bar")
            .frame(theme::bar_frame(ui))
            .show(ui, |ui| {
                region(ui, Region::TopBar);
                let menus = (&mut self.data_menu, &mut self.file_menu);
                let sheet = &mut self.keys_sheet;
                top_bar::show(ui, state, menus, sheet, &mut actions);
            });
        notices::show(ui, state, &mut actions);
        dropping::show(ui, state.text());
        let display = state.preferences.display;
        // A presenter's strip of images, which the first click is to be made in, may have given way.
        if self.options.welcome && !state.preferences.lesson.is_open && !display.presenter {
            self.welcome.show(ui, state, &mut actions);
        }
        if timeline::has_moments(state) || !display.folds_tabs(ui.ctx()) {
            egui::Panel::bottom("timeline")
                .frame(theme::bar_frame(ui))
                .resizable(false)
                .show(ui, |ui| {
                    region(ui, Region::Timeline);
                    self.timeline.show(ui, state, &mut actions);
                });
        }
        if state.preferences.lesson.is_open {
            // The view beside it keeps half of a narrow window.
            let most = (ui.available_width() * 0.55).clamp(200.0, 560.0);
            egui::Panel::left("lesson")
                .frame(theme::side_frame(ui))
                .default_size(330.0)
                .size_range(260.0_f32.min(most)..=most)
                .show(ui, |ui| {
                    region(ui, Region::Lesson);
                    self.lesson.show(ui, state, &mut actions);
                });
            theme::name_edge(ui, "lesson", state.text().window.resize);
        }
        let (hides_network, hides_curves) = lesson::LessonPanel::hides(state, ui.ctx());
        if display.shows_network(ui.ctx()) && !hides_network {
            egui::Panel::left("network")
                .frame(theme::side_frame(ui))
                .default_size(248.0)
                .size_range(220.0..=420.0)
                .show(ui, |ui| {
                    region(ui, Region::Network);
                    self.network_panel.show(ui, state, &mut actions);
                });
            theme::name_edge(ui, "network", state.text().window.resize);
        }
        if display.shows_curves(ui.ctx()) && (display.presenter || !hides_curves) {
            self.curves_and_shelf(ui, &mut actions);
        }
        let state = &self.state;
        let middle = egui::CentralPanel::default()
            .frame(egui::Frame::NONE)
            .show(ui, |ui| {
                region(ui, Region::Middle);
                timeline::whose_weights(ui, state, &mut actions);
                self.views.show(ui, state, &mut actions);
            });
        display::projector::show(ui.ctx(), state, &mut self.views, &mut actions);
        // Last: what has the focus, and the view on screen, take their keys first.
        views::shortcuts(ui, state, &mut actions);
        training_controls::shortcuts(ui, state, &mut actions);
        lesson::shortcuts(ui, state, &mut actions);
        display::over_everything(ui, state, &mut self.keys_sheet, &mut actions);
        performance::show(ui.ctx(), state);
        let middle = middle.response.rect;
        save::taken(&mut self.state, ui.ctx(), middle);
        save::put_on_clipboard(&mut self.state, ui.ctx());
        let acted = !actions.is_empty();
        for action in actions {
            action::apply(&mut self.state, ui.ctx(), action);
        }
        if acted {
            // Not a frame later: what was just done is waited for.
            let shown = self.state.maps.answer().map(Arc::as_ptr);
            self.views.request(&mut self.state);
            if self.state.maps.answer().map(Arc::as_ptr) != shown {
                ui.ctx().request_discard("the maps asked for were there");
            }
        }
        self.state.performance.end_work(began);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.options.measure {
            let epochs = self.state.run.as_ref().map(|run| run.epochs.clone());
            let summary = self.state.performance.summary(epochs.unwrap_or_default());
            let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
            *measured = Some(summary);
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.state.preferences.drawing = self.state.pad.remembered();
        let preferences = &self.state.preferences;
        let kept = preferences.without(&self.options, &self.remembered);
        eframe::set_value(storage, eframe::APP_KEY, &kept);
    }
}
