use chrono::NaiveDate;
use vertex_core::{
    ErrorKind,
    content::{ArContent, MarkerReport, MarkerStatus},
    ids::ReservationId,
    job::{JobState, NewJob, Task},
    marker_formats::MarkerFormats,
    page::{ListQuery, Listing, Sort, SortKey},
    ports::{
        ContentFilter, ContentRecords, EntryRecords, JobQueue, QuotaRecords, Trash, VideoRecords,
        ViewSessionRecords,
    },
    quota::{Quota, Reservation},
};
use vertex_markers::{Analysis, ContrastBand, PictureFormat};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    an_update_leaves_markers_and_counters_alone,
    public_names_are_taken_once,
    a_content_and_its_job_are_both_there_or_both_not,
    a_list_is_newest_first_filtered_and_paged,
    markers_are_asked_for_and_reported,
    what_was_measured_stays_until_it_is_measured_again,
    a_run_that_began_before_a_request_has_not_the_last_word_on_the_markers,
    a_picture_takes_the_place_of_another_in_its_room,
    a_removal_takes_everything_along_and_queues_its_job,
    a_deletion_can_be_taken_back,
    a_change_is_refused_that_saw_another_version,
    contents_are_sorted_and_filtered,
    a_public_name_finds_content_and_company,
    a_file_finds_its_content_and_company,
    other_companies_contents_are_out_of_reach,
);

fn titles(list: &Listing<ArContent>) -> Vec<&str> {
    list.items.iter().map(|content| content.title.as_str()).collect()
}

async fn what_is_written_is_read(world: World) {
    let company = world.company("studio").await;
    let mut content = content(&company, "Анна и Пётр");
    content.image.format = PictureFormat::WebP;
    content.image.bytes = u64::from(u32::MAX) + 1;
    content.image.analysis =
        Analysis { brightness: 0.1, contrast: 127.5, band: ContrastBand::Excellent };
    content.marker_status = MarkerStatus::Failed;
    content.marker_error = Some("too plain".to_owned());
    content.quality = Some(quality(37));
    content.expiry_date = NaiveDate::from_ymd_opt(2028, 2, 29);
    content.is_active = false;
    content.view_count = 7;
    let job = removal(company.id);
    world.records.insert_content(&only(&company), &content, &[], None, &job).await.unwrap();
    let read = world.records.content(&only(&company), content.id).await.unwrap();
    assert_eq!(read, Some(content));
}

async fn an_update_leaves_markers_and_counters_alone(world: World) {
    let company = world.company("studio").await;
    let before = world.content(&company, "Before").await;
    let mut changed = before.clone();
    changed.title = name("After");
    changed.expiry_date = NaiveDate::from_ymd_opt(2027, 1, 1);
    changed.is_active = false;
    changed.updated_at = later(1);
    let expected = changed.clone();
    changed.view_count = 99;
    changed.marker_status = MarkerStatus::Ready;
    changed.quality = Some(quality(99));
    assert!(world.records.update_content(&only(&company), &changed, None, noon()).await.unwrap());
    let read = world.records.content(&only(&company), before.id).await.unwrap();
    assert_eq!(read, Some(expected));
    let (filter, after) = (ContentFilter::default(), listed(Some("after"), 1, 9));
    assert_eq!(world.records.contents(&everywhere(), &filter, &after).await.unwrap().total, 1);
}

async fn public_names_are_taken_once(world: World) {
    let company = world.company("studio").await;
    let first = world.content(&company, "First").await;
    let job = removal(company.id);
    let mut same_name = content(&company, "Second");
    same_name.unique_id = first.unique_id;
    let mut same_link = content(&company, "Third");
    same_link.permanent_link = first.permanent_link;
    for content in [same_name, same_link] {
        let inserted = world.records.insert_content(&everywhere(), &content, &[], None, &job).await;
        let error = inserted.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().ends_with("is taken"), "{error}");
    }
    assert_eq!(world.records.state(job.id).await.unwrap(), None);
}

