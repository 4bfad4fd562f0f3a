//! The way back through any convolution.

use super::super::super::activation::Activation;
use super::super::super::general::{Interleaved, Sizes, turned};
use super::super::super::geometry::Geometry;
use super::super::super::pass::Method;
use super::super::bias::UpdateBias;
use super::super::builder::Builder;
use super::super::forward::{ForwardNode, Layer, What};
use super::super::general::{self, WeightGradientNode, partials};
use super::super::lay_out::Layout;
use super::super::memory::{Id, Variable};
use super::super::plan::Form;

/// A convolution whose gradient has gone through its activation.
pub struct General<'a> {
    pub name: &'a str,
    pub sizes: Sizes,
    pub form: Form,
    pub x: Id,
    pub dz: Id,
    pub weights: Variable,
    pub bias: Option<Variable>,
}

impl General<'_> {
    fn called(&self, what: &str) -> String {
        format!("{} {what}", self.name)
    }

    pub fn all(self, builder: &mut Builder<'_>, wants_input: bool) -> Option<Id> {
        let sizes = self.sizes;
        let partials = partials(&sizes, builder.images, builder.memory);
        builder.add(WeightGradientNode {
            name: self.called("weight gradient"),
            sizes,
            lanes: builder.lanes,
            is_depthwise: self.form == Form::Depthwise,
            has_bias: self.bias.is_some(),
            x: self.x,
            dz: self.dz,
            partials,
        });
        let dx = wants_input.then(|| self.input(builder));
        builder.add(general::UpdateWeights {
            name: self.called("weights"),
            sizes,
            partials,
            weights: self.weights,
        });
        if let Some(bias) = self.bias {
            let (gradients, rows) = partials.bias_rows();
            builder.add(UpdateBias {
                name: self.called("bias"),
                bias,
                outputs: sizes.filters,
                gradients,
                rows: Some(rows),
            });
        }
        dx
    }

    fn input(&self, builder: &mut Builder<'_>) -> Id {
        let sizes = self.sizes;
        let dx = builder.batch(sizes.input_length());
        let weights = self.weights.weights;
        let by_columns = sizes.prefers_columns(builder.lanes);
        let turned = turned(&sizes);
        let is_few = turned.is_some_and(|turned| turned.has_few_filters(builder.lanes));
        let what = match (self.form, turned) {
            (Form::Plain(geometry), _)
                if !by_columns && !is_few || Method::new(&geometry.turned()) != Method::Direct =>
            {
                let (method, weights) = turn(builder, self.name, (&sizes, &geometry), weights);
                Some(What::Convolution {
                    geometry: geometry.turned(),
                    method,
                    relu: false,
                    weights,
                    bias: builder.memory.floats(sizes.slide.channels),
                })
            }
            (Form::Plain(_) | Form::General, Some(turned)) if !by_columns => {
                let layout = Layout::Turned(sizes);
                let weights = builder.lay_out(self.called("weights turned"), layout, weights);
                let name = self.called("turned weights laid out");
                Some(What::General {
                    sizes: turned,
                    relu: false,
                    weights: builder.lay_out(name, Layout::General(turned), weights),
                    bias: None,
                })
            }
            _ => None,
        };
        let name = self.called("input gradient");
        if let Some(what) = what {
            let layer = Layer {
                what,
                inputs: sizes.output_length(),
                outputs: sizes.input_length(),
                zeros_stay: false,
                finish: Activation::None,
            };
            builder.add(ForwardNode {
                name,
                inputs: vec![(self.dz, layer)],
                lanes: builder.lanes,
                y: dx,
                codes: None,
            });
            return dx;
        }
        let is_depthwise = self.form == Form::Depthwise;
        let weights = if is_depthwise {
            weights
        } else if let Some(interleaved) = Interleaved::new(&sizes, builder.lanes) {
            let layout = Layout::TurnedPhases(interleaved);
            let turned = builder.lay_out(self.called("weights turned"), layout, weights);
            let name = self.called("turned weights laid out");
            builder.lay_out(name, Layout::Phases(interleaved), turned)
        } else {
            let name = self.called("weights as columns");
            builder.lay_out(name, Layout::Columns(sizes), weights)
        };
        builder.add(general::InputGradientNode {
            name,
            sizes,
            is_depthwise,
            dz: self.dz,
            weights,
            dx,
        });
        dx
    }
}

/// Turns weights and lays them out for the convolution that gives the input's gradient.
fn turn(
    builder: &mut Builder<'_>,
    name: &str,
    (sizes, geometry): (&Sizes, &Geometry),
    weights: Id,
) -> (Method, Id) {
    let layout = Layout::Turned(*sizes);
    let turned = builder.lay_out(format!("{name} weights turned"), layout, weights);
    let geometry = geometry.turned();
    let method = Method::new(&geometry);
    let layout = Layout::Convolution(geometry, method);
    let name = format!("{name} turned weights laid out");
    (method, builder.lay_out(name, layout, turned))
}
