//! The real program in a real window, on a display of the test's own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use convlens::app::{self, Options};
use convlens::text::Language;
use convlens_core::training::runs::{RunStatus, Store};
use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use image::RgbImage;

use super::support::skipped;
use super::views;

const SIZE: [f32; 2] = [1600.0, 1000.0];
const PATIENCE: Duration = Duration::from_mins(1);

/// An X server without a screen. Stopped when dropped.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1000x24",
                "+extension",
                "GLX",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let stdout = server.stdout.take().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut number)
            .expect("Xvfb tells its display");
        Self {
            server,
            name: format!(":{}", number.trim()),
        }
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .output()
            .expect("xdotool runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn click(&self, (x, y): (u32, u32)) {
        self.xdotool(&[
            "mousemove",
            &x.to_string(),
            &y.to_string(),
            "mousedown",
            "1",
        ]);
        // A slider wants to see the button held for a frame.
        std::thread::sleep(Duration::from_millis(300));
        self.xdotool(&["mouseup", "1"]);
        std::thread::sleep(Duration::from_millis(300));
        // Off the maps, where the pointer would draw a mark.
        self.xdotool(&["mousemove", "1590", "990"]);
    }

    fn title(&self) -> String {
        let window = self.xdotool(&["search", "--name", "^convlens"]);
        let window = window.lines().next().unwrap_or_default();
        self.xdotool(&["getwindowname", window])
    }

    fn screenshot(&self, folder: &Path) -> RgbImage {
        let path = folder.join("screen.png");
        let taken = Command::new("scrot")
            .args(["--overwrite", "--silent"])
            .arg(&path)
            .env("DISPLAY", &self.name)
            .status()
            .expect("scrot runs");
        assert!(taken.success());
        image::open(&path).expect("a screenshot").to_rgb8()
    }

    /// Waits until `done`, looking a few times a second.
    fn wait(&self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !done(self) {
            assert!(
                started.elapsed() < PATIENCE,
                "still waiting: {what}; title {:?}",
                self.title()
            );
            std::thread::sleep(Duration::from_millis(150));
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _already_gone = self.server.kill();
        let _already_gone = self.server.wait();
    }
}

/// Where things are on screen: laid out here exactly as in the window.
struct Places {
    train: (u32, u32),
    next_convolution: (u32, u32),
    remove_image: (u32, u32),
    /// Left, top, width, height of the map of conv1 and image 0.
    map: [u32; 4],
}

/// Those of the window that [`start`] starts, with what a first start shows.
fn options() -> Options {
    Options {
        welcome: true,
        ..views::options(Language::En)
    }
}

fn places() -> Places {
    let harness = views::harness(options(), SIZE);
    let center = |rect: egui::Rect| (rect.center().x as u32, rect.center().y as u32);
    // The other one is that of the maps' size.
    let mut sliders = harness.get_all_by_role(egui::accesskit::Role::Slider);
    let slider = sliders.next().expect("the channel's").rect();
    let map = harness
        .get_by_label_contains("conv1, channel 1, image 0: ")
        .rect();
    Places {
        train: center(harness.get_by_label("Train").rect()),
        next_convolution: (slider.center().x as u32, slider.center().y as u32),
        remove_image: center(harness.get_by_label("Remove image 7").rect()),
        map: [map.min.x, map.min.y, map.width(), map.height()].map(|v| v as u32),
    }
}

/// The pixels of one place.
fn crop(screen: &RgbImage, [x, y, width, height]: [u32; 4]) -> RgbImage {
    image::imageops::crop_imm(screen, x, y, width, height).to_image()
}

/// Share of pixels that differ.
fn changed(a: &RgbImage, b: &RgbImage) -> f64 {
    let differing = a.pixels().zip(b.pixels()).filter(|(a, b)| a != b).count();
    differing as f64 / a.pixels().len() as f64
}

fn colours(picture: &RgbImage) -> usize {
    picture
        .pixels()
        .collect::<std::collections::HashSet<_>>()
        .len()
}

/// Says that the test is skipped where something is missing that it needs.
fn is_skipped(test: &str) -> bool {
    let missing = ["Xvfb", "xdotool", "scrot"].into_iter().find(|tool| {
        let found = std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
        });
        !found
    });
    if let Some(tool) = missing {
        let remedy = format!("{tool} is not here; `apt-get install xvfb xdotool scrot`");
        skipped(test, &remedy);
    }
    missing.is_some()
}

/// Starts the program with all that it keeps in a folder of its own, for a short run.
fn start(display: &Display, folder: &Path) -> Child {
    start_for(display, folder, ["--images", "640", "--epochs", "1"])
}

