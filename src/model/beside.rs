//! Work on two cores at once, for those who know of no threads. What comes out is what would have come out one
//! after the other: results stand in the order of the work. Where the system grants no thread, one does it all.

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle, scope};
use std::time::Duration;

use super::{Cancelled, Task};

/// How long one waits before looking whether one was called off.
const PATIENCE: Duration = Duration::from_millis(10);

/// Threads that read ahead.
const READERS: usize = 2;
/// What each of them has read before it is taken.
const AHEAD: usize = 1;

fn helper<'scope, 'env, T: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    let named = Builder::new().name("asof-beside".to_owned());
    named.spawn_scoped(scope, work).ok()
}

fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Does both.
pub fn both<A, B: Send>(one: impl FnOnce() -> A, two: impl FnOnce() -> B + Send) -> (A, B) {
    let waiting = Mutex::new(Some(two));
    let take = || waiting.lock().map_or(None, |mut two| two.take());
    scope(|scope| {
        let beside = helper(scope, || take().map(|two| two()));
        let one = one();
        let done = beside.and_then(joined);
        // Whoever has taken it has done it.
        let two = done.or_else(|| take().map(|two| two()));
        (one, two.expect("one of the two threads has done it"))
    })
}

/// Does pieces of work by their numbers, in any order; the results stand in theirs.
pub fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(at)));
        }
    };
    let mut done = scope(|scope| {
        let beside = (count > 1).then(|| helper(scope, run)).flatten();
        let mut done = run();
        done.extend(beside.map(joined).into_iter().flatten());
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Work that was begun for later.
#[derive(Debug)]
pub struct Begun<T> {
    task: Task,
    thread: JoinHandle<()>,
    outcome: Receiver<T>,
}

impl<T> Begun<T> {
    /// What came of it, once that is there.
    ///
    /// # Errors
    /// Whoever waits was called off; then so is the work.
    pub fn wait(self, task: &Task) -> Result<T, Cancelled> {
        loop {
            match self.outcome.recv_timeout(PATIENCE) {
                Ok(outcome) => return Ok(outcome),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(cancelled) = task.check() {
                        self.leave();
                        return Err(cancelled);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.leave();
                    return Err(Cancelled);
                }
            }
        }
    }

    /// Calls the work off and sees it end: nothing of it is held any longer then.
    pub fn leave(self) {
        self.task.cancel();
        self.thread
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic));
    }
}

/// Begins work whose outcome is wanted later, on a task of its own; none where the system grants no thread.
pub fn begin<T: Send + 'static>(
    work: impl FnOnce(&Task) -> T + Send + 'static,
) -> Option<Begun<T>> {
    let task = Task::new();
    let (own, (send, outcome)) = (task.clone(), sync_channel(1));
    let work = move || {
        // Nobody waits any more.
        let _ = send.send(work(&own));
    };
    let named = Builder::new().name("asof-beside".to_owned());
    let thread = named.spawn(work).ok()?;
    Some(Begun {
        task,
        thread,
        outcome,
    })
}

/// A thread that reads ahead, what it has read, and what it gets back of it.
type Reading<'scope, T, E> = (
    ScopedJoinHandle<'scope, ()>,
    Receiver<Result<T, E>>,
    SyncSender<T>,
);