async fn a_content_and_its_job_are_both_there_or_both_not(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let (mine, theirs) = (world.project(&own, "Mine").await, world.project(&other, "Theirs").await);
    let content = content(&own, "Portrait");
    let job = marker_job(&content);

    let projects = [mine.id, theirs.id];
    let inserted =
        world.records.insert_content(&everywhere(), &content, &projects, None, &job).await;
    assert_eq!(inserted.unwrap_err().to_string(), "there is no such project");
    assert_eq!(world.records.content(&everywhere(), content.id).await.unwrap(), None);
    assert_eq!(world.records.state(job.id).await.unwrap(), None);

    let foreign = removal(other.id);
    let inserted = world.records.insert_content(&only(&own), &content, &[], None, &foreign).await;
    assert_eq!(inserted.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(world.records.content(&everywhere(), content.id).await.unwrap(), None);

    let projects = [mine.id, mine.id];
    world.records.insert_content(&only(&own), &content, &projects, None, &job).await.unwrap();
    assert!(world.records.content(&only(&own), content.id).await.unwrap().is_some());
    assert!(world.records.state(job.id).await.unwrap().is_some());
}

async fn a_list_is_newest_first_filtered_and_paged(world: World) {
    let company = world.company("studio").await;
    let project = world.project(&company, "Wedding").await;
    let fractions = ["00Z", "00.5Z", "00.000001Z", "01Z", "00.25Z"];
    for (index, fraction) in fractions.into_iter().enumerate() {
        let mut content = content(&company, fraction);
        content.created_at = at(&format!("2026-05-01T12:00:{fraction}"));
        let projects: &[_] = if index % 2 == 0 { &[project.id] } else { &[] };
        let job = removal(company.id);
        world.records.insert_content(&everywhere(), &content, projects, None, &job).await.unwrap();
    }
    let list = async |search: Option<&str>, project, number| {
        let filter = ContentFilter { project, ..ContentFilter::default() };
        world.records.contents(&only(&company), &filter, &listed(search, number, 3)).await.unwrap()
    };
    assert_eq!(titles(&list(None, None, 1).await), ["01Z", "00.5Z", "00.25Z"]);
    assert_eq!(titles(&list(None, None, 2).await), ["00.000001Z", "00Z"]);
    assert_eq!(list(None, None, 9).await.total, 5);
    let members = list(None, Some(project.id), 1).await;
    assert_eq!((titles(&members), members.total), (vec!["00.25Z", "00.000001Z", "00Z"], 3));
    let found = list(Some("5z"), Some(project.id), 1).await;
    assert_eq!((titles(&found), found.total), (vec!["00.25Z"], 1));
}

async fn markers_are_asked_for_and_reported(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let (records, scope) = (&world.records, only(&company));
    let status = async || {
        let content = records.content(&scope, content.id).await.unwrap().unwrap();
        (content.marker_status, content.marker_error)
    };

    let failed = MarkerReport::Failed("too plain\0");
    assert!(records.report_marker(&scope, content.id, failed, None, later(1)).await.unwrap());
    assert_eq!(status().await, (MarkerStatus::Failed, Some("too plain\u{fffd}".to_owned())));

    let job = marker_job(&content);
    assert!(records.request_marker(&scope, content.id, &job, None).await.unwrap());
    assert_eq!(status().await, (MarkerStatus::Pending, None));
    assert!(records.state(job.id).await.unwrap().is_some());

    let measured = quality(71);
    let made = MarkerReport::Ready(MarkerFormats::MIND);
    let task = Task::MeasureMarkers { content_id: content.id };
    let next = NewJob { task, ..removal(company.id) };
    let report = records.report_marker(&scope, content.id, made, Some(&next), later(2));
    assert!(report.await.unwrap());
    assert!(records.state(next.id).await.unwrap().is_some());
    assert!(!records.put_quality(&scope, content.id, &quality(7), later(1)).await.unwrap());
    assert!(records.put_quality(&scope, content.id, &measured, later(2)).await.unwrap());
    assert_eq!(status().await, (MarkerStatus::Ready, None));
    let content = records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!((content.updated_at, content.marker_updated_at), (noon(), Some(later(2))));
    assert_eq!(content.quality, Some(measured));
}

async fn what_was_measured_stays_until_it_is_measured_again(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let content = world.content(&company, "Portrait").await;
    assert_eq!(content.quality, None, "nothing is measured before its markers are made");
    let (first, second) = (quality(71), quality(0));
    let made = MarkerReport::Ready(MarkerFormats::MIND);
    for (report, measured, score) in [
        (MarkerReport::Processing, None, None),
        (made, Some(&first), Some(71)),
        (MarkerReport::Processing, None, Some(71)),
        (MarkerReport::Failed("no memory"), None, Some(71)),
        (made, Some(&second), Some(0)),
    ] {
        assert!(records.report_marker(&scope, content.id, report, None, noon()).await.unwrap());
        if let Some(measured) = measured {
            assert!(records.put_quality(&scope, content.id, measured, noon()).await.unwrap());
        }
        let read = records.content(&scope, content.id).await.unwrap().unwrap();
        assert_eq!(read.quality.map(|quality| quality.score), score, "after {report:?}");
    }
}

async fn a_run_that_began_before_a_request_has_not_the_last_word_on_the_markers(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let content = content(&company, "Portrait");
    records.insert_content(&scope, &content, &[], None, &marker_job(&content)).await.unwrap();
    let running = records.claim(Turn::ANY, "worker", noon(), later(60)).await.unwrap().unwrap();
    let read = async || records.content(&scope, content.id).await.unwrap().unwrap();
    let status = async |report| {
        records.report_marker(&scope, content.id, report, None, later(1)).await.unwrap();
        read().await.marker_status
    };
    assert_eq!(status(MarkerReport::Processing).await, MarkerStatus::Processing);
    let made = MarkerReport::Ready(MarkerFormats::MIND);
    assert_eq!(status(made).await, MarkerStatus::Ready);
    assert!(records.request_marker(&scope, content.id, &marker_job(&content), None).await.unwrap());
    for report in [made, MarkerReport::Failed("too plain")] {
        assert_eq!(status(report).await, MarkerStatus::Pending, "another run is to come");
        assert_eq!(read().await.marker_error, None);
    }
    records.complete(&running, later(2)).await.unwrap();
    assert_eq!(records.state(running.id).await.unwrap().unwrap().0, JobState::Queued);
    assert!(records.claim(Turn::ANY, "worker", later(2), later(60)).await.unwrap().is_some());
}

async fn a_picture_takes_the_place_of_another_in_its_room(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let before = world.content(&company, "Portrait").await;
    let made = MarkerReport::Ready(MarkerFormats::MIND);
    records.report_marker(&scope, before.id, made, None, later(1)).await.unwrap();
    assert!(records.put_quality(&scope, before.id, &quality(71), later(1)).await.unwrap());
    let mut after = ArContent { marker_updated_at: Some(later(1)), ..before.clone() };
    after.image.format = PictureFormat::WebP;
    after.image.bytes = 7;
    after.image.revision = u32::MAX;
    after.image.analysis.band = ContrastBand::Excellent;
    after.updated_at = later(2);
    let room = async || {
        let (id, company_id) = (ReservationId(id()), company.id);
        let room = Reservation { id, company_id, bytes: 7, expires_at: later(600) };
        records.reserve(&scope, &room, &Quota::default(), noon()).await.unwrap();
        id
    };
    let jobs = || [marker_job(&before), removal(company.id)];

    let gone = records.replace_picture(&scope, &after, noon(), ReservationId(id()), &jobs()).await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::Conflict);
    let stale = records.replace_picture(&scope, &after, later(1), room().await, &jobs()).await;
    assert!(!stale.unwrap());
    let others = only(&world.company("another").await);
    let reach = records.replace_picture(&others, &after, noon(), room().await, &jobs()).await;
    assert!(!reach.unwrap());
    let read = records.content(&scope, before.id).await.unwrap().unwrap();
    assert_eq!((read.image, read.quality), (before.image.clone(), Some(quality(71))));

    let queued = jobs();
    let done = records.replace_picture(&scope, &after, noon(), room().await, &queued).await;
    assert!(done.unwrap());
    assert_eq!(records.content(&scope, before.id).await.unwrap(), Some(after));
    for job in &queued {
        assert!(records.state(job.id).await.unwrap().is_some());
    }
    let usage = records.usage(&scope, company.id, noon()).await.unwrap();
    assert_eq!((usage.bytes, usage.files), (7, 1));
}

