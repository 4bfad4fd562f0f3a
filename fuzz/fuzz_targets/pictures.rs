//! Fuzzes the readers of pictures, from files and from the clipboard.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::readers::pictures(bytes);
});
