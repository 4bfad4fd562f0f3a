//! A user's own picture: read from a file with bounds ([`read_picture`]), reduced to what the
//! network gets ([`reduce`]).

mod error;
mod limits;
mod read;
mod reduce;
#[cfg(test)]
mod tests;

pub use error::{PictureError, PictureFault};
pub use read::{ENDINGS, OpenedPicture, decode_picture, from_rgba, is_picture, read_picture};
pub use reduce::{Reduction, Steps, background_is_light, reduce};