async fn a_removal_takes_everything_along_and_queues_its_job(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let (content, bystander) =
        (world.content(&company, "Goes").await, world.content(&company, "Stays").await);
    for content in [&content, &bystander] {
        let video = world.video(content, "Clip").await;
        let mut rule = rule(content);
        rule.default_video_id = Some(video.id);
        records.put_rotation_rule(&scope, &rule, None).await.unwrap();
        let mut view = view(content);
        view.video_id = Some(video.id);
        records.insert_view_sessions(&scope, &[view]).await.unwrap();
    }

    let job = removal(company.id);
    assert!(!records.purge_content(&scope, content.id, &job).await.unwrap());
    assert!(records.delete_content(&scope, content.id, None, later(1), &job).await.unwrap());
    assert!(records.state(job.id).await.unwrap().is_some());
    assert_eq!(records.content(&scope, content.id).await.unwrap(), None);
    assert_eq!(records.published(&content.unique_id).await.unwrap(), None);
    let again = removal(company.id);
    assert!(!records.delete_content(&scope, content.id, None, later(2), &again).await.unwrap());
    assert_eq!(records.state(again.id).await.unwrap(), None);

    let purge = removal(company.id);
    assert!(records.purge_content(&scope, content.id, &purge).await.unwrap());
    assert!(records.state(purge.id).await.unwrap().is_some());
    assert_eq!(records.videos_of(&scope, content.id).await.unwrap(), []);
    for table in ["contents", "videos", "rotation_rules", "view_sessions"] {
        assert_eq!(world.count(table).await, 1, "rows left in {table}");
    }
    assert!(records.rotation_rule(&scope, bystander.id).await.unwrap().is_some());
    assert!(!records.purge_content(&scope, content.id, &removal(company.id)).await.unwrap());
}

