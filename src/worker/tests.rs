//! The worker as a window uses it.

use std::path::Path;
use std::sync::Arc;

use super::session::Order;
use super::*;
use crate::workspace::StorePath;

#[test]
fn several_files_are_opened_as_one() {
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake: crate::worker::Wake = Arc::new(move || {
        let _ = wake.send(());
    });
    let worker = Worker::start(&wake).unwrap();
    let home = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/es_py_system");
    let files = ["orders.db", "reservations.db", "payments.db"];
    worker.open(OpenRequest {
        paths: files.map(|file| folder.join(file)).to_vec(),
        corrected: None,
        workspace: Workspace::at(home.path()),
        remembered: None,
        clock: || crate::model::Timestamp::from_micros(0),
    });
    let mut opened = None;
    let log = loop {
        woken.recv().unwrap();
        match worker.next().unwrap() {
            Outcome::Opened(new) => opened = Some(new),
            Outcome::Indexed {
                log,
                arrangement: Some(_),
                ..
            } => break log,
            Outcome::Indexed { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    let opened = opened.unwrap();
    assert_eq!((log.len(), log.sources().len()), (187, 3));
    assert_eq!((opened.paths.len(), opened.files.len()), (3, 3));
    assert_eq!(opened.store_path, StorePath::of_all(&opened.paths));
    assert_ne!(opened.store_path, StorePath::of(&opened.path));
}

fn request(path: &Path) -> OpenRequest {
    OpenRequest {
        paths: vec![path.to_owned()],
        corrected: None,
        workspace: Workspace::none(),
        remembered: None,
        clock: || crate::model::Timestamp::from_micros(0),
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(name)
}

/// The thread that opens, with whatever opens for it; `woken` is called after each outcome.
fn opening_by(opener: opening::Opener, woken: Wake) -> (Lane<Order>, Receiver<Outcome>) {
    let (channel, outcomes) = crossbeam_channel::unbounded();
    let sender = Sender::new(channel, woken);
    let run = move |shared: &Shared<Order>| session::run(shared, &sender, opener);
    (Lane::start("asof-test", Close::Now, run).unwrap(), outcomes)
}

fn order(lane: &Lane<Order>, order: Order) {
    lane.replace(Queued {
        slot: session::slot(),
        label: None,
        task: Task::new(),
        work: order,
    });
}

/// The next outcome that is no news of the index.
fn next(outcomes: &Receiver<Outcome>) -> Outcome {
    let mut all = outcomes.iter();
    all.find(|one| !matches!(one, Outcome::Indexed { .. }))
        .unwrap()
}

fn indexed(outcomes: &Receiver<Outcome>) -> usize {
    let mut all = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Indexed {
            log,
            arrangement: Some(_),
            ..
        } => Some(log.len()),
        _ => None,
    });
    all.next().unwrap()
}

#[test]
fn a_mistake_while_opening_is_told_and_the_next_store_opens() {
    let opener: opening::Opener = |request, task| match request.paths[0].ends_with("odd.db") {
        true => panic!("a mistake of the program"),
        false => opening::open(request, task),
    };
    let (lane, outcomes) = opening_by(opener, Arc::new(|| {}));
    let open = |path: &Path| {
        order(
            &lane,
            Order::Open(SessionId::unique(), Box::new(request(path))),
        );
    };
    open(Path::new("odd.db"));
    match next(&outcomes) {
        Outcome::OpenFailed { message, path, .. } => {
            assert_eq!((&*message, path.as_path()), (MISTAKE, Path::new("odd.db")));
        }
        other => panic!("{other:?}"),
    }
    open(&fixture("es_py_system/orders.db"));
    assert!(matches!(next(&outcomes), Outcome::Opened(_)));
    assert_eq!(indexed(&outcomes), 115);
}

#[test]
fn a_mistake_while_indexing_cuts_it_short() {
    let told = std::sync::atomic::AtomicUsize::new(0);
    let woken = move || {
        // That it is open comes first.
        if told.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            panic!("a mistake of the program");
        }
    };
    let (lane, outcomes) = opening_by(opening::open, Arc::new(woken));
    let path = fixture("es_py_system/orders.db");
    order(
        &lane,
        Order::Open(SessionId::unique(), Box::new(request(&path))),
    );
    assert!(matches!(next(&outcomes), Outcome::Opened(_)));
    match next(&outcomes) {
        Outcome::CutShort { trouble, .. } => assert_eq!(trouble.as_deref(), Some(MISTAKE)),
        other => panic!("{other:?}"),
    }
    order(&lane, Order::ReadOn);
    assert!(matches!(next(&outcomes), Outcome::Rewritten { .. }));
    assert_eq!(indexed(&outcomes), 115);
}

/// What is to be saved is saved, and what went wrong with it is told to nobody who has gone.
#[test]
fn the_end_waits_for_nobody() {
    let worker = Worker::start(&(Arc::new(|| {}) as Wake)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let blocked = home.path().join("blocked");
    std::fs::write(&blocked, "").unwrap();
    let workspace = Workspace::at(blocked.join("home"));
    for n in 0..WAITING + 10 {
        let path = StorePath::of(Path::new(&format!("/data/{n}.db")));
        worker.save(&workspace, Keep::Store(path, Box::default()));
    }
    drop(worker);
}
