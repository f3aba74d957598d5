//! Several readers, one taker: blocks are read side by side and taken in their order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

/// Reads the block of that number.
pub(super) type Reader<'a, T, E> = Box<dyn FnMut(usize) -> Result<T, E> + Send + 'a>;

/// Blocks that are being read or wait to be taken, per reader.
const AHEAD: usize = 2;

/// Reads the blocks `0..blocks`, each by whichever of `readers` is free, and gives them to `take` in
/// order, on the calling thread. A single reader works on the calling thread, too, and so does one
/// of several where the system grants no thread at all.
///
/// # Errors
/// The first error of a reader, in the order of the blocks; what came before it was taken.
pub(super) fn in_order<T: Send, E: Send>(
    blocks: usize,
    readers: Vec<Reader<'_, T, E>>,
    take: &mut dyn FnMut(usize, T),
) -> Result<(), E> {
    let named = |n| Builder::new().name(format!("asof-read-{n}"));
    on_threads(&named, blocks, readers, take)
}

/// What came of a block; of a mistake in the program, what that said.
type Caught<T, E> = std::thread::Result<Result<T, E>>;

/// What readers share.
struct Shared<'a, 'r, T, E> {
    idle: Receiver<Reader<'r, T, E>>,
    /// One for each block that may be begun.
    permits: Receiver<()>,
    read: Sender<(usize, Caught<T, E>)>,
    next: &'a AtomicUsize,
    blocks: usize,
}

impl<T, E> Shared<'_, '_, T, E> {
    /// One thread's work: until there are no more blocks, or nobody takes them any more.
    fn run(self) {
        let Ok(mut reader) = self.idle.try_recv() else {
            return;
        };
        while self.permits.recv().is_ok() {
            let block = self.next.fetch_add(1, Ordering::Relaxed);
            if block >= self.blocks {
                return;
            }
            // Whoever waits for this block would wait for ever.
            let read = catch_unwind(AssertUnwindSafe(|| reader(block)));
            let is_last = read.is_err();
            if self.read.send((block, read)).is_err() || is_last {
                return;
            }
        }
    }
}

fn on_threads<T: Send, E: Send>(
    thread: &dyn Fn(usize) -> Builder,
    blocks: usize,
    readers: Vec<Reader<'_, T, E>>,
    take: &mut dyn FnMut(usize, T),
) -> Result<(), E> {
    let count = readers.len();
    let most = count * AHEAD;
    let (lend, idle) = bounded(count);
    let (permit, permits) = bounded(most);
    // Never more than there are permits.
    let (read, reads) = unbounded();
    let next = AtomicUsize::new(0);
    // Both channels have room for all of it.
    for reader in readers {
        let _ = lend.try_send(reader);
    }
    for _ in 0..most {
        let _ = permit.try_send(());
    }
    std::thread::scope(|scope| {
        let mut running = 0;
        for n in (0..count).filter(|_| count > 1) {
            let shared = Shared {
                idle: idle.clone(),
                permits: permits.clone(),
                read: read.clone(),
                next: &next,
                blocks,
            };
            // Where the system refuses a thread the others do the work.
            running += usize::from(thread(n).spawn_scoped(scope, || shared.run()).is_ok());
        }
        drop(read);
        if running == 0 {
            let Ok(mut reader) = idle.try_recv() else {
                return Ok(());
            };
            return (0..blocks).try_for_each(|block| {
                take(block, reader(block)?);
                Ok(())
            });
        }
        // Going out of scope, on an error too, it ends the readers.
        let permit = permit;
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (block, read) in reads {
            waiting.insert(block, read);
            while let Some(read) = waiting.remove(&expected) {
                let read = read.unwrap_or_else(|panic| resume_unwind(panic));
                take(expected, read?);
                expected += 1;
                // Nobody asks for more once all blocks are begun.
                let _ = permit.try_send(());
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Read = Result<usize, usize>;

    fn readers<'a>(
        threads: usize,
        read: &'a (dyn Fn(usize) -> Read + Sync),
    ) -> Vec<Reader<'a, usize, usize>> {
        (0..threads)
            .map(|_| Box::new(read) as Reader<'_, _, _>)
            .collect()
    }

    proptest! {
        #[test]
        fn blocks_are_taken_in_order_up_to_the_first_error(blocks in 0..40_usize, threads in 1..4_usize, bad in 0..60_usize) {
            let read = |block| if block == bad { Err(block) } else { Ok(block * 10) };
            let refused = |_| Builder::new().stack_size(1 << 60);
            let granted = |_| Builder::new();
            for thread in [&granted as &dyn Fn(usize) -> Builder, &refused] {
                let mut taken = Vec::new();
                let ended = on_threads(thread, blocks, readers(threads, &read), &mut |block, read| taken.push((block, read)));
                let good = blocks.min(bad);
                prop_assert_eq!(taken, (0..good).map(|block| (block, block * 10)).collect::<Vec<_>>());
                prop_assert_eq!(ended, if bad < blocks { Err(bad) } else { Ok(()) });
            }
        }
    }

    #[test]
    fn a_reader_that_panics_keeps_nobody_waiting() {
        let read = |block: usize| match block {
            3 => panic!("odd"),
            block => Ok(block),
        };
        let mut taken = 0;
        let ended = catch_unwind(AssertUnwindSafe(|| {
            in_order(100, readers(2, &read), &mut |_, _| taken += 1)
        }));
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"odd"));
        assert_eq!(taken, 3);
    }

    #[test]
    fn a_slow_reader_does_not_let_the_others_run_away() {
        let (threads, blocks) = (3, 200);
        let most = threads * AHEAD;
        let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (go_on, others_wait) = bounded::<()>(0);
        let read = |block: usize| {
            let ahead = begun.fetch_add(1, Ordering::SeqCst) - taken.load(Ordering::SeqCst);
            match block {
                // Nothing can be taken before this one; the others read all that they may.
                0 => others_wait.recv().map_err(|_| block)?,
                _ if block == most - 1 => go_on.send(()).map_err(|_| block)?,
                _ => {}
            }
            if ahead < most { Ok(block) } else { Err(block) }
        };
        let ended = in_order(blocks, readers(threads, &read), &mut |_, _| {
            taken.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(ended, Ok(()));
        assert_eq!(taken.into_inner(), blocks);
    }
}
