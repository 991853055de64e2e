//! Quotas and uploads in parts.

use futures::future::join_all;
use serde_json::json;
use vertex_core::{
    ErrorKind, TenantScope,
    caps::UploadCaps,
    error::FieldError,
    ids::{ReservationId, UploadId},
    job::{NewJob, Task},
    ports::{JobQueue, QuotaRecords, UploadRecords, UserRecords, VideoRecords},
    quota::{Quota, Reservation, Usage},
    upload::{Refusal, Upload, UploadMetadata, UploadState},
};

use crate::support::*;

on_both!(
    of_many_at_once_none_goes_over_the_quota,
    a_file_takes_the_place_of_its_reservation,
    room_that_has_run_out_is_gone,
    a_quota_of_its_own_goes_before_the_default,
    an_upload_moves_on_from_where_it_stands,
    an_upload_that_is_refused_gives_its_room_back,
    uploads_end,
    open_uploads_are_promised_room,
    of_many_at_once_no_more_are_begun_than_may_be,
);

/// No limits where a company has none of its own.
const NONE: Quota = Quota { max_bytes: None, max_files: None, max_uploads: None };
const NOW: &str = "2027-01-31T12:00:00Z";
const LATER: &str = "2027-01-31T13:00:00Z";

async fn of_many_at_once_none_goes_over_the_quota(world: World) {
    let company = world.company("studio").await;
    let quota = Quota { max_bytes: Some(1000), max_files: Some(50), max_uploads: Some(60) };
    world.records.put_quota(&only(&company), company.id, &quota).await.unwrap();
    assert_eq!(world.records.quota(&only(&company), company.id).await.unwrap(), Some(quota));
    let taken = join_all((0..40).map(|_| {
        let records = world.records.clone();
        let scope = only(&company);
        let reservation = reservation(&company, 150);
        async move { records.reserve(&scope, &reservation, &NONE, at(NOW)).await }
    }));
    let taken = taken.await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 6);
    for refused in taken.into_iter().filter_map(Result::err) {
        assert_eq!(refused.kind(), ErrorKind::QuotaExceeded);
    }
    let usage = world.records.usage(&only(&company), company.id, at(NOW)).await.unwrap();
    assert_eq!(usage, Usage { uploads: 6, reserved_bytes: 900, ..Usage::default() });
    let other = world.company("agency").await;
    let foreign =
        world.records.reserve(&only(&other), &reservation(&company, 1), &NONE, at(NOW)).await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    world.records.reserve(&only(&other), &reservation(&other, 9000), &NONE, at(NOW)).await.unwrap();
}

async fn a_file_takes_the_place_of_its_reservation(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let scope = only(&company);
    let before = world.records.usage(&scope, company.id, at(NOW)).await.unwrap();
    let room = reservation(&company, 5000);
    world.records.reserve(&scope, &room, &NONE, at(NOW)).await.unwrap();
    world
        .records
        .reserve(&scope, &Reservation { bytes: 6000, ..room }, &NONE, at(NOW))
        .await
        .unwrap();
    let mut video = video(&content, "Clip");
    (video.bytes, video.created_at) = (5500, at(NOW));
    let job = removal(company.id);
    world.records.insert_video(&scope, &video, Some(room.id), &job).await.unwrap();
    let usage = world.records.usage(&scope, company.id, at(NOW)).await.unwrap();
    assert_eq!((usage.bytes, usage.files), (before.bytes + 5500, before.files + 1));
    assert_eq!((usage.uploads, usage.reserved_bytes), (0, 0));

    video.id = vertex_core::ids::VideoId(id());
    let again = world.records.insert_video(&scope, &video, Some(room.id), &job).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict, "room is used once");
    assert!(world.records.video(&scope, video.id).await.unwrap().is_none());
}

