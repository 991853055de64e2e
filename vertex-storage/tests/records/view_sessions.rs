use futures::future::join_all;
use vertex_core::{
    ports::{ContentRecords, VideoRecords, ViewSessionRecords},
    view_session::{DeviceType, ViewSession},
};

use crate::support::*;

on_both!(
    every_view_is_counted,
    a_view_outlives_its_video,
    a_view_needs_a_content,
    other_companies_contents_are_not_counted,
);

async fn every_view_is_counted(world: World) {
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
    let many = (0..10).map(|_| view(&content)).chain([full, empty]).collect::<Vec<_>>();
    let stored = many.iter().map(|view| world.records.insert_view_session(&scope, view));
    join_all(stored).await.into_iter().for_each(Result::unwrap);

    let content = world.records.content(&scope, content.id).await.unwrap().unwrap();
    assert_eq!(content.view_count, 12);
    assert_eq!(content.updated_at, noon());
    assert_eq!(world.count("view_sessions").await, 12);
    let kept =
        "view_sessions WHERE device_type = 'desktop' AND browser IS NULL AND avg_fps IS NULL";
    assert_eq!(world.count(kept).await, 1);
}

async fn a_view_outlives_its_video(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let view = ViewSession { video_id: Some(video.id), ..view(&content) };
    world.records.insert_view_session(&everywhere(), &view).await.unwrap();
    assert_eq!(world.count("view_sessions WHERE video_id IS NOT NULL").await, 1);
    let job = removal(company.id);
    assert!(world.records.delete_video(&everywhere(), video.id, &job).await.unwrap());
    assert_eq!(world.count("view_sessions WHERE video_id IS NULL").await, 1);
}

async fn a_view_needs_a_content(world: World) {
    let company = world.company("studio").await;
    let (stored, never_stored) =
        (world.content(&company, "Portrait").await, content(&company, "Poster"));
    let error =
        world.records.insert_view_session(&everywhere(), &view(&never_stored)).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such content");

    let stray = ViewSession { video_id: Some(video(&stored, "Clip").id), ..view(&stored) };
    let error = world.records.insert_view_session(&everywhere(), &stray).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such video");
    let content = world.records.content(&everywhere(), stored.id).await.unwrap().unwrap();
    assert_eq!(content.view_count, 0);
}

async fn other_companies_contents_are_not_counted(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let content = world.content(&own, "Portrait").await;
    let outside = view(&content);
    assert!(world.records.insert_view_session(&only(&other), &outside).await.is_err());
    let smuggled = ViewSession { company_id: other.id, ..view(&content) };
    assert!(world.records.insert_view_session(&only(&other), &smuggled).await.is_err());
    let content = world.records.content(&everywhere(), content.id).await.unwrap().unwrap();
    assert_eq!((content.view_count, world.count("view_sessions").await), (0, 0));
}
