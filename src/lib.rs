//! convlens
