//! The thread that finds, reads and fetches data sets.

use crate::app::model::data::DataSource;
use convlens_core::dataset::download::{self, DownloadError, Fetched, Progress};
use convlens_core::dataset::{self, DataError, Dataset, PictureSize};
use convlens_core::training::Wake;
use convlens_core::training::runs::DataIdentity;
use convlens_core::worker::Worker;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Pictures of the synthetic data set. Fewer than the real one has: they are drawn at every start
/// and a network learns them in one epoch.
const SYNTHETIC: (usize, usize) = (20_000, 10_000);
/// Most bytes of its pictures to train on: large ones are fewer.
const SYNTHETIC_BYTES: usize = 64 << 20;

/// Kinds of question: a newer one replaces an older one of its kind that has not been begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Request {
    Open,
    Download,
}

/// What the thread reports.
pub enum Loaded {
    /// A data set, by which it is told from others, what was asked for, and the damaged ones passed over on the way to it.
    Dataset {
        dataset: Arc<Dataset>,
        data: Arc<DataIdentity>,
        action: DataSource,
        rejected: Vec<DataError>,
    },
    /// The folder asked for cannot be used.
    Unusable(DataError),
    Downloading(Fetched, Progress),
    NotDownloaded(DownloadError),
}

/// Handle of the thread; dropping it cancels what is under way and joins.
pub struct Loader {
    thread: Worker<Request, ()>,
    report: Arc<dyn Fn(Loaded) + Send + Sync>,
    reports: Receiver<Loaded>,
    cancel: Arc<AtomicBool>,
}

impl Loader {
    pub fn start(wake: Wake) -> std::io::Result<Self> {
        let (outbox, reports) = mpsc::channel();
        let told = wake.clone();
        Ok(Self {
            thread: Worker::start("convlens-data", move || wake())?,
            report: Arc::new(move |loaded| {
                let _window_closed = outbox.send(loaded);
                told();
            }),
            reports,
            cancel: Arc::new(AtomicBool::new(false)),
        })
    }

    pub fn open(&self, source: DataSource) {
        let report = self.report.clone();
        let job = move || report(open(&source));
        self.thread.ask(Request::Open, Box::new(job));
    }

    pub fn download(&self, what: Fetched) {
        self.cancel.store(false, Ordering::Relaxed);
        let (report, cancel) = (self.report.clone(), self.cancel.clone());
        let job = move || fetch(what, &cancel, &*report);
        self.thread.ask(Request::Download, Box::new(job));
    }

    pub fn cancel_download(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    pub fn try_report(&self) -> Option<Loaded> {
        self.reports.try_recv().ok()
    }

    /// Whether the thread panicked and will not report what it was asked for.
    pub fn has_failed(&self) -> bool {
        !self.thread.take_failures().is_empty()
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // The thread is joined after that.
        self.cancel_download();
    }
}

/// The garments drawn last, as long as a window of this process has them: drawing them takes seconds of two processors.
static DRAWN: Mutex<Weak<Dataset>> = Mutex::new(Weak::new());

fn synthetic(size: PictureSize) -> Arc<Dataset> {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = drawn.upgrade().filter(|known| known.size() == size);
    known.unwrap_or_else(|| {
        let most = SYNTHETIC_BYTES / size.len();
        let (train, test) = SYNTHETIC;
        let new = dataset::synthetic_sized(size, train.min(most), test.min(most / 2));
        let new = Arc::new(new);
        *drawn = Arc::downgrade(&new);
        new
    })
}

fn open(action: &DataSource) -> Loaded {
    let ready = |dataset: Arc<Dataset>, rejected| Loaded::Dataset {
        data: Arc::new(DataIdentity::of(&dataset)),
        dataset,
        action: action.clone(),
        rejected,
    };
    let (source, size) = action.clone().parts();
    let from = |folder: &Path| match dataset::load_sized(folder, size) {
        Ok(dataset) => ready(Arc::new(dataset), Vec::new()),
        Err(error) => Loaded::Unusable(error),
    };
    match source {
        DataSource::Usual => {
            let search = dataset::find();
            let found = search.dataset.map(|dataset| match size {
                Some(size) => dataset
                    .to_size(size)
                    .map_err(|fault| DataError::Mismatched {
                        path: dataset::default_folder(),
                        fault,
                    }),
                None => Ok(dataset),
            });
            match found.transpose() {
                Ok(found) => {
                    let drawn = || synthetic(size.unwrap_or_default());
                    ready(found.map_or_else(drawn, Arc::new), search.rejected)
                }
                Err(error) => Loaded::Unusable(error),
            }
        }
        DataSource::Folder(folder) => from(&folder),
        DataSource::Cifar10 => from(&dataset::cifar_folder()),
        DataSource::Synthetic | DataSource::Sized(..) => {
            ready(synthetic(size.unwrap_or_default()), Vec::new())
        }
    }
}

/// Downloads to the user's cache, one of the usual places, and opens what has arrived.
fn fetch(what: Fetched, cancel: &AtomicBool, report: &dyn Fn(Loaded)) {
    let (folder, source) = match what {
        Fetched::FashionMnist => (dataset::default_folder(), DataSource::Usual),
        Fetched::Cifar10 => (dataset::cifar_folder(), DataSource::Cifar10),
    };
    let sources = what.official_sources();
    let mut progress = |progress| report(Loaded::Downloading(what, progress));
    match download::download(what, &sources, &folder, &mut progress, cancel) {
        Ok(()) => report(match open(&DataSource::Folder(folder)) {
            Loaded::Dataset {
                dataset,
                data,
                rejected,
                ..
            } => Loaded::Dataset {
                dataset,
                data,
                action: source,
                rejected,
            },
            failed => failed,
        }),
        Err(error) => report(Loaded::NotDownloaded(error)),
    }
}
