//! The download against servers on loopback, from helpful to hostile.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, atomic::AtomicUsize},
    thread,
    time::Instant,
};

use flate2::{Compression, write::GzEncoder};
use tempfile::{TempDir, tempdir};

use super::transfer::{MAX_REDIRECTS, PATIENCE};
use super::*;

const FILES: [Fingerprint; 2] = [
    Fingerprint {
        name: "first",
        bytes: 200_000,
        // The bytes of `content(0)` and `content(1)`, as told by Python's hashlib.
        sum: Sum::ContentSha256("8006993938aa28eb2188163351aabcb20fe8a877b2b6b123d259b69700c80aec"),
    },
    Fingerprint {
        name: "second",
        bytes: 200_000,
        sum: Sum::ContentSha256("7004b2faf0afe4d911e973f1b2b4306089ee4f91ef37c0b49eff1a15d4727741"),
    },
];

/// What file `index` decompresses to: hardly compressible, so that the compressed file is long.
fn content(index: usize) -> Vec<u8> {
    let mut state = index as u32 + 1;
    let next = || {
        // Numerical Recipes' linear congruential generator.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(200_000).collect()
}

fn gzipped(index: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&content(index)).unwrap();
    encoder.finish().unwrap()
}

/// What a server is asked.
struct Request {
    /// How many requests came before.
    number: usize,
    /// 0 for the first file, 1 for the second.
    file: usize,
    /// Where the range asked for starts.
    start: Option<usize>,
}

/// Answers each connection with one call of `answer`, then closes it.
fn serve(mut answer: impl FnMut(Request, &mut TcpStream) + Send + 'static) -> Source {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let lines: Vec<String> = BufReader::new(&stream)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let file = usize::from(lines[0].starts_with("GET /second.gz "));
            let start = lines.iter().find_map(|line| {
                let range = line.to_lowercase();
                range
                    .strip_prefix("range: bytes=")?
                    .strip_suffix('-')?
                    .parse()
                    .ok()
            });
            answer(
                Request {
                    number,
                    file,
                    start,
                },
                &mut stream,
            );
        }
    });
    Source { base_url }
}

/// Sends `body`, announced as `length` bytes. A client that has had enough may be gone by then.
fn send(stream: &mut TcpStream, status: &str, length: usize, body: &[u8]) {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
}

/// Sends `body` as the end of a file that begins at `start`, of which it may be only a part.
fn send_range(stream: &mut TcpStream, start: usize, whole: usize, body: &[u8]) {
    let range = format!(
        "206 Partial Content\r\nContent-Range: bytes {start}-{}/{whole}",
        whole - 1
    );
    send(stream, &range, whole - start, body);
}

