//! Fuzzes the readers of lessons and of networks in TOML.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::texts(bytes);
});
