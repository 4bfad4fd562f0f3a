//! Pictures as points: as a table and as arrays.

use std::io;
use std::path::Path;

use candle_core::{Device, Result, Tensor};

use crate::csv_table::{self, csv};
use crate::explore::embedding::Pca;
use crate::files;

/// Pictures that became points.
#[derive(Clone, Copy, Debug)]
pub struct Embedded<'a> {
    /// Indices into the test set.
    pub images: &'a [usize],
    /// Their true classes.
    pub labels: &'a [u8],
    /// Their places in the plane.
    pub plane: &'a [[f32; 2]],
    /// Their principal components.
    pub pca: &'a Pca,
}

/// A line for each picture: its index in the test set, its true class by number and name, and its place.
#[must_use]
pub fn embedding_csv(embedded: &Embedded<'_>, class_name: impl Fn(u8) -> String) -> String {
    let heading = ["image", "label", "name", "x", "y"].map(str::to_owned);
    let pictures = embedded
        .images
        .iter()
        .zip(embedded.labels)
        .zip(embedded.plane);
    let lines = pictures.map(|((image, &label), [x, y])| {
        [
            image.to_string(),
            label.to_string(),
            csv_table::text(&class_name(label)),
            x.to_string(),
            y.to_string(),
        ]
    });
    csv(std::iter::once(heading).chain(lines))
}

/// Saves an archive that `numpy.load` opens, whole or not at all: `images` (int64), `labels` (int64), `points` (float32, images × 2),
/// `components` (float32, images × components, the coordinates on the principal components), `variances` (float64, components) and
/// `total_variance` (float64, one number).
///
/// # Errors
/// The file cannot be written; an older one is then untouched.
pub fn save_embedding_arrays(embedded: &Embedded<'_>, path: &Path) -> io::Result<()> {
    let arrays = arrays(embedded).map_err(io::Error::other)?;
    files::replace_by_path(path, |path| {
        Tensor::write_npz(&arrays, path).map_err(io::Error::other)
    })
}

fn arrays(embedded: &Embedded<'_>) -> Result<Vec<(String, Tensor)>> {
    let Embedded {
        images,
        labels,
        plane,
        pca,
    } = embedded;
    let count = images.len();
    let device = &Device::Cpu;
    let images: Vec<i64> = images.iter().map(|&image| image as i64).collect();
    let labels: Vec<i64> = labels.iter().map(|&label| label.into()).collect();
    let arrays = [
        ("images", Tensor::from_vec(images, count, device)?),
        ("labels", Tensor::from_vec(labels, count, device)?),
        (
            "points",
            Tensor::from_vec(plane.as_flattened().to_vec(), (count, 2), device)?,
        ),
        (
            "components",
            Tensor::from_vec(pca.values.clone(), (count, pca.components), device)?,
        ),
        (
            "variances",
            Tensor::from_vec(pca.variances.clone(), pca.components, device)?,
        ),
        (
            "total_variance",
            Tensor::from_vec(vec![pca.total_variance], 1, device)?,
        ),
    ];
    Ok(arrays.map(|(name, array)| (name.to_owned(), array)).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic;
    use crate::explore::Progress;
    use crate::explore::embedding::{Subject, pca};
    use crate::network::{Input, Model, Preset};

    #[test]
    fn a_picture_is_a_line() {
        let model = Model::random(&Preset::Conv16.spec(), 1).expect("a preset");
        let pictures = synthetic(1, 4).test;
        let images = [0, 2, 3];
        let subject = Subject {
            model: &model,
            source: Input::Pictures,
            pictures: &pictures,
            images: &images,
        };
        let pool = rayon::ThreadPoolBuilder::new().build().expect("threads");
        let pca = pca(subject, &pool, &Progress::default()).expect("three pictures");
        let embedded = Embedded {
            images: &images,
            labels: &[9, 1, 1],
            plane: &[[0.5, -1.0], [2.0, 0.25], [0.0, 0.0]],
            pca: &pca,
        };
        let csv = embedding_csv(&embedded, |label| format!("a, {label}"));
        assert_eq!(
            csv,
            "image,label,name,x,y\n0,9,\"a, 9\",0.5,-1\n2,1,\"a, 1\",2,0.25\n3,1,\"a, 1\",0,0\n"
        );
        let arrays = arrays(&embedded).expect("arrays");
        let shapes: Vec<&[usize]> = arrays.iter().map(|(_, array)| array.dims()).collect();
        assert_eq!(shapes, [&[3][..], &[3], &[3, 2], &[3, 2], &[2], &[1]]);
    }
}
