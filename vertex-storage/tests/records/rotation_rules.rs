use vertex_core::{
    ids::VideoId,
    ports::{ContentRecords, VideoRecords},
    rotation::{RotationRule, RotationType, ScheduleConfig, ScheduleEntry},
};

use crate::support::*;

on_both!(
    what_is_written_is_read,
    a_new_rule_replaces_the_old_one,
    a_rule_names_videos_of_its_own_content,
    a_rule_forgets_a_removed_video,
    other_companies_rules_are_out_of_reach,
);

async fn what_is_written_is_read(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let today = noon().date_naive();
    assert_eq!(world.records.rotation_rule(&only(&company), content.id).await.unwrap(), None);

    let rule = RotationRule {
        rotation_type: RotationType::DateSpecific,
        schedule: ScheduleConfig {
            schedules: vec![ScheduleEntry {
                start_date: today,
                end_date: today,
                video_id: video.id,
            }],
            video_sequence: vec![video.id, VideoId(id())],
            video_pool: vec![],
        },
        default_video_id: Some(video.id),
        ..rule(&content)
    };
    world.records.put_rotation_rule(&only(&company), &rule, None).await.unwrap();
    let read = world.records.rotation_rule(&only(&company), content.id).await.unwrap();
    assert_eq!(read, Some(rule));
}

async fn a_new_rule_replaces_the_old_one(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let first = rule(&content);
    world.records.put_rotation_rule(&everywhere(), &first, None).await.unwrap();

    let mut second = rule(&content);
    second.rotation_type = RotationType::Cyclic;
    second.schedule.video_sequence = vec![VideoId(id())];
    second.start_date = later(86_400).date_naive();
    second.created_at = later(1);
    second.updated_at = later(1);
    world.records.put_rotation_rule(&everywhere(), &second, None).await.unwrap();
    let read = world.records.rotation_rule(&everywhere(), content.id).await.unwrap();
    assert_eq!(read, Some(RotationRule { id: first.id, created_at: noon(), ..second }));
}

async fn a_rule_names_videos_of_its_own_content(world: World) {
    let company = world.company("studio").await;
    let (content, other) =
        (world.content(&company, "Portrait").await, world.content(&company, "Poster").await);
    let foreign = world.video(&other, "Clip").await;
    let mut rule = rule(&content);
    rule.default_video_id = Some(foreign.id);
    let error = world.records.put_rotation_rule(&everywhere(), &rule, None).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such video");
    assert_eq!(world.records.rotation_rule(&everywhere(), content.id).await.unwrap(), None);
}

async fn a_rule_forgets_a_removed_video(world: World) {
    let company = world.company("studio").await;
    let content = world.content(&company, "Portrait").await;
    let video = world.video(&content, "Clip").await;
    let mut rule = rule(&content);
    rule.default_video_id = Some(video.id);
    world.records.put_rotation_rule(&everywhere(), &rule, None).await.unwrap();
    let job = removal(company.id);
    assert!(world.records.delete_video(&everywhere(), video.id, None, &job).await.unwrap());
    let read = world.records.rotation_rule(&everywhere(), content.id).await.unwrap();
    assert_eq!(read, Some(RotationRule { default_video_id: None, ..rule }));
}

async fn other_companies_rules_are_out_of_reach(world: World) {
    let (own, other) = (world.company("own").await, world.company("other").await);
    let content = world.content(&own, "Portrait").await;
    let before = rule(&content);
    world.records.put_rotation_rule(&only(&own), &before, None).await.unwrap();

    assert_eq!(world.records.rotation_rule(&only(&other), content.id).await.unwrap(), None);
    let mut intruder = rule(&content);
    let error = world.records.put_rotation_rule(&only(&other), &intruder, None).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such company");
    intruder.company_id = other.id;
    let error = world.records.put_rotation_rule(&only(&other), &intruder, None).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such content");
    let read = world.records.rotation_rule(&only(&own), content.id).await.unwrap();
    assert_eq!(read, Some(before));
}