/// Sends `piece` again and again until the client is gone or `times` are over.
fn drip(stream: &mut TcpStream, piece: &[u8], times: usize) {
    for _ in 0..times {
        if stream.write_all(piece).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Serves a file as a good server does, ranges included.
fn send_well(stream: &mut TcpStream, request: &Request) {
    let file = gzipped(request.file);
    match request.start {
        None => send(stream, "200 OK", file.len(), &file),
        Some(start) if start < file.len() => {
            send_range(stream, start, file.len(), &file[start..]);
        }
        Some(_) => send(stream, "416 Range Not Satisfiable", 0, b""),
    }
}

fn good_server() -> Source {
    serve(|request, stream| send_well(stream, &request))
}

/// A port at which nothing listens.
fn nobody() -> Source {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Source {
        base_url: format!("http://{}", listener.local_addr().unwrap()),
    }
}

/// Serves like `answer`, and counts how often it is asked.
fn counted(
    mut answer: impl FnMut(Request, &mut TcpStream) + Send + 'static,
) -> (Source, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let source = serve(move |request, stream| {
        count.fetch_add(1, Ordering::SeqCst);
        answer(request, stream);
    });
    (source, asked)
}

/// Limits that a test can wait for.
const SHORT: Limits = Limits {
    window: Duration::from_millis(300),
    least: 1000,
    ..LIMITS
};

/// Two bytes of gzip, so that what follows is taken for the file.
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\x1f\x8b";

fn job(limits: Limits, cancel: &AtomicBool) -> Job<'_> {
    Job {
        config: agent_config().proxy(None).build(),
        limits,
        cancel,
    }
}

fn fetch_to(folder: &Path, sources: &[Source]) -> Result<Vec<Progress>, DownloadError> {
    fetch_within(LIMITS, folder, sources)
}

fn fetch_within(
    limits: Limits,
    folder: &Path,
    sources: &[Source],
) -> Result<Vec<Progress>, DownloadError> {
    let mut seen = Vec::new();
    let mut progress = |progress| seen.push(progress);
    job(limits, &AtomicBool::new(false)).download_files(&FILES, sources, folder, &mut progress)?;
    Ok(seen)
}

/// The one fault of a download of the first file from one source.
fn fault_of(source: Source) -> (SourceFault, TempDir) {
    fault_within(LIMITS, source)
}

fn fault_within(limits: Limits, source: Source) -> (SourceFault, TempDir) {
    let folder = tempdir().unwrap();
    let fault = only_fault(fetch_within(limits, folder.path(), &[source]));
    (fault, folder)
}

#[track_caller]
fn only_fault(result: Result<Vec<Progress>, DownloadError>) -> SourceFault {
    match result {
        Err(DownloadError::Failed { file, mut attempts })
            if file == "first.gz" && attempts.len() == 1 =>
        {
            attempts.remove(0).fault
        }
        other => panic!("{other:?}"),
    }
}

fn part_length(folder: &Path) -> Option<u64> {
    fs::metadata(folder.join("first.gz.part"))
        .ok()
        .map(|part| part.len())
}

#[track_caller]
fn assert_complete(folder: &Path) {
    for (index, file) in FILES.iter().enumerate() {
        let whole = fs::read(folder.join(format!("{}.gz", file.name))).unwrap();
        assert!(whole == gzipped(index), "{}", file.name);
    }
    assert_eq!(
        fs::read_dir(folder).unwrap().count(),
        FILES.len(),
        "nothing else is left"
    );
}

#[test]
fn a_good_server_delivers_with_progress_to_the_end() {
    let folder = tempdir().unwrap();
    let below = folder.path().join("made/on/the/way");
    let seen = fetch_to(&below, &[good_server()]).unwrap();
    assert_complete(&below);
    for (index, file) in FILES.iter().enumerate() {
        let own: Vec<_> = seen
            .iter()
            .filter(|progress| progress.file == file.name)
            .collect();
        let total = gzipped(index).len() as u64;
        assert!(own.len() > 2 && own.is_sorted_by_key(|progress| progress.received));
        assert_eq!(own[0].received, 0);
        let end = Progress {
            file: file.name,
            file_index: index,
            file_count: 2,
            received: total,
            total: Some(total),
        };
        assert_eq!(**own.last().unwrap(), end);
    }
}

#[test]
fn a_connection_that_breaks_off_is_taken_up_where_it_broke() {
    let folder = tempdir().unwrap();
    let (starts, asked) = std::sync::mpsc::channel();
    let server = serve(move |request, stream| {
        starts.send(request.start).unwrap();
        let file = gzipped(request.file);
        match request.number {
            0 => send(stream, "200 OK", file.len(), &file[..70_000]),
            1 => send_range(stream, 70_000, file.len(), &file[70_000..90_000]),
            _ => send_well(stream, &request),
        }
    });
    fetch_to(folder.path(), &[server]).unwrap();
    assert_complete(folder.path());
    let starts: Vec<_> = asked.try_iter().collect();
    assert_eq!(starts, [None, Some(70_000), Some(90_000), None]);
}

#[test]
fn a_server_that_goes_away_leaves_something_to_resume() {
    let (fault, folder) = fault_of(serve(|request, stream| {
        if request.number == 0 {
            send(stream, "200 OK", gzipped(0).len(), &gzipped(0)[..70_000]);
        }
    }));
    assert!(
        matches!(fault, SourceFault::Unreachable { .. }),
        "{fault:?}"
    );
    assert_eq!(part_length(folder.path()), Some(70_000));

    let seen = fetch_to(folder.path(), &[good_server()]).unwrap();
    assert_complete(folder.path());
    assert_eq!(seen[0].received, 70_000);
}

#[test]
fn a_server_without_ranges_starts_over() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("first.gz.part"), &gzipped(0)[..5000]).unwrap();
    let server = serve(|request, stream| {
        let file = gzipped(request.file);
        send(stream, "200 OK", file.len(), &file);
    });
    fetch_to(folder.path(), &[server]).unwrap();
    assert_complete(folder.path());
}

