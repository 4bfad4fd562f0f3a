//! The network that the shapes of some weights fit. Kernels, channels and units are read off them;
//! padding, strides, pools and the size of the pictures are not, and are searched for: those that leave as many values as the first
//! dense layer takes. Which activation a layer has, and whether a pool takes the largest value or the mean, no shape tells at all.

use std::collections::{HashSet, VecDeque};

use super::array::{self, Kernel, Layout, Pair};
use super::error::ImportFault;
use super::note::Note;
use super::{Format, Imported};
use crate::dataset::PictureSize;
use crate::network::{
    Activation, LayerSpec, MAX_LAYERS, NetworkSpec, Padding, Sides, pytorch_layout,
};

/// Networks that an error or a note lists.
const LISTED: usize = 8;

/// Networks that a search finds at most.
const FOUND: usize = 64;

/// Steps of a search: a network that people make takes some thousands.
const MAX_STEPS: usize = 200_000;

/// Networks that are told of each rarer way to fit, for pictures of each size.
const TOLD_OF_EACH: usize = 2;

/// What a file of weights says of layers that have none.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    /// How many pools there are, if that is known.
    pub pools: Option<usize>,
    /// Whether there is a mean of whole maps.
    pub has_means: bool,
}

/// Opens weights in this order, in the network asked for or else the usual one that they fit.
pub(super) fn open(
    pairs: Vec<Pair>,
    layout: Layout,
    told: Told,
    asked: Option<&NetworkSpec>,
    format: Format,
    note: Option<Note>,
) -> Result<Imported, ImportFault> {
    let mut notes: Vec<Note> = note.into_iter().collect();
    let spec = if let Some(spec) = asked {
        spec.clone()
    } else {
        let found = Weighted::of(&pairs, layout)?.networks(layout, told)?;
        notes.push(Note::Inferred {
            network: found.network.clone(),
            others: found.others,
        });
        found.network
    };
    let layers = spec.plan().map_err(ImportFault::Network)?;
    let shapes = layers.iter().filter_map(pytorch_layout::shapes);
    let without = pairs.iter().zip(shapes).filter(|(pair, shapes)| {
        pair.bias.is_none() && shapes.bias.is_some() && shapes.running.is_none()
    });
    notes.extend(without.map(|(pair, _)| Note::NoBias(pair.name.clone())));
    let model = array::model(&spec, pairs, layout)?;
    Ok(Imported {
        says_pixels: spec.normalization.is_some() || notes.contains(&Note::Rescaling),
        model,
        format,
        notes,
    })
}

/// Puts each normalization behind a layer: behind the one that is called its owner or, where nothing says whose they are, where they can stand
/// in their order behind layers of as many channels.
///
/// # Errors
/// [`ImportFault::NoOrder`] where there is no such place, [`ImportFault::SeveralOrders`] where there are several.
pub(super) fn behind(
    layers: Vec<Pair>,
    norms: Vec<Pair>,
    owners: Option<Vec<String>>,
    layout: Layout,
) -> Result<Vec<Pair>, ImportFault> {
    let names = norms.iter().map(|norm| norm.name.clone()).collect();
    let fits =
        |layer: &Pair, norm: &Pair| layer.outputs(layout) == norm.weight.dims.first().copied();
    if owners.is_none() {
        // In how many ways the first norms can be given to the layers so far.
        let mut ways = vec![0_u64; norms.len() + 1];
        ways[0] = 1;
        for layer in &layers {
            for (place, norm) in norms.iter().enumerate().rev() {
                if fits(layer, norm) {
                    ways[place + 1] = ways[place + 1].saturating_add(ways[place]);
                }
            }
        }
        match ways.last() {
            Some(0) => return Err(ImportFault::NoOrder(names)),
            Some(1) | None => {}
            Some(_) => {
                let all = layers.iter().chain(&norms).map(|pair| pair.name.clone());
                return Err(ImportFault::SeveralOrders(all.collect()));
            }
        }
    }
    let mut norms: VecDeque<(Option<String>, Pair)> = match owners {
        Some(owners) => owners.into_iter().map(Some).zip(norms).collect(),
        None => norms.into_iter().map(|norm| (None, norm)).collect(),
    };
    // The layers may stand in another order than they were defined in.
    let place = |name: &String| layers.iter().position(|layer| layer.name == *name);
    (norms.make_contiguous()).sort_by_key(|(owner, _)| owner.as_ref().and_then(place));
    let mut ordered = Vec::with_capacity(layers.len() + norms.len());
    for layer in layers {
        let is_its = norms.front().is_some_and(|(owner, norm)| match owner {
            Some(owner) => *owner == layer.name,
            None => fits(&layer, norm),
        });
        ordered.push(layer);
        if is_its {
            ordered.extend(norms.pop_front().map(|(_, norm)| norm));
        }
    }
    if norms.is_empty() {
        Ok(ordered)
    } else {
        Err(ImportFault::NoOrder(names))
    }
}