async fn a_quota_of_its_own_goes_before_the_default(world: World) {
    let company = world.company("studio").await;
    let (scope, records) = (only(&company), &world.records);
    let default = Quota { max_bytes: Some(1000), ..NONE };
    let fits = async |bytes| {
        let room = reservation(&company, bytes);
        let taken = records.reserve(&scope, &room, &default, at(NOW)).await;
        records.release(&scope, room.id).await.unwrap();
        taken.is_ok()
    };
    assert_eq!(records.quota(&scope, company.id).await.unwrap(), None);
    assert!(fits(1000).await && !fits(1001).await);
    records.put_quota(&scope, company.id, &Quota { max_bytes: Some(2000), ..NONE }).await.unwrap();
    assert!(fits(2000).await && !fits(2001).await);
    records.put_quota(&scope, company.id, &NONE).await.unwrap();
    assert!(fits(1 << 40).await, "its own quota says that there is no limit");
    let other = world.company("agency").await;
    let foreign = records.delete_quota(&only(&other), company.id).await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(records.delete_quota(&scope, company.id).await.unwrap());
    assert!(!records.delete_quota(&scope, company.id).await.unwrap());
    assert!(!fits(1001).await);
}

async fn room_that_has_run_out_is_gone(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let scope = only(&company);
    let files = world.records.usage(&scope, company.id, at(NOW)).await.unwrap().files;
    let quota = Quota { max_files: Some(files + 1), ..Quota::default() };
    world.records.put_quota(&scope, company.id, &quota).await.unwrap();
    let room = reservation(&company, 10);
    world.records.reserve(&scope, &room, &NONE, at(NOW)).await.unwrap();
    let another = reservation(&company, 10);
    assert!(world.records.reserve(&scope, &another, &NONE, at(NOW)).await.is_err());
    world.records.reserve(&scope, &another, &NONE, at(LATER)).await.unwrap();
    let mut video = video(&content, "Clip");
    video.created_at = at(LATER);
    let job = removal(company.id);
    let late = world.records.insert_video(&scope, &video, Some(room.id), &job).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Conflict);
    world.records.release(&scope, another.id).await.unwrap();
    let usage = world.records.usage(&scope, company.id, at(LATER)).await.unwrap();
    assert_eq!(usage.uploads, 0);
}

async fn an_upload_moves_on_from_where_it_stands(world: World) {
    let company = world.company("studio").await;
    let (scope, upload) = (only(&company), begun(&world, &company).await);
    let job = finishing(&upload);
    let advance = async |upload: &Upload, to| {
        let records = &world.records;
        records.advance_upload(&scope, upload, to, at(LATER), &job).await.unwrap()
    };
    assert!(advance(&upload, 40).await);
    assert!(!advance(&upload, 50).await, "somebody else was faster");
    let read = world.records.upload(&scope, upload.id).await.unwrap().unwrap();
    let expected = Upload { received: 40, expires_at: at(LATER), ..upload.clone() };
    assert_eq!(read, expected);
    assert!(!world.records.is_waiting(&key(&upload)).await.unwrap());
    assert!(advance(&read, upload.length).await);
    assert!(world.records.is_waiting(&key(&upload)).await.unwrap(), "the whole is to be checked");
    let read = world.records.upload(&scope, upload.id).await.unwrap().unwrap();
    assert_eq!(read.state, UploadState::Checking);
    let other = world.company("agency").await;
    assert!(world.records.upload(&only(&other), upload.id).await.unwrap().is_none());
    assert!(!world.records.delete_upload(&only(&other), upload.id).await.unwrap());

    let content = world.content(&company, "Portrait").await;
    let mut video = video(&content, "Clip");
    video.created_at = at(NOW);
    let reserved = Some(upload.reservation());
    world.records.insert_video(&scope, &video, reserved, &removal(company.id)).await.unwrap();
    let read = world.records.upload(&scope, upload.id).await.unwrap().unwrap();
    assert_eq!(read.state, UploadState::Done(video.id.0), "row and note are one transaction");
}

async fn an_upload_that_is_refused_gives_its_room_back(world: World) {
    let company = world.company("studio").await;
    let (scope, upload) = (only(&company), begun(&world, &company).await);
    let refusal =
        Refusal { is_unsupported: true, fields: vec![FieldError::new("video", "is no video")] };
    let refuse = async || world.records.refuse_upload(&scope, upload.id, &refusal).await.unwrap();
    assert!(!refuse().await, "it is not being checked");
    let job = finishing(&upload);
    let all = upload.length;
    world.records.advance_upload(&scope, &upload, all, at(LATER), &job).await.unwrap();
    assert!(refuse().await);
    let read = world.records.upload(&scope, upload.id).await.unwrap().unwrap();
    assert_eq!(read.state, UploadState::Failed(refusal.clone()));
    let usage = world.records.usage(&scope, company.id, at(NOW)).await.unwrap();
    assert_eq!(usage.uploads, 0);
}

