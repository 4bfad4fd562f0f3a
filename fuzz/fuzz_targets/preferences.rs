//! Fuzzes the reader of the window's preferences.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::preferences(bytes);
});