/// The usual network that some weights fit, and others that they fit as well.
struct Found {
    network: NetworkSpec,
    others: Vec<NetworkSpec>,
}

/// A convolution as its weights tell it.
struct Conv {
    kernel: Kernel,
    groups: usize,
    bias: bool,
    has_norm: bool,
}

/// A dense layer likewise.
struct Dense {
    inputs: usize,
    units: usize,
    has_norm: bool,
}

/// The layers that have weights.
struct Weighted {
    convs: Vec<Conv>,
    hidden: Vec<Dense>,
    output: Dense,
    /// Pictures they may be for, the likeliest first.
    sizes: Vec<PictureSize>,
}

impl Weighted {
    fn of(pairs: &[Pair], layout: Layout) -> Result<Self, ImportFault> {
        let no_order =
            || ImportFault::NoOrder(pairs.iter().map(|pair| pair.name.clone()).collect());
        let mut convs: Vec<Conv> = Vec::new();
        let mut dense: Vec<Dense> = Vec::new();
        for pair in pairs {
            if pair.is_norm() {
                let layer = match dense.last_mut() {
                    Some(dense) => Some(&mut dense.has_norm),
                    None => convs.last_mut().map(|conv| &mut conv.has_norm),
                };
                *layer.ok_or_else(no_order)? = true;
            } else if let (Some(kernel), true) = (pair.conv(layout), dense.is_empty()) {
                convs.push(Conv {
                    kernel,
                    groups: 1,
                    bias: pair.bias.is_some(),
                    has_norm: false,
                });
            } else if let Some((inputs, units)) = pair.dense(layout) {
                dense.push(Dense {
                    inputs,
                    units,
                    has_norm: false,
                });
            } else {
                return Err(ImportFault::Foreign {
                    tensor: pair.weight.name.clone(),
                    dims: pair.weight.dims.clone(),
                });
            }
        }
        let Some(first) = dense.first() else {
            return Err(ImportFault::NoWeights);
        };
        let inputs = first.inputs;
        let sizes = sizes(convs.first().map(|conv| conv.kernel.inputs), inputs)?;
        let mut channels = sizes[0].channels;
        for conv in &mut convs {
            let kernel = conv.kernel;
            if kernel.inputs == 0 || !channels.is_multiple_of(kernel.inputs) {
                return Err(no_order());
            }
            conv.groups = channels / kernel.inputs;
            if !kernel.outputs.is_multiple_of(conv.groups) {
                return Err(no_order());
            }
            channels = kernel.outputs;
        }
        let follows = |pair: &[Dense]| pair[0].units == pair[1].inputs;
        let mut hidden = dense;
        if !hidden.windows(2).all(follows) {
            return Err(no_order());
        }
        let output = hidden.pop().ok_or(ImportFault::NoWeights)?;
        if output.has_norm {
            return Err(no_order());
        }
        Ok(Self {
            convs,
            hidden,
            output,
            sizes,
        })
    }

    /// What the first dense layer takes.
    fn inputs(&self) -> usize {
        self.hidden.first().unwrap_or(&self.output).inputs
    }

