use std::future::pending;

use super::*;

const SOON: Option<Duration> = Some(Duration::from_millis(50));
/// No test waits longer, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `test` with the task that every worker has.
async fn on_a_worker(test: impl Future<Output = ()>) {
    tokio::select! {
        () = watch() => {}
        () = tokio::time::sleep(PATIENCE) => panic!("the deadline never passed"),
        () = test => {}
    }
}

#[tokio::test]
async fn a_wait_ends_at_its_deadline_and_not_before() {
    on_a_worker(async {
        let begun = Instant::now();
        let deadline = Deadline::after(SOON);
        assert_eq!(deadline.limit(pending::<()>()).await, None);
        assert!(begun.elapsed() >= SOON.unwrap());
        assert_eq!(Deadline::after(SOON).limit(async { 7 }).await, Some(7));
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_is_pushed_back_passes_later() {
    on_a_worker(async {
        let begun = Instant::now();
        let deadline = Deadline::after(SOON);
        deadline.push_back(Duration::from_millis(200));
        assert_eq!(deadline.limit(pending::<()>()).await, None);
        assert!(begun.elapsed() >= Duration::from_millis(200));
    })
    .await;
}

#[tokio::test]
async fn slots_are_used_again() {
    let first = Deadline::after(None);
    let slot = first.0;
    let second = Deadline::after(SOON);
    drop(first);
    let third = Deadline::after(SOON);
    assert_eq!(third.0, slot);
    assert_ne!(second.0, third.0);
}

#[tokio::test]
async fn a_task_that_fell_asleep_is_woken_by_a_new_deadline() {
    on_a_worker(async {
        while !ASLEEP.get() {
            tokio::time::sleep(TICK).await;
        }
        let deadline = Deadline::after(SOON);
        assert_eq!(deadline.limit(pending::<()>()).await, None);
    })
    .await;
}
