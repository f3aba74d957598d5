//! How large a story has to be for a store to hold nearly as many events as are asked for. Nobody can
//! say that beforehand: it is rehearsed, without anything being written down, until it fits.

use super::kernel::{Scale, Setup};
use super::output::Out;
use super::simulation::Simulation;
use crate::model::{Cancelled, Task};

/// Of larger stores only a part is rehearsed: from here on what comes of a story grows with its size.
const PART: u64 = 100_000;
const REHEARSALS: u32 = 8;

/// How many events fit, in thousandths of what is asked for. Of a part these are fewer, since the whole
/// may come to a little more or less than so many parts.
const FIT: (u64, u64) = (960, 1000);
const PART_FITS: (u64, u64) = (975, 992);

/// The size of a story that fits.
///
/// # Errors
/// When it is called off.
pub fn fitting(simulation: &Simulation, task: &Task) -> Result<u64, Cancelled> {
    let parts = simulation.events.div_ceil(PART).max(1);
    let mut part = simulation.clone();
    part.events /= parts;
    part.faults = part.faults.of_a_part(parts);
    let (fewest, most) = if parts == 1 { FIT } else { PART_FITS };
    let (fewest, most) = (part.events * fewest / 1000, part.events * most / 1000);
    let aim = (fewest + most).div_ceil(2);
    let mut size = part.events;
    // Where none fits, one whose end is cut off, rather than one that leaves room.
    let mut best = (false, u64::MAX, size);
    for _ in 0..REHEARSALS {
        task.check()?;
        let events = part.rehearse(Scale {
            events: size,
            parts,
        });
        if (fewest..=most).contains(&events) {
            return Ok(size * parts);
        }
        best = best.min((events < fewest, events.abs_diff(most), size));
        size = (size * aim / events.max(1))
            .clamp(size.div_ceil(4), size * 4)
            .max(1);
    }
    Ok(best.2 * parts)
}

impl Simulation {
    /// How many events come of a story of that size.
    fn rehearse(&self, scale: Scale) -> u64 {
        let world = self.scenario.world();
        let setup = Setup {
            seed: self.own_seed(),
            events: self.events,
            most: self.events * 2,
            scale,
            plan: self.plan(&world),
            out: Out::nowhere(),
            witness: None,
        };
        self.scenario.run(world, setup).0.events
    }
}
