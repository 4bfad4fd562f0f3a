//! The networks that weights fit, found by trying paddings, strides, pools and sizes of pictures.

use super::super::array::Layout;
use super::super::error::ImportFault;
use super::Told;
use super::unshaped::{averaged, unshaped};
use super::weighted::{Conv, Weighted};
use crate::dataset::PictureSize;
use crate::network::{LayerSpec, MAX_LAYERS, NetworkSpec, Padding, Sides};
use std::collections::HashSet;

/// Networks that an error or a note lists.
const LISTED: usize = 8;

/// Networks that a search finds at most.
const FOUND: usize = 64;

/// Steps of a search: a network that people make takes some thousands.
const MAX_STEPS: usize = 200_000;

/// Networks that are told of each rarer way to fit, for pictures of each size.
const TOLD_OF_EACH: usize = 2;

/// The usual network that some weights fit, and others that they fit as well.
pub struct Found {
    pub network: NetworkSpec,
    pub others: Vec<NetworkSpec>,
}

impl Weighted {
    /// The networks that they fit.
    ///
    /// # Errors
    /// [`ImportFault::NoneFits`], and [`ImportFault::Several`] where as usual ones fit.
    pub fn networks(&self, layout: Layout, told: Told) -> Result<Found, ImportFault> {
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
        let averages = |network: NetworkSpec| {
            if told.averages {
                averaged(&network)
            } else {
                network
            }
        };
        let network = averages(network);
        let mut all = unshaped(&network);
        // The likeliest pictures first.
        others.sort_by_key(|other| self.sizes.iter().position(|size| *size == other.input));
        all.extend(others.into_iter().map(averages));
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
}

fn pools_of(stack: &[LayerSpec]) -> usize {
    let pools = stack.iter();
    pools.filter(|&&layer| layer == LayerSpec::MAX_POOL).count()
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
