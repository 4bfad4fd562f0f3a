//! What the commands say: their results, what they refuse, arguments that make no sense.
//!
//! JSON and CSV are for programs and the same in both languages; they have no words from here.

mod inspect;
mod misuse;
mod refusals;
mod remarks;
mod results;

pub use misuse::Misuse;

/// A sentence in the language of a [`Text`](super::Text), English and Spanish side by side.
macro_rules! say {
    ($text:expr, $en:literal, $es:literal $(, $value:expr)* $(,)?) => {
        match $text.language {
            $crate::text::Language::En => format!($en $(, $value)*),
            $crate::text::Language::Es => format!($es $(, $value)*),
        }
    };
}
use say;
