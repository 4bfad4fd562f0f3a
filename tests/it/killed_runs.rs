//! What becomes of runs when the program is killed, when it trains all day, and when their files
//! are damaged.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt as _;
use convlens_core::dataset;
use convlens_core::network::weights;
use convlens_core::training::Session;
use convlens_core::training::runs::{CheckpointCache, RunStatus, Store};
use proptest::prelude::*;

use super::damage::{Damage, damage};
use super::runs::record;
use super::support::{small_config, small_dataset, write_small_dataset};

/// A folder with a small data set, a small network, and a place for runs.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_small_dataset(folder.path());
        let network = toml::to_string(&small_config().network).unwrap();
        std::fs::write(folder.path().join("network.toml"), network).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> Store {
        Store::new(self.path("runs"))
    }

    fn start(&self, command: &str, arguments: &[&str]) -> Child {
        let mut program = Command::cargo_bin("convlens").unwrap();
        program.arg(command);
        program.arg("--network").arg(self.path("network.toml"));
        program.arg("--data").arg(self.folder.path());
        program
            .args(["--threads", "2", "--seed", "7"])
            .args(arguments);
        program.env("CONVLENS_RUNS", self.path("runs"));
        program.stdout(Stdio::piped()).stderr(Stdio::null());
        program.spawn().unwrap()
    }
}

/// Every checkpoint and the state of every run can be read, whatever happened to the program.
fn all_is_readable(store: &Store) -> (usize, usize) {
    let listing = store.list().unwrap();
    assert!(listing.set_aside.is_empty(), "{:?}", listing.set_aside);
    assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
    let (mut finished, mut interrupted) = (0, 0);
    let data = dataset::load(store.root().parent().unwrap()).unwrap();
    for summary in listing.runs {
        let record = store.read(summary.id).unwrap();
        for checkpoint in &record.checkpoints {
            store
                .checkpoint(summary.id, *checkpoint, &CheckpointCache::new(0))
                .unwrap();
        }
        let state = store.continue_run(summary.id, &data, 1).unwrap().from;
        match summary.status {
            RunStatus::Finished => {
                finished += 1;
                assert_eq!(summary.epochs.len(), summary.config.epochs);
                assert_eq!(record.curve.len() as u64, summary.step);
                assert_eq!(record.checkpoints.last().unwrap().step, summary.step);
                assert_eq!(state.state().unwrap().step, summary.step);
            }
            RunStatus::Interrupted => interrupted += 1,
            other => panic!("run {} is {other:?}", summary.id),
        }
    }
    (finished, interrupted)
}

#[test]
fn a_kill_at_any_moment_leaves_every_run_readable_and_to_be_continued() {
    const TRIALS: usize = 60;
    let bench = Bench::new();
    let arguments = ["--epochs", "3", "--record"];
    let started = Instant::now();
    assert!(bench.start("train", &arguments).wait().unwrap().success());
    let whole = started.elapsed();
    // Moments in a row that fills the interval evenly (the golden ratio's multiples), from before
    // the first file to after the last.
    let mut moment = 0.5_f64;
    for _ in 0..TRIALS {
        moment = (moment + 0.618_033_988_75).fract();
        let mut child = bench.start("train", &arguments);
        std::thread::sleep(whole.mul_f64(moment * 1.2));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    let store = bench.store();
    let (finished, interrupted) = all_is_readable(&store);
    assert!(
        finished > 0 && interrupted > 0,
        "{finished} and {interrupted}: not a test"
    );

    // Continued, they end like one that nobody killed.
    let reference = store.find("1").unwrap();
    let weights_of = |id| {
        let last = *store.read(id).unwrap().checkpoints.last().unwrap();
        let snapshot = store.checkpoint(id, last, &CheckpointCache::default());
        weights::to_bytes(&snapshot.unwrap().model).unwrap()
    };
    let runs = store.list().unwrap().runs.into_iter();
    let mut interrupted: Vec<_> = runs
        .filter(|r| r.status == RunStatus::Interrupted)
        .collect();
    // The one that came furthest, and a few others.
    interrupted.sort_by_key(|run| std::cmp::Reverse(run.step));
    for run in interrupted.iter().take(4) {
        let mut program = Command::cargo_bin("convlens").unwrap();
        program.args(["train", "--continue", &run.id.to_string()]);
        program.env("CONVLENS_RUNS", store.root());
        let output = program.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "run {}: {stderr}", run.id);
        assert_eq!(store.summary(run.id).unwrap().status, RunStatus::Finished);
        assert_eq!(weights_of(run.id), weights_of(reference));
    }
}

