//! The download against servers on loopback, from helpful to hostile.

use std::{
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    thread,
};

use flate2::{Compression, write::GzEncoder};
use tempfile::{TempDir, tempdir};

use super::*;

const FILES: [Fingerprint; 2] = [
    Fingerprint {
        name: "first",
        bytes: 200_000,
        // The bytes of `content(0)` and `content(1)`, as told by Python's hashlib.
        sha256: "8006993938aa28eb2188163351aabcb20fe8a877b2b6b123d259b69700c80aec",
    },
    Fingerprint {
        name: "second",
        bytes: 200_000,
        sha256: "7004b2faf0afe4d911e973f1b2b4306089ee4f91ef37c0b49eff1a15d4727741",
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

/// Serves a file as a good server does, ranges included.
fn send_well(stream: &mut TcpStream, request: &Request) {
    let file = gzipped(request.file);
    match request.start {
        None => send(stream, "200 OK", file.len(), &file),
        Some(start) if start < file.len() => {
            send(
                stream,
                "206 Partial Content",
                file.len() - start,
                &file[start..],
            );
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

fn fetch_to(folder: &Path, sources: &[Source]) -> Result<Vec<Progress>, DownloadError> {
    fetch_patiently(PATIENCE, folder, sources)
}

fn fetch_patiently(
    patience: Duration,
    folder: &Path,
    sources: &[Source],
) -> Result<Vec<Progress>, DownloadError> {
    let config = patient(PATIENCE)
        .timeout_per_read(Some(patience))
        .proxy(None)
        .build();
    let agent = ureq::Agent::new_with_config(config);
    let mut seen = Vec::new();
    let mut progress = |progress| seen.push(progress);
    download_files(
        &agent,
        &FILES,
        sources,
        folder,
        &mut progress,
        &AtomicBool::new(false),
    )?;
    Ok(seen)
}

/// The one fault of a download of the first file from one source.
fn fault_of(source: Source) -> (SourceFault, TempDir) {
    let folder = tempdir().unwrap();
    (only_fault(fetch_to(folder.path(), &[source])), folder)
}

#[track_caller]
fn only_fault(result: Result<Vec<Progress>, DownloadError>) -> SourceFault {
    match result {
        Err(DownloadError::Failed {
            file: "first",
            mut attempts,
        }) if attempts.len() == 1 => attempts.remove(0).fault,
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
            1 => send(
                stream,
                "206 Partial Content",
                file.len() - 70_000,
                &file[70_000..90_000],
            ),
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
        let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        let mut alive = stream.write_all(head).is_ok();
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
fn a_silent_server_is_not_waited_for_for_ever() {
    let folder = tempdir().unwrap();
    let silent = serve(|_, stream| {
        send(stream, "200 OK", 200_000, b"");
        // Until the client hangs up.
        let _ = stream.read(&mut [0]);
    });
    // Short enough for a test, long enough for the header to come on a busy machine.
    let patience = Duration::from_secs(2);
    let fault = only_fault(fetch_patiently(patience, folder.path(), &[silent]));
    assert!(
        matches!(fault, SourceFault::Interrupted { received: 0, .. }),
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
    let agent = ureq::Agent::new_with_config(patient(PATIENCE).proxy(None).build());
    let cancel = AtomicBool::new(false);
    let mut progress = |progress: Progress| {
        if progress.received > 0 {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let result = download_files(
        &agent,
        &FILES,
        &[good_server()],
        folder.path(),
        &mut progress,
        &cancel,
    );
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
