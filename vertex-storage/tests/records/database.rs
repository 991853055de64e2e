use std::error::Error as _;

use futures::future::join_all;
use vertex_core::{
    ErrorKind,
    ports::{CompanyRecords, EntryRecords, JobQueue},
};
use vertex_storage::{Database, SqlRecords};

use crate::support::*;

on_both!(
    several_processes_may_migrate,
    several_processes_may_write,
    a_broken_row_is_named,
    a_closed_database_is_unavailable,
);

async fn several_processes_may_migrate(world: World) {
    let url = world.emptied().await;
    let processes = (0..4).map(async |_| {
        let database = Database::connect(&url).await.unwrap();
        let migrated = database.migrate().await;
        database.close().await;
        migrated
    });
    join_all(processes).await.into_iter().for_each(Result::unwrap);
    let database = Database::connect(&url).await.unwrap();
    let records = SqlRecords::new(database.clone());
    assert!(records.has_no_users().await.unwrap());
    database.close().await;
}

async fn several_processes_may_write(world: World) {
    let company = world.company("studio").await;
    let processes = (0..3).map(async |_| {
        let database = Database::connect(&world.url).await.unwrap();
        let records = SqlRecords::new(database.clone());
        let jobs: Vec<_> = (0..10).map(|_| removal(company.id)).collect();
        join_all(jobs.iter().map(|job| records.enqueue(job)))
            .await
            .into_iter()
            .for_each(Result::unwrap);
        while let Some(job) = records.claim(Turn::ANY, "worker", noon(), later(60)).await.unwrap() {
            assert!(records.complete(&job, noon()).await.unwrap());
        }
        database.close().await;
    });
    join_all(processes).await;
    assert_eq!(world.count("jobs WHERE state = 'done' AND attempts = 1").await, 30);
}

async fn a_broken_row_is_named(world: World) {
    let company = world.company("studio").await;
    world.execute("UPDATE companies SET timezone = 'Middle/Earth'").await;
    let error = world.records.company(&everywhere(), company.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    let cause = error.source().unwrap().to_string();
    assert!(cause.starts_with("companies.timezone \"Middle/Earth\""), "{cause}");
}

async fn a_closed_database_is_unavailable(world: World) {
    let database = Database::connect(&world.url).await.unwrap();
    let records = SqlRecords::new(database.clone());
    records.ping().await.unwrap();
    database.close().await;
    assert_eq!(records.ping().await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn an_address_that_cannot_be_one_is_refused() {
    for url in ["", "vertex.db", "mysql://host/db", "sqlite::memory:", "postgres://host:port/db"] {
        let error = Database::connect(url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{url:?} gave {error}");
        assert!(error.to_string().contains("DATABASE_URL"), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}", directory.path().join("missing.db").display());
    for url in [missing.as_str(), "postgres:///nothing?host=/nowhere"] {
        let error = Database::connect(url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{url:?} gave {error}");
    }
}
