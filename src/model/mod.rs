//! The words of the domain as types: positions, versions, moments, tasks. No I/O of any kind and
//! nothing that knows a store or a window; only `beside` knows of threads.

pub mod beside;
mod ids;
pub mod json;
mod task;
pub mod time;

pub use ids::{CategoryIx, EventIx, Position, PositionName, StreamIx, TypeIx, Version};
pub use task::{Cancelled, Progress, Task};
pub use time::Timestamp;
