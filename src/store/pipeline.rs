//! Several readers, one taker: blocks are read side by side and taken in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crossbeam_channel::bounded;

/// Reads the block of that number.
pub(super) type Reader<'a, T, E> = Box<dyn FnMut(usize) -> Result<T, E> + Send + 'a>;

/// Blocks read ahead of the one that is taken next, per reader.
const AHEAD: usize = 2;

/// Reads the blocks `0..blocks`, each by whichever of `readers` is free, and gives them to `take` in
/// order, on the calling thread. A single reader works on the calling thread, too.
///
/// # Errors
/// The first error of a reader, in the order of the blocks; what came before it was taken.
pub(super) fn in_order<T: Send, E: Send>(
    blocks: usize,
    mut readers: Vec<Reader<'_, T, E>>,
    take: &mut dyn FnMut(usize, T),
) -> Result<(), E> {
    if let [reader] = &mut readers[..] {
        for block in 0..blocks {
            take(block, reader(block)?);
        }
        return Ok(());
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = bounded(readers.len() * AHEAD);
    std::thread::scope(|scope| {
        for (n, mut reader) in readers.into_iter().enumerate() {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            let run = move || {
                while !stop.load(Ordering::Relaxed) {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    if block >= blocks || sender.send((block, reader(block))).is_err() {
                        return;
                    }
                }
            };
            let name = format!("asof-read-{n}");
            // Where the system refuses a thread the others do the work.
            drop(
                std::thread::Builder::new()
                    .name(name)
                    .spawn_scoped(scope, run),
            );
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (block, read) in receiver {
            waiting.insert(block, read);
            while let Some(read) = waiting.remove(&expected) {
                match read {
                    Ok(read) => take(expected, read),
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        return Err(error);
                    }
                }
                expected += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::{Reader, in_order};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_are_taken_in_order_up_to_the_first_error(blocks in 0..40_usize, threads in 1..4_usize, bad in 0..60_usize) {
            let readers = (0..threads).map(|_| {
                Box::new(move |block: usize| if block == bad { Err(block) } else { Ok(block * 10) }) as Reader<'_, usize, usize>
            });
            let mut taken = Vec::new();
            let ended = in_order(blocks, readers.collect(), &mut |block, read| taken.push((block, read)));
            let good = blocks.min(bad);
            prop_assert_eq!(taken, (0..good).map(|block| (block, block * 10)).collect::<Vec<_>>());
            prop_assert_eq!(ended, if bad < blocks { Err(bad) } else { Ok(()) });
        }
    }
}