    /// The networks that they fit.
    ///
    /// # Errors
    /// [`ImportFault::NoneFits`], and [`ImportFault::Several`] where as usual ones fit.
    fn networks(&self, layout: Layout, told: Told) -> Result<Found, ImportFault> {
        let pools = told.pools;
        // Rarer ways are tried where no usual one fits, and told beside one that does.
        let mut usual: Vec<NetworkSpec> = Vec::new();
        let mut others: Vec<NetworkSpec> = Vec::new();
        if told.has_means {
            usual = self.means(layout, pools);
        }
        let ways = [Way::USUAL, Way::POOLS, Way::STRIDES];
        for way in ways.into_iter().filter(|_| !told.has_means) {
            let searched = self
                .sizes
                .iter()
                .map(|&size| self.search(layout, pools, way, size));
            let mut ways: Vec<Vec<NetworkSpec>> = searched.collect();
            if way == Way::USUAL {
                ways.push(self.means(layout, pools));
            }
            for found in ways {
                if usual.is_empty() {
                    usual = found;
                } else {
                    let is_new = |network: &NetworkSpec| {
                        !usual.contains(network) && !others.contains(network)
                    };
                    let found = found.into_iter().filter(is_new).take(TOLD_OF_EACH);
                    others.extend(found.collect::<Vec<_>>());
                }
            }
        }
        let Some(network) = usual.first().cloned() else {
            return Err(ImportFault::NoneFits(self.inputs()));
        };
        if usual.len() > 1 {
            return Err(ImportFault::Several {
                candidates: usual[..usual.len().min(LISTED)].to_vec(),
                more: usual.len() > LISTED,
            });
        }
        network.plan().map_err(ImportFault::Network)?;
        let mut all = unshaped(&network);
        // The likeliest pictures first.
        others.sort_by_key(|other| self.sizes.iter().position(|size| *size == other.input));
        all.extend(others);
        all.retain(|other| other.plan().is_ok());
        all.truncate(LISTED);
        Ok(Found {
            network,
            others: all,
        })
    }

    fn search(
        &self,
        layout: Layout,
        pools: Option<usize>,
        way: Way,
        size: PictureSize,
    ) -> Vec<NetworkSpec> {
        let mut search = Search {
            convs: &self.convs,
            layout,
            channels: size.channels,
            inputs: self.inputs(),
            pools,
            way,
            stacks: Vec::new(),
            dead: HashSet::new(),
            steps: 0,
        };
        let sides = (size.height, size.width);
        search.from(0, sides, 0, &mut Vec::new());
        if way == Way::POOLS && !self.convs.is_empty() {
            let mut stack = vec![LayerSpec::MAX_POOL];
            search.from(0, (sides.0 / 2, sides.1 / 2), 1, &mut stack);
        }
        let mut stacks = search.stacks;
        if way == Way::STRIDES {
            // Strides stand for pools.
            stacks.sort_by_key(|stack| pools_of(stack));
        }
        let stacks = stacks.into_iter();
        stacks
            .map(|stack| self.network(stack, layout, size))
            .collect()
    }

    /// Those that take the mean of each map before the first dense layer, which then takes any size of maps.
    fn means(&self, layout: Layout, pools: Option<usize>) -> Vec<NetworkSpec> {
        let outputs = self.convs.last().map(|conv| conv.kernel.outputs);
        if outputs != Some(self.inputs()) {
            return Vec::new();
        }
        let mut found: Vec<NetworkSpec> = Vec::new();
        for padding in [Padding::Same, Padding::Valid] {
            for every in [1, 2, usize::MAX] {
                let mut stack = Vec::new();
                let mut number = 0;
                for (place, conv) in self.convs.iter().enumerate() {
                    stack.extend(conv.layers(1, conv.padding(padding), layout));
                    if (place + 1).is_multiple_of(every) {
                        stack.push(LayerSpec::MAX_POOL);
                        number += 1;
                    }
                }
                stack.push(LayerSpec::GlobalAveragePool);
                let network = self.network(stack, layout, self.sizes[0]);
                let fits = network.plan().is_ok() && pools.is_none_or(|known| known == number);
                if fits && !found.contains(&network) {
                    found.push(network);
                }
            }
        }
        found
    }

