//! Writes stores whose truth is known, by a fixed seed.
