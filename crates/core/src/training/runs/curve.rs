//! `curve.bin`: loss and accuracy of the batches. Records are appended, so that a kill costs at
//! most the last of them, and thinned, so that the file stays below [`MAX_POINTS`] of them.
//!
//! Little-endian: the eight bytes [`MAGIC`], then records of 16 bytes: step (u64), loss (f32),
//! accuracy (f32); steps ascend.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
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

/// Reads every complete record. What a kill left half-written is passed over.
pub(super) fn read(path: &Path) -> Result<Vec<BatchPoint>, RunError> {
    let limit = MAGIC.len() + (MAX_POINTS + 1) * RECORD;
    let bytes = read_bounded(path, limit as u64)?;
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
        // The first point of a curve thinned to a stride is that of the batch with its number.
        let stride = points.first().map_or(1, |point| point.step);
        if !stride.is_power_of_two() {
            return Err(RunError::damaged(&path, "its first batch is missing"));
        }
        Self::with_points(path, &points, stride, MAX_POINTS)
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
            if self.points == self.capacity {
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
