//! What can be wrong with a model from elsewhere.

use std::path::PathBuf;

use crate::dataset::PictureSize;
use crate::network::toml_file::EXAMPLE;
use crate::network::weights::WeightsError;
use crate::network::{NetworkSpec, SpecError};
use crate::stand_in::StandIn;

/// A model that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file of convlens's own kind.
    #[error(transparent)]
    Own(#[from] WeightsError),
    /// Any other file.
    #[error("{}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: ImportFault,
    },
}

/// The faults a file can have.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The system does not hand it out.
    #[error("{0}; check that the file exists and may be accessed")]
    Unreadable(std::io::Error),
    /// Something else lies in its place.
    #[error(transparent)]
    StandIn(StandIn),
    /// Larger than any network of this program with an optimizer's state.
    #[error(
        "larger than {} MiB, too large for a network that convlens can open; choose another file", .0 >> 20
    )]
    TooLarge(u64),
    /// Of no kind that is known.
    #[error(
        "not a model that convlens can open; choose a .safetensors file of convlens or PyTorch, a .pt or .pth file of PyTorch, a .keras or .h5 file of Keras, a model.json of TensorFlow.js, or an .onnx file"
    )]
    UnknownFormat,
    /// A pickle that PyTorch did not write: a program, which is not run.
    #[error(
        "a pickle, which is a program and is not run; load it where it was made and save the weights with torch.save(model.state_dict(), \"model.pt\") or model.save(\"model.keras\")"
    )]
    Pickle,
    /// A file of `torch.save` that is damaged, or made in a way that is not known.
    #[error(
        "not a readable file of torch.save ({0}); copy or download it again, or save the weights where they were trained: torch.save(model.state_dict(), \"model.pt\")"
    )]
    Torch(String),
    /// Not a zip archive, or damaged.
    #[error(
        "not a readable .keras or .pt file ({0}); copy or download it again, or save the model again"
    )]
    Archive(String),
    /// An entry that every `.keras` file has is missing.
    #[error("`{0}` is missing in the archive; save it again with model.save(\"model.keras\")")]
    NoEntry(String),
    /// An entry is larger than it may be.
    #[error("`{entry}` in the archive is larger than {} MiB; choose another file", most >> 20)]
    EntryTooLarge {
        /// The entry.
        entry: String,
        /// Most bytes it may have.
        most: u64,
    },
    /// The description of the model is not as Keras writes it.
    #[error("the description of its layers is damaged ({0}); save the model again with Keras 3")]
    Config(String),
    /// A model of a class of its own.
    #[error(
        "a model of class {0}; convlens opens Sequential and functional models: build the same layers as one, copy the weights with set_weights(get_weights()) and save that"
    )]
    NotSequential(String),
    /// Layers that convlens does not have.
    #[error(
        "{}; change these and train again", join(.0)
    )]
    Layers(Vec<LayerFault>),
    /// The network is impossible here.
    #[error("its network cannot be shown here: {0}")]
    Network(SpecError),
    /// HDF5 of which the end is missing.
    #[error("cut off after {found} of {whole} bytes; copy or download the file again")]
    CutOff {
        /// Bytes there are.
        found: u64,
        /// Bytes that its head announces.
        whole: u64,
    },
    /// Not HDF5, or damaged.
    #[error("not a readable HDF5 file ({0}); save the model again")]
    Hdf5(String),
    /// Not ONNX, or damaged.
    #[error("not a readable ONNX model ({0}); export it again")]
    Onnx(String),
    /// A model of TensorFlow.js without layers.
    #[error(
        "a graph model of TensorFlow.js, which no longer has the layers it was made from; convert the Keras model again with --output_format=tfjs_layers_model, or choose the model it was converted from"
    )]
    GraphModel,
    /// Layers that form no blocks of branches.
    #[error(
        "`{0}` is used more than once, reads what is not there, or is read from outside its block; convlens opens networks whose branches part at one layer and are added or joined at another"
    )]
    Tangled(String),
    /// A network that ends before its classes.
    #[error(
        "its last layer is no dense layer without ReLU, which would give the classes; convlens shows classifiers"
    )]
    NoClasses,
    /// Weights in a file of a path that is not followed.
    #[error(
        "its weights are in the file `{0}`, which is not beside the model; put both in one folder, or export the model as one file"
    )]
    WeightsElsewhere(String),
    /// Weights in a file beside the model that cannot be read.
    #[error(
        "its weights in the file `{file}` beside it cannot be read ({source}); keep the files together, or export the model as one file"
    )]
    WeightsBeside {
        /// The file's name.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no layer with weights in it.
    #[error("holds no weights of convolutions or dense layers; choose a file with a trained model")]
    NoWeights,
    /// A layer without weights in the file.
    #[error("the weights of `{0}` are missing; save the model again")]
    Missing(String),
    /// A weight has another shape than the network wants.
    #[error(
        "the weights of `{layer}` are {found}, but its network needs {expected:?}; choose the file that belongs to this network"
    )]
    Weights {
        /// The layer's name in the file.
        layer: String,
        /// Their shape.
        found: String,
        /// The shape that fits.
        expected: Vec<usize>,
    },
    /// Not as many layers with weights as the network wants.
    #[error(
        "holds weights of {found} layers, but the network has {expected}; name the network it was trained with"
    )]
    WeightCount {
        /// In the file.
        found: usize,
        /// In the network.
        expected: usize,
    },
    /// A tensor of a layer that convlens does not have.
    #[error(
        "`{tensor}` {dims:?} belongs to no convolution, no batch normalization and no dense layer; of layers that learn convlens has only these"
    )]
    Foreign {
        /// Its name.
        tensor: String,
        /// Its shape.
        dims: Vec<usize>,
    },
    /// A layer whose settings no file of weights tells.
    #[error(
        "holds `{0}`, whose settings a file of weights does not tell; name the network that it was trained as: convlens import FILE --out WEIGHTS.safetensors --network NETWORK.toml, where NETWORK.toml holds for example {EXAMPLE}"
    )]
    Unsaid(String),
    /// Layers of a model among the layers of another, which a file of weights holds in no order that could be known.
    #[error(
        "where the layers of `{0}`, a model among the layers of another, stand cannot be told from weights alone; save the whole model: model.save(\"model.keras\")"
    )]
    Unordered(String),
    /// Numbers of another type.
    #[error("`{tensor}` holds {found}; save the weights as float32")]
    Type {
        /// Its name.
        tensor: String,
        /// The type.
        found: String,
    },
    /// More values than any network here has.
    #[error("holds more than {0} weights, too many for a network that convlens can open")]
    TooManyWeights(usize),
    /// A weight is not a number.
    #[error(
        "`{0}` holds values that are not finite; the training that made it had diverged: train again with a smaller learning rate"
    )]
    NotFinite(String),
    /// Its first convolution takes no pictures.
    #[error(
        "its first convolution takes pictures of {0} channels; convlens opens networks for grey pictures and for pictures in colour, which have 1 or 3"
    )]
    Channels(usize),
    /// The layers do not follow from one another.
    #[error(
        "no order of its layers ({}) makes the outputs of one the inputs of the next; convlens opens plain stacks without branches or groups", .0.join(", ")
    )]
    NoOrder(Vec<String>),
    /// The order of the layers can be told neither from names nor from shapes.
    #[error(
        "its layers ({}) fit together in several orders; name them by number (conv1, conv2, …) in the order they are applied", .0.join(", ")
    )]
    SeveralOrders(Vec<String>),
    /// No padding and pools explain the first dense layer's inputs.
    #[error(
        "no padding and 2×2 pools between its convolutions leave the {0} values that the first dense layer takes, for pictures of any usual size; name the network that it was trained as: convlens import FILE --out WEIGHTS.safetensors --network NETWORK.toml, where NETWORK.toml holds for example {EXAMPLE}"
    )]
    NoneFits(usize),
    /// More than one does.
    #[error(
        "its weights fit several networks ({}{}); name the one that it was trained as: convlens import FILE --out WEIGHTS.safetensors --network NETWORK.toml, where NETWORK.toml holds for example {EXAMPLE}",
        labels(candidates), if *more { ", …" } else { "" }
    )]
    Several {
        /// Some of them.
        candidates: Vec<NetworkSpec>,
        /// Whether there are more.
        more: bool,
    },
    /// The file says which network it holds, and it is not the one named.
    #[error("holds the network {}, not {}; leave out the name of the network", file.label(), asked.label())]
    OtherNetwork {
        /// In the file.
        file: Box<NetworkSpec>,
        /// Named.
        asked: Box<NetworkSpec>,
    },
    /// The tensor library refused.
    #[error("{0}")]
    Tensors(candle_core::Error),
}

