//! Bringing a company's files along to its new place: those that its rows know, as long as the rows say. A place
//! that is not the operator's is believed about nothing: what it lists is not asked for, an object of another length
//! than its row's is not that object, and what has no length in a row is bounded and counted against the quota. What
//! is left behind for that and can be made again is made again.

use std::{collections::HashSet, pin::pin};

use futures::TryStreamExt;
use sha2::{Digest, Sha256};

use super::{
    super::{App, contents::every_content, quotas},
    Parties,
};
use crate::{
    domain::{
        content::{ArContent, MarkerStatus},
        error::{Error, Result},
        ids::{CompanyId, ContentId, StorageConnectionId},
        job::Task,
        paths::{NftFile, ObjectPath},
        storage::MoveProgress,
        tenant::TenantScope,
        video::Video,
    },
    ports::{CompanyFiles, ContentFilter, Objects, Trash, pour},
};

const MIB: u64 = 1 << 20;

/// How long an object may be.
#[derive(Clone, Copy)]
enum Length {
    /// So long, as its row says.
    Exactly(u64),
    /// No row says it.
    AtMost(u64),
}

/// What came of an object.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    /// It is at the new place, or there is none.
    Settled,
    /// It is too long, or there is no room for it.
    LeftBehind,
}

/// Brings everything along.
pub(super) async fn everything(
    app: &App,
    scope: &TenantScope,
    leaving: StorageConnectionId,
    parties: Parties,
) -> Result<()> {
    let Parties { old, new, is_foreign, mut progress } = parties;
    let interrupted = progress.copying.take();
    let room = match is_foreign {
        true => room_for_copies(app, scope, old.company()).await?,
        false => None,
    };
    let progress = MoveProgress { objects: 0, bytes: 0, problem: None, ..progress };
    let mut carrier =
        Carrier { app, scope, leaving, old, new, is_foreign, room, interrupted, progress };
    let mut seen = HashSet::new();
    // Rows that go while the pages are read make others change pages.
    while carrier.walk(&mut seen).await? > 0 {}
    carrier.progress.copying = None;
    carrier.note().await
}

/// How many bytes the company may have besides those of its rows; any number where there is no quota.
async fn room_for_copies(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
) -> Result<Option<u64>> {
    let quota = quotas::quota_of(app, scope, company).await?;
    let used = app.records.usage(scope, company, app.now()).await?;
    Ok(quota.max_bytes.map(|most| most.saturating_sub(used.bytes)))
}

struct Carrier<'a> {
    app: &'a App,
    scope: &'a TenantScope,
    leaving: StorageConnectionId,
    old: CompanyFiles,
    new: CompanyFiles,
    is_foreign: bool,
    /// Bytes left for objects whose length no row says.
    room: Option<u64>,
    /// What was being copied when an earlier attempt ended.
    interrupted: Option<ObjectPath>,
    progress: MoveProgress,
}

