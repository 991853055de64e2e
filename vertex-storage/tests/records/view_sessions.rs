use chrono::{Days, NaiveDate};
use futures::future::join_all;
use vertex_core::{
    analytics::{Period, Report, SessionFilter},
    company::Company,
    content::ArContent,
    ids::VideoId,
    ports::{AnalyticsRecords, ContentRecords, VideoRecords, ViewSessionRecords},
    view_session::{DeviceType, ViewSession},
};

use crate::support::*;

on_both!(
    every_view_is_counted_once,
    batches_at_once_add_up,
    a_view_outlives_its_video,
    a_view_needs_its_content,
    other_companies_contents_are_not_counted,
    views_are_listed_newest_first,
    figures_are_those_of_the_days,
    a_content_takes_its_views_along,
);

fn day(offset: u64) -> NaiveDate {
    noon().date_naive() + Days::new(offset)
}

fn days(first: u64, last: u64) -> Period {
    Period::new(day(first), day(last)).unwrap()
}

fn all_of(company: &Company) -> SessionFilter {
    SessionFilter {
        company_id: company.id,
        period: days(0, 60),
        content_id: None,
        video_id: None,
        device_type: None,
    }
}

async fn count_of(world: &World, content: &ArContent) -> u64 {
    world.records.content(&everywhere(), content.id).await.unwrap().unwrap().view_count
}

async fn every_view_is_counted_once(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let scope = only(&company);
    let full = ViewSession { browser: Some("a\0b".to_owned()), ..view(&content) };
    let empty = ViewSession {
        browser: None,
        avg_fps: None,
        device_type: DeviceType::Desktop,
        ..view(&content)
    };
    let batch = [full, empty.clone(), view(&content)];
    assert_eq!(world.records.insert_view_sessions(&scope, &batch).await.unwrap(), 3);
    assert_eq!(world.records.insert_view_sessions(&scope, &batch).await.unwrap(), 0);
    let more = [empty.clone(), view(&content)];
    assert_eq!(world.records.insert_view_sessions(&scope, &more).await.unwrap(), 1);
    assert_eq!(world.records.insert_view_sessions(&scope, &[]).await.unwrap(), 0);

    let listed = world.records.view_sessions(&scope, &all_of(&company), page(1, 10)).await.unwrap();
    assert_eq!((listed.total, listed.items.len()), (4, 4));
    assert!(listed.items.contains(&empty), "{listed:?}");
    assert_eq!(count_of(&world, &content).await, 4);
    let content = world.records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!(content.updated_at, noon(), "being viewed is no change");
}

async fn batches_at_once_add_up(world: World) {
    let company = world.company("studio").await;
    let contents = [world.content(&company, "A").await, world.content(&company, "B").await];
    let batches = (0..8).map(|number| {
        let order: Vec<_> = if number % 2 == 0 {
            contents.iter().collect()
        } else {
            contents.iter().rev().collect()
        };
        let batch: Vec<_> =
            order.into_iter().flat_map(|content| (0..50).map(|_| view(content))).collect();
        let world = world.clone();
        async move {
            // A deadlock is broken by the database and tried again by the writer.
            while let Err(error) = world.records.insert_view_sessions(&everywhere(), &batch).await {
                assert!(error.is_temporary(), "{error}");
            }
        }
    });
    join_all(batches).await;
    let listed =
        world.records.view_sessions(&everywhere(), &all_of(&company), page(1, 1)).await.unwrap();
    assert_eq!((listed.total, world.count("view_sessions").await), (800, 800));
    for content in &contents {
        assert_eq!(count_of(&world, content).await, 400);
    }
}

async fn a_view_outlives_its_video(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let view = ViewSession { video_id: Some(video.id), ..view(&content) };
    world.records.insert_view_sessions(&everywhere(), &[view]).await.unwrap();
    assert_eq!(world.count("view_sessions WHERE video_id IS NOT NULL").await, 1);
    let job = removal(company.id);
    assert!(world.records.delete_video(&everywhere(), video.id, None, &job).await.unwrap());
    assert_eq!(world.count("view_sessions WHERE video_id IS NULL").await, 1);
}