impl ImportFault {
    /// What layers of this class do to pixels together, a factor and a summand, is not what networks here do.
    pub(super) fn pixels(class: &str, (scale, offset): (f64, f64)) -> Self {
        Self::Layers(vec![LayerFault {
            number: 1,
            class: class.to_owned(),
            name: "pixels".to_owned(),
            reason: LayerReason::Rescaling { scale, offset },
        }])
    }
}

/// A layer that cannot be opened.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("layer {number}, {class} `{name}`: {reason}")]
pub struct LayerFault {
    /// Its place in the model, from 1.
    pub number: usize,
    /// Its class in Keras.
    pub class: String,
    /// Its name in Keras.
    pub name: String,
    /// Why.
    pub reason: LayerReason,
}

/// Why a layer cannot be opened.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayerReason {
    /// A class that convlens does not have.
    #[error("convlens has no such layer")]
    Class,
    /// A setting that convlens does not have.
    #[error("{option} is {found}; convlens has only {allowed}")]
    Setting {
        /// The setting's name in Keras.
        option: &'static str,
        /// Its value.
        found: String,
        /// The value it should have.
        allowed: &'static str,
    },
    /// A dense layer on maps, which Keras applies to every pixel.
    #[error("there is no Flatten before it, so that it acts on each place alone")]
    NoFlatten,
    /// A layer in a place where convlens has none.
    #[error("convlens has none in this place")]
    Place,
    /// Pictures of a size that networks are not trained on.
    #[error("it takes {0}; convlens takes pictures of {least}×{least} to {most}×{most}, grey or in colour, such as (28, 28, 1) or (32, 32, 3)", least = PictureSize::SHORTEST, most = PictureSize::LONGEST)]
    Input(String),
    /// A scale that pictures here do not have.
    #[error(
        "pixels are multiplied by {scale} and {offset} is added; convlens takes a factor above 0 and finite numbers, the same for all pixels of a channel"
    )]
    Rescaling {
        /// Factor.
        scale: f64,
        /// Summand.
        offset: f64,
    },
    /// A setting is missing or of another kind than Keras writes.
    #[error("its `{0}` is missing or damaged")]
    Damaged(&'static str),
}

fn join(faults: &[LayerFault]) -> String {
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}

/// Networks in short.
pub(super) fn labels(networks: &[NetworkSpec]) -> String {
    let labels: Vec<_> = networks.iter().map(NetworkSpec::label).collect();
    labels.join(", ")
}
