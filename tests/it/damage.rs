//! What can happen to a file on its way, or be done to it on purpose.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Numbers that programs seldom expect.
const NUMBERS: [&str; 8] = [
    "-1",
    "0",
    "1e999",
    "18446744073709551616",
    "1.5",
    "null",
    "[]",
    "4000000000",
];

/// Lengths that no file has, and the ends of what a length can be.
const LENGTHS: [u64; 6] = [0, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 62, u64::MAX];

#[derive(Clone, Debug)]
pub enum Damage {
    Truncate(Index),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    /// One of the numbers of a text becomes another.
    Number(Index, String),
    /// Two, four or eight bytes become another number, in either order.
    Length(Index, Vec<u8>),
}

/// Any damage; half of it within the first half kilobyte, where headers are.
pub fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    let lengths = (
        select(&LENGTHS[..]),
        select(vec![2_usize, 4, 8]),
        any::<bool>(),
    );
    let lengths = lengths.prop_map(|(length, width, big)| {
        if big {
            length.to_be_bytes()[8 - width..].to_vec()
        } else {
            length.to_le_bytes()[..width].to_vec()
        }
    });
    prop_oneof![
        index().prop_map(Damage::Truncate),
        (index(), 1..=255_u8).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (index(), prop::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (index(), select(&NUMBERS[..])).prop_map(|(at, n)| Damage::Number(at, n.into())),
        (index(), lengths).prop_map(|(at, bytes)| Damage::Length(at, bytes)),
    ]
}

impl Damage {
    /// Does it to the first so many bytes, or all there are.
    pub fn apply(&self, bytes: &mut Vec<u8>, within: usize) {
        let within = bytes.len().min(within);
        if within == 0 {
            return;
        }
        match self {
            Self::Truncate(at) => bytes.truncate(at.index(within)),
            Self::Flip(at, bits) => bytes[at.index(within)] ^= bits,
            Self::Insert(at, more) => {
                let at = at.index(within);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Number(at, number) => {
                let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
                let starts: Vec<usize> = (1..within)
                    .filter(|&at| is_digit(at) && !is_digit(at - 1))
                    .collect();
                if starts.is_empty() {
                    return;
                }
                let start = starts[at.index(starts.len())];
                let end = (start..=bytes.len()).find(|&at| !is_digit(at)).unwrap();
                bytes.splice(start..end, number.bytes());
            }
            Self::Length(at, number) => {
                let start = at.index(within);
                for (byte, new) in bytes[start..].iter_mut().zip(number) {
                    *byte = *new;
                }
            }
        }
    }
}