/// Reads one thing after the other and takes them in that order, on the calling thread; while one is taken,
/// the next are read, by two threads in turns. No more than a few wait. Ends with the first error in that order.
///
/// What was taken goes back to the thread that has read it, to be let go of there: memory that one thread asks
/// for and another gives back keeps both waiting for the allocator's lock, a fifth of the time where much of it
/// is in small pieces.
///
/// # Errors
/// That of `read` or of `take`.
pub fn ahead<T: Send, E: Send>(
    count: usize,
    read: impl Fn(usize) -> Result<T, E> + Sync,
    mut take: impl FnMut(&T) -> Result<(), E>,
) -> Result<(), E> {
    if count < 2 {
        return (0..count).try_for_each(|at| take(&read(at)?));
    }
    scope(|scope| {
        let read = &read;
        let readers: [Option<Reading<'_, T, E>>; READERS] = std::array::from_fn(|nth| {
            let (send, reads) = sync_channel(AHEAD);
            let (give_back, taken): (_, Receiver<T>) = sync_channel(AHEAD + 2);
            let reader = move || {
                for at in (nth..count).step_by(READERS) {
                    taken.try_iter().for_each(drop);
                    let one = read(at);
                    let is_last = one.is_err();
                    // Nobody takes them any more after an error.
                    if send.send(one).is_err() || is_last {
                        return;
                    }
                }
            };
            helper(scope, reader).map(|handle| (handle, reads, give_back))
        });
        let mut all = || {
            for at in 0..count {
                let Some((_, reads, give_back)) = &readers[at % READERS] else {
                    take(&read(at)?)?;
                    continue;
                };
                // One that has ended too early is asked below why.
                let Ok(one) = reads.recv() else { break };
                let one = one?;
                take(&one)?;
                // A reader that has ended wants nothing back, and nobody waits for one that is slow.
                let _ = give_back.try_send(one);
            }
            Ok(())
        };
        let ended = all();
        for (reader, reads, _) in readers.into_iter().flatten() {
            drop(reads);
            joined(reader);
        }
        ended
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_comes_out_is_in_the_order_of_the_work() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
        let squares = each(1000, |at| at * at);
        assert!(
            squares
                .iter()
                .enumerate()
                .all(|(at, square)| *square == at * at)
        );
        assert_eq!(squares.len(), 1000);
        assert!(each(0, |at| at).is_empty());
        assert_eq!(begin(|_| 3).unwrap().wait(&Task::new()), Ok(3));
    }

    #[test]
    fn what_is_read_is_taken_in_order_up_to_the_first_error() {
        for bad in [0, 1, 7, 100, 101] {
            let mut taken = Vec::new();
            let read = |at| if at == bad { Err(at) } else { Ok(at) };
            let ended = ahead(100, read, |at| {
                taken.push(*at);
                Ok(())
            });
            assert_eq!(ended, if bad < 100 { Err(bad) } else { Ok(()) });
            assert_eq!(taken, (0..bad.min(100)).collect::<Vec<_>>());
        }
        let ended = ahead(100, Ok::<usize, usize>, |at| {
            if *at == 3 { Err(33) } else { Ok(()) }
        });
        assert_eq!(ended, Err(33));
    }

    #[test]
    fn who_waits_can_be_called_off_and_the_work_ends_with_it() {
        let (task, ended) = (Task::new(), Arc::new(AtomicUsize::new(0)));
        let own = Arc::clone(&ended);
        let begun = begin(move |task| {
            while !task.is_cancelled() {
                std::thread::yield_now();
            }
            own.fetch_add(1, Ordering::SeqCst);
        });
        task.cancel();
        assert_eq!(begun.unwrap().wait(&task), Err(Cancelled));
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn readers_do_not_run_away() {
        let (begun, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut taken = 0;
        let read = |at: usize| Ok::<usize, ()>(begun.fetch_add(1, Ordering::SeqCst).max(at));
        let ended = ahead(50, read, |_| {
            taken += 1;
            most.fetch_max(begun.load(Ordering::SeqCst) - taken, Ordering::SeqCst);
            Ok(())
        });
        // Of each reader those that wait, one in its hand, and one between the two.
        assert_eq!((ended, taken), (Ok(()), 50));
        assert!(most.into_inner() <= READERS * (AHEAD + 2));
    }

    #[test]
    fn a_mistake_beside_is_a_mistake() {
        let odd = || -> usize { panic!("odd") };
        let ended = catch_unwind(AssertUnwindSafe(|| both(|| 1, odd)));
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"odd"));
        let begun = begin(move |_| odd()).unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| begun.wait(&Task::new())));
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"odd"));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            ahead(
                9,
                |at| {
                    if at == 4 {
                        panic!("odd")
                    } else {
                        Ok::<usize, ()>(at)
                    }
                },
                |_| Ok(()),
            )
        }));
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"odd"));
    }
}