/// Resident memory of a process, in bytes, where the system tells.
fn resident_bytes(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[test]
fn a_hundred_recorded_retrains_leave_memory_flat() {
    let bench = Bench::new();
    let seeds: Vec<String> = (1..=100).map(|seed| seed.to_string()).collect();
    let seeds = seeds.join(",");
    let mut child = bench.start("sweep", &["--epochs", "2", "--seeds", &seeds, "--json"]);
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut resident = Vec::new();
    for line in output.lines() {
        assert!(line.unwrap().contains("\"status\":\"finished\""));
        resident.extend(resident_bytes(child.id()));
    }
    assert!(child.wait().unwrap().success());
    let store = bench.store();
    assert_eq!(store.list().unwrap().runs.len(), 100);
    if resident.len() == 100 {
        // The first runs fill the allocator's and the threads' caches.
        let early = resident[20..40].iter().max().unwrap();
        let late = resident[80..].iter().max().unwrap();
        let grown = late.saturating_sub(*early);
        assert!(grown < 4 << 20, "{early} bytes grew to {late}");
    }
}

/// A run of two epochs, in a folder that tests may damage.
fn small_run(store: &Store) -> PathBuf {
    store.folder(record(store, small_config(), "to be damaged"))
}

/// Damages a file, or takes it away.
fn apply(damage: Option<&Damage>, path: &Path) {
    let Some(damage) = damage else {
        std::fs::remove_file(path).unwrap();
        return;
    };
    let mut bytes = std::fs::read(path).unwrap();
    damage.apply(&mut bytes, usize::MAX);
    std::fs::write(path, bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn no_damage_to_a_run_makes_the_reader_panic_or_delete_anything() {
    const FILES: [&str; 6] = [
        "run.json",
        "notes.json",
        "curve.csv",
        "state.safetensors",
        "run.lock",
        "checkpoints/0000000000.safetensors",
    ];
    let folder = tempfile::tempdir().unwrap();
    let good = small_run(&Store::new(folder.path().join("good")));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let damage = prop::option::weighted(0.9, damage());
    let strategy = (prop::sample::select(&FILES[..]), damage);
    let place = folder.path().join("damaged");
    let data = small_dataset();
    let outcome = runner.run(&strategy, |(file, damage)| {
        let _fresh = std::fs::remove_dir_all(&place);
        let store = Store::new(place.clone());
        copy(&good, &place.join("0001"));
        copy(&good, &place.join("0002"));
        apply(damage.as_ref(), &place.join("0001").join(file));

        let listing = store.list().unwrap();
        let other = listing.runs.last().unwrap();
        prop_assert_eq!(other.id.number(), 2);
        // A format newer than this program's is no damage: such a run stays where it is.
        let left = listing.unreadable.len();
        prop_assert_eq!(listing.runs.len() + listing.set_aside.len() + left, 2);
        prop_assert!(left == 0 || file == "run.json" && place.join("0001").is_dir());
        if listing.runs.len() == 2 {
            let id = listing.runs[0].id;
            if let Ok(record) = store.read(id) {
                prop_assert!(record.curve.len() <= convlens_core::training::runs::MAX_POINTS);
                for checkpoint in record.checkpoints {
                    let _checked = store.checkpoint(id, checkpoint, &CheckpointCache::new(0));
                }
                // What is accepted can be trained on.
                if let Ok(next) = store.continue_run(id, &data, 0)
                    && let Ok(mut session) = Session::begin(next.config, data.clone(), next.from)
                    && !session.epoch_is_complete()
                {
                    let _trained = session.train_batch();
                }
            }
        }
        store.tidy();
        let kept = |folder: PathBuf| folder.join("checkpoints/0000000020.safetensors").is_file();
        prop_assert!(kept(place.join("0001")) || kept(place.join("damaged/0001")));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn what_a_killed_program_left_is_tidied_up_after_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().into());
    let run = small_run(&store);
    let unfinished = folder.path().join(".new-abc");
    std::fs::create_dir(&unfinished).unwrap();
    let left = run.join("checkpoints").join(".convlens-abc.tmp");
    std::fs::write(&left, b"half").unwrap();
    store.tidy();
    assert!(
        unfinished.exists() && left.exists(),
        "somebody may be writing them"
    );
    let long_ago = std::time::SystemTime::now() - Duration::from_hours(2);
    for path in [&unfinished, &left] {
        std::fs::File::open(path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
    }
    store.tidy();
    assert!(!unfinished.exists() && !left.exists());
    assert_eq!(store.list().unwrap().runs.len(), 1);
}
