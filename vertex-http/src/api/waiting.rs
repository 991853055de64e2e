//! Waiting for what a job makes, for those who want it in the same answer.

use std::time::Duration;

use futures::{StreamExt, stream::BoxStream};
use tokio::time::{Instant, sleep_until};
use vertex_core::{
    Result,
    content::ArContent,
    identity::Identity,
    ids::{ContentId, UploadId, VideoId},
    ports::Event,
    upload::{Upload, UploadState},
    usecases::{App, contents, uploads, videos},
    video::Video,
};

use crate::middleware::deadline::answer_by;

/// Longest wait. What is not there by then is answered as it is.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often is looked when the job runs in another process, whose events may not come here.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Somebody who waits, from before the job is queued.
pub struct Waiting<'a> {
    app: &'a App,
    who: &'a Identity,
    news: BoxStream<'static, Event>,
    until: Instant,
}

impl<'a> Waiting<'a> {
    /// Begins to listen. Patience ends before the request is given up.
    pub fn begin(app: &'a App, who: &'a Identity) -> Self {
        let now = Instant::now();
        let left = answer_by().map_or(PATIENCE, |at| at.duration_since(now) * 9 / 10);
        Self { app, who, news: app.events.subscribe(), until: now + left.min(PATIENCE) }
    }

    /// A content once `is_done` holds of it, or when patience ends.
    pub async fn for_content(
        mut self,
        id: ContentId,
        is_done: impl Fn(&ArContent) -> bool + Send,
    ) -> Result<ArContent> {
        loop {
            let content = contents::get(self.app, self.who, id).await?;
            if is_done(&content) || !self.something_happened().await {
                return Ok(content);
            }
        }
    }

    /// A content once what is being measured of it at this moment has been.
    pub async fn for_measuring(self, id: ContentId) -> Result<ArContent> {
        let now = self.app.clock.now();
        self.for_content(id, |content| !content.is_being_measured(now)).await
    }

    /// A video once its preview is there or given up, or when patience ends.
    pub async fn for_preview(mut self, id: VideoId) -> Result<Video> {
        loop {
            let (video, is_settled) = videos::with_preview_job(self.app, self.who, id).await?;
            if is_settled || !self.something_happened().await {
                return Ok(video);
            }
        }
    }

    /// An upload once it is settled, or when patience ends.
    pub async fn for_upload(mut self, id: UploadId) -> Result<Upload> {
        loop {
            let upload = uploads::get(self.app, self.who, id).await?;
            if upload.state != UploadState::Checking || !self.something_happened().await {
                return Ok(upload);
            }
        }
    }

    /// `false` when patience has ended.
    async fn something_happened(&mut self) -> bool {
        tokio::select! {
            Some(_) = self.news.next() => {}
            () = sleep_until(self.until.min(Instant::now() + LOOK_AGAIN)) => {}
        }
        Instant::now() < self.until
    }
}
