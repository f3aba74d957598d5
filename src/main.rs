//! The `asof` binary: everything is in the library.

fn main() {}