async fn uploads_end(world: World) {
    let company = world.company("studio").await;
    let (scope, upload) = (only(&company), begun(&world, &company).await);
    let expired = async |now| world.records.expired_uploads(&everywhere(), now).await.unwrap();
    assert!(expired(at(NOW)).await.is_empty());
    assert_eq!(expired(at(LATER)).await, [upload.id]);
    let job = finishing(&upload);
    let all = upload.length;
    world.records.advance_upload(&scope, &upload, all, at(LATER), &job).await.unwrap();
    assert!(expired(at(LATER)).await.is_empty(), "it is being checked");
    assert!(world.records.delete_upload(&scope, upload.id).await.unwrap());
    let usage = world.records.usage(&scope, company.id, at(NOW)).await.unwrap();
    assert_eq!(usage.uploads, 0);
}

async fn open_uploads_are_promised_room(world: World) {
    let company = world.company("studio").await;
    let (scope, records) = (only(&company), &world.records);
    let promised = async |scope: &TenantScope| {
        let promised = records.promised(scope).await.unwrap();
        (promised.to_come, promised.to_keep)
    };
    assert_eq!(promised(&scope).await, (0, 0));
    begun(&world, &company).await;
    assert_eq!(promised(&scope).await, (100, 100));
    let other = world.company("other").await;
    assert_eq!(promised(&only(&other)).await, (0, 0));
}

async fn of_many_at_once_no_more_are_begun_than_may_be(world: World) {
    let company = world.company("studio").await;
    let first = begun(&world, &company).await;
    let other = world.user(&company, "boris").await;
    let caps = UploadCaps { per_user: Some(4), per_company: Some(7) };
    let begin = async |user| {
        let begun = join_all((0..10).map(|_| {
            let (records, scope) = (world.records.clone(), only(&company));
            let upload = Upload { id: UploadId(id()), user_id: user, ..first.clone() };
            async move { records.insert_upload(&scope, &upload, &caps).await }
        }));
        let (begun, refused): (Vec<_>, Vec<_>) = begun.await.into_iter().partition(Result::is_ok);
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::TooMany);
        }
        begun.len()
    };
    assert_eq!(begin(first.user_id).await, 3, "beside the first of this user");
    assert_eq!(begin(other.id).await, 3, "beside the four of this company");
    assert!(world.records.delete_upload(&only(&company), first.id).await.unwrap());
    assert_eq!(begin(other.id).await, 1, "what has ended makes room");

    let late = Upload { id: UploadId(id()), created_at: at(LATER), ..first.clone() };
    world.records.insert_upload(&only(&company), &late, &caps).await.unwrap();
}

fn reservation(company: &vertex_core::company::Company, bytes: u64) -> Reservation {
    let expires_at = at("2027-01-31T12:30:00Z");
    Reservation { id: ReservationId(id()), company_id: company.id, bytes, expires_at }
}

async fn begun(world: &World, company: &vertex_core::company::Company) -> Upload {
    let user = user(company, "anna");
    world.records.insert_user(&only(company), &user).await.unwrap();
    let metadata = json!({"kind": "video", "title": "Клип"});
    let metadata: UploadMetadata = serde_json::from_value(metadata).unwrap();
    let upload = Upload {
        id: UploadId(id()),
        company_id: company.id,
        user_id: user.id,
        address: Some("192.0.2.7".parse().unwrap()),
        metadata,
        length: 100,
        received: 0,
        state: UploadState::Receiving,
        created_at: at("2027-01-31T11:00:00Z"),
        expires_at: at("2027-01-31T12:30:00Z"),
    };
    let room = Reservation { id: upload.reservation(), ..reservation(company, upload.length) };
    world.records.reserve(&only(company), &room, &NONE, at(NOW)).await.unwrap();
    world.records.insert_upload(&only(company), &upload, &UploadCaps::default()).await.unwrap();
    upload
}

fn finishing(upload: &Upload) -> NewJob {
    NewJob { task: Task::FinishUpload { upload_id: upload.id }, ..removal(upload.company_id) }
}

fn key(upload: &Upload) -> String {
    Task::FinishUpload { upload_id: upload.id }.idempotency_key().unwrap()
}