async fn a_view_needs_its_content(world: World) {
    let company = world.company("studio").await;
    let (stored, never_stored) =
        (world.content(&company, "Portrait").await, content(&company, "Poster"));
    let stray = ViewSession { video_id: Some(video(&stored, "Clip").id), ..view(&stored) };
    let batch = [view(&never_stored), stray, view(&stored)];
    assert_eq!(world.records.insert_view_sessions(&everywhere(), &batch).await.unwrap(), 2);
    assert_eq!(world.count("view_sessions WHERE video_id IS NULL").await, 2);
    assert_eq!(count_of(&world, &stored).await, 2);
}

async fn other_companies_contents_are_not_counted(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let content = world.content(&own, "Portrait").await;
    assert!(world.records.insert_view_sessions(&only(&other), &[view(&content)]).await.is_err());
    let smuggled = ViewSession { company_id: other.id, ..view(&content) };
    assert_eq!(world.records.insert_view_sessions(&only(&other), &[smuggled]).await.unwrap(), 0);
    assert_eq!((count_of(&world, &content).await, world.count("view_sessions").await), (0, 0));

    world.records.insert_view_sessions(&everywhere(), &[view(&content)]).await.unwrap();
    let (scope, records) = (only(&other), &world.records);
    assert!(records.view_sessions(&scope, &all_of(&own), page(1, 10)).await.is_err());
    assert!(records.older_view_sessions(&scope, &all_of(&own), None, 10).await.is_err());
    assert!(records.company_views(&scope, own.id, days(0, 0)).await.is_err());
    assert!(records.top_contents(&scope, own.id, days(0, 0), 10).await.is_err());
    assert_eq!(records.content_views(&scope, content.id, days(0, 0)).await.unwrap(), []);
}

async fn views_are_listed_newest_first(world: World) {
    let company = world.company("studio").await;
    let (first, second) = (world.content(&company, "A").await, world.content(&company, "B").await);
    let clip = world.video(&first, "Clip").await;
    let mut views = Vec::new();
    for offset in [0, 40, 41] {
        let day = day(offset);
        views.push(ViewSession { day, ..view(&second) });
        views.push(ViewSession { day, video_id: Some(clip.id), ..view(&first) });
        views.push(ViewSession { day, device_type: DeviceType::Tablet, ..view(&first) });
    }
    world.records.insert_view_sessions(&everywhere(), &views).await.unwrap();
    views.reverse();
    let (scope, all) = (only(&company), all_of(&company));
    for (filter, wanted) in [
        (all, views.iter().collect::<Vec<_>>()),
        (SessionFilter { period: days(0, 40), ..all }, views[3..].iter().collect()),
        (
            SessionFilter { device_type: Some(DeviceType::Tablet), ..all },
            views.iter().step_by(3).collect(),
        ),
        (
            SessionFilter { content_id: Some(first.id), ..all },
            views.iter().filter(|view| view.content_id == first.id).collect(),
        ),
        (
            SessionFilter { content_id: Some(first.id), video_id: Some(clip.id), ..all },
            views.iter().filter(|view| view.video_id == Some(clip.id)).collect(),
        ),
    ] {
        let mut exported = Vec::new();
        let mut last_seen = None;
        loop {
            let next =
                world.records.older_view_sessions(&scope, &filter, last_seen, 2).await.unwrap();
            let Some(last) = next.last() else { break };
            last_seen = Some((last.day, last.id));
            exported.extend(next);
        }
        assert_eq!(exported.iter().collect::<Vec<_>>(), wanted, "{filter:?}");
        let listed = world.records.view_sessions(&scope, &filter, page(2, 2)).await.unwrap();
        assert_eq!(listed.total, wanted.len() as u64);
        assert_eq!(
            listed.items.iter().collect::<Vec<_>>(),
            wanted[2.min(wanted.len())..4.min(wanted.len())]
        );
    }
}

