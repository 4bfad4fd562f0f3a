//! What the program says of itself: version, icon, and the licences of all that it is made of.

/// Version, commit and the commit's day: see `build.rs`.
pub const VERSION: &str = env!("CONVLENS_VERSION");

/// The icon, 256 pixels wide, as PNG: `assets/icon.svg` drawn.
pub const ICON: &[u8] = include_bytes!("../assets/icon.png");

/// Which crates and fonts are in the program, and under which licences. `packaging/licences.sh` writes it.
pub const LICENCES: &str = include_str!("../assets/licences.txt");
