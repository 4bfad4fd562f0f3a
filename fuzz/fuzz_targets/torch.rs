//! Fuzzes the readers of PyTorch's files.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::torch(bytes);
});
