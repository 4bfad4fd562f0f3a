//! "Convolution by hand" against candle's own operators, for every setting that there is.

use candle_core::{Device, Tensor};
use convlens_core::dataset;
use convlens_core::explore::by_hand::{
    Kernel, NamedKernel, Operation, Picture, SIDES, STRIDES, Sliding, SmallPicture,
};
use convlens_core::explore::kernels;
use convlens_core::network::{Padding, weights};
use proptest::prelude::*;

fn tensor(picture: &Picture) -> Tensor {
    let shape = (1, 1, picture.height, picture.width);
    Tensor::from_vec(picture.values.clone(), shape, &Device::Cpu).unwrap()
}

/// Shape and values of candle's answer.
fn by_candle(sliding: &Sliding, picture: &Picture) -> (Vec<usize>, Vec<f64>) {
    let input = tensor(picture);
    let output = match &sliding.operation {
        Operation::Convolution(kernel) => {
            let side = kernel.side();
            let weight =
                Tensor::from_vec(kernel.values().to_vec(), (1, 1, side, side), &Device::Cpu);
            input
                .conv2d(&weight.unwrap(), sliding.border(), sliding.stride, 1, 1)
                .unwrap()
        }
        Operation::MaxPool => input
            .max_pool2d_with_stride((2, 2), (sliding.stride, sliding.stride))
            .unwrap(),
    };
    let dims = output.dims()[2..].to_vec();
    (dims, output.flatten_all().unwrap().to_vec1().unwrap())
}

fn check(sliding: &Sliding, picture: &Picture) {
    let (dims, expected) = by_candle(sliding, picture);
    let ours = sliding.apply(picture);
    assert_eq!(vec![ours.height, ours.width], dims, "{sliding:?}");
    assert_eq!(sliding.output_size(picture), (dims[0], dims[1]));
    for (index, (a, b)) in ours.values.iter().zip(&expected).enumerate() {
        let size = a.abs().max(b.abs()).max(1.0);
        assert!(
            (a - b).abs() <= 1e-12 * size,
            "{sliding:?} at {index}: {a} {b}"
        );
        let position = sliding.at(picture, index / ours.width, index % ours.width);
        assert_eq!(position.value.to_bits(), a.to_bits());
        if let Some(winner) = position.winner {
            assert_eq!(position.patch[winner], Some(*b));
        } else {
            let sum: f64 = position.products.iter().sum();
            assert_eq!(sum.to_bits(), a.to_bits(), "the products add up");
        }
    }
    assert_eq!(ours.values.len(), expected.len());
}

#[test]
fn every_setting_agrees_with_candle() {
    let mut pictures: Vec<Picture> = SmallPicture::ALL
        .iter()
        .map(|(_, small)| Picture::small(&small.values()))
        .collect();
    let garments = dataset::synthetic(1, 10);
    pictures.extend((0..10).map(|index| Picture::of(&garments.test.picture(index))));
    let mut operations = vec![Operation::MaxPool];
    for side in SIDES {
        operations
            .extend(NamedKernel::ALL.map(|(_, named)| Operation::Convolution(named.kernel(side))));
    }
    let model = weights::built_in().unwrap();
    let filters = kernels(&model, 0).unwrap();
    for filter in [0, 1, 63] {
        let values = filters.filter(filter).iter().copied().map(f64::from);
        let kernel = Kernel::new(values.collect()).unwrap();
        operations.push(Operation::Convolution(kernel));
    }
    for picture in &pictures {
        for operation in &operations {
            for padding in [Padding::Valid, Padding::Same] {
                for stride in STRIDES {
                    let sliding = Sliding {
                        operation: operation.clone(),
                        padding,
                        stride,
                    };
                    check(&sliding, picture);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_kernel_and_picture_agree_with_candle(
        weights in prop_oneof![
            prop::collection::vec(-9.0_f64..9.0, 9),
            prop::collection::vec(-9.0_f64..9.0, 25),
        ],
        pixels in prop::collection::vec(0_u8..10, 25),
        same in any::<bool>(),
        stride in 1_usize..=2,
    ) {
        let values: Vec<f64> = pixels.into_iter().map(f64::from).collect();
        let sliding = Sliding {
            operation: Operation::Convolution(Kernel::new(weights).unwrap()),
            padding: if same { Padding::Same } else { Padding::Valid },
            stride,
        };
        check(&sliding, &Picture::small(&values.try_into().unwrap()));
    }
}