async fn a_deletion_can_be_taken_back(world: World) {
    let company = world.company("studio").await;
    let (records, scope) = (&world.records, only(&company));
    let mut content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let job = removal(company.id);
    assert!(records.delete_content(&scope, content.id, None, later(1), &job).await.unwrap());
    assert_eq!(records.video(&scope, video.id).await.unwrap(), None);
    let total = async |trash| {
        let filter = ContentFilter { trash, ..ContentFilter::default() };
        records.contents(&scope, &filter, &listed(None, 1, 9)).await.unwrap().total
    };
    assert_eq!((total(Trash::Without).await, total(Trash::Only).await), (0, 1));
    let deleted = records.deleted_content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!(deleted.deleted_at, Some(later(1)));
    let strangers = world.company("other").await;
    assert!(!records.restore_content(&only(&strangers), content.id, later(2)).await.unwrap());

    assert!(records.restore_content(&scope, content.id, later(2)).await.unwrap());
    (content.updated_at, content.video_count) = (later(2), 1);
    assert_eq!(records.content(&scope, content.id).await.unwrap(), Some(content));
    assert_eq!(records.video(&scope, video.id).await.unwrap(), Some(video));
    assert_eq!((total(Trash::Without).await, total(Trash::With).await), (1, 1));
}

async fn a_change_is_refused_that_saw_another_version(world: World) {
    let company = world.company("studio").await;
    let mut content = world.content(&company, "Before").await;
    (content.title, content.updated_at) = (name("First"), later(1));
    let (records, scope) = (&world.records, only(&company));
    assert!(records.update_content(&scope, &content, None, noon()).await.unwrap());
    (content.title, content.updated_at) = (name("Second"), later(2));
    assert!(!records.update_content(&scope, &content, None, noon()).await.unwrap());
    let read = records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!((read.title.as_str(), read.updated_at), ("First", later(1)));
}

