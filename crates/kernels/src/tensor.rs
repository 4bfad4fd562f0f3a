//! From candle's tensors to slices and back, with checks instead of panics.

use candle_core::{CpuStorage, Layout, Result, Shape, Storage, Tensor, bail};

/// Named dimensions, or an error that tells the operator and the shape it got.
pub struct Parts;

impl Parts {
    pub fn four(operator: &str, shape: &Shape) -> Result<(usize, usize, usize, usize)> {
        match shape.dims() {
            &[a, b, c, d] => Ok((a, b, c, d)),
            _ => bail!("{operator}: expected 4 dimensions, got {shape:?}"),
        }
    }

    pub fn two(operator: &str, shape: &Shape) -> Result<(usize, usize)> {
        match shape.dims() {
            &[a, b] => Ok((a, b)),
            _ => bail!("{operator}: expected 2 dimensions, got {shape:?}"),
        }
    }
}

/// How many numbers these sizes make; the largest there is instead of more.
pub fn product(sizes: &[usize]) -> usize {
    sizes.iter().copied().fold(1, usize::saturating_mul)
}

/// Whether memory can hold as many numbers as these sizes make.
pub fn addressable(sizes: &[usize]) -> bool {
    product(sizes) <= isize::MAX as usize / size_of::<f32>()
}

/// The numbers of a contiguous f32 tensor.
pub fn floats<'a>(operator: &str, storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let CpuStorage::F32(values) = storage else {
        bail!(
            "{operator}: expected f32, got {:?}",
            candle_core::backend::BackendStorage::dtype(storage)
        )
    };
    match layout.contiguous_offsets() {
        Some((from, to)) => Ok(&values[from..to]),
        None => bail!(
            "{operator}: expected a contiguous tensor, got {:?} with strides {:?}",
            layout.shape(),
            layout.stride()
        ),
    }
}

/// Runs `body` on the numbers of several tensors, copying those that are strided.
pub fn with_floats<'a, R>(
    operator: &str,
    tensors: impl IntoIterator<Item = &'a Tensor>,
    body: impl FnOnce(&[&[f32]]) -> R,
) -> Result<R> {
    let contiguous = tensors
        .into_iter()
        .map(Tensor::contiguous)
        .collect::<Result<Vec<_>>>()?;
    let guards: Vec<_> = contiguous.iter().map(Tensor::storage_and_layout).collect();
    let slices = guards.iter().map(|(storage, layout)| match &**storage {
        Storage::Cpu(storage) => floats(operator, storage, layout),
        _ => bail!("{operator}: expected a tensor on the CPU"),
    });
    Ok(body(&slices.collect::<Result<Vec<_>>>()?))
}