#[test]
fn a_leftover_from_elsewhere_does_not_spoil_the_download() {
    for leftover in [vec![1; 5000], vec![1; 500_000], gzipped(0)] {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("first.gz.part"), leftover).unwrap();
        fetch_to(folder.path(), &[good_server()]).unwrap();
        assert_complete(folder.path());
    }
}

#[test]
fn wrong_content_is_deleted_and_told() {
    let wrong: [fn() -> Vec<u8>; 4] = [
        || gzipped(1),
        || gzipped(0)[..70_000].to_vec(),
        || b"<html>Sign in to the wireless network</html>".to_vec(),
        || [gzipped(0), vec![0; 500_000]].concat(),
    ];
    for body in wrong {
        let server = serve(move |_, stream| send(stream, "200 OK", body().len(), &body()));
        let (fault, folder) = fault_of(server);
        assert_eq!(fault, SourceFault::WrongContent);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_endless_answer_is_cut_short() {
    let (fault, _) = fault_of(serve(|_, stream| {
        let mut alive = stream.write_all(HEAD).is_ok();
        while alive {
            alive = stream.write_all(&[0x1f; 4096]).is_ok();
        }
    }));
    assert_eq!(fault, SourceFault::WrongContent);
}

#[test]
fn a_missing_file_is_told_by_its_status() {
    let (fault, _) = fault_of(serve(|_, stream| send(stream, "404 Not Found", 4, b"gone")));
    assert_eq!(fault, SourceFault::Status { status: 404 });
}

#[test]
fn nobody_listening_is_told() {
    let (fault, _) = fault_of(nobody());
    assert!(
        matches!(fault, SourceFault::Unreachable { .. }),
        "{fault:?}"
    );
}

#[test]
fn the_next_source_steps_in() {
    let folder = tempdir().unwrap();
    let missing = serve(|_, stream| send(stream, "404 Not Found", 0, b""));
    let wrong = serve(|_, stream| send(stream, "200 OK", 4, b"nope"));
    fetch_to(folder.path(), &[nobody(), missing, wrong, good_server()]).unwrap();
    assert_complete(folder.path());
}

#[test]
fn all_that_failed_is_told_on_one_line() {
    let folder = tempdir().unwrap();
    let missing = serve(|_, stream| send(stream, "404 Not Found", 0, b""));
    let message = fetch_to(folder.path(), &[nobody(), missing.clone()])
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("first.gz: "), "{message}");
    assert!(message.contains(&format!(
        "{}/first.gz: the server answered with status 404",
        missing.base_url
    )));
    assert!(!message.contains('\n'));
}

#[test]
fn verified_files_are_left_alone_and_damaged_ones_replaced() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("first"), content(0)).unwrap();
    fs::write(folder.path().join("second.gz"), b"damaged").unwrap();
    let seen = fetch_to(folder.path(), &[good_server()]).unwrap();
    assert!(seen.iter().all(|progress| progress.file == "second"));
    assert_eq!(
        fs::read(folder.path().join("second.gz")).unwrap(),
        gzipped(1)
    );

    assert_eq!(fetch_to(folder.path(), &[nobody()]).unwrap(), []);
}