fn start_for(display: &Display, folder: &Path, run: [&str; 4]) -> Child {
    // What a shell starts in the background it has ignore SIGINT, and the program keeps to that: here it is to end by it.
    Command::new("env")
        .arg("--default-signal=INT")
        .arg(assert_cmd::cargo::cargo_bin("convlens"))
        .args(["--data", "synthetic", "--language", "en"])
        .args(run)
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CACHE_HOME", folder)
        .env("CONVLENS_RUNS", folder.join("runs"))
        .spawn()
        .expect("the program starts")
}

/// Closes the window by its key, and waits until the program has ended well.
fn close(display: &Display, program: Child) {
    let window = display.xdotool(&["search", "--name", "^convlens"]);
    let window = window.lines().next().unwrap_or_default().to_owned();
    display.xdotool(&["windowfocus", &window]);
    display.xdotool(&["key", "ctrl+q"]);
    let status = ended(program);
    assert!(status.success(), "{status}");
}

/// How the program ends, which it must do soon.
fn ended(mut program: Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = program.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _gone = program.kill();
            panic!("the window does not close");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn start_train_explore_close() {
    if is_skipped("start_train_explore_close") {
        return;
    }
    let places = places();
    let folder = tempfile::tempdir().unwrap();
    let display = Display::start();
    let program = start(&display, folder.path());
    let map = |display: &Display| crop(&display.screenshot(folder.path()), places.map);

    display.wait("the first maps", |display| colours(&map(display)) > 20);
    let first = map(&display);

    display.click(places.next_convolution);
    display.wait("another convolution's maps", |display| {
        changed(&map(display), &first) > 0.2
    });
    let second = map(&display);

    display.click(places.train);
    display.wait("the end of an epoch", |display| {
        display.title().contains("finished")
    });
    display.wait("maps of the new weights", |display| {
        changed(&map(display), &second) > 0.2
    });
    let third = map(&display);
    assert!(colours(&third) > 5, "a map, not one colour");

    let before = display.screenshot(folder.path());
    display.click(places.remove_image);
    display.wait("one row less, larger maps", |display| {
        changed(&display.screenshot(folder.path()), &before) > 0.1
    });

    close(&display, program);
}

/// Where things are while two networks are trained and compared, laid out here exactly as in the
/// window.
struct ExperimentPlaces {
    preset: (u32, u32),
    train: (u32, u32),
    remove_pool: (u32, u32),
    compare: (u32, u32),
    maps: (u32, u32),
    random_weights: (u32, u32),
    map: [u32; 4],
}

fn experiment_places() -> ExperimentPlaces {
    let mut harness = views::harness(options(), SIZE);
    let center = |rect: egui::Rect| (rect.center().x as u32, rect.center().y as u32);
    let button = |harness: &egui_kittest::Harness<'_, _>, label: &str| {
        let role = egui::accesskit::Role::Button;
        center(harness.get_by_role_and_label(role, label).rect())
    };
    let preset = button(&harness, "16-16");
    views::click(&mut harness, "16-16");
    let remove_pool = button(&harness, "Remove pool2");
    let train = button(&harness, "Train");
    views::click(&mut harness, "Train");
    let history = harness.get_by_label_contains("Training history: ").rect();
    let map = harness
        .get_by_label_contains("conv1, channel 1, image 0: ")
        .rect();
    ExperimentPlaces {
        preset,
        train,
        remove_pool,
        compare: button(&harness, "Compare runs"),
        maps: button(&harness, "Maps"),
        random_weights: (history.min.x as u32 + 10, history.min.y as u32 + 12),
        map: [map.min.x, map.min.y, map.width(), map.height()].map(|v| v as u32),
    }
}

#[test]
fn edit_retrain_compare_and_travel_back() {
    if is_skipped("edit_retrain_compare_and_travel_back") {
        return;
    }
    let places = experiment_places();
    let folder = tempfile::tempdir().unwrap();
    let display = Display::start();
    let program = start(&display, folder.path());
    let store = Store::new(folder.path().join("runs"));
    let finished = |networks: &[&str]| {
        let runs = store.list().unwrap().runs;
        let done = runs
            .iter()
            .filter(|run| run.status == RunStatus::Finished)
            .map(|run| run.config.network.label());
        done.eq(networks.iter().copied())
    };
    let map = |display: &Display| crop(&display.screenshot(folder.path()), places.map);
    display.wait("the first maps", |display| colours(&map(display)) > 20);

    display.click(places.preset);
    let untrained = map(&display);
    display.click(places.train);
    display.wait("the first run", |_| finished(&["16-16"]));
    // A run is on disk before its maps are on screen.
    let mut trained = untrained.clone();
    display.wait("maps of the trained weights", |display| {
        let last = std::mem::replace(&mut trained, map(display));
        trained == last && changed(&trained, &untrained) > 0.2
    });
    display.click(places.random_weights);
    display.wait("maps of the random weights", |display| {
        changed(&map(display), &trained) > 0.2
    });

    display.click(places.remove_pool);
    display.click(places.train);
    display.wait("the run of the edited network", |_| {
        finished(&["16-16", "16-p-16-d128"])
    });
    let before = display.screenshot(folder.path());
    display.wait("the table", |display| {
        // A window that is still taking in the run may miss a click.
        display.click(places.compare);
        changed(&display.screenshot(folder.path()), &before) > 0.1
    });
    display.click(places.maps);
    display.wait("maps again", |display| colours(&map(display)) > 5);
    close(&display, program);
}

