//! Fuzzes the readers of safetensors, our own and PyTorch's.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::safetensors(bytes);
});
