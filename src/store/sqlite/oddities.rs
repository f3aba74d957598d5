//! What is wrong in a store beside what cannot be read: what its layout says that such stores promise.

use std::time::Duration;

use super::connect::{Bound, Database};
use crate::log::Problem;
use crate::store::layout::Oddity;

/// Places told of one kind.
const TOLD: usize = 10;

/// How much looking for one kind may cost: a writer waits for as long.
const LOOKING: Bound = Bound {
    steps: 2_000_000,
    time: Duration::from_millis(50),
};

/// The first places of each kind. What would take too long, or does not fit an older store, is not
/// looked for: nothing depends on it.
pub(super) fn found(database: &Database, odd: &[Oddity]) -> Vec<Problem> {
    odd.iter().flat_map(|odd| places(database, odd)).collect()
}

fn places(database: &Database, odd: &Oddity) -> Vec<Problem> {
    let mut places: Vec<String> = Vec::new();
    let look = |connection: &rusqlite::Connection| -> rusqlite::Result<()> {
        let mut statement = connection.prepare(&odd.find)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()?
            && places.len() <= TOLD
        {
            let place: Option<String> = row.get(0)?;
            places.push(place.unwrap_or_else(|| "(none)".to_owned()));
        }
        Ok(())
    };
    // What was found before it was called off counts.
    let _ = database.within(LOOKING, look);
    let more = places.len() > TOLD;
    let says = |at: usize| match more && at + 1 == TOLD {
        true => format!("{}, and so in further places", odd.says),
        false => odd.says.clone(),
    };
    let told = places.into_iter().take(TOLD).enumerate();
    told.map(|(at, place)| Problem {
        place,
        message: says(at),
    })
    .collect()
}
