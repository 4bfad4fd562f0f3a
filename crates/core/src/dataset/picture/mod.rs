//! A user's own picture: read from a file with bounds ([`read_picture`]), reduced to what the
//! network gets ([`reduce`]). Any picture can be moved, turned, covered by hand ([`Transform`]).

mod error;
mod ground;
mod limits;
mod motion;
mod read;
mod reduce;
#[cfg(test)]
mod tests;
mod transform;

pub use error::{PictureError, PictureFault};
pub use motion::{Between, Beyond, Motion};
pub use read::{ENDINGS, OpenedPicture, decode_picture, from_rgba, is_picture, read_picture};
pub use reduce::{Reduction, Steps, background_is_light, reduce};
pub use transform::Transform;
