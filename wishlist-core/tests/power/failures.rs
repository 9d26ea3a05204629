//! A disk that does not take what is written: what it met is refused, what was acknowledged stays, and nothing has to
//! be started again.

use wishlist_core::Kind;

use crate::life::{Standing, Writers, engine};
use crate::machine::{Failure, Image};

/// Calls of each writer before, while and after the disk fails.
const CALLS: usize = 12;

#[tokio::test]
async fn while_a_disk_fails_each_write_is_refused_and_reads_go_on_and_afterwards_all_is_as_before() {
    let (mut refused, mut acknowledged) = (0, 0);
    for (seed, (failure, expected)) in (0..).zip([
        (Failure::Full, "is full; free some space and try again"),
        (Failure::Write, "could not be read or written; check the disk"),
        (Failure::Sync, "could not be read or written; check the disk"),
    ]) {
        let machine = Standing::start(&Image::new(), seed);
        let engine = engine(&machine.path()).unwrap();
        let mut writers = Writers::new(seed);
        for writer in &mut writers.0 {
            for _ in 0..CALLS {
                writer.turn(&engine).await.unwrap();
            }
        }
        machine.fail(failure, 0, u64::MAX);
        for writer in &mut writers.0 {
            for _ in 0..CALLS {
                let error = writer.turn(&engine).await.unwrap_err();
                assert_eq!(error.kind(), Kind::Unavailable, "{failure:?}: {error}");
                assert!(error.to_string().ends_with(expected), "{failure:?}: {error}");
                refused += 1;
            }
            // What is refused has no effect that anybody sees.
            writer.compare(&engine).await.unwrap();
        }
        machine.mend();
        for writer in &mut writers.0 {
            for _ in 0..CALLS {
                writer.turn(&engine).await.unwrap();
            }
        }
        acknowledged += writers.acknowledged();
        machine.cut_after(0);
        drop(engine);
        let compared = writers.compare(&machine.lose()).await;
        assert!(compared.is_ok(), "{failure:?}: {}", compared.unwrap_err());
    }
    println!(r#"proof: {{"cases": {refused}, "done": {acknowledged}}}"#);
}

#[tokio::test]
async fn who_holds_the_file_is_waited_for_and_where_that_takes_too_long_the_write_alone_is_refused() {
    let machine = Standing::start(&Image::new(), 0);
    let engine = engine(&machine.path()).unwrap();
    let Writers([mut alice, mut bob, _]) = Writers::new(0);
    for writer in [&mut alice, &mut bob] {
        writer.turn(&engine).await.unwrap();
    }
    let holder = rusqlite::Connection::open(machine.path()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = alice.turn(&engine).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().starts_with("another process holds"), "{error}");
    alice.compare(&engine).await.unwrap();
    let let_go = async {
        // By then the write of the other has begun to wait, and reads do not.
        bob.compare(&engine).await.unwrap();
        holder.execute_batch("COMMIT").unwrap();
    };
    let (waited, ()) = tokio::join!(alice.turn(&engine), let_go);
    waited.unwrap();
    println!(r#"proof: {{"cases": 2}}"#);
}
