//! Fuzzes the reader of ONNX models.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::onnx(bytes);
});
