use vertex_core::{
    ids::{JobId, StorageConnectionId},
    job::{NewJob, Task},
    ports::{CompanyRecords, ContentRecords, StorageRecords},
    storage::{BoundStorage, Bucket, MoveProgress, Place, Sealed, StorageConnection},
};

use crate::support::*;

on_both!(
    what_is_put_is_found_again,
    a_company_with_files_is_bound_to_their_place_only,
    a_place_that_holds_files_is_not_given_up,
    places_are_listed_with_how_far_they_are_left,
    a_move_is_begun_once_and_ends,
    sealed_secrets_are_replaced_only_as_they_were_seen,
    places_of_other_companies_are_out_of_reach,
);

fn place(bucket: &str) -> Place {
    Place::Minio(Bucket {
        endpoint: serde_json::from_value("https://s3.example.org".into()).unwrap(),
        region: "us-east-1".to_owned(),
        name: bucket.to_owned(),
        prefix: String::new(),
        virtual_host: false,
        direct_links: true,
    })
}

fn connection(number: u128, company: &vertex_core::company::Company) -> StorageConnection {
    StorageConnection {
        id: StorageConnectionId(uuid::Uuid::from_u128(number)),
        company_id: company.id,
        place: place(&format!("bucket-{number}")),
        secrets: Some(Sealed(vec![1, 2, 3])),
        withdrawn_at: None,
        created_at: noon(),
        updated_at: noon(),
    }
}

fn job(company: &vertex_core::company::Company, task: Task) -> NewJob {
    NewJob { id: JobId(id()), company_id: company.id, task, run_at: noon() }
}

async fn what_is_put_is_found_again(world: World) {
    let company = world.company("anna").await;
    let (scope, records) = (only(&company), &world.records);
    assert_eq!(records.company_storage(&scope, company.id).await.unwrap().current, None);
    for number in [1, 2] {
        let connection = connection(number, &company);
        assert!(records.put_storage(&scope, &connection, false).await.unwrap());
        let found = records.company_storage(&scope, company.id).await.unwrap();
        assert_eq!((found.current, found.leaving), (Some(connection), None));
    }
    let id = StorageConnectionId(uuid::Uuid::from_u128(2));
    records.note_withdrawn(&scope, id, later(1)).await.unwrap();
    records.note_withdrawn(&scope, id, later(2)).await.unwrap();
    let found = records.storage_of(company.id).await.unwrap().current.unwrap();
    assert_eq!(found.withdrawn_at, Some(later(1)));
    records.reopen_storage(&scope, id, &Sealed(vec![9])).await.unwrap();
    let found = records.storage_of(company.id).await.unwrap().current.unwrap();
    assert_eq!((found.withdrawn_at, found.secrets), (None, Some(Sealed(vec![9]))));
}

async fn a_company_with_files_is_bound_to_their_place_only(world: World) {
    let company = world.company("anna").await;
    let (scope, records) = (only(&company), &world.records);
    let content = world.content(&company, "Poster").await;
    assert!(records.content(&scope, content.id).await.unwrap().is_some());
    assert!(!records.put_storage(&scope, &connection(1, &company), false).await.unwrap());
    assert_eq!(records.storage_of(company.id).await.unwrap().current, None);
    assert!(records.put_storage(&scope, &connection(1, &company), true).await.unwrap());
}

async fn a_place_that_holds_files_is_not_given_up(world: World) {
    let company = world.company("anna").await;
    let (scope, records) = (only(&company), &world.records);
    let connection = connection(1, &company);
    let current = async || records.storage_of(company.id).await.unwrap().current;
    records.put_storage(&scope, &connection, false).await.unwrap();
    assert!(records.delete_storage(&scope, &connection, true).await.unwrap());
    assert_eq!(current().await, None);

    records.put_storage(&scope, &connection, false).await.unwrap();
    world.content(&company, "Poster").await;
    assert!(!records.delete_storage(&scope, &connection, true).await.unwrap());
    assert_eq!(current().await, Some(connection.clone()));
    assert!(records.delete_storage(&scope, &connection, false).await.unwrap());
    assert_eq!(current().await, None);
}

