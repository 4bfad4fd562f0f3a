//! `curve.bin`: loss and accuracy of the batches. Records are appended, so that a kill costs at
//! most the last of them, and thinned, so that the file stays below [`MAX_POINTS`] of them.
//!
//! Little-endian: the eight bytes [`MAGIC`], then records of 16 bytes: step (u64), loss (f32),
//! accuracy (f32); steps ascend.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::RunError;
use super::manifest::read_bounded;
use crate::files;
use crate::training::BatchPoint;

const MAGIC: &[u8; 8] = b"CLcurve1";
const RECORD: usize = 16;

/// Most batches of which a run keeps the loss, 2 MB. When they are reached, those of every second
/// kept batch are dropped: of a long run, only every 2nd, 4th, 8th … batch is kept.
pub const MAX_POINTS: usize = 1 << 17;

/// Reads every complete record. What a kill left half-written is passed over. None where somebody
/// took the file away: without its curve a run is still one.
pub(super) fn read(path: &Path) -> Result<Vec<BatchPoint>, RunError> {
    let limit = MAGIC.len() + (MAX_POINTS + 1) * RECORD;
    let bytes = match read_bounded(path, limit as u64) {
        Err(RunError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(Vec::new());
        }
        bytes => bytes?,
    };
    let Some(records) = bytes.strip_prefix(MAGIC) else {
        return Err(RunError::damaged(path, "not a curve"));
    };
    let mut points = Vec::with_capacity(records.len() / RECORD);
    let mut last = 0;
    for record in records.chunks_exact(RECORD) {
        let point = from_record(record);
        if point.step <= last || !(0.0..=1.0).contains(&point.accuracy) || point.loss.is_nan() {
            let reason = format!("record {} is out of order or range", points.len() + 1);
            return Err(RunError::damaged(path, reason));
        }
        last = point.step;
        points.push(point);
    }
    Ok(points)
}

/// The end of a curve that grows.
pub(super) struct CurveWriter {
    path: PathBuf,
    file: File,
    points: usize,
    capacity: usize,
    /// Every so many batches one is kept: a power of two.
    stride: u64,
}

impl CurveWriter {
    /// Starts a curve at `path`.
    pub fn create(path: PathBuf) -> Result<Self, RunError> {
        Self::with_points(path, &[], 1, MAX_POINTS)
    }

    /// Goes on with the curve at `path` after batch `step`; what it holds of later ones is dropped.
    pub fn resume(path: PathBuf, step: u64) -> Result<Self, RunError> {
        let mut points = read(&path)?;
        points.retain(|point| point.step <= step);
        Self::with_points(path, &points, stride(&points), MAX_POINTS)
    }

    fn with_points(
        path: PathBuf,
        points: &[BatchPoint],
        stride: u64,
        capacity: usize,
    ) -> Result<Self, RunError> {
        files::replace_own(&path, |file| {
            file.write_all(MAGIC)?;
            points
                .iter()
                .try_for_each(|point| file.write_all(&to_record(point)))
        })
        .map_err(RunError::io(&path))?;
        let file = OpenOptions::new().append(true).open(&path);
        Ok(Self {
            file: file.map_err(RunError::io(&path))?,
            path,
            points: points.len(),
            capacity,
            stride,
        })
    }

    /// Appends points, in one write.
    pub fn append(&mut self, points: &[BatchPoint]) -> Result<(), RunError> {
        let mut bytes = Vec::with_capacity(points.len() * RECORD);
        for point in points {
            if point.step.is_multiple_of(self.stride) {
                bytes.extend(to_record(point));
                self.points += 1;
            }
            // A curve that was taken in can hold more than this program leaves in one.
            while self.points >= self.capacity {
                self.write(&bytes)?;
                bytes.clear();
                self.thin()?;
            }
        }
        self.write(&bytes)
    }

    /// Returns once everything appended is on disk.
    pub fn sync(&mut self) -> Result<(), RunError> {
        self.file.sync_data().map_err(RunError::io(&self.path))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        self.file.write_all(bytes).map_err(RunError::io(&self.path))
    }

    fn thin(&mut self) -> Result<(), RunError> {
        let stride = self.stride * 2;
        let mut points = read(&self.path)?;
        points.retain(|point| point.step.is_multiple_of(stride));
        *self = Self::with_points(self.path.clone(), &points, stride, self.capacity)?;
        Ok(())
    }
}

