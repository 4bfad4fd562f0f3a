//! The way back through a convolution with its activation and its pool at once.

use super::super::super::general::Sizes;
use super::super::super::geometry::Geometry;
use super::super::super::pass::Method;
use super::super::super::sparse::Layout as SparseLayout;
use super::super::super::{grey, transposed};
use super::super::bias::UpdateBias;
use super::super::builder::Builder;
use super::super::convolution::{self, ArrangeNode, Back, Convolution, SpreadNode, Way};
use super::super::lay_out::Layout;
use super::super::memory::{Id, Variable};

/// Weights and bias by the kernels of [`convolution`]; where the parts of the gradient are multiplied out, if the input is a picture, by
/// [`grey`].
pub struct Fused<'a> {
    pub name: &'a str,
    pub sizes: Sizes,
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
        let way = if !wants_input && grey::suits(geometry.channels) {
            Way::Dense
        } else {
            let layout = SparseLayout::new(&geometry, builder.lanes);
            let map = builder.batch(layout.map_length());
            builder.add(SpreadNode {
                name: self.called("input spread"),
                convolution,
                map,
            });
            Way::Sparse(map)
        };
        let name = self.called("weight gradient");
        let gradient = convolution::WeightGradientNode::new(name, convolution, way, builder.memory);
        let partials = gradient.partials;
        // Its tasks are the largest: they are begun first.
        builder.add(gradient);
        let dx = wants_input.then(|| self.input(builder));
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

    fn input(&self, builder: &mut Builder<'_>) -> Id {
        let convolution = self.convolution;
        let g = convolution.geometry;
        let dx = builder.batch(g.input_length());
        let (back, weights) = if g.pool {
            let layout = SparseLayout::new(&g, builder.lanes);
            let arranged = builder.memory.floats(layout.weights_length(&g, g.filters));
            builder.add(ArrangeNode {
                name: self.called("weights arranged"),
                convolution,
                arranged,
            });
            (Back::Sparse, arranged)
        } else {
            let (method, weights) = turn(
                builder,
                self.name,
                (&self.sizes, &g),
                convolution.weights.weights,
            );
            (Back::Transposed(method), weights)
        };
        builder.add(convolution::InputGradientNode {
            name: self.called("input gradient"),
            convolution,
            back,
            weights,
            dx,
        });
        dx
    }
}

/// Turns weights and lays them out for the convolution that gives the input's gradient.
pub fn turn(
    builder: &mut Builder<'_>,
    name: &str,
    (sizes, geometry): (&Sizes, &Geometry),
    weights: Id,
) -> (Method, Id) {
    let layout = Layout::Turned(*sizes);
    let turned = builder.lay_out(format!("{name} weights turned"), layout, weights);
    let geometry = transposed::geometry(geometry);
    let method = Method::new(&geometry);
    let layout = Layout::Convolution(geometry, method);
    let name = format!("{name} turned weights laid out");
    (method, builder.lay_out(name, layout, turned))
}
