//! Slots with questions that are answered when they are let.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::*;
use crate::model::EventIx;
use crate::worker::Wake;

/// Answers when it is let.
#[derive(Clone, Debug)]
struct Ask {
    number: u32,
    topic: u32,
    gate: Receiver<Do>,
    begun: Sender<u32>,
}

#[derive(Clone, Copy)]
enum Do {
    Answer,
    Fail,
    Panic,
    /// Work until it is called off.
    Linger,
}

impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        (self.number, self.topic) == (other.number, other.topic)
    }
}

impl Question for Ask {
    type Answer = u32;
    const ROOM: Room = Room::Answers;

    fn outdates(&self, before: &Self) -> bool {
        self.topic != before.topic
    }

    fn moment(&self) -> Option<Bound> {
        Some(Bound::Event(EventIx(self.number / 10)))
    }

    fn answer(&self, asked: Asked<'_>) -> Result<u32, Unanswered> {
        self.begun.send(self.number).unwrap();
        match self.gate.recv() {
            Ok(Do::Answer) => Ok(self.number),
            Ok(Do::Fail) => Err(Unanswered::Failed("no".to_owned())),
            Ok(Do::Panic) => panic!("as asked"),
            Ok(Do::Linger) => loop {
                asked.task.check()?;
                std::thread::yield_now();
            },
            Err(_) => Err(Unanswered::Cancelled),
        }
    }
}

struct Bench {
    worker: Worker,
    woken: Receiver<()>,
    slot: Slot<Ask>,
    gate: (Sender<Do>, Receiver<Do>),
    begun: (Sender<u32>, Receiver<u32>),
}

impl Bench {
    fn new() -> Self {
        let (wake, woken) = unbounded();
        let wake: Wake = Arc::new(move || {
            let _ = wake.send(());
        });
        Self {
            worker: Worker::start(&wake).unwrap(),
            woken,
            slot: Slot::default(),
            gate: bounded(8),
            begun: unbounded(),
        }
    }

    fn ask(&mut self, number: u32, topic: u32) {
        let question = Ask {
            number,
            topic,
            gate: self.gate.1.clone(),
            begun: self.begun.0.clone(),
        };
        self.slot.ask(&self.worker, question);
    }

    /// Waits until this is being worked on.
    fn see_begun(&self, number: u32) {
        assert_eq!(self.begun.1.recv(), Ok(number));
    }

    fn let_it(&self, what: Do) {
        self.gate.0.send(what).unwrap();
    }

    /// Waits until nothing is pending.
    fn settle(&mut self) {
        while self.slot.is_pending() {
            self.woken.recv().unwrap();
            self.slot.poll();
        }
    }
}

#[test]
fn the_newest_answer_stays_until_a_newer_one_comes() {
    let mut bench = Bench::new();
    bench.ask(1, 0);
    bench.ask(1, 0);
    bench.let_it(Do::Answer);
    bench.settle();
    bench.see_begun(1);
    assert_eq!(bench.slot.current(), Some(&1));
    bench.ask(2, 0);
    bench.see_begun(2);
    assert_eq!((bench.slot.get(), bench.slot.current()), (Some(&1), None));
    // It waits behind the second, and is dropped for the fourth.
    bench.ask(3, 0);
    bench.ask(4, 0);
    bench.let_it(Do::Answer);
    bench.let_it(Do::Answer);
    bench.settle();
    bench.see_begun(4);
    assert_eq!(bench.slot.current(), Some(&4));
}

#[test]
fn an_answer_of_another_moment_is_old_from_when_this_one_was_asked() {
    let mut bench = Bench::new();
    bench.ask(1, 0);
    bench.see_begun(1);
    // The same moment, in a store that has grown.
    bench.ask(2, 0);
    let asked = bench.slot.pending_since().unwrap();
    bench.let_it(Do::Answer);
    bench.see_begun(2);
    bench.slot.poll();
    assert_eq!(bench.slot.get(), Some(&1));
    let grown = bench.slot.pending_since().unwrap();
    assert!(grown > asked);
    // Another moment.
    bench.ask(10, 0);
    bench.let_it(Do::Answer);
    bench.see_begun(10);
    bench.slot.poll();
    assert_eq!(bench.slot.get(), Some(&2));
    let moved = bench.slot.pending_since().unwrap();
    bench.ask(11, 0);
    assert_eq!(bench.slot.pending_since(), Some(moved));
    bench.slot.poll();
    assert_eq!(bench.slot.pending_since(), Some(moved));
    bench.let_it(Do::Answer);
    bench.let_it(Do::Answer);
    bench.settle();
    assert_eq!(bench.slot.current(), Some(&11));
}

#[test]
fn another_topic_calls_off_what_runs() {
    let mut bench = Bench::new();
    bench.ask(1, 0);
    bench.let_it(Do::Linger);
    bench.see_begun(1);
    bench.ask(2, 1);
    bench.let_it(Do::Answer);
    bench.settle();
    assert_eq!(bench.slot.current(), Some(&2));
}

#[test]
fn what_fails_is_not_asked_again_by_itself() {
    let mut bench = Bench::new();
    for (what, sentence) in [(Do::Fail, "no"), (Do::Panic, "Asof made a mistake")] {
        bench.ask(1, 0);
        bench.let_it(what);
        bench.settle();
        bench.ask(1, 0);
        assert!(!bench.slot.is_pending());
        let said = format!("{:?}", bench.slot.unanswered());
        assert!(said.contains(sentence), "{said}");
        bench.slot.again();
    }
    // The thread lives on.
    bench.ask(1, 0);
    bench.let_it(Do::Answer);
    bench.settle();
    assert_eq!(bench.slot.current(), Some(&1));
}

#[test]
fn what_is_called_off_leaves_nothing_waiting() {
    let mut bench = Bench::new();
    bench.ask(1, 0);
    bench.let_it(Do::Linger);
    bench.see_begun(1);
    bench.ask(2, 0);
    // Both what runs and what waits.
    bench.slot.parts.stop(&bench.worker);
    bench.settle();
    assert_eq!(bench.slot.unanswered(), Some(&Unanswered::Cancelled));
    while !bench.worker.is_idle() {
        std::thread::yield_now();
    }
    bench.slot.again();
    bench.ask(2, 0);
    bench.let_it(Do::Answer);
    bench.settle();
    assert_eq!(bench.slot.current(), Some(&2));
}
