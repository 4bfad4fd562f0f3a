//! Fuzzes the readers of Keras's files.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::keras(bytes);
});
