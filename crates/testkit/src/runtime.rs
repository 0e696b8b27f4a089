//! Async work for callers of every kind.

use std::future::Future;
use std::thread;

/// Runs `work` to its end on a thread and a multi-thread runtime of its own.
///
/// Tests run on current-thread runtimes, which can neither be blocked on from inside nor
/// carry diesel's migration harness.
pub(crate) fn run<T: Send>(work: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let runner = scope.spawn(|| {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime
                .worker_threads(1)
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(work)
        });
        match runner.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
