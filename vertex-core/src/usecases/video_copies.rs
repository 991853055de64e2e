//! Copies of videos that every browser plays over any line: an H.264 file, and a ladder of heights (HLS).

use std::fmt::Write as _;

use super::{App, videos};
use crate::{
    domain::{
        error::{Error, Result},
        identity::Identity,
        ids::VideoId,
        job::Task,
        paths::ObjectPath,
        tenant::TenantScope,
        video::{LADDER, Video, VideoCopies, VideoFailures},
    },
    ports::{Objects, Rung, RungPlan},
};

/// Queues the making of copies, whatever the operator's policy.
///
/// # Errors
/// `NotFound`, `TooMany`, `Conflict` where copies cannot be made.
pub async fn request(app: &App, who: &Identity, id: VideoId) -> Result<Video> {
    let video = videos::get(app, who, id).await?;
    let codec = video.facts.codec.as_deref().unwrap_or_default();
    if let Some(obstacle) = app.converter.copying_obstacle(codec).await {
        return Err(Error::Conflict(format!("copies cannot be made here: {obstacle}")));
    }
    let job = app.new_job(video.company_id, Task::ConvertVideo { video_id: id });
    app.queue.request(&job, app.policy.caps.waiting_jobs).await?;
    app.job_queued();
    Ok(video)
}

/// What will not be there of a video, and why, in words: nothing here can make it, or trying it has failed.
pub async fn unavailable(app: &App, video: &Video) -> VideoFailures {
    let facts = &video.facts;
    let codec = facts.codec.as_deref().unwrap_or_default();
    let mut missing = video.failures.clone();
    if video.has_preview {
        missing.preview = None;
    } else if let (Some(kind), None) = (&facts.decoding_obstacle, &missing.preview) {
        let obstacle = app.converter.decoding_obstacle(codec).await;
        missing.preview = obstacle.map(|obstacle| format!("pictures in {kind}: {obstacle}"));
    }
    if missing.copies.is_none() {
        missing.copies = app.converter.copying_obstacle(codec).await;
    }
    missing
}

/// Makes the copies of a video. What is made can be used before the rest is.
pub(super) async fn make(app: &App, scope: &TenantScope, id: VideoId) -> Result<()> {
    let Some(video) = app.records.video(scope, id).await? else { return Ok(()) };
    let company = video.company_id;
    let from = videos::file_of(app, &video);
    let mut copies = VideoCopies { original: video.copies.original, ..VideoCopies::default() };
    let files = &from.files;
    if !video.is_web_safe() {
        app.converter.web_copy(&from, &ObjectPath::web_video(company, id)).await?;
        copies.web = true;
        note(app, scope, &video, &copies).await?;
    }
    let tallest = video.facts.height.unwrap_or(u32::MAX);
    let heights = LADDER.into_iter().filter(|height| *height == LADDER[0] || *height <= tallest);
    let plans: Vec<RungPlan> = heights
        .map(|height| RungPlan {
            height,
            list: ObjectPath::rung_list(company, id, height),
            media: ObjectPath::rung(company, id, height),
        })
        .collect();
    let rungs = app.converter.ladder(&from, &plans).await?;
    files.put(&ObjectPath::ladder(company, id), list_of(id, &rungs).into()).await?;
    copies.ladder = rungs.iter().map(|rung| rung.height).collect();
    note(app, scope, &video, &copies).await
}

async fn note(app: &App, scope: &TenantScope, video: &Video, copies: &VideoCopies) -> Result<()> {
    if !app.records.set_video_copies(scope, video.id, copies).await? {
        // The video was removed meanwhile, and nobody else knows of these files.
        let files = app.files.of(video.company_id);
        for path in ObjectPath::all_of_video(video) {
            files.delete(&path).await?;
        }
    }
    app.content_changed(video.content_id);
    Ok(())
}

/// The list of a ladder's rungs, by RFC 8216.
fn list_of(id: VideoId, rungs: &[Rung]) -> String {
    let mut list = "#EXTM3U\n#EXT-X-VERSION:7\n".to_owned();
    for Rung { width, height, bandwidth } in rungs {
        let size = format!("BANDWIDTH={bandwidth},RESOLUTION={width}x{height}");
        let _ = writeln!(list, "#EXT-X-STREAM-INF:{size}\n{id}.p{height}");
    }
    list
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_ladder_lists_its_rungs() {
        let rung = Rung { width: 426, height: 240, bandwidth: 400_000 };
        let list = list_of(VideoId(Uuid::from_u128(1)), &[rung]);
        assert_eq!(
            list,
            "#EXTM3U\n#EXT-X-VERSION:7\n\
             #EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=426x240\n\
             00000000-0000-0000-0000-000000000001.p240\n"
        );
    }
}
