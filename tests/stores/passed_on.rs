//! A mapping that is passed on as a layout file reads the same store the same way.

use std::path::Path;

use asof::store::layout::{Medium, from_toml};

use crate::made::made;
use crate::opened::Opened;

fn dump(store: &Opened) -> Vec<String> {
    let events: Vec<_> = store.log.events().collect();
    let bodies = store.bodies(&events);
    let known = events.iter().zip(&bodies).map(|(event, body)| {
        let log = &store.log;
        format!(
            "{} {} {} {} {:?} {:?}",
            log.position(*event),
            log.stream_name(log.stream(*event)),
            log.version(*event),
            store.kind(*event),
            log.time(*event, log.default_clock()),
            body.as_ref().map(|body| &body.data)
        )
    });
    known.collect()
}

/// Opens, passes on, and opens by that; the evidence made for it has to be there too.
fn passed_on(path: &Path) {
    let store = Opened::open(path);
    let (layout, contents) = (store.store.layout(), store.store.contents());
    let shared = layout.to_share("a store", Some(contents));
    assert_eq!(shared.id, "a-store");
    let text = shared.to_toml().unwrap();
    let read = from_toml("a-store.toml", &text).unwrap();
    assert_eq!(read, shared, "{text}");
    if layout.medium == Medium::Sqlite && layout.sources().count() == 1 {
        assert!(
            read.evidence
                .iter()
                .all(|evidence| !evidence.columns.is_empty())
        );
    }
    let again = Opened::by(path, read);
    assert_eq!(dump(&again), dump(&store), "{text}");
}

#[test]
fn of_real_stores() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in [
        "emmett_cart/store.db",
        "es_py_bank_zlib/store.db",
        "evento_bank/store.db",
        "eventsource_py_orders/store.db",
        "json_layouts/kcat.jsonl",
        "json_layouts/ocel2.json",
        "json_shapes/atom_embed_body.json",
        "json_shapes/cloudevents_base64.json",
        "broken/good.jsonl",
    ] {
        passed_on(&root.join(name));
    }
}

#[test]
fn of_a_guess() {
    let made = made(
        "create table happenings (n integer primary key, \"event type\" text, thing text, body text, at text);
         insert into happenings values (1, 'Made', 'a', '{\"x\":1}', '2024-01-01T00:00:00Z'),
           (2, 'Sold', 'a', '{\"x\":2}', '2024-01-02T00:00:00Z'), (3, 'Made', 'b', '{}', '2024-01-03T00:00:00Z');",
    );
    passed_on(&made.path);
}
