//! The loop over planned epochs, and the interface through which it reports. The loop does not
//! know who listens: a progress bar, a recorder that keeps the run on disk, or nobody.

use super::error::TrainingError;
use super::metrics::{BatchPoint, EpochMetrics};
use super::session::Session;

/// Listens to a run, on the thread that trains it: every call holds training up, so whatever takes
/// time belongs on a thread of the observer's own. It may read the session, never change it.
pub trait Observer: Send {
    /// The run is set up, or goes on after [`Rest::Finished`] with more epochs planned.
    fn started(&mut self, session: &Session) {
        let _ = session;
    }

    /// A batch is trained.
    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        let _ = (session, point);
    }

    /// Settings were changed in mid-run.
    fn settings_changed(&mut self, session: &Session) {
        let _ = session;
    }

    /// An epoch is trained and measured.
    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        let _ = (session, metrics);
    }

    /// The run holds or ends, and can be continued from here.
    fn rested(&mut self, session: &Session, rest: Rest) {
        let _ = (session, rest);
    }

    /// The run ended with an error.
    fn failed(&mut self, error: &TrainingError) {
        let _ = error;
    }
}

/// Why a run does not train on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It was told to hold.
    Paused,
    /// Every planned epoch is trained.
    Finished,
    /// It was told to stop, or its handle was dropped.
    Stopped,
}

/// Nobody listens.
impl Observer for () {}

/// Two that listen, one after the other.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn started(&mut self, session: &Session) {
        self.0.started(session);
        self.1.started(session);
    }

    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        self.0.batch_trained(session, point);
        self.1.batch_trained(session, point);
    }

    fn settings_changed(&mut self, session: &Session) {
        self.0.settings_changed(session);
        self.1.settings_changed(session);
    }

    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        self.0.epoch_ended(session, metrics);
        self.1.epoch_ended(session, metrics);
    }

    fn rested(&mut self, session: &Session, rest: Rest) {
        self.0.rested(session, rest);
        self.1.rested(session, rest);
    }

    fn failed(&mut self, error: &TrainingError) {
        self.0.failed(error);
        self.1.failed(error);
    }
}

/// One that may be absent.
impl<T: Observer> Observer for Option<T> {
    fn started(&mut self, session: &Session) {
        if let Some(observer) = self {
            observer.started(session);
        }
    }

    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        if let Some(observer) = self {
            observer.batch_trained(session, point);
        }
    }

    fn settings_changed(&mut self, session: &Session) {
        if let Some(observer) = self {
            observer.settings_changed(session);
        }
    }

    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        if let Some(observer) = self {
            observer.epoch_ended(session, metrics);
        }
    }

    fn rested(&mut self, session: &Session, rest: Rest) {
        if let Some(observer) = self {
            observer.rested(session, rest);
        }
    }

    fn failed(&mut self, error: &TrainingError) {
        if let Some(observer) = self {
            observer.failed(error);
        }
    }
}

/// One that somebody else keeps.
impl<T: Observer> Observer for &mut T {
    fn started(&mut self, session: &Session) {
        (**self).started(session);
    }

    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        (**self).batch_trained(session, point);
    }

    fn settings_changed(&mut self, session: &Session) {
        (**self).settings_changed(session);
    }

    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        (**self).epoch_ended(session, metrics);
    }

    fn rested(&mut self, session: &Session, rest: Rest) {
        (**self).rested(session, rest);
    }

    fn failed(&mut self, error: &TrainingError) {
        (**self).failed(error);
    }
}

/// Trains every planned epoch on the calling thread.
///
/// # Errors
/// Those of [`Session::train_batch`] and [`Session::end_epoch`], after the observer was told.
pub fn train_to_end(
    session: &mut Session,
    observer: &mut impl Observer,
) -> Result<(), TrainingError> {
    train_until(session, observer, || false).map(|_finished| ())
}

/// The same, given up after the batch under way, or within a few pictures of a measurement, once `stops` says so:
/// [`Rest::Stopped`] then.
///
/// # Errors
/// As [`train_to_end`].
pub fn train_until(
    session: &mut Session,
    observer: &mut impl Observer,
    stops: impl Fn() -> bool + Sync,
) -> Result<Rest, TrainingError> {
    observer.started(session);
    let trained = train_epochs(session, observer, &stops);
    match &trained {
        Ok(rest) => observer.rested(session, *rest),
        Err(error) => observer.failed(error),
    }
    trained
}

fn train_epochs(
    session: &mut Session,
    observer: &mut impl Observer,
    stops: &(impl Fn() -> bool + Sync),
) -> Result<Rest, TrainingError> {
    while !session.is_finished() {
        if stops() {
            return Ok(Rest::Stopped);
        }
        if !session.epoch_is_complete() {
            let point = session.train_batch()?;
            observer.batch_trained(session, point);
        }
        if session.epoch_is_complete()
            && let Some(metrics) = session.end_epoch_unless(stops)?
        {
            observer.epoch_ended(session, &metrics);
        }
    }
    Ok(Rest::Finished)
}
