//! Reads the bodies of indexed events back, by the file and the byte that each is at.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use super::bodies::Part;
use super::explicit::Again;
use super::judge::Judge;
use super::mapping::{Mapping, Mappings, Taken};
use super::records::{BYTE_BITS, MOST_BYTES};
use super::{FileIx, JsonError, RecordPlace, Records};
use crate::log::{Body, Log, PayloadReader, Picked, Place, Unreadable};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};
use crate::store::layout::Role;
use crate::store::row::{Found, Interpreter, NAMELESS, Value};

/// The files as they are read, and by what.
#[derive(Debug)]
pub(super) struct Reading {
    pub records: Records,
    pub mapping: Arc<Mappings>,
    /// The stream of a store that knows none.
    pub file: String,
}

impl Reading {
    /// The mapping of each source of the layout, and what turns its values into events.
    pub fn sources(&self) -> Vec<(&Mapping, Interpreter<'_>)> {
        let all = self.mapping.all.iter();
        all.map(|mapping| (mapping, Interpreter::new(&mapping.events, &self.file)))
            .collect()
    }
}

/// A file in the highest bits but the sign, a byte of it in the others.
pub(super) fn pack(place: RecordPlace) -> Place {
    Place {
        at: i64::from(place.file.0) << BYTE_BITS | place.start as i64,
        extent: place.length,
    }
}

fn unpack(place: Place) -> RecordPlace {
    let at = place.at as u64;
    RecordPlace {
        file: FileIx((at >> BYTE_BITS) as u32),
        start: at & (MOST_BYTES - 1),
        length: place.extent,
        number: 0,
    }
}

/// Reads by whatever reading counts now: a file that is stored anew with more in it becomes another
/// one, and the events in it stay the same.
#[derive(Debug)]
pub(super) struct Payloads(RwLock<Arc<Reading>>);

impl Payloads {
    pub fn new(reading: Arc<Reading>) -> Self {
        Self(RwLock::new(reading))
    }

    /// Reads by another reading from now on.
    pub fn turn_to(&self, reading: Arc<Reading>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = reading;
    }

    fn reading(&self) -> Arc<Reading> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PayloadReader for Payloads {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        let reading = self.reading();
        let mut check = Check {
            judge: Judge::default(),
            sources: reading.sources(),
        };
        let mut again = Values::new(&reading.records);
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            let record = again.read(unpack(log.place(event))).map_err(unreadable);
            let body = record.and_then(|record| {
                check.look(log, event, &record, |mapping, taken, parts| {
                    mapping.body(taken, parts)
                })
            });
            each(event, body);
        }
        Ok(())
    }

    fn pick(
        &self,
        log: &Log,
        events: &[EventIx],
        picker: &Picker,
        task: &Task,
        each: &mut dyn FnMut(EventIx, Picked<'_>),
    ) -> Result<(), Cancelled> {
        let reading = self.reading();
        let mut check = Check {
            judge: Judge::default(),
            sources: reading.sources(),
        };
        let mut again = Values::new(&reading.records);
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            let record = again.read(unpack(log.place(event))).map_err(unreadable);
            let picked = record.and_then(|record| {
                check.look(log, event, &record, |mapping, taken, parts| {
                    let mut slots = vec![None; picker.slots()];
                    let json = parts[0].json();
                    match json.map(|json| picker.pick(json, &mut slots)) {
                        // A text may be an object that was cut off, which is not for pointers to tell.
                        Some(Ok(())) if json.is_some_and(|json| !json.starts_with('"')) => {
                            each(event, Picked::Values(&slots));
                        }
                        _ => {
                            drop(slots);
                            each(event, Picked::Body(Ok(mapping.body(taken, parts))));
                        }
                    }
                })
            });
            if let Err(error) = picked {
                each(event, Picked::Body(Err(error)));
            }
        }
        Ok(())
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let reading = self.reading();
        if !reading.mapping.all.iter().all(Mapping::is_verbatim) {
            return Ok(events.to_vec());
        }
        let mut found = Vec::new();
        let mut again = Values::new(&reading.records);
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            // Reading says what is wrong with a record.
            let record = again.read(unpack(log.place(event)));
            if record.map_or(true, |record| may(record.text.as_bytes())) {
                found.push(event);
            }
        }
        Ok(found)
    }

    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        let place = unpack(log.place(event));
        self.reading().records.file_name(place.file)
    }
}

/// Why a record could not be read again.
fn unreadable(error: JsonError) -> Unreadable {
    match error {
        JsonError::Unreadable { source, .. } if source.kind() == io::ErrorKind::UnexpectedEof => {
            Unreadable::Rewritten
        }
        error => Unreadable::Damaged(error.to_string()),
    }
}

/// Reads records again. Of a value that several of them stand in the last one is kept.
struct Values<'r> {
    records: &'r Records,
    last: Option<(RecordPlace, Vec<Again>)>,
}

impl<'r> Values<'r> {
    const fn new(records: &'r Records) -> Self {
        Self {
            records,
            last: None,
        }
    }

    fn read(&mut self, place: RecordPlace) -> Result<Again, JsonError> {
        if !self.records.is_inner(place) {
            return self.records.read_back(place);
        }
        let (nth, value) = (place.length as usize, RecordPlace { length: 0, ..place });
        let all = match self.last.take() {
            Some((known, all)) if known == value => all,
            _ => self.records.inner(value)?,
        };
        let record = all.get(nth).cloned();
        self.last = Some((value, all));
        // One that is not there any more is no longer what was indexed.
        Ok(record.unwrap_or_default())
    }
}

/// What it takes to tell whether a record is still the event that was indexed.
struct Check<'m> {
    judge: Judge,
    sources: Vec<(&'m Mapping, Interpreter<'m>)>,
}

impl<'m> Check<'m> {
    /// What `give` makes of the parts of the record, if that is still the event that was indexed.
    fn look<T>(
        &mut self,
        log: &Log,
        event: EventIx,
        record: &Again,
        give: impl FnOnce(&'m Mapping, &Taken<'_>, [Part<'_>; 2]) -> T,
    ) -> Result<T, Unreadable> {
        let last = self.sources.len() - 1;
        let (mapping, interpreter) = &self.sources[usize::from(record.source).min(last)];
        let (text, around) = (&record.text, &record.context);
        let taken = mapping.take(&mut self.judge, text);
        let taken = taken.map_err(|_| Unreadable::Rewritten)?;
        let parts = mapping.all_parts(&taken);
        let mut found = Found::default();
        mapping.find(&taken, around, &mut found);
        mapping.find_inside(&taken, &parts, around, &mut found);
        if mapping.is_first_link_own() {
            let own = mapping.links(text).into_iter().next();
            found.set(Role::Stream, Value::Text(own.unwrap_or(NAMELESS.into())));
        }
        mapping.look_up(&mut found);
        if interpreter.is_same(&found, log, event) {
            Ok(give(mapping, &taken, parts))
        } else {
            Err(Unreadable::Rewritten)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::MOST_FILES;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_leads_back_to_its_record(
            file in 0..MOST_FILES as u32, start in 0..MOST_BYTES, length in any::<u32>(),
        ) {
            for (file, start) in [(file, start), (MOST_FILES as u32 - 1, MOST_BYTES - 1)] {
                let place = RecordPlace { file: FileIx(file), start, length, number: 0 };
                prop_assert!(pack(place).at >= 0);
                prop_assert_eq!(unpack(pack(place)), place);
            }
        }
    }
}
