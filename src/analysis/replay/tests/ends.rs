//! Streams that end: those that were deleted may begin anew, those that ended for good may not.

use serde_json::json;

use super::examples::request;
use super::*;
use crate::model::Version;

fn made(event_type: &'static str, ends: Option<StreamEnd>, payload: &str) -> Made {
    Made {
        stream: "cart-1",
        event_type,
        ends,
        payload: payload.to_owned(),
        ..Made::default()
    }
}

/// A cart that ends with its second event and goes on with two more.
fn cart(end: StreamEnd) -> Store {
    Store::new(&[
        made("Opened", None, r#"{"items":[1],"owner":"x"}"#),
        made("Ended", Some(end), "{}"),
        made("Opened", None, r#"{"items":[2]}"#),
        made("Noted", None, r#"{"note":"y"}"#),
    ])
}

/// The report at an event, by a replay that has folded nothing and by one that has folded all.
fn report(store: &Store, event: u32) -> StateReport {
    let cut = store.cut(Bound::Event(EventIx(event)));
    let mut grown = store.series("cart-1");
    let of = |series: &Series| state(series, store.source(), &request(cut)).unwrap();
    let fresh = of(&grown);
    grown.grow(store.source()).unwrap();
    assert_eq!(of(&grown), fresh);
    fresh
}

#[test]
fn a_deleted_stream_is_gone_until_it_is_begun_anew() {
    let store = cart(StreamEnd::Deleted);
    let gone = report(&store, 1);
    assert!(!gone.exists);
    assert_eq!(
        (gone.state, gone.deleted.map(|d| d.how)),
        (None, Some(StreamEnd::Deleted))
    );
    assert_eq!(gone.version, Some(Version(2)));
    assert_eq!(
        gone.answer,
        "cart-1 no longer existed as of #2; deleted by Ended (v2, #2); next: Opened (v3, #3)."
    );
    let back = report(&store, 2);
    assert_eq!((back.exists, back.deleted), (true, None));
    // Nothing of before is left, and the versions go on.
    assert_eq!(back.state, Some(json!({"items": [2]})));
    assert_eq!(back.version, Some(Version(3)));
    assert_eq!(back.changed, ["/items"]);
    let [notice] = &back.notices[..] else {
        panic!("{:?}", back.notices)
    };
    assert_eq!(notice.kind, NoticeKind::BegunAnew);
    assert_eq!(
        notice.message,
        "this stream was deleted and begun anew; its state is that of the events since"
    );
    let versions = notice.evidence.iter().map(|event| event.version);
    assert_eq!(
        versions.collect::<Vec<_>>(),
        [Some(Version(2)), Some(Version(3))]
    );
    assert_eq!(
        report(&store, 3).state,
        Some(json!({"items": [2], "note": "y"}))
    );
}

#[test]
fn what_ended_for_good_stays_so_whatever_comes() {
    for end in [StreamEnd::Tombstoned, StreamEnd::Archived] {
        let store = cart(end);
        assert!(report(&store, 1).notices.is_empty());
        let after = report(&store, 3);
        assert_eq!((after.exists, &after.state), (false, &None));
        let deleted = after.deleted.unwrap();
        assert_eq!(
            (deleted.how, deleted.by.unwrap().version),
            (end, Some(Version(2)))
        );
        assert_eq!(after.version, Some(Version(4)));
        let [notice] = &after.notices[..] else {
            panic!("{:?}", after.notices)
        };
        assert_eq!(notice.kind, NoticeKind::AfterEnd);
        assert_eq!(
            notice.message,
            format!(
                "2 events of this stream came after it was {}, and left its state as it was",
                end.name()
            )
        );
        // Its history stays readable, up to its end.
        assert_eq!(report(&store, 0).state.unwrap()["owner"], "x");
    }
}

#[test]
fn a_stream_may_be_deleted_again_and_then_for_good() {
    let store = Store::new(&[
        made("Opened", None, r#"{"n":1}"#),
        made("Ended", Some(StreamEnd::Deleted), "{}"),
        made("Ended", Some(StreamEnd::Deleted), "{}"),
        made("Ended", Some(StreamEnd::Tombstoned), "{}"),
        made("Ended", Some(StreamEnd::Deleted), "{}"),
    ]);
    let how = |event| {
        let deleted = report(&store, event).deleted.unwrap();
        (deleted.how, deleted.by.unwrap().version.unwrap().0)
    };
    assert_eq!(how(1), (StreamEnd::Deleted, 2));
    assert_eq!(how(2), (StreamEnd::Deleted, 3));
    assert_eq!(how(3), (StreamEnd::Tombstoned, 4));
    assert_eq!(how(4), (StreamEnd::Tombstoned, 4));
}

#[test]
fn the_event_that_ended_it_goes_before_what_the_store_says() {
    let says = |ends: Option<StreamEnd>| Made {
        ended: Some(Ended {
            how: StreamEnd::Archived,
            since: None,
        }),
        ..made("Noted", ends, "{}")
    };
    let at_head = |events: &[Made]| {
        let store = Store::new(events);
        let request = request(store.cut(Bound::Head));
        let report = state(&store.series("cart-1"), store.source(), &request).unwrap();
        report
            .deleted
            .map(|deleted| (deleted.how, deleted.by.is_some()))
    };
    let tombstoned = says(Some(StreamEnd::Tombstoned));
    let ended = Some((StreamEnd::Tombstoned, true));
    assert_eq!(at_head(&[says(None), tombstoned, says(None)]), ended);
    // Begun anew, it is the store that says what became of it.
    let deleted = says(Some(StreamEnd::Deleted));
    assert_eq!(
        at_head(&[deleted, says(None)]),
        Some((StreamEnd::Archived, false))
    );
}