/// The stride that a curve was thinned to: a power of two of which it has every multiple, or 1 where
/// its beginning or another part is missing.
fn stride(points: &[BatchPoint]) -> u64 {
    let first = points.first().map_or(1, |point| point.step);
    let multiples = (1..).map(|number| first.saturating_mul(number));
    let has_all = points
        .iter()
        .map(|point| point.step)
        .eq(multiples.take(points.len()));
    if has_all && first.is_power_of_two() {
        first
    } else {
        1
    }
}

fn to_record(point: &BatchPoint) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..8].copy_from_slice(&point.step.to_le_bytes());
    record[8..12].copy_from_slice(&point.loss.to_le_bytes());
    record[12..].copy_from_slice(&point.accuracy.to_le_bytes());
    record
}

/// `record` is [`RECORD`] bytes long.
fn from_record(record: &[u8]) -> BatchPoint {
    let word = |at: usize| [record[at], record[at + 1], record[at + 2], record[at + 3]];
    let step =
        u64::from(u32::from_le_bytes(word(0))) | u64::from(u32::from_le_bytes(word(4))) << 32;
    BatchPoint {
        step,
        loss: f32::from_le_bytes(word(8)),
        accuracy: f32::from_le_bytes(word(12)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(step: u64) -> BatchPoint {
        BatchPoint {
            step,
            loss: 1.0 / step as f32,
            accuracy: 0.5,
        }
    }

    fn points(steps: std::ops::RangeInclusive<u64>) -> Vec<BatchPoint> {
        steps.map(point).collect()
    }

    #[test]
    fn a_curve_comes_back_and_goes_on_where_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.bin");
        let mut curve = CurveWriter::create(path.clone()).unwrap();
        curve.append(&points(1..=10)).unwrap();
        curve.append(&points(11..=12)).unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=12));
        // A record that a kill has cut.
        curve.write(&to_record(&point(13))[..5]).unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=12));

        let mut curve = CurveWriter::resume(path.clone(), 7).unwrap();
        curve.append(&points(8..=9)).unwrap();
        curve.sync().unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=9));
    }

    #[test]
    fn a_curve_that_begins_late_or_is_full_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.bin");
        let resumed = |points: &[BatchPoint], capacity, more: &[BatchPoint]| {
            CurveWriter::with_points(path.clone(), points, 1, MAX_POINTS).unwrap();
            let mut curve = CurveWriter::resume(path.clone(), u64::MAX).unwrap();
            curve.capacity = capacity;
            curve.append(more).unwrap();
            read(&path).unwrap()
        };
        // Late, with a batch's number that is a power of two and with one that is none.
        for first in [3, 8] {
            let late = points(first..=12);
            assert_eq!(resumed(&late, 100, &points(13..=14)), points(first..=14));
        }
        // Half of it of every second batch.
        let uneven = [point(2), point(4), point(5)];
        assert_eq!(resumed(&uneven, 100, &[point(6)]).len(), 4);
        // As many as there may be, and more.
        for full in [16, 17, 40] {
            let thinned = resumed(&points(1..=full), 16, &points(full + 1..=full + 3));
            assert!(thinned.len() < 16 && thinned.len() > 4, "{thinned:?}");
        }
        // All of a stride.
        let every: Vec<_> = (1..=20).map(|step| point(step * 64)).collect();
        assert_eq!(resumed(&every, 16, &[point(20 * 64 + 1)]).len(), 10);
        // Taken away by somebody.
        std::fs::remove_file(&path).unwrap();
        let mut curve = CurveWriter::resume(path.clone(), 12).unwrap();
        curve.append(&points(13..=14)).unwrap();
        assert_eq!(read(&path).unwrap(), points(13..=14));
    }

    #[test]
    fn a_long_curve_is_thinned_evenly_also_when_it_was_taken_up_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.bin");
        let mut curve = CurveWriter::with_points(path.clone(), &[], 1, 16).unwrap();
        for step in 1..=100 {
            curve.append(&[point(step)]).unwrap();
            assert!(read(&path).unwrap().len() < 16);
        }
        let every = |stride: u64, last: u64| {
            points(1..=last)
                .into_iter()
                .filter(|p| p.step % stride == 0)
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&path).unwrap(), every(8, 100));
        let mut curve = CurveWriter::resume(path.clone(), 64).unwrap();
        curve.append(&points(65..=90)).unwrap();
        assert_eq!(read(&path).unwrap(), every(8, 90));
    }
}