    /// The network of these layers below the dense ones.
    fn network(
        &self,
        mut layers: Vec<LayerSpec>,
        layout: Layout,
        input: PictureSize,
    ) -> NetworkSpec {
        for dense in &self.hidden {
            let plain = LayerSpec::dense(dense.units);
            layers.extend(with_norm(plain, dense.has_norm, layout));
        }
        NetworkSpec {
            layers,
            classes: self.output.units,
            input,
            normalization: None,
        }
    }
}

/// The pictures that weights may be for, the likeliest first: by the channels that the first convolution takes, or by the inputs of
/// the first layer where that is dense.
fn sizes(channels: Option<usize>, inputs: usize) -> Result<Vec<PictureSize>, ImportFault> {
    match channels {
        Some(1) => Ok([28, 32, 64].map(PictureSize::grey).to_vec()),
        Some(3) => Ok([32, 64, 28, 96, 128].map(PictureSize::colour).to_vec()),
        Some(other) => Err(ImportFault::Channels(other)),
        None => {
            let side = |channels: usize| (inputs / channels).isqrt();
            let sizes = [PictureSize::grey(side(1)), PictureSize::colour(side(3))];
            let sizes = sizes
                .into_iter()
                .filter(|size| size.is_allowed() && size.len() == inputs);
            let sizes: Vec<PictureSize> = sizes.collect();
            if sizes.is_empty() {
                return Err(ImportFault::NoneFits(inputs));
            }
            Ok(sizes)
        }
    }
}

fn pools_of(stack: &[LayerSpec]) -> usize {
    let pools = stack.iter();
    pools.filter(|&&layer| layer == LayerSpec::MAX_POOL).count()
}

/// A layer with its activation, or with a normalization between the two.
fn with_norm(layer: LayerSpec, has_norm: bool, layout: Layout) -> Vec<LayerSpec> {
    if !has_norm {
        return vec![layer];
    }
    let norm = match layout {
        Layout::Keras => LayerSpec::BATCH_NORM,
        Layout::PyTorch => LayerSpec::PYTORCH_BATCH_NORM,
    };
    let function = Activation::Relu;
    vec![
        with_activation(layer, Activation::None),
        norm,
        LayerSpec::Activation { function },
    ]
}

fn with_activation(mut layer: LayerSpec, new: Activation) -> LayerSpec {
    if let Some(activation) = layer.activation_mut() {
        *activation = new;
    }
    layer
}

/// The activation before the normalization, where it is behind.
fn activated_first(network: &NetworkSpec) -> NetworkSpec {
    let mut layers = Vec::with_capacity(network.layers.len());
    for &layer in &network.layers {
        let is_norm = |layer: &LayerSpec| matches!(layer, LayerSpec::BatchNorm { .. });
        if let LayerSpec::Activation { function } = layer
            && let [.., before, norm] = layers.as_mut_slice()
            && is_norm(norm)
        {
            *before = with_activation(*before, function);
        } else {
            layers.push(layer);
        }
    }
    NetworkSpec {
        layers,
        ..network.clone()
    }
}

/// The network with what no shape tells set otherwise: the activation before a normalization, means for largest values, another usual
/// activation.
fn unshaped(network: &NetworkSpec) -> Vec<NetworkSpec> {
    let with = |is_mean: bool, is_tanh: bool| {
        let change = |&(mut layer): &LayerSpec| {
            if is_mean && layer == LayerSpec::MAX_POOL {
                layer = LayerSpec::AVERAGE_POOL;
            }
            let relu = layer.activation_mut().filter(|a| **a == Activation::Relu);
            if let (Some(activation), true) = (relu, is_tanh) {
                *activation = Activation::Tanh;
            }
            layer
        };
        NetworkSpec {
            layers: network.layers.iter().map(change).collect(),
            ..network.clone()
        }
    };
    let mut found: Vec<NetworkSpec> = Vec::new();
    let first = activated_first(network);
    for other in [
        first,
        with(true, false),
        with(false, true),
        with(true, true),
    ] {
        if other != *network && !found.contains(&other) {
            found.push(other);
        }
    }
    found
}