async fn figures_are_those_of_the_days(world: World) {
    let company = world.company("studio").await;
    let (first, second) = (world.content(&company, "A").await, world.content(&company, "B").await);
    let clip = world.video(&first, "Clip").await;
    let slow = ViewSession { avg_fps: Some(10.0), duration_seconds: 1.0, ..view(&first) };
    let played = ViewSession { video_id: Some(clip.id), avg_fps: None, ..view(&first) };
    let outside = ViewSession { day: day(5), ..view(&first) };
    let desk = ViewSession { device_type: DeviceType::Desktop, ..view(&second) };
    for batch in [vec![slow, played], vec![outside, desk]] {
        world.records.insert_view_sessions(&everywhere(), &batch).await.unwrap();
    }
    let (scope, period) = (only(&company), days(0, 4));
    let views = world.records.company_views(&scope, company.id, period).await.unwrap();
    let report = Report::of(period, &views);
    assert_eq!((report.total.views, report.total.avg_fps()), (3, Some(19.75)));
    assert_eq!(report.total.seconds, 26.0);
    assert_eq!(
        report.devices.iter().map(|(_, figures)| figures.views).collect::<Vec<_>>(),
        [2, 0, 1]
    );

    let views = world.records.content_views(&scope, first.id, period).await.unwrap();
    let report = Report::of(period, &views);
    let videos: Vec<(Option<VideoId>, u64)> =
        report.videos.iter().map(|(video, figures)| (*video, figures.views)).collect();
    assert_eq!(videos, [(None, 1), (Some(clip.id), 1)]);

    let top = world.records.top_contents(&scope, company.id, period, 5).await.unwrap();
    let named: Vec<_> = top.iter().map(|c| (c.title.as_str(), c.figures.views)).collect();
    assert_eq!(named, [("A", 2), ("B", 1)]);
    assert_eq!((top[0].figures.measured, top[0].figures.seconds), (1, 13.5));
    assert_eq!(world.records.top_contents(&scope, company.id, period, 1).await.unwrap().len(), 1);
}

async fn a_content_takes_its_views_along(world: World) {
    let company = world.company("studio").await;
    let (gone, kept) = (world.content(&company, "A").await, world.content(&company, "B").await);
    let batch = [view(&gone), view(&gone), view(&kept)];
    world.records.insert_view_sessions(&everywhere(), &batch).await.unwrap();
    let (hide, purge) = (removal(company.id), removal(company.id));
    assert!(
        world.records.delete_content(&everywhere(), gone.id, None, noon(), &hide).await.unwrap()
    );
    assert!(world.records.purge_content(&everywhere(), gone.id, &purge).await.unwrap());
    let scope = only(&company);
    let listed = world.records.view_sessions(&scope, &all_of(&company), page(1, 10)).await.unwrap();
    assert_eq!((listed.total, listed.items.len()), (1, 1));
    let views = world.records.company_views(&scope, company.id, days(0, 0)).await.unwrap();
    assert_eq!(views.iter().map(|view| view.figures.views).sum::<u64>(), 1);
    assert_eq!(views[0].figures.seconds, 12.5);
}

/// On PostgreSQL every month has its partition; what came before one was made is found all the same.
#[tokio::test(flavor = "multi_thread")]
async fn months_are_partitions_on_postgres() {
    on_postgres(async |world: World| {
        let company = world.company("studio").await;
        let content = world.content(&company, "Portrait").await;
        let batch = [0, 31, 62].map(|offset| ViewSession { day: day(offset), ..view(&content) });
        world.records.insert_view_sessions(&everywhere(), &batch).await.unwrap();
        for month in ["2026_05", "2026_06", "2026_07"] {
            assert_eq!(world.count(&format!("view_sessions_{month}")).await, 1, "{month}");
        }
        assert_eq!(world.count("view_sessions_other").await, 0);
    })
    .await;
}
