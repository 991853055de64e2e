//! Faults around the database: it says what is wrong, and goes on by itself when the cause is gone.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use vertex_core::{
    ErrorKind,
    error::with_causes,
    ports::{CompanyRecords, EntryRecords},
};
use vertex_storage::Database;

use crate::support::*;

/// The longest a fault may go unnoticed, and its end.
const NOTICED: Duration = Duration::from_secs(2);

/// Ends every connection to a PostgreSQL but this one.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Waits until a write succeeds, and no longer than it may take. One that was refused may have been done all the same.
async fn works_again(world: &World, slug: &str) {
    let begun = Instant::now();
    while let Err(error) = world.records.insert_company(&everywhere(), &company(slug), None).await {
        if error.kind() == ErrorKind::Conflict && world.records.ping().await.is_ok() {
            break;
        }
        assert!(begun.elapsed() < NOTICED, "{}", with_causes(&error));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.records.ping().await.unwrap();
}

/// Waits until writes are refused for this reason. What was refused may have been done: each has another name.
async fn refused(world: &World, reason: &str) {
    let begun = Instant::now();
    loop {
        let name = format!("lost-{}", id());
        let tried = world.records.insert_company(&everywhere(), &company(&name), None).await;
        let error = tried.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{}", with_causes(&error));
        if error.reason().unwrap().contains(reason) {
            break;
        }
        assert!(begun.elapsed() < NOTICED, "{}", with_causes(&error));
    }
    let health = world.records.ping().await.unwrap_err();
    assert!(health.reason().unwrap().contains(reason), "{}", with_causes(&health));
}

fn file_of(world: &World) -> PathBuf {
    let path = world.url.strip_prefix("sqlite:").unwrap();
    path.strip_suffix("?mode=rwc").unwrap().into()
}

/// Moves a database with what belongs to it.
fn move_all(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let [from, to] = [from, to].map(|path| format!("{}{suffix}", path.display()));
        fs::rename(from, to).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_a_file_that_was_moved_away() {
    on_sqlite(async |world| {
        world.company("before").await;
        let file = file_of(&world);
        let aside = file.with_extension("aside");
        for round in 0..3 {
            match round {
                0 => fs::rename(&file, &aside).unwrap(),
                _ => move_all(&file, &aside),
            }
            refused(&world, "moved or deleted").await;
            let found = world.records.company_by_slug(&everywhere(), &company("before").slug).await;
            assert!(found.unwrap().is_some(), "it can still be read");
            match round {
                0 => fs::rename(&aside, &file).unwrap(),
                _ => move_all(&aside, &file),
            }
            works_again(&world, &format!("again-{round}")).await;
        }
        assert_eq!(world.count("companies WHERE slug NOT LIKE 'lost-%'").await, 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_deleted_is_made_anew_without_loss() {
    on_sqlite(async |world| {
        world.company("before").await;
        for (round, suffix) in ["-wal", "-shm"].into_iter().enumerate() {
            fs::remove_file(format!("{}{suffix}", file_of(&world).display())).unwrap();
            refused(&world, "moved or deleted").await;
            works_again(&world, &format!("again-{round}")).await;
        }
        assert_eq!(world.count("companies WHERE slug NOT LIKE 'lost-%'").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_in_its_place_is_refused() {
    on_sqlite(async |world| {
        world.company("before").await;
        let file = file_of(&world);
        let aside = file.with_extension("aside");
        move_all(&file, &aside);
        let another = Database::connect(&world.url).await.unwrap();
        another.migrate().await.unwrap();
        another.close().await;
        refused(&world, "another database is in its place").await;
        assert_eq!(world.count("companies").await, 0);

        fs::remove_file(&file).unwrap();
        move_all(&aside, &file);
        works_again(&world, "again").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_are_made_again() {
    on_postgres(async |world| {
        for round in 0..5 {
            world.company(&format!("before-{round}")).await;
            world.execute(CUT).await;
            works_again(&world, &format!("again-{round}")).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_only_be_read_says_so() {
    on_postgres(async |world| {
        let name = world.url.rsplit('/').next().unwrap().split('?').next().unwrap();
        let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        world.execute(&read_only).await;
        world.execute(CUT).await;
        refused(&world, "it is read-only").await;
        assert!(world.records.has_no_users().await.unwrap(), "it can still be read");
        let reset = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
        world.execute(&format!("SET TRANSACTION READ WRITE; {reset}")).await;
        world.execute(CUT).await;
        works_again(&world, "again").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_at_the_same_address_is_refused() {
    on_postgres(async |world| {
        world.company("before").await;
        world.execute("ALTER TABLE installation RENAME TO aside").await;
        world.execute(CUT).await;
        refused(&world, "another database is in its place").await;
        assert_eq!(world.count("companies").await, 1);
        world.execute("ALTER TABLE aside RENAME TO installation").await;
        works_again(&world, "again").await;
    })
    .await;
}
