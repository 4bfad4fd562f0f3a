//! Blocks: what each layer of a stack reads where branches begin and end.

use super::fault::SpecFault;
use super::layer_spec::{BlockPart, LayerSpec};
use super::shape::Shape;
use convlens_kernels::Input;

/// The numbers that flow from one layer to the next.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Who puts them out.
    pub from: Input,
    /// Of one picture.
    pub shape: Shape,
}

/// The way through a stack, layer by layer.
pub struct Way {
    /// What the layer before put out.
    now: Flow,
    /// Blocks that are not closed, the outermost first.
    open: Vec<Block>,
}

/// A block that is not closed.
struct Block {
    given: Flow,
    /// What the branches before this one put out.
    ends: Vec<Flow>,
}

impl Way {
    /// It begins at the picture.
    pub fn new(picture: Shape) -> Self {
        Self {
            now: Flow {
                from: Input::Pictures,
                shape: picture,
            },
            open: Vec::new(),
        }
    }

    /// What the next layer reads: one thing, of a join the end of each branch.
    ///
    /// # Errors
    /// A branch or a join that stands outside a block; a join of one branch.
    pub fn read_by(&mut self, layer: LayerSpec) -> Result<Vec<Flow>, SpecFault> {
        match layer.block_part() {
            Some(BlockPart::Split) => {
                self.open.push(Block {
                    given: self.now,
                    ends: Vec::new(),
                });
                Ok(vec![self.now])
            }
            Some(BlockPart::Branch) => {
                let block = self.open.last_mut().ok_or(SpecFault::OutsideBlock)?;
                block.ends.push(self.now);
                Ok(vec![block.given])
            }
            Some(BlockPart::Join(_)) => {
                let mut ends = self.open.pop().ok_or(SpecFault::OutsideBlock)?.ends;
                if ends.is_empty() {
                    return Err(SpecFault::OneBranch);
                }
                ends.push(self.now);
                Ok(ends)
            }
            None => Ok(vec![self.now]),
        }
    }

    /// Goes on behind the layer of this index.
    pub fn pass(&mut self, layer: usize, output: Shape) {
        self.now = Flow {
            from: Input::Layer(layer),
            shape: output,
        };
    }

    /// Whether every block is closed.
    pub fn is_whole(&self) -> bool {
        self.open.is_empty()
    }
}

/// The block that a layer opens, divides or closes: the places of its split, its branches and its join, in order. The last are missing
/// where it is not closed. `None` for other layers, and where there is no such block.
pub fn block_of(layers: &[LayerSpec], index: usize) -> Option<Vec<usize>> {
    let mut open: Vec<Vec<usize>> = Vec::new();
    for (place, layer) in layers.iter().enumerate() {
        match layer.block_part() {
            Some(BlockPart::Split) => open.push(vec![place]),
            Some(BlockPart::Branch) => open.last_mut()?.push(place),
            Some(BlockPart::Join(_)) => {
                let mut block = open.pop()?;
                block.push(place);
                if block.contains(&index) {
                    return Some(block);
                }
            }
            None => {}
        }
    }
    open.into_iter().find(|block| block.contains(&index))
}

/// How many blocks each layer lies in; a split, a branch or a join lies outside its own.
pub fn depths(layers: &[LayerSpec]) -> Vec<usize> {
    let mut depth: usize = 0;
    let each = layers.iter().map(|layer| match layer.block_part() {
        Some(BlockPart::Split) => {
            depth += 1;
            depth - 1
        }
        Some(BlockPart::Branch) => depth.saturating_sub(1),
        Some(BlockPart::Join(_)) => {
            depth = depth.saturating_sub(1);
            depth
        }
        None => depth,
    });
    each.collect()
}
