//! Fuzzes the reader of `.convlens` files and what is in them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::runs(bytes);
});
