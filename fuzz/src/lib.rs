//! Every reader of files from outside; the tests in `tests/it` call the same functions.

use std::alloc::{GlobalAlloc, Layout, System};

#[path = "../../tests/it/readers.rs"]
pub mod readers;

/// Most bytes that a reader may ask for at once: the largest picture takes 400 MB.
const MOST: usize = 512 << 20;

/// Ends the program when more is asked for, which libFuzzer takes for a crash. Its own limit of
/// memory looks once a second and sees only what has been written to; its limit of one allocation
/// needs the address sanitizer.
struct Limited;

#[global_allocator]
static LIMITED: Limited = Limited;

// SAFETY: everything is passed on to the system's allocator, or the program ends.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn check(bytes: usize) {
    if bytes > MOST {
        eprintln!("{bytes} bytes were asked for at once");
        std::process::abort();
    }
}
