//! The thread that finds, reads and fetches data sets.

use crate::app::model::data::DataSource;
use convlens_core::dataset::download::{self, DownloadError, Progress};
use convlens_core::dataset::{self, DataError, Dataset};
use convlens_core::training::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

/// Pictures of the synthetic data set. Fewer than the real one has: they are drawn at every start
/// and a network learns them in one epoch.
const SYNTHETIC: (usize, usize) = (20_000, 10_000);

/// What the thread is asked for.
enum Request {
    Open(DataSource),
    Download,
}

/// What the thread reports.
pub enum Loaded {
    /// A data set, what was asked for, and the damaged ones passed over on the way to it.
    Dataset {
        dataset: Arc<Dataset>,
        action: DataSource,
        rejected: Vec<DataError>,
    },
    /// The folder asked for cannot be used.
    Unusable(DataError),
    Downloading(Progress),
    NotDownloaded(DownloadError),
}

/// Handle of the thread; dropping it cancels what is under way and joins.
pub struct Loader {
    requests: Option<Sender<Request>>,
    reports: Receiver<Loaded>,
    cancel: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    pub fn start(wake: Wake) -> std::io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let (outbox, reports) = mpsc::channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let cancelled = cancel.clone();
        let thread = std::thread::Builder::new()
            .name("convlens-data".into())
            .spawn(move || {
                let report = |loaded| {
                    let _window_closed = outbox.send(loaded);
                    wake();
                };
                for request in inbox {
                    match request {
                        Request::Open(action) => report(open(&action)),
                        Request::Download => fetch(&cancelled, &report),
                    }
                }
            })?;
        Ok(Self {
            requests: Some(requests),
            reports,
            cancel,
            thread: Some(thread),
        })
    }

    pub fn open(&self, action: DataSource) {
        self.ask(Request::Open(action));
    }

    pub fn download(&self) {
        self.cancel.store(false, Ordering::Relaxed);
        self.ask(Request::Download);
    }

    pub fn cancel_download(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    pub fn try_report(&self) -> Option<Loaded> {
        self.reports.try_recv().ok()
    }

    fn ask(&self, request: Request) {
        if let Some(requests) = &self.requests {
            let _thread_gone = requests.send(request);
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel_download();
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            let _nothing_left_to_tell = thread.join();
        }
    }
}

fn open(action: &DataSource) -> Loaded {
    let ready = |dataset, rejected| Loaded::Dataset {
        dataset: Arc::new(dataset),
        action: action.clone(),
        rejected,
    };
    let synthetic = || dataset::synthetic(SYNTHETIC.0, SYNTHETIC.1);
    match action {
        DataSource::Usual => {
            let search = dataset::find();
            ready(search.dataset.unwrap_or_else(synthetic), search.rejected)
        }
        DataSource::Folder(folder) => match dataset::load(folder) {
            Ok(dataset) => ready(dataset, Vec::new()),
            Err(error) => Loaded::Unusable(error),
        },
        DataSource::Synthetic => ready(synthetic(), Vec::new()),
    }
}

/// Downloads to the user's cache, one of the usual places, and opens what has arrived.
fn fetch(cancel: &AtomicBool, report: &impl Fn(Loaded)) {
    let folder = dataset::default_folder();
    let sources = download::official_sources();
    let mut progress = |progress| report(Loaded::Downloading(progress));
    match download::download(&sources, &folder, &mut progress, cancel) {
        Ok(()) => report(match open(&DataSource::Folder(folder)) {
            Loaded::Dataset {
                dataset, rejected, ..
            } => Loaded::Dataset {
                dataset,
                action: DataSource::Usual,
                rejected,
            },
            failed => failed,
        }),
        Err(error) => report(Loaded::NotDownloaded(error)),
    }
}
