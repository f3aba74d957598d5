//! How many events lie where on an axis of time, lane by lane: what the time panel draws. Knows
//! shares of a width from 0 to 1 and nothing of pixels, colours or labels.

mod axis;
mod bins;
mod idle;
mod lanes;
#[cfg(test)]
mod tests;

pub use axis::{Axis, Gap, Scale};
pub use bins::{Density, LaneDensity, density};
pub use idle::idle;
pub use lanes::{LaneBy, LaneCounts, Lanes};
