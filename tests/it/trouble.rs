//! What the commands do when the system is against them: full and read-only disks, folders that go, outputs that nobody
//! reads, files that are none, threads that are refused, signals.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt as _;
use convlens_core::network::weights;
use convlens_core::training::runs::{CheckpointCache, RunStatus, Store};

use super::support::{skipped, small_network, write_small_dataset};

/// Longer than any command here takes.
const LONG: Duration = Duration::from_mins(2);

/// A folder with a small data set, a small network, and a place for runs.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_small_dataset(folder.path());
        let network = toml::to_string(&small_network()).unwrap();
        fs::write(folder.path().join("network.toml"), network).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> Store {
        Store::new(self.path("runs"))
    }

    /// The program in the folder, with nothing of the user's.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("convlens").unwrap();
        command.args(arguments).current_dir(self.folder.path());
        command.env("CONVLENS_RUNS", self.path("runs"));
        command.env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A training that takes no time.
    fn train(&self, arguments: &[&str]) -> Command {
        let usual = ["train", "--data", ".", "--network", "network.toml"];
        let usual = [&usual[..], &["--threads", "2", "--seed", "7"]].concat();
        self.command(&[&usual, arguments].concat())
    }

    fn output(&self, arguments: &[&str]) -> Output {
        ended(self.command(arguments))
    }

    /// The weights of an undisturbed training of so many epochs.
    fn weights(&self, epochs: &str) -> Vec<u8> {
        let trained = ended(self.train(&["--epochs", epochs, "--out", "undisturbed.safetensors"]));
        assert!(trained.status.success(), "{}", said(&trained));
        fs::read(self.path("undisturbed.safetensors")).unwrap()
    }
}

/// What a command comes to; one that hangs fails the test.
fn ended(mut command: Command) -> Output {
    output_of(command.spawn().unwrap())
}

fn output_of(mut child: Child) -> Output {
    fn all(pipe: Option<impl std::io::Read + Send + 'static>) -> impl FnOnce() -> Vec<u8> {
        let reader = pipe.map(|mut pipe| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                pipe.read_to_end(&mut bytes).unwrap();
                bytes
            })
        });
        move || reader.map_or(Vec::new(), |reader| reader.join().unwrap())
    }
    let (stdout, stderr) = (all(child.stdout.take()), all(child.stderr.take()));
    let status = waited(&mut child);
    Output {
        status,
        stdout: stdout(),
        stderr: stderr(),
    }
}