/// Shows another view and starts a run that would take long.
fn train_for_long(display: &Display, folder: &Path, places: &Places) -> Child {
    let program = start_for(display, folder, ["--images", "20000", "--epochs", "50"]);
    let map = |display: &Display| crop(&display.screenshot(folder), places.map);
    display.wait("the first maps", |display| colours(&map(display)) > 20);
    display.click(places.train);
    let store = Store::new(folder.join("runs"));
    // Not all of it on disk yet: that is kept every ten seconds.
    display.wait("the first batches", |display| {
        display.title().contains("batch") || store.list().is_ok_and(|l| !l.runs.is_empty())
    });
    let window = display.xdotool(&["search", "--name", "^convlens"]);
    let window = window.lines().next().unwrap_or_default().to_owned();
    display.xdotool(&["windowfocus", &window]);
    let before = display.screenshot(folder);
    display.wait("the view Channels", |display| {
        display.xdotool(&["key", "2"]);
        changed(&display.screenshot(folder), &before) > 0.1
    });
    program
}

fn send(signal: &str, to: &Child) {
    let sent = Command::new("kill")
        .args(["-s", signal, &to.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// The run can go on from its last batch, and the window will open as it was.
fn assert_kept(folder: &Path) {
    let store = Store::new(folder.join("runs"));
    let runs = store.list().unwrap().runs;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].status, RunStatus::Stopped);
    let record = store.read(runs[0].id).unwrap();
    assert!(runs[0].step > 0);
    assert_eq!(
        record.curve.last().map(|point| point.step),
        Some(runs[0].step)
    );
    let last = record.checkpoints.last().map(|checkpoint| checkpoint.step);
    assert_eq!(last, Some(runs[0].step));
    let bytes = std::fs::read(folder.join("convlens/app.ron")).unwrap();
    let preferences = app::parse_preferences(&bytes).unwrap();
    assert_eq!(format!("{:?}", preferences.view), "Channels");
}

#[test]
fn a_signal_ends_the_window_and_keeps_run_and_preferences() {
    if is_skipped("a_signal_ends_the_window_and_keeps_run_and_preferences") {
        return;
    }
    let places = places();
    for signal in ["TERM", "INT", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let display = Display::start();
        let program = train_for_long(&display, folder.path(), &places);
        send(signal, &program);
        let status = ended(program);
        assert!(status.code().is_some(), "{signal}: {status}");
        assert_kept(folder.path());
    }
}

/// A display that does not answer holds up the end that the first signal asks for.
#[test]
fn a_second_signal_ends_the_window_at_once() {
    if is_skipped("a_second_signal_ends_the_window_at_once") {
        return;
    }
    let places = places();
    for (first, second, status) in [("TERM", "TERM", 143), ("TERM", "HUP", 129)] {
        let folder = tempfile::tempdir().unwrap();
        let display = Display::start();
        let mut program = train_for_long(&display, folder.path(), &places);
        send("STOP", &display.server);
        send(first, &program);
        // Sooner it would be the same wish.
        std::thread::sleep(Duration::from_secs(2));
        assert!(program.try_wait().unwrap().is_none(), "it is not held up");
        send(second, &program);
        assert_eq!(ended(program).code(), Some(status), "{first}, {second}");
    }
}

#[test]
fn a_lost_display_ends_the_window_and_keeps_run_and_preferences() {
    if is_skipped("a_lost_display_ends_the_window_and_keeps_run_and_preferences") {
        return;
    }
    let places = places();
    let folder = tempfile::tempdir().unwrap();
    let mut display = Display::start();
    let program = train_for_long(&display, folder.path(), &places);
    display.server.kill().unwrap();
    let status = ended(program);
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    assert_kept(folder.path());
}
