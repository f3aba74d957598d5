//! When consumers are looked at anew: what stands beside the events is read once a tick while a store is
//! written to, and no more often.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use crate::gui::model::{Pace, Session};
use crate::log::Bound;
use crate::model::Timestamp;
use crate::worker::Watched;

/// How often that is.
const TICK: Duration = Duration::from_secs(2);

impl App {
    /// Takes up the store as it is now, where it is time to.
    pub(super) fn watch_consumers(&mut self, ctx: &egui::Context) {
        let (now, bound) = (self.model.now, self.model.cursor.bound());
        let Some(session) = &mut self.model.session else {
            return;
        };
        // Before that everything would be read again with each chunk of the index.
        let is_whole = session.log.is_complete() || session.cut_short.is_some();
        if !is_whole || session.log.is_empty() {
            session.watched = None;
            return;
        }
        let tick = tick(session, now);
        session.pace = tick.map(|at| {
            let (events, a_second) = (session.log.len(), 0.0);
            let before = session.pace.unwrap_or(Pace {
                at,
                events,
                a_second,
            });
            before.next(at, events)
        });
        if tick.is_some() {
            ctx.request_repaint_after(TICK);
        }
        let own = session.watched.as_ref();
        if own.is_none_or(|own| is_old(own, session, tick, bound)) {
            session.watched = Some(Watched {
                subject: session.subject(),
                tick,
            });
        }
    }
}

/// The clock, a tick at a time, where the store is written to.
fn tick(session: &mut Session, now: Timestamp) -> Option<Timestamp> {
    let began_with = *session.began_with.get_or_insert(session.log.len());
    let is_moving = session.log.len() > began_with || session.samples.is_watching();
    let tick = TICK.as_micros() as i64;
    let now = now.micros().div_euclid(tick).saturating_mul(tick);
    is_moving.then_some(Timestamp::from_micros(now))
}

fn is_old(own: &Watched, session: &Session, tick: Option<Timestamp>, bound: Bound) -> bool {
    let of = &own.subject;
    let is_beyond = matches!(bound, Bound::Event(event) if event.at() >= of.log.len());
    let same = own.tick == tick && of.session == session.asked_as();
    let same_log = Arc::ptr_eq(&of.log, &session.log);
    let is_moved = tick.is_none() && !(same_log && Arc::ptr_eq(&of.samples, &session.samples));
    !same || of.log.generation() != session.log.generation() || is_beyond || is_moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_what_came_from_one_look_to_the_next() {
        let second = |at: i64| Timestamp::from_micros(at * 1_000_000);
        let first = Pace {
            at: second(10),
            events: 100,
            a_second: 0.0,
        };
        // Several frames look within one tick.
        assert_eq!(first.next(second(10), 104), first);
        let next = first.next(second(12), 118);
        assert_eq!((next.a_second, next.events), (9.0, 118));
        assert_eq!(next.next(second(14), 118).a_second, 0.0);
    }
}
