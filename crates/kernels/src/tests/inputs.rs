//! Input of wrong shapes or types, and none at all.

use super::*;

#[test]
fn bad_input_is_an_error_that_names_the_operator() {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    let error = |result: Result<Tensor>| result.unwrap_err().to_string();
    let (x, w, b) = (zeros(&[2, 8, 8, 3]), zeros(&[3, 3, 3, 4]), zeros(&[4]));
    for (x, w, b) in [
        (&zeros(&[8, 8, 3]), &w, &b),
        (&x, &zeros(&[3, 3, 2, 4]), &b),
        (&x, &zeros(&[3, 5, 3, 4]), &b),
        (&x, &zeros(&[2, 2, 3, 4]), &b),
        (&x, &w, &zeros(&[5])),
        (&zeros(&[2, 2, 8, 3]), &w, &b),
        (&zeros(&[2, 3, 3, 3]), &w, &b),
        (&zeros(&[2, 0, 0, 3]), &w, &b),
        (&zeros(&[2, 8, 8, 0]), &zeros(&[3, 3, 0, 4]), &b),
        (&x.to_dtype(DType::F64).unwrap(), &w, &b),
        (&x.permute((0, 2, 1, 3)).unwrap(), &w, &b),
    ] {
        assert!(error(conv_relu_pool(x, w, b, Padding::Valid)).contains("conv_relu_pool"));
    }
    assert!(error(dense(&zeros(&[2, 3]), &zeros(&[4, 5]), &zeros(&[5]))).contains("dense"));
    assert!(
        error(dense_relu(
            &zeros(&[2, 3]).t().unwrap(),
            &zeros(&[2, 5]),
            &zeros(&[5])
        ))
        .contains("dense_relu")
    );
    assert!(error(max_pool(&zeros(&[1, 1, 4, 3]))).contains("max_pool"));
    let loss = |logits: &Tensor, labels: &[u8], denominator| {
        error(softmax_cross_entropy(logits, labels, denominator).map(|(loss, _)| loss))
    };
    assert!(loss(&zeros(&[2, 3]), &[0], 1).contains("softmax_cross_entropy"));
    assert!(loss(&zeros(&[1, 3]), &[3], 1).contains("softmax_cross_entropy"));
    assert!(loss(&zeros(&[1, 3]), &[0], 0).contains("softmax_cross_entropy"));
}

#[test]
fn no_images_give_no_output() -> Result<()> {
    let x = Var::zeros((0, 8, 8, 3), DType::F32, &Device::Cpu)?;
    let (w, b) = (
        Var::zeros((3, 3, 3, 4), DType::F32, &Device::Cpu)?,
        Var::zeros(4, DType::F32, &Device::Cpu)?,
    );
    for y in [
        conv_relu(&x, &w, &b, Padding::Same)?,
        conv_relu_pool(&x, &w, &b, Padding::Same)?,
    ] {
        assert_eq!(y.dim(0)?, 0);
        assert_eq!(
            numbers(y.sum_all()?.backward()?.get(&w).unwrap()),
            [0.0; 108]
        );
    }
    assert_eq!(max_pool(&x)?.dims(), [0, 4, 4, 3]);
    let logits = dense(
        &x.flatten_from(1)?,
        &Tensor::zeros((192, 10), DType::F32, &Device::Cpu)?,
        &Tensor::zeros(10, DType::F32, &Device::Cpu)?,
    )?;
    let (loss, hits) = softmax_cross_entropy(&logits, &[], 1)?;
    assert_eq!((loss.to_scalar::<f32>()?.to_bits(), hits), (0, 0));
    Ok(())
}