async fn contents_are_sorted_and_filtered(world: World) {
    let company = world.company("studio").await;
    let records = &world.records;
    let rows = [
        ("B", 3, Some((2027, 1, 1)), true),
        ("a", 1, None, false),
        ("C", 2, Some((2026, 6, 1)), true),
    ];
    for (title, views, expiry, is_active) in rows {
        let mut content = content(&company, title);
        content.view_count = views;
        content.is_active = is_active;
        content.expiry_date = expiry.and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d));
        let job = removal(company.id);
        records.insert_content(&everywhere(), &content, &[], None, &job).await.unwrap();
    }
    let sorted = async |key, descending| {
        let query = ListQuery { sort: Some(Sort { key, descending }), ..listed(None, 1, 9) };
        let filter = ContentFilter::default();
        let list = records.contents(&only(&company), &filter, &query).await.unwrap();
        titles(&list).join("")
    };
    assert_eq!(sorted(SortKey::Name, false).await, "aBC");
    assert_eq!(sorted(SortKey::ViewCount, true).await, "BCa");
    assert_eq!(sorted(SortKey::ExpiryDate, false).await, "CBa");
    assert_eq!(sorted(SortKey::ExpiryDate, true).await, "BCa");
    let filter = ContentFilter { is_active: Some(false), ..ContentFilter::default() };
    let list = records.contents(&only(&company), &filter, &listed(None, 1, 9)).await.unwrap();
    assert_eq!(titles(&list), ["a"]);
}

async fn a_public_name_finds_content_and_company(world: World) {
    let company = world.company("studio").await;
    let found = world.content(&company, "Portrait").await;
    let unknown = content(&company, "Never stored").unique_id;
    let published = world.records.published(&found.unique_id).await.unwrap();
    assert_eq!(published, Some((found, company)));
    assert_eq!(world.records.published(&unknown).await.unwrap(), None);
}

async fn other_companies_contents_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let before = world.content(&own, "Portrait").await;
    let (records, scope, job) = (&world.records, only(&other), removal(other.id));
    let filter = ContentFilter::default();

    assert_eq!(records.content(&scope, before.id).await.unwrap(), None);
    assert_eq!(records.contents(&scope, &filter, &listed(None, 1, 9)).await.unwrap().total, 0);
    let mut changed = before.clone();
    changed.title = name("taken over");
    assert!(!records.update_content(&scope, &changed, None, noon()).await.unwrap());
    assert!(!records.request_marker(&scope, before.id, &job, None).await.unwrap());
    let report = MarkerReport::Processing;
    assert!(!records.report_marker(&scope, before.id, report, None, noon()).await.unwrap());
    assert!(!records.put_quality(&scope, before.id, &quality(71), noon()).await.unwrap());
    assert!(!records.delete_content(&scope, before.id, None, later(1), &job).await.unwrap());
    let inserted = records.insert_content(&scope, &content(&own, "x"), &[], None, &job).await;
    assert_eq!(inserted.unwrap_err().kind(), ErrorKind::NotFound);

    assert_eq!(records.state(job.id).await.unwrap(), None);
    assert_eq!(records.content(&everywhere(), before.id).await.unwrap(), Some(before));
    assert_eq!(
        records.contents(&everywhere(), &filter, &listed(None, 1, 9)).await.unwrap().total,
        1
    );
}

async fn a_file_finds_its_content_and_company(world: World) {
    let (company, other) = (world.company("studio").await, world.company("other").await);
    let content = world.content(&company, "Poster").await;
    let video = world.video(&content, "Clip").await;
    let records = &world.records;
    for id in [content.id.0, video.id.0] {
        let found = records.owner_of_file(company.id, id).await.unwrap().unwrap();
        assert_eq!((found.0.id, found.1.id), (content.id, company.id));
        assert_eq!(records.owner_of_file(other.id, id).await.unwrap(), None, "another's folder");
    }
    assert_eq!(records.owner_of_file(company.id, company.id.0).await.unwrap(), None);
    let job = removal(company.id);
    assert!(records.delete_content(&only(&company), content.id, None, noon(), &job).await.unwrap());
    let (found, _) = records.owner_of_file(company.id, video.id.0).await.unwrap().unwrap();
    assert!(found.deleted_at.is_some(), "deleted ones are found, and known to be");
}
