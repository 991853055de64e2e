//! Rotation rules over HTTP: what they name plays, what they would not use is refused.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::harness::{Service, text};

#[tokio::test]
async fn a_range_of_days_overrides_a_daily_cycle() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let mut clips = Vec::new();
    for _ in 0..3 {
        clips.push(admin.upload_video(&content, "clip.mp4").await["id"].clone());
    }
    let path = format!("/api/ar-content/{}/rotation-rule", text(&content["id"]));
    let (_, preview) = admin.get(&format!("{path}/preview?days=1")).await;
    let today: NaiveDate = text(&preview["days"][0]["date"]).parse().unwrap();
    let day = |number| (today + Days::new(number)).to_string();
    let rule = json!({
        "rotation_type": "daily_cycle", "start_date": day(0),
        "schedule_config": {
            "video_sequence": [clips[0], clips[1]],
            "schedules": [{ "start_date": day(1), "end_date": day(2), "video_id": clips[2] }],
        },
    });
    let (status, set) = admin.put(&path, rule.clone()).await;
    assert_eq!(status, 200, "{set}");

    let (_, preview) = admin.get(&format!("{path}/preview?days=5")).await;
    let days = preview["days"].as_array().unwrap();
    let planned: Vec<&Value> = days.iter().map(|day| &day["spans"][0]["video_id"]).collect();
    assert_eq!(planned, [&clips[0], &clips[2], &clips[2], &clips[1], &clips[0]]);

    // What was read can be sent back, and what a rule would not use cannot.
    let back = |rule: &Value| {
        let fields = ["rotation_type", "schedule_config", "default_video_id", "start_date"];
        fields.map(|field| (field.to_owned(), rule[field].clone())).into_iter().collect::<Value>()
    };
    assert_eq!(admin.put(&path, back(&set)).await.0, 200);
    let mut by_date = rule;
    by_date["rotation_type"] = json!("date_specific");
    let (status, refused) = admin.put(&path, by_date.clone()).await;
    let fields = refused["errors"].as_array().unwrap().iter().map(|error| text(&error["field"]));
    let fields: Vec<&str> = fields.collect();
    assert_eq!(
        (status.as_u16(), &*fields),
        (422, &["schedule_config.video_sequence", "start_date"][..])
    );
    by_date["schedule_config"]["video_sequence"] = json!([]);
    by_date["start_date"] = Value::Null;
    let (status, set) = admin.put(&path, by_date).await;
    assert_eq!((status.as_u16(), &set["start_date"]), (200, &Value::Null), "{set}");
    assert_eq!(admin.put(&path, back(&set)).await.0, 200);
}
