//! Taking single values out of JSON text without building a tree of it. What is not asked for is
//! skipped over, to any depth, without recursion.

mod picker;
mod pointer;
mod scalar;

pub use picker::Picker;
pub use pointer::Pointer;
pub use scalar::{scalar, string};