async fn places_are_listed_with_how_far_they_are_left(world: World) {
    let (anna, berta) = (world.company("anna").await, world.company("berta").await);
    let records = &world.records;
    let (from, to, theirs) = (connection(1, &anna), connection(2, &anna), connection(3, &berta));
    records.put_storage(&everywhere(), &from, false).await.unwrap();
    records.put_storage(&everywhere(), &theirs, false).await.unwrap();
    let moving = job(&anna, Task::MoveStorage { leaving: from.id });
    assert!(records.begin_move(&everywhere(), &from, &to, &moving).await.unwrap());

    let list = records.storages(&everywhere(), page(1, 9)).await.unwrap();
    let mut expected = vec![
        BoundStorage { connection: to, leaving: None },
        BoundStorage { connection: from, leaving: Some(MoveProgress::default()) },
        BoundStorage { connection: theirs, leaving: None },
    ];
    expected.sort_by_key(|bound| bound.connection.company_id.0);
    assert_eq!((list.items, list.total), (expected, 3));
    assert_eq!(records.storages(&only(&berta), page(1, 9)).await.unwrap().total, 1);
}

async fn a_move_is_begun_once_and_ends(world: World) {
    let company = world.company("anna").await;
    let (scope, records) = (only(&company), &world.records);
    let (from, to) = (connection(1, &company), connection(2, &company));
    records.put_storage(&scope, &from, false).await.unwrap();
    let moving = job(&company, Task::MoveStorage { leaving: from.id });
    assert!(records.begin_move(&scope, &from, &to, &moving).await.unwrap());
    assert!(!records.begin_move(&scope, &from, &connection(3, &company), &moving).await.unwrap());

    let progress = MoveProgress { objects: 5, bytes: 1 << 40, ..MoveProgress::default() };
    records.put_move_progress(&scope, from.id, &progress).await.unwrap();
    let found = records.storage_of(company.id).await.unwrap();
    assert_eq!(found.current, Some(to));
    assert_eq!(found.read_too(), Some(&from));
    assert_eq!(found.leaving.unwrap().progress, progress);

    let emptying = job(&company, Task::EmptyStorage { left: from.id });
    assert!(records.end_move(&scope, from.id, later(1), &emptying).await.unwrap());
    assert!(!records.end_move(&scope, from.id, later(2), &emptying).await.unwrap());
    assert_eq!(records.storage_of(company.id).await.unwrap().read_too(), None);
    records.forget_storage(&scope, from.id).await.unwrap();
    assert_eq!(records.storage_of(company.id).await.unwrap().leaving, None);
}

async fn sealed_secrets_are_replaced_only_as_they_were_seen(world: World) {
    let company = world.company("anna").await;
    let (scope, records) = (only(&company), &world.records);
    let connection = connection(1, &company);
    records.put_storage(&scope, &connection, false).await.unwrap();
    let (seen, fresh) = (Sealed(vec![1, 2, 3]), Sealed(vec![4]));
    assert!(records.reseal(&scope, connection.id, &seen, &fresh).await.unwrap());
    assert!(!records.reseal(&scope, connection.id, &seen, &Sealed(vec![5])).await.unwrap());
    let sealed = records.sealed_storages(&everywhere()).await.unwrap();
    assert_eq!(sealed.len(), 1);
    assert_eq!(sealed[0].secrets, Some(fresh));
}

async fn places_of_other_companies_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (scope, records) = (only(&own), &world.records);
    let theirs = connection(1, &other);
    records.put_storage(&everywhere(), &theirs, false).await.unwrap();
    assert_eq!(records.company_storage(&scope, other.id).await.unwrap().current, None);
    assert!(records.put_storage(&scope, &connection(2, &other), true).await.is_err());
    assert!(records.delete_storage(&scope, &theirs, false).await.is_err());
    let (seen, fresh) = (Sealed(vec![1, 2, 3]), Sealed(vec![4]));
    assert!(!records.reseal(&scope, theirs.id, &seen, &fresh).await.unwrap());
    records.reopen_storage(&scope, theirs.id, &fresh).await.unwrap();
    assert!(records.sealed_storages(&scope).await.unwrap().is_empty());
    assert_eq!(records.storage_of(other.id).await.unwrap().current, Some(theirs));
    assert!(records.company(&scope, other.id).await.unwrap().is_none());
}
