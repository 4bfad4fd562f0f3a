//! Runs that another program trains, followed by the window as they are written.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::CommandCargoExt as _;
use convlens::app::App;
use eframe::egui::ViewportId;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::support::{small_config, write_small_dataset};
use super::views::{click, harness, options_of, settle, shows, wait_for};

const KEPT: &str = "Run 1, small · ";

/// Trains in another program, which is killed when the test has failed too.
struct Other(Child);

impl Other {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut program = Command::cargo_bin("convlens").unwrap();
        program.arg("train").args(arguments).current_dir(folder);
        program.env("CONVLENS_RUNS", folder.join("runs"));
        program.stdout(Stdio::null()).stderr(Stdio::null());
        Self(program.spawn().unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// The epoch whose weights the window says it shows, of the run of the other program.
fn epoch(window: &Harness<'_, App>) -> Option<usize> {
    let told = window.query_all_by_label_contains(KEPT);
    let mut told = told.filter_map(|node| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value())
    });
    told.find_map(|told| {
        let (_, after) = told.split_once("after epoch ")?;
        after.split(' ').next()?.parse().ok()
    })
}

/// Waits until the window shows later weights than those of `from`; of which epoch they are.
fn goes_on(window: &mut Harness<'_, App>, from: Option<usize>) -> Option<usize> {
    for _ in 0..200 {
        let now = epoch(window);
        if now > from {
            return now;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        window.run_steps(2);
    }
    panic!("still at {from:?}");
}

#[test]
fn a_run_of_another_program_is_followed_killed_and_continued() {
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    let network = toml::to_string(&small_config().network).unwrap();
    std::fs::write(folder.path().join("network.toml"), network).unwrap();
    let mut window = harness(options_of(folder.path()), [1280.0, 720.0]);
    assert!(!shows(&window, "More about small"));

    // Nobody touches the window: it finds the run by itself, and goes along with its newest weights.
    let arguments = "--network network.toml --data . --record --name small --epochs 1000";
    let mut other = Other::start(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
    wait_for(&mut window, "More about small");
    wait_for(&mut window, "training");
    click(&mut window, "small");
    wait_for(&mut window, KEPT);
    let first = goes_on(&mut window, None);
    let second = goes_on(&mut window, first);

    other.kill();
    wait_for(&mut window, "interrupted");
    settle(&mut window);
    let stands = epoch(&window);
    assert!(stands >= second);

    let _again = Other::start(folder.path(), &["--continue", "1"]);
    goes_on(&mut window, stands);
    assert!(!shows(&window, "damaged"));
}

#[test]
fn a_window_that_nobody_touches_is_not_drawn_again() {
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    let mut window = harness(options_of(folder.path()), [1280.0, 720.0]);
    settle(&mut window);
    // What was asked ahead may be answered still.
    std::thread::sleep(std::time::Duration::from_millis(500));
    window.run_steps(5);
    let drawn_again = window.output().viewport_output[&ViewportId::ROOT].repaint_delay;
    assert_eq!(drawn_again, std::time::Duration::MAX);
}
