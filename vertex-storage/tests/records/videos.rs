use futures::future::join_all;
use vertex_core::{
    ErrorKind,
    content::ArContent,
    job::{NewJob, Task},
    ports::{JobQueue, VideoRecords},
    video::{Container, Video, VideoFacts, VideoFailures, VideoPart, VideoStatus},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    an_update_leaves_the_file_alone,
    why_something_is_missing_is_kept_until_it_is_made,
    a_list_is_newest_first,
    a_video_and_its_job_are_both_there_or_both_not,
    one_video_is_activated_at_a_time,
    videos_activated_at_once_leave_one_active,
    a_removal_queues_its_job,
    other_companies_videos_are_out_of_reach,
);

async fn statuses(world: &World, content: &ArContent) -> Vec<VideoStatus> {
    let mut videos = world.records.videos_of(&everywhere(), content.id).await.unwrap();
    videos.sort_by_key(|video| video.id);
    videos.iter().map(|video| video.status).collect()
}

async fn what_is_written_is_read(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let plain = world.video(&content, "Clip").await;
    let full = Video {
        facts: VideoFacts {
            container: Container::WebM,
            duration_seconds: Some(12.345),
            codec: Some("vp09.00.10.08".to_owned()),
            width: Some(1920),
            height: Some(1080),
            audio_codec: Some("opus".to_owned()),
            web_obstacle: Some("pictures in VP9".to_owned()),
            decoding_obstacle: Some("VP9".to_owned()),
        },
        status: VideoStatus::Archived,
        starts_at: Some(later(1)),
        ends_at: Some(later(2)),
        ..video(&content, "Видео")
    };
    let job = removal(company.id);
    world.records.insert_video(&only(&company), &full, None, &job).await.unwrap();
    for video in [plain, full] {
        let read = world.records.video(&only(&company), video.id).await.unwrap();
        assert_eq!(read, Some(video));
    }
}

async fn an_update_leaves_the_file_alone(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let mut changed = world.video(&content, "Before").await;
    changed.title = name("After");
    changed.status = VideoStatus::Archived;
    changed.starts_at = Some(later(1));
    changed.ends_at = Some(later(2));
    changed.updated_at = later(3);
    let mut expected = changed.clone();
    changed.bytes = 1;
    changed.has_preview = true;
    assert!(world.records.update_video(&only(&company), &changed, noon()).await.unwrap());
    let read = world.records.video(&only(&company), changed.id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&expected));

    assert!(world.records.set_video_preview(&only(&company), changed.id).await.unwrap());
    expected.has_preview = true;
    let read = world.records.video(&only(&company), changed.id).await.unwrap();
    assert_eq!(read, Some(expected));
}

async fn why_something_is_missing_is_kept_until_it_is_made(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let (records, scope) = (&world.records, only(&company));
    for (part, reason) in [(VideoPart::Preview, "too dark"), (VideoPart::Copies, "too long")] {
        assert!(records.set_video_failure(&scope, video.id, part, reason).await.unwrap());
    }
    let failures = async || records.video(&scope, video.id).await.unwrap().unwrap().failures;
    let both =
        VideoFailures { preview: Some("too dark".to_owned()), copies: Some("too long".to_owned()) };
    assert_eq!(failures().await, both);
    assert!(records.set_video_preview(&scope, video.id).await.unwrap());
    assert_eq!(failures().await, VideoFailures { preview: None, ..both });
    assert!(records.set_video_copies(&scope, video.id, &video.copies).await.unwrap());
    assert_eq!(failures().await, VideoFailures::default());
}

async fn a_list_is_newest_first(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    for fraction in ["00Z", "00.5Z", "01Z"] {
        let mut video = video(&content, fraction);
        video.created_at = at(&format!("2026-05-01T12:00:{fraction}"));
        let job = removal(company.id);
        world.records.insert_video(&everywhere(), &video, None, &job).await.unwrap();
    }
    let videos = world.records.videos_of(&only(&company), content.id).await.unwrap();
    let titles: Vec<_> = videos.iter().map(|video| video.title.as_str()).collect();
    assert_eq!(titles, ["01Z", "00.5Z", "00Z"]);
}

