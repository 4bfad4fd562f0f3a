//! The way back through a convolution with its activation and its pool at once.

use super::super::super::grey;
use super::super::super::sparse::Layout as SparseLayout;
use super::super::bias::UpdateBias;
use super::super::builder::Builder;
use super::super::convolution::{self, ArrangeNode, Convolution, SpreadNode, Way};
use super::super::memory::{Id, Variable};

/// By the kernels of [`convolution`]: through a pool, or of weights that meet pictures alone.
pub struct Fused<'a> {
    pub name: &'a str,
    pub convolution: Convolution,
    pub bias: Option<Variable>,
}

impl Fused<'_> {
    fn called(&self, what: &str) -> String {
        format!("{} {what}", self.name)
    }

    pub fn all(self, builder: &mut Builder<'_>, wants_input: bool) -> Option<Id> {
        let convolution = self.convolution;
        let geometry = convolution.geometry;
        let way = match convolution.codes {
            Some(codes) if wants_input || !grey::suits(geometry.channels) => {
                let layout = SparseLayout::new(&geometry, builder.lanes);
                // Its borders stay zero.
                let map = builder.memory.floats(builder.images * layout.map_length());
                builder.add(SpreadNode {
                    name: self.called("input spread"),
                    convolution,
                    map,
                });
                Way::Sparse { map, codes }
            }
            _ => Way::Dense,
        };
        let name = self.called("weight gradient");
        let gradient = convolution::WeightGradientNode::new(name, convolution, way, builder.memory);
        let partials = gradient.partials;
        // Its tasks are the largest: they are begun first.
        builder.add(gradient);
        let dx = match way {
            Way::Sparse { codes, .. } if wants_input => Some(self.input(builder, codes)),
            _ => None,
        };
        builder.add(convolution::UpdateWeights {
            name: self.called("weights"),
            convolution,
            way,
            partials,
        });
        if let Some(bias) = self.bias {
            let (gradients, rows) = partials.bias_rows();
            builder.add(UpdateBias {
                name: self.called("bias"),
                bias,
                outputs: geometry.filters,
                gradients,
                rows: Some(rows),
            });
        }
        dx
    }

    fn input(&self, builder: &mut Builder<'_>, codes: Id) -> Id {
        let convolution = self.convolution;
        let g = convolution.geometry;
        let dx = builder.batch(g.input_length());
        let layout = SparseLayout::new(&g, builder.lanes);
        let arranged = builder.memory.floats(layout.weights_length(&g, g.filters));
        builder.add(ArrangeNode {
            name: self.called("weights arranged"),
            convolution,
            arranged,
        });
        builder.add(convolution::InputGradientNode {
            name: self.called("input gradient"),
            convolution,
            codes,
            weights: arranged,
            dx,
        });
        dx
    }
}