fn waited(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > LONG {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One line, and the exit status of an error.
fn fails_in_one_line(output: &Output, what: &str) -> String {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{what}: {said}");
    assert!(said.starts_with("convlens: "), "{what}: {said}");
    assert_eq!(said.lines().count(), 1, "{what}: {said}");
    said
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// A file system of its own in a folder, of so many bytes; unmounted when it is dropped.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// `None` where only root may mount, which is said.
    fn mount(at: PathBuf, size: &str, test: &str) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]);
        let mounted = mount.arg(&at).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self { at });
        }
        skipped(test, "no file system can be mounted; run it as root");
        None
    }

    fn make_read_only(&self) {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-o", "remount,ro"]).arg(&self.at);
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _said_by_itself = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

#[test]
fn trained_weights_are_written_though_the_disk_with_the_runs_is_full() {
    let bench = Bench::new();
    let expected = bench.weights("3");
    // Room for the beginning of a run and some of its weights.
    let name = "trained_weights_are_written_though_the_disk_with_the_runs_is_full";
    let Some(_disk) = Disk::mount(bench.path("runs"), "128k", name) else {
        return;
    };
    let arguments = ["--epochs", "3", "--record", "--out", "w.safetensors"];
    let trained = ended(bench.train(&arguments));
    let said = fails_in_one_line(&trained, "a full disk");
    assert!(said.contains("not kept"), "{said}");
    assert_eq!(fs::read(bench.path("w.safetensors")).unwrap(), expected);
    assert_eq!(bench.store().list().unwrap().set_aside.len(), 0);
}

#[test]
fn trained_weights_are_written_though_the_folder_with_the_runs_is_gone() {
    let bench = Bench::new();
    let expected = bench.weights("30");
    let arguments = ["--epochs", "30", "--record", "--out", "w.safetensors"];
    let mut child = bench.train(&arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    fs::rename(bench.path("runs"), bench.path("away")).unwrap();
    assert_eq!(lines.map(Result::unwrap).count(), 29);
    let trained = output_of(child);
    let said = fails_in_one_line(&trained, "a folder that is gone");
    assert!(said.contains("not kept"), "{said}");
    assert_eq!(fs::read(bench.path("w.safetensors")).unwrap(), expected);
}

/// Nothing is trained that cannot be kept.
fn refused_before_training(command: Command, what: &str) -> String {
    let output = ended(command);
    assert!(output.stdout.is_empty(), "{what}: it was trained");
    fails_in_one_line(&output, what)
}

#[test]
fn what_cannot_be_kept_is_refused_before_training() {
    let bench = Bench::new();
    let once = &["--epochs", "1"][..];
    let recorded = ended(bench.train(&[once, &["--record"]].concat()));
    assert!(recorded.status.success());

    fs::write(bench.path("protected.safetensors"), "old").unwrap();
    let read_only = fs::Permissions::from_mode(0o444);
    fs::set_permissions(bench.path("protected.safetensors"), read_only).unwrap();
    fifo(&bench.path("pipe"));
    fs::create_dir(bench.path("folder")).unwrap();
    let long = format!("{}.safetensors", "n".repeat(300));
    for (out, word) in [
        ("protected.safetensors", "write-protected"),
        ("pipe", "not a plain file"),
        ("/dev/null", "not a plain file"),
        ("folder", "directory"),
        ("gone/w.safetensors", "no such folder"),
        ("new/", "is a directory"),
        (&long, "name too long"),
    ] {
        let command = bench.train(&[once, &["--out", out]].concat());
        let said = refused_before_training(command, out);
        assert!(said.to_lowercase().contains(word), "{out}: {said}");
    }
    let protected = fs::read(bench.path("protected.safetensors")).unwrap();
    assert_eq!(protected, b"old");

    // The folder of runs is a file.
    let mut command = bench.train(&[once, &["--record"]].concat());
    command.env("CONVLENS_RUNS", bench.path("network.toml"));
    refused_before_training(command, "a file for a folder");

    // The lock is held by somebody else, or cannot be.
    let lock = bench.path("runs/0001/run.lock");
    let goes_on = || {
        let arguments = ["train", "--continue", "1", "--epochs", "1"];
        bench.command(&arguments)
    };
    let held = fs::File::open(&lock).unwrap();
    held.lock().unwrap();
    let said = refused_before_training(goes_on(), "a lock that is held");
    assert!(said.contains("is being trained"), "{said}");
    drop(held);
    fs::remove_file(&lock).unwrap();
    fifo(&lock);
    refused_before_training(goes_on(), "a lock that is none");
}

#[test]
fn a_run_on_a_read_only_disk_is_refused_before_training() {
    let bench = Bench::new();
    let name = "a_run_on_a_read_only_disk_is_refused_before_training";
    let Some(disk) = Disk::mount(bench.path("runs"), "4m", name) else {
        return;
    };
    let recorded = ended(bench.train(&["--epochs", "1", "--record"]));
    assert!(recorded.status.success());
    disk.make_read_only();
    for arguments in [
        &["--record"][..],
        &["--record", "--out", "w.safetensors"],
        &["--out", "runs/w.safetensors"],
    ] {
        let command = bench.train(&[&["--epochs", "1"], arguments].concat());
        let said = refused_before_training(command, "a read-only disk");
        assert!(said.to_lowercase().contains("read-only"), "{said}");
        // Of a folder that nobody has seen.
        assert!(!said.contains(".new-"), "{said}");
    }
    let command = bench.command(&["train", "--continue", "1", "--epochs", "1"]);
    refused_before_training(command, "a read-only disk");
    let command = bench.command(&[
        "sweep",
        "--data",
        ".",
        "--network",
        "network.toml",
        "--seeds",
        "1,2",
        "--epochs",
        "1",
    ]);
    refused_before_training(command, "a read-only disk");
    assert!(!bench.path("w.safetensors").exists());
}

#[test]
fn a_training_whose_lines_nobody_reads_any_more_goes_on() {
    let bench = Bench::new();
    let expected = bench.weights("20");
    for more in [&[][..], &["--json"]] {
        let arguments = ["--epochs", "20", "--record", "--out", "w.safetensors"];
        let mut child = bench.train(&[&arguments, more].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap();
        drop(lines);
        let trained = output_of(child);
        assert!(trained.status.success(), "{}", said(&trained));
        assert_eq!(fs::read(bench.path("w.safetensors")).unwrap(), expected);
        fs::remove_file(bench.path("w.safetensors")).unwrap();
    }
    let runs = bench.store().list().unwrap().runs;
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.status == RunStatus::Finished));

    let sweep = [
        "sweep",
        "--data",
        ".",
        "--network",
        "network.toml",
        "--json",
    ];
    let mut child = bench
        .command(&[&sweep[..], &["--seeds", "1,2,3", "--epochs", "1"]].concat())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let swept = output_of(child);
    assert!(swept.status.success(), "{}", said(&swept));
    assert_eq!(bench.store().list().unwrap().runs.len(), 5);
}

/// Commands that print something, and take no time.
const PRINT: [&[&str]; 17] = [
    &["summary"],
    &["summary", "--json"],
    &["code", "keras", "--data", "."],
    &["runs"],
    &["runs", "--json"],
    &["compare", "1", "2"],
    &["--help"],
    &["runs", "--help"],
    &["--version"],
    &["evaluate", "--data", "."],
    &["confusion", "--data", "."],
    &["confusion", "--data", ".", "--csv"],
    &["top", "--data", ".", "--layer", "conv1", "--filter", "0"],
    &["inspect", "--data", ".", "--layer", "conv1", "--at", "3,3"],
    &[
        "ablate",
        "--data",
        ".",
        "--layer",
        "conv1",
        "--filters",
        "0",
    ],
    &["explain", "--data", ".", "--image", "0"],
    &[
        "compare-maps",
        "--data",
        ".",
        "--layer",
        "conv1",
        "--images",
        "0,1",
    ],
];

#[test]
fn outputs_that_take_nothing_are_said_and_no_panic() {
    let bench = Bench::new();
    for _ in 0..2 {
        let recorded = ended(bench.train(&["--epochs", "1", "--record"]));
        assert!(recorded.status.success());
    }
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for arguments in PRINT {
        let whole = bench.output(arguments);
        let what = arguments.join(" ");
        assert!(whole.status.success(), "{what}: {}", said(&whole));
        assert!(!whole.stdout.is_empty(), "{what} is not one");

        let mut command = bench.command(arguments);
        command.stdout(full());
        let output = ended(command);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        let said_at_last = said(&output);
        let last = said_at_last.lines().last().unwrap();
        assert_eq!(last.matches("No space left").count(), 1, "{what}: {last}");

        let mut command = bench.command(arguments);
        command.stdout(full()).stderr(full());
        assert_eq!(ended(command).status.code(), Some(1), "{what}");

        // A pipe that nobody reads is no error.
        let mut child = bench.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = output_of(child);
        assert!(output.status.success(), "{what}: {}", said(&output));
    }
    let mut command = bench.command(&["evaluate", "none.safetensors"]);
    command.stderr(full());
    assert_eq!(ended(command).status.code(), Some(1));
    // Its results were asked for, and so were its weights.
    let mut command = bench.train(&["--epochs", "2", "--out", "w.safetensors"]);
    command.stdout(full());
    fails_in_one_line(&ended(command), "train");
    assert_eq!(
        fs::read(bench.path("w.safetensors")).unwrap(),
        bench.weights("2")
    );
}

#[test]
fn a_pipe_where_a_file_should_be_holds_nobody_up() {
    let bench = Bench::new();
    let recorded = ended(bench.train(&["--epochs", "1", "--record", "--out", "w.safetensors"]));
    assert!(recorded.status.success());
    for name in ["model.keras", "net.toml", "lesson.convlens", "picture.png"] {
        fifo(&bench.path(name));
    }
    for folder in ["lesson", "pictures/a", "pictures/b", "linked"] {
        fs::create_dir_all(bench.path(folder)).unwrap();
    }
    fifo(&bench.path("lesson/01-pipe.md"));
    for class in ["a", "b"] {
        fifo(&bench.path(&format!("pictures/{class}/1.png")));
        fifo(&bench.path(&format!("pictures/{class}/2.png")));
    }
    for name in ["t10k", "train"] {
        for kind in ["images-idx3", "labels-idx1"] {
            let file = format!("{name}-{kind}-ubyte");
            symlink(bench.path(&file), bench.path("linked").join(&file)).unwrap();
        }
    }
    fifo(&bench.path("linked/classes.txt"));
    for arguments in [
        &["evaluate", "model.keras", "--data", "."][..],
        &["evaluate", "/dev/zero", "--data", "."],
        &["import", "model.keras", "--out", "x.safetensors"],
        &["evaluate", "lesson.convlens", "--data", "."],
        &["lesson", "check", "lesson.convlens"],
        &["lesson", "check", "lesson"],
        &[
            "maps",
            "--picture",
            "picture.png",
            "--data",
            ".",
            "--out",
            "x.png",
        ],
        &["evaluate", "--data", "pictures"],
        &["evaluate", "--data", "linked"],
        &["evaluate", "--data", "model.keras"],
        &["runs", "open", "lesson.convlens"],
    ] {
        let output = bench.output(arguments);
        fails_in_one_line(&output, &arguments.join(" "));
    }
    // clap says what is wrong with an argument.
    let output = bench.output(&["summary", "--network", "net.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("not a plain file"));

    for name in ["notes.json", "curve.csv", "state.safetensors", "run.json"] {
        let file = bench.path("runs/0001").join(name);
        fs::remove_file(&file).unwrap();
        fifo(&file);
        let listed = bench.output(&["runs"]);
        assert!(listed.status.success(), "{name}: {}", said(&listed));
        if name != "notes.json" {
            let output = bench.output(&["train", "--continue", "1", "--epochs", "1"]);
            assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
        }
    }
}

#[test]
fn nothing_but_a_file_is_replaced_and_that_is_known_before_the_work() {
    let bench = Bench::new();
    let recorded = ended(bench.train(&["--epochs", "1", "--record", "--out", "w.safetensors"]));
    assert!(recorded.status.success());
    for ending in [
        "png",
        "svg",
        "npz",
        "safetensors",
        "keras",
        "csv",
        "convlens",
        "py",
    ] {
        fifo(&bench.path(&format!("pipe.{ending}")));
    }
    for arguments in [
        // Which would fail later: the model is none.
        &["maps", "network.toml", "--data", ".", "--out", "pipe.png"][..],
        &["maps", "network.toml", "--data", ".", "--out", "pipe.svg"],
        &["maps", "network.toml", "--data", ".", "--out", "pipe.npz"],
        &["import", "network.toml", "--out", "pipe.safetensors"],
        &["export", "network.toml", "--out", "pipe.keras"],
        &["export", "--run", "1", "--out", "pipe.csv"],
        &["export", "--run", "1", "--out", "pipe.convlens"],
        &["code", "keras", "--data", "gone", "--out", "pipe.py"],
    ] {
        let said = fails_in_one_line(&bench.output(arguments), &arguments.join(" "));
        assert!(said.contains("not a plain file"), "{said}");
    }
}

/// The program in a place where everybody may run it, as `target` need not be.
fn program_for_all(folder: &Path) -> PathBuf {
    let everybody = || fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder, everybody()).unwrap();
    let built = Command::cargo_bin("convlens").unwrap();
    let program = folder.join("convlens");
    fs::copy(built.get_program(), &program).unwrap();
    fs::set_permissions(&program, everybody()).unwrap();
    program
}

#[test]
fn refused_threads_are_said_and_no_panic() {
    const NOBODY: u32 = 65_534;
    let bench = Bench::new();
    let program = program_for_all(bench.folder.path());
    // The limit counts processes of a user other than root.
    let limited = |threads: usize, arguments: &[&str]| {
        let mut bash = Command::new("bash");
        bash.arg("-c")
            .arg(format!("ulimit -u {threads}; exec \"$@\""));
        bash.arg("bash").arg(&program).args(arguments);
        bash.current_dir(bench.folder.path())
            .uid(NOBODY)
            .gid(NOBODY);
        bash.env("CONVLENS_RUNS", bench.path("runs"));
        bash.stdout(Stdio::piped()).stderr(Stdio::piped());
        bash.spawn().map(output_of)
    };
    fs::create_dir(bench.path("runs")).unwrap();
    fs::set_permissions(bench.path("runs"), fs::Permissions::from_mode(0o777)).unwrap();
    let Ok(free) = limited(1000, &["summary"]) else {
        let why = "the user cannot be changed; run it as root";
        skipped("refused_threads_are_said_and_no_panic", why);
        return;
    };
    assert!(free.status.success(), "{}", said(&free));
    let train = [
        "train",
        "--data",
        ".",
        "--network",
        "network.toml",
        "--threads",
        "2",
        "--epochs",
        "1",
    ];
    let record = [&train[..], &["--record"]].concat();
    let mut refused = 0;
    for arguments in [
        &["evaluate", "--data", "."][..],
        &["confusion", "--data", "."],
        &train,
        &record,
    ] {
        // Some are given, then no more.
        for threads in 1..10 {
            let output = limited(threads, arguments).unwrap();
            let said = said(&output);
            let what = format!("{} with {threads}", arguments.join(" "));
            assert!(!said.contains("panicked"), "{what}: {said}");
            if !output.status.success() {
                fails_in_one_line(&output, &what);
                refused += 1;
            }
        }
    }
    assert!(refused > 8, "{refused}: the limit limits nothing");
}

fn signal(child: &Child, signal: &str) {
    let mut kill = Command::new("kill");
    let killed = kill.args(["-s", signal, &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
}

const SIGNALS: [(&str, i32); 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

#[test]
fn a_signal_at_any_moment_leaves_a_run_that_goes_on_to_the_bit() {
    let bench = Bench::new();
    let epochs = "12";
    let expected = bench.weights(epochs);
    let arguments = ["--epochs", epochs, "--record", "--out", "w.safetensors"];
    let started = Instant::now();
    assert!(ended(bench.train(&arguments)).status.success());
    let whole = started.elapsed();
    let mut moment = 0.5_f64;
    let mut stopped = Vec::new();
    for trial in 0..24 {
        moment = (moment + 0.618_033_988_75).fract();
        let (name, number) = SIGNALS[trial % 3];
        let _none = fs::remove_file(bench.path("w.safetensors"));
        let child = bench.train(&arguments).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(moment));
        signal(&child, name);
        let output = output_of(child);
        let said = said(&output);
        if output.status.success() || output.status.signal() == Some(number) {
            // It came too late, or before there was anything to keep.
            continue;
        }
        assert_eq!(output.status.code(), Some(128 + number), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        // A run without a batch is not kept.
        if !said.contains("kept as run ") {
            continue;
        }
        let (_, run) = said.split_once("kept as run ").expect(&said);
        let run: u32 = run.split(',').next().unwrap().parse().unwrap();
        assert!(said.contains(&format!("stopped by SIG{name}")), "{said}");
        // What it has learnt so far is in both places.
        let store = bench.store();
        let id = store.find(&run.to_string()).unwrap();
        let record = store.read(id).unwrap();
        assert_eq!(record.summary.status, RunStatus::Stopped, "{said}");
        let last = *record.checkpoints.last().unwrap();
        assert_eq!(last.step, record.summary.step);
        let kept = store.checkpoint(id, last, &CheckpointCache::default());
        let kept = weights::to_bytes(&kept.unwrap().model).unwrap();
        assert_eq!(fs::read(bench.path("w.safetensors")).unwrap(), kept);
        stopped.push(run);
    }
    assert!(stopped.len() > 5, "{}: not a test", stopped.len());
    for run in stopped {
        let run = run.to_string();
        let arguments = ["train", "--continue", &run, "--out", "w.safetensors"];
        let output = bench.output(&arguments);
        assert!(output.status.success(), "{}", said(&output));
        let weights = fs::read(bench.path("w.safetensors")).unwrap();
        assert!(weights == expected, "run {run} came to other weights");
    }
}

#[test]
fn a_signal_ends_a_sweep_with_what_is_done() {
    let bench = Bench::new();
    let seeds: Vec<String> = (1..=900).map(|seed| seed.to_string()).collect();
    let seeds = seeds.join(",");
    let arguments = [
        "sweep",
        "--data",
        ".",
        "--network",
        "network.toml",
        "--json",
    ];
    let mut child = bench
        .command(&[&arguments[..], &["--epochs", "2", "--seeds", &seeds]].concat())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..3 {
        lines.next().unwrap().unwrap();
    }
    signal(&child, "TERM");
    let rest = lines.count();
    let output = output_of(child);
    assert_eq!(output.status.code(), Some(143), "{}", said(&output));
    assert!(said(&output).contains("stopped by SIGTERM"));
    let runs = bench.store().list().unwrap().runs;
    let finished = runs.iter().filter(|run| run.status == RunStatus::Finished);
    assert!(finished.count() >= 3 + rest && runs.len() <= 3 + rest + 2);
    let ends = [RunStatus::Finished, RunStatus::Stopped];
    assert!(runs.iter().all(|run| ends.contains(&run.status)));
}

#[test]
fn a_second_signal_ends_at_once_and_two_of_one_wish_do_not() {
    let bench = Bench::new();
    let arguments = ["--epochs", "1000", "--json", "--record"];
    let blocked = |number: &str| {
        let mut child = bench.train(&arguments).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        // Until the pipe is full, which nobody reads: no epoch is added then.
        let run = |id: &str| {
            bench
                .store()
                .find(id)
                .and_then(|id| bench.store().summary(id))
        };
        let (mut before, mut now) = (None, None);
        while before.is_none() || before != now {
            std::thread::sleep(Duration::from_millis(2500));
            assert!(
                child.try_wait().unwrap().is_none(),
                "its lines fit into the pipe"
            );
            before = now;
            now = run(number).ok().map(|run| run.epochs.len());
        }
        (child, stdout)
    };
    let (mut child, stdout) = blocked("1");
    signal(&child, "TERM");
    signal(&child, "HUP");
    std::thread::sleep(Duration::from_millis(700));
    assert!(child.try_wait().unwrap().is_none(), "it ended at once");
    // Not INT, which a shell has what it runs in the background ignore.
    signal(&child, "TERM");
    let status = waited(&mut child);
    assert_eq!(status.code(), Some(143));
    drop(stdout);

    // As a closed terminal has it.
    let (child, stdout) = blocked("2");
    signal(&child, "HUP");
    signal(&child, "HUP");
    drop(stdout);
    let output = output_of(child);
    assert_eq!(output.status.code(), Some(129), "{}", said(&output));
    assert!(said(&output).contains("kept as run 2"), "{}", said(&output));
}

#[test]
fn what_nohup_started_outlives_its_terminal() {
    let bench = Bench::new();
    let program = Command::cargo_bin("convlens").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    shell.arg(program.get_program());
    shell.args([
        "train",
        "--data",
        ".",
        "--network",
        "network.toml",
        "--epochs",
        "20",
    ]);
    shell.current_dir(bench.folder.path());
    shell.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    signal(&child, "HUP");
    assert_eq!(lines.count(), 19);
    let output = output_of(child);
    assert!(output.status.success(), "{}", said(&output));
}