async fn a_video_and_its_job_are_both_there_or_both_not(world: World) {
    let company = world.company("studio").await;
    let never_stored = content(&company, "Portrait");
    let video = video(&never_stored, "Clip");
    let job = NewJob { task: Task::PreviewVideo { video_id: video.id }, ..removal(company.id) };
    let error = world.records.insert_video(&everywhere(), &video, None, &job).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such content");
    assert_eq!(world.records.state(job.id).await.unwrap(), None);
}

async fn one_video_is_activated_at_a_time(world: World) {
    use VideoStatus::{Active, Archived, Inactive};
    let company = world.company("studio").await;
    let (content, other) =
        (world.content(&company, "Portrait").await, world.content(&company, "Poster").await);
    let (first, second) = (world.video(&content, "a").await, world.video(&content, "b").await);
    let mut archived = world.video(&content, "c").await;
    archived.status = Archived;
    world.records.update_video(&everywhere(), &archived, noon()).await.unwrap();
    let elsewhere = world.video(&other, "d").await;

    for video in [&elsewhere, &first, &second] {
        assert!(
            world.records.activate_video(&only(&company), video.id, None, later(1)).await.unwrap()
        );
    }
    assert_eq!(statuses(&world, &content).await, [Inactive, Active, Archived]);
    assert_eq!(statuses(&world, &other).await, [Active]);
    let read = world.records.video(&everywhere(), second.id).await.unwrap().unwrap();
    assert_eq!(read.updated_at, later(1));
}

async fn videos_activated_at_once_leave_one_active(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let scope = only(&company);
    let mut videos = Vec::new();
    for _ in 0..6 {
        videos.push(world.video(&content, "Clip").await.id);
    }
    let activated =
        videos.iter().map(|id| world.records.activate_video(&scope, *id, None, later(1)));
    assert!(join_all(activated).await.into_iter().all(|done| done.unwrap()));
    let statuses = statuses(&world, &content).await;
    let active = statuses.iter().filter(|status| **status == VideoStatus::Active).count();
    assert_eq!(active, 1, "{statuses:?}");
}

async fn a_removal_queues_its_job(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let (first, second) = (removal(company.id), removal(company.id));
    assert!(world.records.delete_video(&only(&company), video.id, None, &first).await.unwrap());
    assert!(!world.records.delete_video(&only(&company), video.id, None, &second).await.unwrap());
    assert_eq!(world.records.video(&only(&company), video.id).await.unwrap(), None);
    assert!(world.records.state(first.id).await.unwrap().is_some());
    assert!(world.records.state(second.id).await.unwrap().is_none());
}

async fn other_companies_videos_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let content = world.content(&own, "Portrait").await;
    let before = world.video(&content, "Clip").await;
    let (records, scope, job) = (&world.records, only(&other), removal(other.id));

    assert_eq!(records.video(&scope, before.id).await.unwrap(), None);
    assert_eq!(records.videos_of(&scope, content.id).await.unwrap(), []);
    let mut changed = before.clone();
    changed.title = name("taken over");
    assert!(!records.update_video(&scope, &changed, noon()).await.unwrap());
    assert!(!records.activate_video(&scope, before.id, None, noon()).await.unwrap());
    assert!(!records.set_video_preview(&scope, before.id).await.unwrap());
    let part = VideoPart::Preview;
    assert!(!records.set_video_failure(&scope, before.id, part, "no").await.unwrap());
    assert!(!records.delete_video(&scope, before.id, None, &job).await.unwrap());
    let error = records.insert_video(&scope, &video(&content, "x"), None, &job).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    // Not even with a company of one's own on it.
    let smuggled = Video { company_id: other.id, ..video(&content, "x") };
    let error = records.insert_video(&scope, &smuggled, None, &job).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such content");

    assert_eq!(records.state(job.id).await.unwrap(), None);
    assert_eq!(records.videos_of(&only(&own), content.id).await.unwrap(), [before]);
}