impl Conv {
    fn layers(&self, stride: usize, padding: Padding, layout: Layout) -> Vec<LayerSpec> {
        let [height, width] = self.kernel.sides;
        let layer = LayerSpec::Conv {
            filters: self.kernel.outputs,
            kernel: Sides { height, width },
            stride: Sides::square(stride),
            dilation: Sides::square(1),
            groups: self.groups,
            padding,
            // Zeros stand for one that is not there, but where a normalization would take it away.
            bias: self.bias || !self.has_norm,
            activation: Activation::Relu,
        };
        with_norm(layer, self.has_norm, layout)
    }

    /// This padding, unless the kernel has no border.
    fn padding(&self, padding: Padding) -> Padding {
        match self.kernel.sides {
            [1, 1] => Padding::Valid,
            _ => padding,
        }
    }

    /// The paddings it may have.
    fn paddings(&self, stride: usize, layout: Layout) -> Vec<Padding> {
        let [height, width] = self.kernel.sides;
        match (self.kernel.sides, stride, layout) {
            ([1, 1], ..) => vec![Padding::Valid],
            (_, 1, _) | (_, _, Layout::Keras) => vec![Padding::Valid, Padding::Same],
            _ if height == width => vec![Padding::Pixels(height / 2), Padding::Valid],
            _ => vec![Padding::Valid],
        }
    }
}

/// What a search allows.
#[derive(Clone, Copy, PartialEq)]
struct Way {
    /// Most pools after one convolution.
    most_pools: usize,
    /// Longest stride of a convolution.
    most_stride: usize,
}

impl Way {
    const USUAL: Self = Self {
        most_pools: 1,
        most_stride: 1,
    };
    /// Two pools in a row, or one before the first convolution.
    const POOLS: Self = Self {
        most_pools: 2,
        most_stride: 1,
    };
    const STRIDES: Self = Self {
        most_pools: 1,
        most_stride: 2,
    };
}

struct Search<'a> {
    convs: &'a [Conv],
    layout: Layout,
    /// Channels of the pictures.
    channels: usize,
    /// What the first dense layer takes.
    inputs: usize,
    pools: Option<usize>,
    way: Way,
    stacks: Vec<Vec<LayerSpec>>,
    /// Convolutions done, sides and pools from which nothing fits: each is tried once, so that the
    /// search stays small however many layers there are.
    dead: HashSet<(usize, (usize, usize), usize)>,
    steps: usize,
}

impl Search<'_> {
    /// All ways to go on after `done` convolutions, with maps of these sides.
    fn from(
        &mut self,
        done: usize,
        sides: (usize, usize),
        pools: usize,
        stack: &mut Vec<LayerSpec>,
    ) {
        let here = (done, sides, pools);
        self.steps += 1;
        let is_over = self.steps > MAX_STEPS || stack.len() > MAX_LAYERS;
        if is_over || self.dead.contains(&here) {
            return;
        }
        let before = self.stacks.len();
        if let Some(conv) = self.convs.get(done) {
            for stride in 1..=self.way.most_stride {
                for padding in conv.paddings(stride, self.layout) {
                    let [height, width] = conv.kernel.sides;
                    let kernel = Sides { height, width };
                    let (stride, one) = (Sides::square(stride), Sides::square(1));
                    let window = padding.window(kernel, stride, one, sides);
                    let Some([mut height, mut width]) = window.output([sides.0, sides.1]) else {
                        continue;
                    };
                    let length = stack.len();
                    stack.extend(conv.layers(stride.height, padding, self.layout));
                    for more in 0..=self.way.most_pools {
                        if more > 0 {
                            (height, width) = (height / 2, width / 2);
                            stack.push(LayerSpec::MAX_POOL);
                        }
                        if height.min(width) == 0 || self.stacks.len() >= FOUND {
                            break;
                        }
                        self.from(done + 1, (height, width), pools + more, stack);
                    }
                    stack.truncate(length);
                }
            }
        } else {
            let channels = (self.convs.last()).map_or(self.channels, |conv| conv.kernel.outputs);
            let values = (sides.0 * sides.1).checked_mul(channels);
            let fits = values == Some(self.inputs);
            if fits && self.pools.is_none_or(|known| known == pools) {
                self.stacks.push(stack.clone());
            }
        }
        if self.stacks.len() == before {
            self.dead.insert(here);
        }
    }
}