impl Carrier<'_> {
    /// Brings along what belongs to contents that have not been seen; how many those are.
    async fn walk(&mut self, seen: &mut HashSet<ContentId>) -> Result<usize> {
        let before = seen.len();
        let (app, scope) = (self.app, self.scope);
        let everything = ContentFilter { trash: Trash::With, ..ContentFilter::default() };
        let mut pages = pin!(every_content(app, scope, &everything));
        while let Some(page) = pages.try_next().await? {
            for content in page {
                if seen.insert(content.id) {
                    self.content(&content).await?;
                }
            }
        }
        Ok(seen.len() - before)
    }

    async fn content(&mut self, content: &ArContent) -> Result<()> {
        let mut left_behind = false;
        for (path, length) in files_of_content(content) {
            left_behind |= self.bring(content, None, &path, length).await? == Outcome::LeftBehind;
        }
        if left_behind && content.marker_status == MarkerStatus::Ready {
            let formats = Some(content.marker_formats);
            self.make_again(Task::GenerateMarker {
                content_id: content.id,
                formats,
                usual_too: false,
            })
            .await?;
        }
        for video in self.app.records.videos_of(self.scope, content.id).await? {
            self.video(content, &video).await?;
        }
        Ok(())
    }

    async fn video(&mut self, content: &ArContent, video: &Video) -> Result<()> {
        let (company, video_id) = (video.company_id, video.id);
        let preview = ObjectPath::video_preview(company, video_id);
        let (mut lacks_preview, mut lacks_copies) = (false, false);
        for (path, length) in files_of_video(video) {
            if self.bring(content, Some(video), &path, length).await? == Outcome::LeftBehind {
                *(if path == preview { &mut lacks_preview } else { &mut lacks_copies }) = true;
            }
        }
        if lacks_preview {
            self.make_again(Task::PreviewVideo { video_id }).await?;
        }
        let codec = video.facts.codec.as_deref().unwrap_or_default();
        if lacks_copies && self.app.converter.copying_obstacle(codec).await.is_none() {
            self.make_again(Task::ConvertVideo { video_id }).await?;
        }
        Ok(())
    }

    async fn make_again(&self, task: Task) -> Result<()> {
        self.app.queue.enqueue(&self.app.new_job(self.old.company(), task)).await?;
        self.app.job_queued();
        Ok(())
    }

    /// Copies an object unless it is there. One that is there was written whole: by an earlier attempt, or by
    /// somebody after the move began, whose is newer.
    async fn bring(
        &mut self,
        content: &ArContent,
        video: Option<&Video>,
        path: &ObjectPath,
        length: Length,
    ) -> Result<Outcome> {
        self.progress.copying = Some(path.clone());
        self.note().await?;
        let there = self.new.stat(path).await?.map(|meta| meta.bytes);
        let bytes = match there {
            Some(bytes) if self.is_sure_of(path, length).await? => bytes,
            _ => {
                let Some(bytes) = self.length_at_old(path).await? else {
                    return Ok(Outcome::Settled);
                };
                if !self.admits(path, length, bytes) {
                    return Ok(Outcome::LeftBehind);
                }
                if !self.copy(path, bytes).await? {
                    return Ok(Outcome::Settled);
                }
                // What was deleted while it was copied is not to come back.
                if !self.is_known(content, video).await? {
                    self.new.delete(path).await?;
                    return Ok(Outcome::Settled);
                }
                bytes
            }
        };
        if let (Length::AtMost(_), Some(room)) = (length, &mut self.room) {
            *room = room.saturating_sub(bytes);
        }
        self.progress.objects += 1;
        self.progress.bytes += bytes;
        Ok(Outcome::Settled)
    }

    async fn length_at_old(&self, path: &ObjectPath) -> Result<Option<u64>> {
        Ok(self.old.stat(path).await?.map(|meta| meta.bytes))
    }

    /// Whether an object at the new place is what it should be: an earlier attempt may have ended before it had
    /// compared what never changes.
    async fn is_sure_of(&self, path: &ObjectPath, length: Length) -> Result<bool> {
        match length {
            Length::Exactly(bytes) if self.interrupted.as_ref() == Some(path) => {
                let Ok(new) = digest(&self.new, path, bytes).await else { return Ok(false) };
                match digest(&self.old, path, bytes).await {
                    Err(Error::NotFound(_)) => Ok(true),
                    old => Ok(old? == new),
                }
            }
            _ => Ok(true),
        }
    }

    /// Whether an object of this length may be brought along.
    fn admits(&self, path: &ObjectPath, length: Length, bytes: u64) -> bool {
        let fits = match length {
            Length::Exactly(known) => bytes == known,
            Length::AtMost(most) => bytes <= self.room.unwrap_or(u64::MAX).min(most),
        };
        if !fits && self.is_foreign {
            tracing::warn!(%path, bytes, "an object that does not fit its row or the quota is left behind");
        }
        fits || !self.is_foreign
    }

    /// Copies an object and compares it; `false` when there is none after all.
    async fn copy(&self, path: &ObjectPath, bytes: u64) -> Result<bool> {
        let pieces = match self.old.read_whole(path, bytes).await {
            Err(Error::NotFound(_)) => return Ok(false),
            pieces => pieces?,
        };
        let mut read = Sha256::new();
        match pour(&self.new, path, pieces.inspect_ok(|piece| read.update(piece))).await {
            Err(Error::NotFound(_)) => return Ok(false),
            poured => poured?,
        }
        let written: [u8; 32] = read.finalize().into();
        if digest(&self.new, path, bytes).await? != written {
            self.new.delete(path).await?;
            let why = format!("{path} came back with other bytes than were written");
            return Err(Error::unavailable("the new storage", why));
        }
        Ok(true)
    }

    /// Whether the rows that an object belongs to are still there.
    async fn is_known(&self, content: &ArContent, video: Option<&Video>) -> Result<bool> {
        let (records, scope) = (&self.app.records, self.scope);
        match video {
            Some(video) => {
                let videos = records.videos_of(scope, content.id).await?;
                Ok(videos.iter().any(|known| known.id == video.id))
            }
            None => Ok(records.content(scope, content.id).await?.is_some()
                || records.deleted_content(scope, content.id).await?.is_some()),
        }
    }

    /// Keeps how far the move is.
    async fn note(&self) -> Result<()> {
        self.app.records.put_move_progress(self.scope, self.leaving, &self.progress).await
    }
}

