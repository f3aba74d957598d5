//! Which rows may hold a text, by their bytes as stored: without checking, decoding or copying them.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::place::At;
use super::plan::Plan;
use crate::log::Log;
use crate::model::EventIx;

/// The statement that yields what is stored.
#[derive(Clone, Copy)]
pub(super) struct Statement<'s> {
    pub connection: &'s Connection,
    pub sql: &'s str,
    pub plan: &'s Plan,
}

impl Statement<'_> {
    /// Adds those of `run` to `found` of which `may` does not say no, and those whose rows are gone.
    pub fn judge(
        self,
        log: &Log,
        run: &[EventIx],
        may: &dyn Fn(&[u8]) -> bool,
        found: &mut Vec<EventIx>,
    ) -> rusqlite::Result<()> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let mut statement = self.connection.prepare_cached(self.sql)?;
        let places = self
            .plan
            .between(self.plan.place(log, *first), self.plan.place(log, *last));
        let mut rows = statement.query(places)?;
        let mut at = 0;
        while at < run.len() {
            let Some(row) = rows.next()? else { break };
            let Some(place) = At::place(row)? else {
                continue;
            };
            while let Some(&event) = run.get(at) {
                let own = self.plan.place(log, event);
                match (own.at, own.extent).cmp(&(place.at, place.extent)) {
                    Ordering::Greater => break,
                    Ordering::Less => found.push(event),
                    Ordering::Equal => {
                        if may_hold(row.get_ref(2)?, may) || may_hold(row.get_ref(3)?, may) {
                            found.push(event);
                        }
                    }
                }
                at += 1;
            }
        }
        found.extend_from_slice(&run[at..]);
        Ok(())
    }
}

fn may_hold(stored: ValueRef<'_>, may: &dyn Fn(&[u8]) -> bool) -> bool {
    match stored {
        ValueRef::Null => false,
        ValueRef::Integer(_) | ValueRef::Real(_) => true,
        // What may be packed has to be unpacked.
        ValueRef::Text(bytes) => matches!(bytes.first(), Some(0x1f | 0x78)) || may(bytes),
        // Longer than SQLite's binary JSON can be that begins like this.
        ValueRef::Blob(bytes) if bytes.len() > 8 && matches!(bytes[0], b'{' | b'[') => may(bytes),
        ValueRef::Blob(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stored_as_shown_is_ruled_out() {
        let no = |_: &[u8]| false;
        for ruled_out in [
            ValueRef::Null,
            ValueRef::Text(b"{\"a\":1}"),
            ValueRef::Text(b""),
            ValueRef::Blob(b"{\"a\":true}"),
        ] {
            assert!(!may_hold(ruled_out, &no));
        }
        // A zlib stream, SQLite's {"aaaaaa":…} of 7 bytes, an encrypted payload.
        for likely in [
            ValueRef::Integer(7),
            ValueRef::Text(b"\x78\x9c\xff"),
            ValueRef::Blob(b"\x78\x9c\xff"),
            ValueRef::Blob(b"{\x47aaaa\x00\x01"),
            ValueRef::Blob(b"\x00\x01\x02"),
        ] {
            assert!(may_hold(likely, &no));
        }
    }
}
