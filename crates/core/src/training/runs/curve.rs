//! `curve.csv`: loss and accuracy of the batches. Lines are appended, so that a kill costs at most the last of them, and thinned,
//! so that the file stays below [`MAX_POINTS`] of them.
//!
//! ```text
//! batch,loss,accuracy
//! 1,2.3251886,0.09375
//! ```
//!
//! Batches ascend; some may be left out. A last line without its end is one that is being written. Runs of format 1 have the same
//! as `curve.bin`: the eight bytes [`MAGIC`], then records of 16 bytes, little-endian: batch (u64), loss (f32), accuracy (f32).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::error::RunError;
use super::manifest::read_bounded;
use crate::files;
use crate::training::BatchPoint;

/// Its name in a run's folder, and that of the same in runs of format 1.
pub(super) const CURVE: &str = "curve.csv";
pub(super) const OLD_CURVE: &str = "curve.bin";

const HEAD: &str = "batch,loss,accuracy";
const MAGIC: &[u8; 8] = b"CLcurve1";
const RECORD: usize = 16;
/// Longest line that this program writes, and room for the digits of others.
const LONGEST_LINE: usize = 64;
/// Largest file that is read.
pub(super) const MAX_BYTES: u64 = ((MAX_POINTS + 2) * LONGEST_LINE) as u64;

/// Most batches of which a run keeps the loss, some 4 MB. When they are reached, those of every second
/// kept batch are dropped: of a long run, only every 2nd, 4th, 8th … batch is kept.
pub const MAX_POINTS: usize = 1 << 17;

/// Reads every complete line of the curve at `path`, or of the older file beside it. None where somebody
/// took the file away: without its curve a run is still one.
pub(super) fn read(path: &Path) -> Result<Vec<BatchPoint>, RunError> {
    let old = path.with_file_name(OLD_CURVE);
    let at = if path.exists() { path } else { &old };
    match read_bounded(at, MAX_BYTES) {
        Err(RunError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        bytes => parse(at, &bytes?),
    }
}

/// The same of its content, in either form; `path` is only named in errors.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<BatchPoint>, RunError> {
    if let Some(records) = bytes.strip_prefix(MAGIC) {
        let records = records.chunks_exact(RECORD).map(from_record);
        return checked(path, records.map(Some));
    }
    // Of what a kill left half-written, and of a character that it cut, nothing is read.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..whole]);
    let mut lines = text.lines();
    if lines.next().is_some_and(|head| head.trim() != HEAD) {
        let reason = format!("its first line is not `{HEAD}`");
        return Err(RunError::damaged(path, reason));
    }
    checked(path, lines.map(from_line))
}

/// Points that ascend. A loss that is no number, as a training that has come apart has it, is left out.
fn checked(
    path: &Path,
    found: impl Iterator<Item = Option<BatchPoint>>,
) -> Result<Vec<BatchPoint>, RunError> {
    let mut points = Vec::new();
    let mut last = 0;
    for (index, point) in found.enumerate() {
        let point = point.filter(|p| p.step > last && (0.0..=1.0).contains(&p.accuracy));
        let Some(point) = point else {
            let reason = format!("batch {} of it is out of order or range", index + 1);
            return Err(RunError::damaged(path, reason));
        };
        last = point.step;
        points.extend((!point.loss.is_nan()).then_some(point));
    }
    Ok(points)
}

