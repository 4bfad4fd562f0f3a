//! Fuzzes the reader of TensorFlow.js's models.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::tfjs(bytes);
});
