//! What the index takes in memory, as `ARCHITECTURE.md` promises it.

use super::*;

/// Rows of a chunk as a reader of JSON lines delivers them.
const CHUNK: u64 = 14_000;

/// Chains of events that grow at a time.
const OPEN: u64 = 100;

/// Numbers without order, always the same.
fn mixed(of: u64) -> u64 {
    let mixed = (of ^ of >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn uuid(of: u64) -> String {
    let (high, low) = (mixed(of), mixed(!of));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        0x8000 | low >> 50,
        low & 0xffff_ffff_ffff,
    )
}

/// Events as stores have them: a UUID each, one correlation for about five of them, and what caused
/// them, which is the event before in the chain. Chains run side by side; the first event of each was
/// caused by a command.
fn build(count: u64) -> Log {
    let mut builder = LogBuilder::new(Order::Found);
    let mut raw = RawChunk::default();
    let mut chains: Vec<Option<(u64, u64)>> = vec![None; OPEN as usize];
    for n in 0..count {
        let chain = &mut chains[(mixed(n) % OPEN) as usize];
        let (first, cause) = chain.unwrap_or((n, u64::MAX - n));
        *chain = (!mixed(!n).is_multiple_of(5)).then_some((first, n));
        let [id, cause, correlation] = [n, cause, u64::MAX / 2 + first].map(uuid);
        let row = Row {
            stream: &format!("order-{:07}", mixed(n * 3) % (count / 25)),
            event_type: &format!("OrderEvent{:02}Recorded", mixed(n * 5) % 30),
            position: Some(n as i64 + 1),
            version: Some((mixed(n * 7) % 50) as i64),
            recorded: Some(Timestamp::from_micros(
                (n * 19_000_000 + mixed(n) % 1_000_000) as i64,
            )),
            event_id: Some(&id),
            correlation: Some(&correlation),
            causation: Some(&cause),
            // A line of about 600 bytes.
            place: Place {
                at: (n * 600 + mixed(n) % 100) as i64,
                extent: (500 + mixed(n) % 100) as u32,
            },
            ..Row::default()
        };
        raw.push(&row, || "order".to_owned());
        if raw.len() as u64 == CHUNK || n + 1 == count {
            builder.append(std::mem::take(&mut raw));
        }
    }
    builder.finish().0
}

#[test]
fn an_event_takes_no_more_than_was_promised() {
    let log = build(200_000);
    let memory = log.memory();
    let each = |bytes: usize| bytes as f64 / log.len() as f64;
    assert!(each(memory.core) <= 24.0, "core: {:.1}", each(memory.core));
    let all = memory.core + memory.ids + memory.names;
    assert!(each(all) <= 64.0, "{memory:?}: {:.1}", each(all));
    // All the same everything is found.
    for event in log.events().step_by(997) {
        assert_eq!(
            log.event_id(event).and_then(|id| log.find_event(id)),
            Some(event)
        );
        assert!(log.correlated(event).contains(&event));
        if let Some(CauseRef::Event(cause)) = log.cause(event) {
            assert!(cause < event && log.effects(cause).contains(&event));
            assert!(log.correlated(event).contains(&cause));
        }
    }
}