#[test]
fn cancelling_keeps_what_has_arrived() {
    let folder = tempdir().unwrap();
    let cancel = AtomicBool::new(false);
    let mut progress = |progress: Progress| {
        if progress.received > 0 {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let result =
        job(LIMITS, &cancel).download_files(&FILES, &[good_server()], folder.path(), &mut progress);
    assert!(matches!(result, Err(DownloadError::Cancelled)));
    let kept = part_length(folder.path()).unwrap();
    assert!((1..gzipped(0).len() as u64).contains(&kept));

    let seen = fetch_to(folder.path(), &[good_server()]).unwrap();
    assert_eq!(seen[0].received, kept);
    assert_complete(folder.path());
}

#[test]
#[cfg(unix)]
fn a_link_in_the_place_of_a_part_is_not_followed() {
    let folder = tempdir().unwrap();
    let elsewhere = tempdir().unwrap();
    let precious = elsewhere.path().join("precious");
    let part = folder.path().join("first.gz.part");
    std::os::unix::fs::symlink(&precious, &part).unwrap();
    for content in [None, Some("not yours")] {
        if let Some(content) = content {
            fs::write(&precious, content).unwrap();
        }
        assert!(matches!(
            fetch_to(folder.path(), &[good_server()]),
            Err(DownloadError::Write { path, .. }) if path == part
        ));
        assert_eq!(fs::read_to_string(&precious).ok().as_deref(), content);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, b"").unwrap();
    let inside = file.join("folder");
    assert!(matches!(
        fetch_to(&inside, &[good_server()]),
        Err(DownloadError::Write { path, .. }) if path == inside
    ));
}

#[test]
fn what_has_tls_is_asked_before_what_has_not() {
    let is_plain = |source: &Source| source.base_url.starts_with("http://");
    let sources = Fetched::FashionMnist.official_sources();
    assert!(sources.len() > 1 && sources.is_sorted_by_key(is_plain));
    assert!(!is_plain(&sources[0]));
    // MD5 does not make a source safe.
    assert!(!Fetched::Cifar10.official_sources().iter().any(is_plain));
}

#[test]
fn an_archive_is_resumed_and_verified_as_it_is() {
    use md5::{Digest as _, Md5};
    let archive = gzipped(0);
    let sum = super::super::checksum::hex(&Md5::digest(&archive)).leak();
    let files = [Fingerprint {
        name: "first.gz",
        bytes: archive.len() as u64,
        sum: Sum::FileMd5(sum),
    }];
    let folder = tempdir().unwrap();
    let fetch = |source: Source| {
        let cancel = AtomicBool::new(false);
        job(LIMITS, &cancel).download_files(&files, &[source], folder.path(), &mut |_| {})
    };
    let spoilt = serve(|_, stream| {
        let mut file = gzipped(0);
        file[100] ^= 1;
        send(stream, "200 OK", file.len(), &file);
    });
    let error = fetch(spoilt).unwrap_err().to_string();
    assert!(
        error.starts_with("first.gz: ") && error.contains("checksum"),
        "{error}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let (breaking, asked) = counted(|request, stream| match request.number {
        0 => send(stream, "200 OK", gzipped(0).len(), &gzipped(0)[..70_000]),
        _ => send_well(stream, &request),
    });
    fetch(breaking).unwrap();
    assert_eq!(fs::read(folder.path().join("first.gz")).unwrap(), archive);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    fetch(nobody()).expect("it is there");
}

#[test]
fn other_bytes_behind_a_break_are_asked_for_once_more_and_no_longer() {
    let (server, asked) = counted(|request, stream| {
        let file = gzipped(request.file);
        match request.start {
            None => send(stream, "200 OK", file.len(), &file[..70_000]),
            Some(start) => send_range(stream, start, file.len(), &vec![7; file.len() - start]),
        }
    });
    let (fault, _) = fault_of(server);
    assert_eq!(fault, SourceFault::WrongContent);
    // The beginning and the end, twice.
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}

#[test]
fn a_connection_that_breaks_off_for_ever_is_given_up() {
    let (server, asked) = counted(|request, stream| {
        let file = gzipped(request.file);
        match request.start {
            None => send(stream, "200 OK", file.len(), &file[..1]),
            Some(start) => send_range(stream, start, file.len(), &file[start..=start]),
        }
    });
    let (fault, folder) = fault_of(server);
    assert!(
        matches!(fault, SourceFault::Interrupted { .. }),
        "{fault:?}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), LIMITS.requests);
    assert_eq!(part_length(folder.path()), Some(LIMITS.requests as u64));
}

#[test]
fn a_server_that_sends_all_again_and_again_is_given_up() {
    // A byte more each time, as if ranges were not known.
    let (server, asked) = counted(|request, stream| {
        let file = gzipped(request.file);
        send(
            stream,
            "200 OK",
            file.len(),
            &file[..150_000 + request.number],
        );
    });
    let (fault, _) = fault_of(server);
    assert!(
        matches!(fault, SourceFault::Interrupted { .. }),
        "{fault:?}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn another_range_than_asked_for_is_not_believed() {
    let folder = tempdir().unwrap();
    let leftover = &gzipped(0)[..5000];
    fs::write(folder.path().join("first.gz.part"), leftover).unwrap();
    let (server, asked) = counted(|request, stream| match request.start {
        Some(start) => {
            let file = gzipped(request.file);
            send_range(stream, start + 10, file.len(), &file[start + 10..]);
        }
        None => send_well(stream, &request),
    });
    fetch_to(folder.path(), &[server]).unwrap();
    assert_complete(folder.path());
    assert_eq!(asked.load(Ordering::SeqCst), 3);

    let (fault, _) = fault_of(serve(|request, stream| {
        let file = gzipped(request.file);
        send_range(stream, 10, file.len(), &file[10..]);
    }));
    assert_eq!(fault, SourceFault::WrongRange);
}

#[test]
fn a_range_without_its_name_is_not_believed() {
    let (fault, folder) = fault_of(serve(|request, stream| {
        let file = gzipped(request.file);
        match request.start {
            None => send(stream, "200 OK", file.len(), &file[..70_000]),
            Some(start) => send(
                stream,
                "206 Partial Content",
                file.len() - start,
                &file[start..],
            ),
        }
    }));
    assert_eq!(fault, SourceFault::WrongRange);
    // For the next source.
    assert_eq!(part_length(folder.path()), Some(70_000));
}

/// Servers that would take for ever, each in its way.
fn slow_servers() -> Vec<Source> {
    vec![
        // Nothing at all.
        serve(|_, stream| {
            let _until_the_client_hangs_up = stream.read(&mut [0]);
        }),
        serve(|_, stream| drip(stream, b"H", 3000)),
        serve(|_, stream| {
            send(stream, "200 OK", 200_000, b"");
            let _until_the_client_hangs_up = stream.read(&mut [0]);
        }),
        serve(|_, stream| {
            send(stream, "200 OK", 200_000, b"\x1f\x8b");
            drip(stream, b"a", 3000);
        }),
        serve(|_, stream| {
            let redirect =
                b"HTTP/1.1 302 Found\r\nLocation: /first.gz\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(redirect);
            drip(stream, b"on", 3000);
        }),
        serve(|_, stream| drip(stream, b"HTTP/1.1 103 Early Hints\r\n\r\n", 3000)),
    ]
}

#[test]
fn a_slow_server_is_given_up_and_the_next_one_asked() {
    let faults = thread::scope(|scope| {
        let give_up = |slow| scope.spawn(|| fault_within(SHORT, slow).0);
        let waiting: Vec<_> = slow_servers().into_iter().map(give_up).collect();
        let faults = waiting.into_iter().map(|thread| thread.join().unwrap());
        faults.collect::<Vec<_>>()
    });
    for fault in faults {
        let is_known = match fault {
            SourceFault::TooSlow { received, .. } => received < SHORT.least,
            // Some are seen through sooner.
            SourceFault::Unreachable { .. } => true,
            _ => false,
        };
        assert!(is_known, "{fault:?}");
    }
    let folder = tempdir().unwrap();
    let slow = serve(|_, stream| {
        send(stream, "200 OK", 200_000, b"\x1f\x8b");
        drip(stream, b"a", 3000);
    });
    // Fast enough, but for ever.
    let limits = Limits {
        least: 1,
        time: Duration::from_millis(500),
        ..LIMITS
    };
    let (fault, _) = fault_within(limits, slow.clone());
    assert!(matches!(fault, SourceFault::TooSlow { .. }), "{fault:?}");
    // The next has the time that it may need on a busy machine.
    let limits = Limits {
        window: Duration::from_secs(1),
        ..SHORT
    };
    fetch_within(limits, folder.path(), &[slow, good_server()]).unwrap();
    assert_complete(folder.path());
}

#[test]
fn a_server_that_sends_elsewhere_for_ever_is_given_up() {
    let (server, asked) = counted(|_, stream| {
        let elsewhere = "302 Found\r\nLocation: /first.gz";
        send(stream, elsewhere, 0, b"");
    });
    let (fault, _) = fault_of(server);
    assert!(
        matches!(fault, SourceFault::Unreachable { .. }),
        "{fault:?}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), MAX_REDIRECTS as usize + 1);
}

#[test]
fn an_endless_head_is_cut_short() {
    let (fault, _) = fault_of(serve(|_, stream| {
        let mut alive = stream.write_all(b"HTTP/1.1 200 OK\r\n").is_ok();
        while alive {
            alive = stream.write_all(b"X-More: of it\r\n").is_ok();
        }
    }));
    assert!(
        matches!(fault, SourceFault::Unreachable { .. }),
        "{fault:?}"
    );
}

#[test]
fn bytes_beyond_those_announced_are_left() {
    let folder = tempdir().unwrap();
    let server = serve(|request, stream| {
        let file = gzipped(request.file);
        send(
            stream,
            "200 OK",
            file.len(),
            &[&file[..], &[7; 5000]].concat(),
        );
    });
    fetch_to(folder.path(), &[server]).unwrap();
    assert_complete(folder.path());
}

#[test]
fn a_file_announced_too_long_is_not_fetched() {
    let (server, asked) = counted(|_, stream| {
        send(stream, "200 OK", 1 << 30, b"\x1f\x8b");
        let _until_the_client_hangs_up = stream.read(&mut [0]);
    });
    let (fault, folder) = fault_of(server);
    assert_eq!(fault, SourceFault::WrongContent);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(part_length(folder.path()), None);
}

#[test]
fn a_page_in_the_files_place_does_not_cost_what_was_there() {
    for page in ["<html>Sign in to the wireless network</html>", ""] {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("first.gz.part"), &gzipped(0)[..70_000]).unwrap();
        let portal = serve(move |_, stream| send(stream, "200 OK", page.len(), page.as_bytes()));
        let fault = only_fault(fetch_to(folder.path(), &[portal]));
        assert_eq!(fault, SourceFault::WrongContent);
        let seen = fetch_to(folder.path(), &[good_server()]).unwrap();
        assert_eq!(seen[0].received, 70_000);
        assert_complete(folder.path());
    }
}

#[test]
fn little_that_unpacks_to_much_is_not_unpacked() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..100 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 150_000);
    let (fault, folder) = fault_of(serve(move |_, stream| {
        send(stream, "200 OK", bomb.len(), &bomb);
    }));
    assert_eq!(fault, SourceFault::WrongContent);
    assert_eq!(part_length(folder.path()), None);
}

#[test]
fn cancelling_does_not_wait_for_the_server() {
    // Some listen and never answer, one answers and sends no more.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let deaf = Source {
        base_url: format!("http://{}", listener.local_addr().unwrap()),
    };
    for server in slow_servers().into_iter().chain([deaf]) {
        let folder = tempdir().unwrap();
        let cancel = AtomicBool::new(false);
        thread::scope(|scope| {
            let download = scope.spawn(|| {
                let job = job(LIMITS, &cancel);
                job.download_files(&FILES, &[server], folder.path(), &mut |_| ())
            });
            thread::sleep(Duration::from_millis(150));
            let cancelled = Instant::now();
            cancel.store(true, Ordering::Relaxed);
            let result = download.join().unwrap();
            let is_known = matches!(
                result,
                // A server that is seen through at once.
                Err(DownloadError::Cancelled | DownloadError::Failed { .. })
            );
            assert!(is_known, "{result:?}");
            assert!(
                cancelled.elapsed() < PATIENCE / 3,
                "{:?}",
                cancelled.elapsed()
            );
        });
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_parts_place_is_not_followed() {
    let folder = tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, b"precious").unwrap();
    let part = folder.path().join("first.gz.part");
    std::os::unix::fs::symlink(&victim, &part).unwrap();
    let result = fetch_to(folder.path(), &[good_server()]);
    assert!(
        matches!(&result, Err(DownloadError::Write { path, .. }) if *path == part),
        "{result:?}"
    );
    // Nor one that takes its place after a look.
    assert!(open_at(&part, 0).is_err());
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    // Nor is one created that a link leads to.
    fs::remove_file(&victim).unwrap();
    assert!(open_at(&part, 0).is_err());
    assert!(!victim.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_or_a_folder_in_the_parts_place_is_not_waited_for() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let make_pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let make_folder = |path: &Path| fs::create_dir(path).unwrap();
    for make in [&make_pipe as &dyn Fn(&Path), &make_folder] {
        let folder = tempdir().unwrap();
        let part = folder.path().join("first.gz.part");
        make(&part);
        let result = fetch_to(folder.path(), &[good_server()]);
        assert!(
            matches!(&result, Err(DownloadError::Write { path, .. }) if *path == part),
            "{result:?}"
        );
        assert!(open_at(&part, 0).is_err());
    }
}
