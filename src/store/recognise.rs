//! What a store is taken for, and whether that holds against the file.

use super::layout::{self, Alike, Layout, LayoutError, Medium, Recognised, SqliteFacts};
use super::open::Recognition;
use super::sqlite::connect::{ConnectError, Database};
use super::sqlite::{Choice, Fitted, SqliteSource, Unfit};

/// What somebody said it is.
pub(super) fn chosen(own: &Layout) -> (Layout, Recognition) {
    let recognition = Recognition {
        id: own.id.clone(),
        name: own.name.clone(),
        confidence: 100,
        reasons: vec![("This mapping was chosen".to_owned(), 100)],
        runner_up: None,
        // Nothing is guessed any more.
        notes: match &*own.id {
            layout::GUESSED => String::new(),
            _ => own.notes.clone(),
        },
    };
    (own.clone(), recognition)
}

pub(super) fn recognised(found: Recognised) -> (Layout, Recognition) {
    let Recognised { best, others } = found;
    let runner_up = others
        .into_iter()
        .next()
        .map(|next| (next.layout.name, next.confidence));
    let recognition = Recognition {
        id: best.layout.id.clone(),
        name: best.layout.name.clone(),
        confidence: best.confidence,
        reasons: best.reasons,
        runner_up,
        notes: best.layout.notes.clone(),
    };
    (best.layout, recognition)
}

/// What a SQLite file was taken for, and fits.
pub(super) struct Found {
    pub fitted: Fitted,
    pub recognition: Recognition,
    /// The tables that are laid out alike, those of `fitted` among them, where there are several.
    pub alike: Vec<Alike>,
}

/// The best candidate whose statements fit the file, with why better ones did not; or why none did.
pub(super) fn first_that_fits(
    database: &Database,
    facts: &SqliteFacts,
) -> Result<Result<Found, Vec<String>>, ConnectError> {
    let mut aside: Vec<String> = Vec::new();
    let mut found = layout::recognise_sqlite(facts, &layout::built_in());
    while let Some(Recognised { best, mut others }) = found {
        match SqliteSource::fit(database, facts, best.layout.clone(), Choice::Recognised) {
            Ok(fitted) => {
                let alike = best.alike.clone();
                let (_, mut recognition) = recognised(Recognised { best, others });
                let reasons = aside.into_iter().map(|reason| (reason, 0));
                recognition.reasons.extend(reasons);
                return Ok(Ok(Found {
                    fitted,
                    recognition,
                    alike,
                }));
            }
            Err(Unfit::Unknown(error)) => return Err(error),
            Err(unfit) => aside.push(format!(
                "{} was set aside, since it does not fit: {unfit}",
                best.layout.name
            )),
        }
        found = (!others.is_empty()).then(|| Recognised {
            best: others.remove(0),
            others,
        });
    }
    Ok(Err(aside))
}

pub(super) fn no_events_in(facts: &SqliteFacts, aside: Vec<String>) -> String {
    let names: Vec<&str> = facts
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    let mut found = match &names[..] {
        [] => "This SQLite database has no tables".to_owned(),
        [name] => {
            format!("This SQLite database has one table, {name}, which does not look like events")
        }
        _ => format!(
            "This SQLite database has the tables {}, none of which looks like events",
            list(&names)
        ),
    };
    for reason in facts.set_aside.iter().cloned().chain(aside) {
        found.push_str("; ");
        found.push_str(&reason);
    }
    found
}

pub(super) fn check(layout: &Layout, medium: Medium) -> Result<(), LayoutError> {
    let wrong = layout.check(medium);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(LayoutError::of(&layout.id, &wrong)),
    }
}

fn list(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    match names.len() {
        n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => names.join(", "),
    }
}
