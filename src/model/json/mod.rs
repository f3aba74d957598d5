//! JSON as text: taking values out of it, single ones without building a tree or all of it as it is
//! written, and cutting it into lines. What is not asked for is skipped over, to any depth; nothing
//! goes down by recursion.

mod escapes;
mod lines;
mod picker;
pub mod pointer;
mod reading;
mod scalar;
mod walk;

pub use escapes::{lettered, unescaped};
pub use lines::{JsonText, Span, SpanKind};
pub use picker::{Name, Picker};
pub use pointer::Pointer;
pub use reading::{DEEPEST, Reading, TooDeep, read};
pub use scalar::{scalar, string};
pub use walk::{EACH, Outer, members, walk};
