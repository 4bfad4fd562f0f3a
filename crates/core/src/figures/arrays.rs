//! Maps as arrays for NumPy.

use std::io;
use std::path::Path;

use candle_core::{Device, Result, Tensor};

use super::grid::MapSet;
use crate::explore::PreferredInput;
use crate::files;

/// Saves an archive that `numpy.load` opens, whole or not at all. Beside one float32 array a layer,
/// named after it, of shape (images, channels, height, width), after ReLU, it holds
/// `images` (indices into the test set, int64; −1 for a picture from elsewhere), `labels` (their
/// true classes, int64; −1 if not known), `probabilities` (float32, images × classes) and `pixels`
/// (uint8, images × height × width; of pictures in colour × 3).
///
/// # Errors
/// The file cannot be written; an older one is then untouched.
pub fn save_arrays(maps: &MapSet, path: &Path) -> io::Result<()> {
    let arrays = arrays(maps).map_err(io::Error::other)?;
    files::replace_by_path(path, |path| {
        Tensor::write_npz(&arrays, path).map_err(io::Error::other)
    })
}

/// Saves what was found by gradient ascent, whole or not at all, as an archive that `numpy.load` opens: `filters` (int64), `pixels`
/// (uint8, pictures × height × width; in colour × 3), and float32 a picture each: `mean` and `largest`, what it brings about, and
/// `start_mean` and `start_largest`, what the start did. `dead` (uint8) is 1 where the picture says nothing.
///
/// # Errors
/// One of the numbers of a preferred input.
type Number = fn(&PreferredInput) -> f32;

/// The file cannot be written; an older one is then untouched.
pub fn save_preferred(found: &[PreferredInput], path: &Path) -> io::Result<()> {
    let arrays = preferred_arrays(found).map_err(io::Error::other)?;
    files::replace_by_path(path, |path| {
        Tensor::write_npz(&arrays, path).map_err(io::Error::other)
    })
}

fn preferred_arrays(found: &[PreferredInput]) -> Result<Vec<(String, Tensor)>> {
    let (device, count) = (&Device::Cpu, found.len());
    let size = found.first().map(|f| f.picture.size()).unwrap_or_default();
    let mut shape = vec![count, size.height, size.width];
    if size.is_colour() {
        shape.push(size.channels);
    }
    let pixels: Vec<u8> = found
        .iter()
        .flat_map(|f| f.picture.bytes())
        .copied()
        .collect();
    let filters: Vec<i64> = found.iter().map(|f| f.target.channel as i64).collect();
    let dead: Vec<u8> = found.iter().map(|f| u8::from(f.is_dead)).collect();
    let mut arrays = vec![
        (
            "filters".to_owned(),
            Tensor::from_vec(filters, count, device)?,
        ),
        (
            "pixels".to_owned(),
            Tensor::from_vec(pixels, shape, device)?,
        ),
        ("dead".to_owned(), Tensor::from_vec(dead, count, device)?),
    ];
    let numbers: [(&str, Number); 4] = [
        ("mean", |f| f.reached.mean),
        ("largest", |f| f.reached.largest),
        ("start_mean", |f| f.start.mean),
        ("start_largest", |f| f.start.largest),
    ];
    for (name, of) in numbers {
        let values: Vec<f32> = found.iter().map(of).collect();
        arrays.push((name.to_owned(), Tensor::from_vec(values, count, device)?));
    }
    Ok(arrays)
}

fn arrays(maps: &MapSet) -> Result<Vec<(String, Tensor)>> {
    let device = &Device::Cpu;
    let images = maps.images.len();
    let indices: Vec<i64> = maps.images.iter().map(|&id| id.into()).collect();
    let gallery = &maps.gallery;
    let labels = maps.images.iter().map(|&id| gallery.label(id));
    let labels: Vec<i64> = labels.map(|label| label.map_or(-1, i64::from)).collect();
    let pixels = maps.images.iter().filter_map(|&id| gallery.pixels(id));
    let pixels: Vec<u8> = pixels.flatten().copied().collect();
    let probabilities = maps.activations.probabilities.concat();
    let classes = probabilities.len() / images.max(1);
    let size = gallery.dataset.size();
    let mut shape = vec![images, size.height, size.width];
    if size.is_colour() {
        shape.push(size.channels);
    }
    let mut arrays = vec![
        (
            "images".to_owned(),
            Tensor::from_vec(indices, images, device)?,
        ),
        (
            "labels".to_owned(),
            Tensor::from_vec(labels, images, device)?,
        ),
        (
            "pixels".to_owned(),
            Tensor::from_vec(pixels, shape, device)?,
        ),
        (
            "probabilities".to_owned(),
            Tensor::from_vec(probabilities, (images, classes), device)?,
        ),
    ];
    for layer in &maps.activations.layers {
        let shape = (images, layer.channels, layer.height, layer.width);
        let values = Tensor::from_vec(layer.values.clone(), shape, device)?;
        arrays.push((layer.name.clone(), values));
    }
    Ok(arrays)
}