/// The last batch in a curve, found without reading it; 0 where there is none.
pub(super) fn last_batch(path: &Path) -> u64 {
    let end = || -> io::Result<Vec<u8>> {
        let mut file = files::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(
            length.saturating_sub(4 * LONGEST_LINE as u64),
        ))?;
        let mut end = Vec::new();
        file.take(4 * LONGEST_LINE as u64).read_to_end(&mut end)?;
        Ok(end)
    };
    let end = end().unwrap_or_default();
    let whole = end.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let text = String::from_utf8_lossy(&end[..whole]);
    let last = text.lines().last().and_then(from_line);
    last.map_or(0, |point| point.step)
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
        let resumed = Self::with_points(path, &points, stride(&points), MAX_POINTS)?;
        // What it held is in the new one now.
        let _gone = fs::remove_file(resumed.path.with_file_name(OLD_CURVE));
        Ok(resumed)
    }

    fn with_points(
        path: PathBuf,
        points: &[BatchPoint],
        stride: u64,
        capacity: usize,
    ) -> Result<Self, RunError> {
        files::replace_own(&path, |file| file.write_all(to_lines(points).as_bytes()))
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
        let mut lines = String::new();
        for point in points {
            if point.step.is_multiple_of(self.stride) {
                lines.push_str(&to_line(point));
                self.points += 1;
            }
            // A curve that was taken in can hold more than this program leaves in one.
            while self.points >= self.capacity {
                self.write(lines.as_bytes())?;
                lines.clear();
                self.thin()?;
            }
        }
        self.write(lines.as_bytes())
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

/// A curve as its file has it.
pub(super) fn to_lines(points: &[BatchPoint]) -> String {
    let lines = points.iter().map(to_line);
    std::iter::once(format!("{HEAD}\n")).chain(lines).collect()
}

/// Numbers with as many digits as bring them back to the last bit.
fn to_line(point: &BatchPoint) -> String {
    format!("{},{},{}\n", point.step, point.loss, point.accuracy)
}

fn from_line(line: &str) -> Option<BatchPoint> {
    let mut fields = line.split(',').map(str::trim);
    let point = BatchPoint {
        step: fields.next()?.parse().ok()?,
        loss: fields.next()?.parse().ok()?,
        accuracy: fields.next()?.parse().ok()?,
    };
    fields.next().is_none().then_some(point)
}

fn from_record(record: &[u8]) -> BatchPoint {
    let at = |from: usize| [0, 1, 2, 3].map(|byte| record[from + byte]);
    let [low, high] = [at(0), at(4)].map(u32::from_le_bytes);
    BatchPoint {
        step: u64::from(high) << 32 | u64::from(low),
        loss: f32::from_le_bytes(at(8)),
        accuracy: f32::from_le_bytes(at(12)),
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
        let path = folder.path().join("curve.csv");
        let mut curve = CurveWriter::create(path.clone()).unwrap();
        curve.append(&points(1..=10)).unwrap();
        curve.append(&points(11..=12)).unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=12));
        // A line that a kill has cut, where it still is one.
        curve.write(b"13,0.07").unwrap();
        assert_eq!(last_batch(&path), 12);
        assert_eq!(read(&path).unwrap(), points(1..=12));

        let mut curve = CurveWriter::resume(path.clone(), 7).unwrap();
        curve.append(&points(8..=9)).unwrap();
        curve.sync().unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=9));
        assert_eq!(last_batch(&path), 9);
    }

    #[test]
    fn a_curve_of_the_first_format_goes_on_as_lines() {
        let folder = tempfile::tempdir().unwrap();
        let (path, old) = (
            folder.path().join("curve.csv"),
            folder.path().join(OLD_CURVE),
        );
        let records = (1_u64..=5).flat_map(|step| {
            let BatchPoint { loss, accuracy, .. } = point(step);
            [
                &step.to_le_bytes()[..],
                &loss.to_le_bytes(),
                &accuracy.to_le_bytes(),
            ]
            .concat()
        });
        let bytes: Vec<u8> = MAGIC.iter().copied().chain(records).collect();
        // With a record that a kill has cut.
        fs::write(&old, &bytes[..bytes.len() - 3]).unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=4));
        let mut curve = CurveWriter::resume(path.clone(), 3).unwrap();
        curve.append(&points(4..=6)).unwrap();
        assert_eq!(read(&path).unwrap(), points(1..=6));
        assert!(!old.exists());
    }

    #[test]
    fn lines_by_hand_are_read_and_what_is_none_is_named() {
        let path = Path::new("curve.csv");
        let read = |text: &str| parse(path, text.as_bytes());
        let found = read("batch,loss,accuracy\r\n1, 2.5 ,0\r\n4,nan,0.5\n9,inf,1\n10,").unwrap();
        let steps: Vec<u64> = found.iter().map(|point| point.step).collect();
        assert_eq!(steps, [1, 9]);
        assert!(read("").unwrap().is_empty());
        for (text, told) in [
            ("1,2.5,0\n", "its first line"),
            ("batch,loss,accuracy\n2,1,0\n2,1,0\n", "batch 2 of it"),
            ("batch,loss,accuracy\n1,1,1.5\n", "batch 1 of it"),
            ("batch,loss,accuracy\n1,1\n", "batch 1 of it"),
            ("batch,loss,accuracy\n1,1,1,1\n", "batch 1 of it"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_curve_that_begins_late_or_is_full_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.csv");
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
        let path = folder.path().join("curve.csv");
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
