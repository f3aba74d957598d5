//! Several files while somebody watches them: shown as they come, followed, their problems told.

use super::*;

/// Reads as the window does: what it was shown on the way, by ids.
fn watch(paths: &[PathBuf], join: Join) -> (Read, Vec<Vec<String>>) {
    let mut store = open(paths, join).unwrap();
    let mut builder = store.builder();
    let mut shown = Vec::new();
    loop {
        let read = store.index(
            &mut builder,
            Tail::Following,
            &Task::new(),
            &mut |builder| {
                shown.push(ids(&builder.snapshot()));
            },
        );
        if read.unwrap() != Followed::Rewritten {
            break;
        }
        builder = store.builder();
    }
    let log = builder.finish().0;
    let read = Read {
        store,
        builder,
        log,
    };
    (read, shown)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn files_watched_while_they_are_read_are_files_read_at_once(made in made()) {
        let folder = tempfile::tempdir().unwrap();
        let paths = FILES.map(|file| folder.path().join(file));
        for (n, one) in made.iter().enumerate() {
            append(folder.path(), n, *one);
        }
        for join in [Join::Time, Join::Listed] {
            let (watched, shown) = watch(&paths, join);
            let at_once = read(&paths, join);
            prop_assert_eq!(told(&watched), told(&at_once));
            let names = |read: &Read| read.log.streams().iter().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(names(&watched), names(&at_once));
            // The first file is there before the others are read.
            let first = made.iter().filter(|(file, ..)| *file == 0).count();
            prop_assert_eq!(shown[0].len(), first);
        }
    }
}

#[test]
fn an_event_among_the_last_ones_moves_none_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [FILES[0], FILES[1]].map(|file| folder.path().join(file));
    append(folder.path(), 0, (0, 0, Some(0)));
    append(folder.path(), 1, (1, 1, Some(0)));
    for n in 2..40 {
        append(folder.path(), n, (0, 0, Some(n as u32 * 10)));
    }
    let mut read = read(&paths, Join::Time);
    for n in 40..60 {
        // Each polled file has something from before what the other had last.
        append(
            folder.path(),
            n,
            (n % 2, n as u8 % 2, Some(405 + n as u32 / 4)),
        );
        read.store.follow(&mut read.builder, &Task::new()).unwrap();
        let earlier = read.builder.len();
        append(
            folder.path(),
            100 + n,
            (1 - n % 2, 1 - n as u8 % 2, Some(404 + n as u32 / 4)),
        );
        read.store.follow(&mut read.builder, &Task::new()).unwrap();
        assert_eq!(read.builder.len(), earlier + 1);
    }
    let log = read.builder.finish().0;
    assert_eq!(ids(&log), ids(&self::read(&paths, Join::Time).log));
}

