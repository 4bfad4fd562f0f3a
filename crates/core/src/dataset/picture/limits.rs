//! How large a picture may be: whatever is larger is refused before memory is asked for.

/// Most bytes of a file.
pub(super) const MAX_FILE_BYTES: u64 = 32 << 20;

/// Most pixels in a row or column.
pub(super) const MAX_SIDE: u32 = 20_000;

/// Most pixels: a telephone's camera has 12 to 50 million.
pub(super) const MAX_PIXELS: u64 = 50_000_000;