async fn digest(files: &CompanyFiles, path: &ObjectPath, bytes: u64) -> Result<[u8; 32]> {
    let pieces = files.read_whole(path, bytes).await?;
    let digest = pieces
        .try_fold(Sha256::new(), |digest, piece| async move { Ok(digest.chain_update(&piece)) });
    Ok(digest.await?.finalize().into())
}

/// Every object that a content may have, and how long it may be.
fn files_of_content(content: &ArContent) -> Vec<(ObjectPath, Length)> {
    let (company, id) = (content.company_id, content.id);
    let pixels = u64::from(content.image.width) * u64::from(content.image.height);
    let marker = Length::AtMost(MIB + 4 * pixels);
    let picture = Length::AtMost(2 * MIB);
    let original = ObjectPath::portrait(content);
    let nft = |file| (ObjectPath::nft_marker(company, id, file), marker);
    let mut files = vec![
        (original, Length::Exactly(content.image.bytes)),
        (ObjectPath::content_preview(company, id), picture),
        (ObjectPath::mind_marker(company, id), marker),
        (ObjectPath::quality_overlay(company, id), picture),
        (ObjectPath::qr_code(company, id), picture),
    ];
    files.extend(NftFile::ALL.map(nft));
    files
}

/// Every object that a video has, and how long it may be.
fn files_of_video(video: &Video) -> Vec<(ObjectPath, Length)> {
    let (company, id, container) = (video.company_id, video.id, video.facts.container);
    let whole = Length::Exactly(video.bytes);
    let small = Length::AtMost(MIB);
    let copy = Length::AtMost(video.bytes.saturating_mul(4).saturating_add(MIB));
    let mut files = vec![(ObjectPath::video(company, id, container), whole)];
    if video.copies.original {
        files.push((ObjectPath::original_video(company, id, container), whole));
    }
    if video.has_preview {
        files.push((ObjectPath::video_preview(company, id), small));
    }
    if video.copies.web {
        files.push((ObjectPath::web_video(company, id), copy));
    }
    if !video.copies.ladder.is_empty() {
        files.push((ObjectPath::ladder(company, id), small));
    }
    for height in &video.copies.ladder {
        files.push((ObjectPath::rung_list(company, id, *height), small));
        files.push((ObjectPath::rung(company, id, *height), copy));
    }
    files
}