#[test]
fn other_clocks_are_another_order() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: &str, times: &str| {
        format!(r#"{{"id":"{id}","stream":"{id}","type":"T",{times}"data":{{}}}}"#) + "\n"
    };
    let paths = [FILES[0], FILES[1]].map(|file| folder.path().join(file));
    let at = |field: &str, second: u32| format!(r#""{field}":"2024-01-01T00:00:{second:02}Z","#);
    // Only a has recorded times, so each goes by what it has, until b has them too.
    let layout = LAYOUT.replace("payload =", "occurred_at = \"/occurred\"\npayload =");
    fs::write(
        &paths[0],
        line("a1", &(at("time", 5) + &at("occurred", 50))),
    )
    .unwrap();
    fs::write(&paths[1], line("b1", &at("occurred", 20))).unwrap();
    let open = || {
        let layout = Some(from_toml("made", &layout).unwrap());
        let files = paths.clone().map(|path| {
            (
                path,
                OpenOptions {
                    layout: layout.clone(),
                },
            )
        });
        let mut store = Store::open_all(&files, Join::Time, &Task::new()).unwrap();
        let mut builder = store.builder();
        (store.index(&mut builder, Tail::AtRest, &Task::new(), &mut |_| {})).unwrap();
        (store, builder)
    };
    let (mut store, mut builder) = open();
    assert_eq!(ids(&builder.finish().0), ["b1", "a1"]);
    let more = line("b2", &(at("time", 10) + &at("occurred", 30)));
    fs::write(&paths[1], line("b1", &at("occurred", 20)) + &more).unwrap();
    store.follow(&mut builder, &Task::new()).unwrap();
    let followed = ids(&builder.finish().0);
    let (_, mut anew) = open();
    assert_eq!(followed, ids(&anew.finish().0));
}

#[test]
fn what_is_wrong_with_a_file_comes_and_goes_without_events() {
    let folder = tempfile::tempdir().unwrap();
    append(folder.path(), 0, (0, 0, Some(1)));
    append(folder.path(), 1, (1, 1, Some(2)));
    let paths = [FILES[0], FILES[1]].map(|file| folder.path().join(file));
    let mut read = read(&paths, Join::Time);
    let now = Instant::now();
    let whole = line(2, (1, 1, Some(3)));
    let begun = fs::read_to_string(&paths[1]).unwrap() + &whole[..30];
    fs::write(&paths[1], &begun).unwrap();
    let follow = |read: &mut Read, seconds| {
        let now = now + std::time::Duration::from_secs(seconds);
        let followed = (read.store).follow_at(now, &mut read.builder, &Task::new());
        read.log = read.builder.finish().0;
        (followed.unwrap(), read.log.len(), read.log.problem_count())
    };
    assert_eq!(follow(&mut read, 0), (Followed::Same, 2, 0));
    assert_eq!(follow(&mut read, 2), (Followed::Appended, 2, 1));
    fs::write(&paths[1], begun + &whole[30..] + "\n").unwrap();
    assert_eq!(follow(&mut read, 3), (Followed::Appended, 3, 0));
}

/// What is wrong with one file is told also where another never rests.
#[test]
fn a_file_that_has_gone_is_missed_while_another_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [FILES[0], FILES[1]].map(|file| folder.path().join(file));
    append(folder.path(), 0, (0, 0, Some(0)));
    append(folder.path(), 1, (1, 1, Some(1)));
    let mut read = read(&paths, Join::Time);
    fs::rename(&paths[1], folder.path().join("aside")).unwrap();
    append(folder.path(), 2, (0, 0, Some(2)));
    let followed = read.store.follow(&mut read.builder, &Task::new());
    assert_eq!(followed.unwrap(), Followed::Appended);
    let trouble = read.store.trouble().unwrap();
    assert!(trouble.contains("b.jsonl"), "{trouble}");
    fs::rename(folder.path().join("aside"), &paths[1]).unwrap();
    append(folder.path(), 3, (0, 0, Some(3)));
    let followed = read.store.follow(&mut read.builder, &Task::new());
    assert_eq!(followed.unwrap(), Followed::Appended);
    assert_eq!(read.store.trouble(), None);
}

/// What is done is never more than there is to do, whatever is looked at twice on the way.
#[test]
fn progress_stays_within_its_whole() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let files = ["users.json", "bank.db"].map(|name| (samples.join(name), OpenOptions::default()));
    let task = Task::new();
    let within = || {
        let progress = task.progress();
        assert!(
            progress.total == 0 || progress.done <= progress.total,
            "{progress:?}"
        );
    };
    for tail in [Tail::AtRest, Tail::Following] {
        for files in [&files[..], &files[..1]] {
            let mut store = Store::open_all(files, Join::Time, &task).unwrap();
            within();
            let mut builder = store.builder();
            let publish = &mut |_: &mut LogBuilder| within();
            let read = store.index(&mut builder, tail, &task, publish).unwrap();
            assert_eq!(read, Followed::Appended);
            within();
        }
    }
}
