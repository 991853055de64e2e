use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};
use vertex_core::{
    Error, Result,
    ports::{CancelOnDrop, MiddleFrame, Objects, VideoFile, VideoInspector, exactly},
    video::{RedactedRange, VideoFacts},
};
use vertex_markers::{Cancellation, Picture};
use vertex_video::VideoError;

use super::{
    Ffmpeg,
    threads::{Priority, on_own_thread},
};

/// How much is read at once: remote storages answer every read with a request.
const BLOCK: u64 = 256 * 1024;
/// How long a storage may keep a reader waiting in all, and what each block adds to it.
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_PER_BLOCK: Duration = Duration::from_millis(500);

/// Inspects video files where they are stored, reading only the parts it needs. Pictures that it cannot decode are
/// ffmpeg's, where there is one.
#[derive(Clone, Debug)]
pub struct FileInspector {
    ffmpeg: Arc<Ffmpeg>,
}

impl FileInspector {
    /// An inspector beside this ffmpeg.
    pub fn new(ffmpeg: Arc<Ffmpeg>) -> Self {
        Self { ffmpeg }
    }
}

#[async_trait]
impl VideoInspector for FileInspector {
    async fn inspect(&self, file: &VideoFile) -> Result<VideoFacts> {
        let described = on_file(file, |file, length, should_stop| {
            vertex_video::describe(file, length, should_stop).map(|description| description.facts)
        });
        described.await?.map_err(refuse)
    }

    async fn identifying_metadata(&self, file: &VideoFile) -> Result<Vec<RedactedRange>> {
        let found = on_file(file, |file, length, should_stop| {
            vertex_video::identifying_metadata(file, length, should_stop)
        });
        found.await?.map_err(refuse)
    }

    async fn middle_frame(&self, file: &VideoFile) -> Result<MiddleFrame> {
        let decoded = on_file(file, |file, length, should_stop| {
            vertex_video::middle_frame(file, length, should_stop)
        });
        match decoded.await? {
            Ok(frame) => Ok(MiddleFrame::Decoded(Picture::from_rgb(frame))),
            Err(error @ (VideoError::Read(_) | VideoError::Stopped)) => Err(refuse(error)),
            Err(_) if self.ffmpeg.program().is_some() => self.ffmpeg.middle_frame(file).await,
            Err(error) => Ok(MiddleFrame::Undecodable(format!("{error}, and there is no ffmpeg"))),
        }
    }
}

fn refuse(error: VideoError) -> Error {
    match error {
        VideoError::Read(_) | VideoError::Stopped => Error::unavailable("the storage", error),
        _ => Error::field("video", error.to_string()),
    }
}

/// Runs a reader of files on a thread that may wait for the storage. It is told to stop, and its next read fails, when
/// nobody waits for it any more.
async fn on_file<T: Send + 'static>(
    file: &VideoFile,
    read: impl FnOnce(StoredFile, u64, &dyn Fn() -> bool) -> Result<T, VideoError> + Send + 'static,
) -> Result<Result<T, VideoError>> {
    let length = file.bytes;
    let on_drop = CancelOnDrop::default();
    let file = StoredFile {
        file: file.clone(),
        patience: PATIENCE,
        position: 0,
        block: Bytes::new(),
        block_start: 0,
        runtime: Handle::current(),
        cancellation: on_drop.0.clone(),
    };
    let stop = on_drop.0.clone();
    let work = move || read(file, length, &|| stop.is_cancelled());
    let read = on_own_thread(Priority::Check, work).await;
    read.ok_or_else(|| Error::internal("reading a video", "its thread ended early"))
}

/// An object as a file: reads block by block, on a thread that may wait.
struct StoredFile {
    file: VideoFile,
    patience: Duration,
    position: u64,
    block: Bytes,
    block_start: u64,
    runtime: Handle,
    cancellation: Cancellation,
}

impl StoredFile {
    fn load(&mut self) -> io::Result<()> {
        let VideoFile { files, path, bytes } = &self.file;
        let end = (self.position + BLOCK).min(*bytes);
        let range = self.position..end;
        let length = end - self.position;
        let begun = Instant::now();
        let read = async {
            let pieces = exactly(files.read(path, range).await?, length);
            let pieces: Vec<Bytes> = pieces.try_collect().await?;
            Ok::<_, Error>(pieces.concat())
        };
        let slow = || Error::unavailable("the storage", "it sends a video too slowly");
        let block = async { timeout(self.patience, read).await.unwrap_or_else(|_| Err(slow())) };
        let block = self.runtime.block_on(block);
        self.patience = self.patience.saturating_sub(begun.elapsed()) + PATIENCE_PER_BLOCK;
        self.block = block.map_err(io::Error::other)?.into();
        self.block_start = self.position;
        Ok(())
    }

    /// What is loaded from the current position on.
    fn loaded(&self) -> &[u8] {
        let offset = self.position.checked_sub(self.block_start);
        let offset = offset.and_then(|offset| usize::try_from(offset).ok());
        offset.and_then(|offset| self.block.get(offset..)).unwrap_or_default()
    }
}

impl Read for StoredFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancellation.is_cancelled() {
            return Err(io::Error::other("nobody waits for this any more"));
        }
        if self.position >= self.file.bytes {
            return Ok(0);
        }
        if self.loaded().is_empty() {
            self.load()?;
        }
        let read = self.loaded().read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for StoredFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.file.bytes.checked_add_signed(offset),
        };
        let before_start = || io::Error::new(io::ErrorKind::InvalidInput, "seek before the start");
        self.position = target.ok_or_else(before_start)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use vertex_core::{
        ids::{CompanyId, VideoId},
        paths::ObjectPath,
        ports::CompanyFiles,
        video::Container,
    };
    use vertex_storage::OpenDalObjects;

    use super::*;

    async fn stored(bytes: Vec<u8>) -> VideoFile {
        let id = uuid::Uuid::from_u128(1);
        let files = CompanyFiles::new(CompanyId(id), Arc::new(OpenDalObjects::memory()));
        let path = ObjectPath::video(CompanyId(id), VideoId(id), Container::Mp4);
        let length = bytes.len() as u64;
        files.put(&path, bytes.into()).await.unwrap();
        VideoFile { files, path, bytes: length }
    }

    #[tokio::test]
    async fn a_file_that_is_shorter_than_its_row_says_is_not_read_as_one_that_ends() {
        let file = stored(vec![7; 300_000]).await;
        let claimed = VideoFile { bytes: 600 << 20, ..file };
        let read = on_file(&claimed, |mut file, length, _| {
            assert_eq!(length, 600 << 20);
            let mut all = Vec::new();
            file.read_to_end(&mut all).map_err(VideoError::Read)
        });
        assert!(matches!(read.await.unwrap(), Err(VideoError::Read(_))));
    }

    #[tokio::test]
    async fn a_stored_file_reads_like_a_file() {
        let bytes: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
        let stored = stored(bytes.clone()).await;
        let read_back = on_file(&stored, |mut file, length, _| {
            let mut all = Vec::new();
            file.seek(SeekFrom::Start(length - 300_000)).unwrap();
            file.read_to_end(&mut all).unwrap();
            file.seek(SeekFrom::Current(-700_000)).unwrap();
            let mut head = vec![0; 400_000];
            file.read_exact(&mut head).unwrap();
            head.extend(all);
            assert!(file.seek(SeekFrom::End(-700_001)).is_err());
            Ok(head)
        });
        assert_eq!(read_back.await.unwrap().unwrap(), bytes);
    }

    #[tokio::test]
    async fn facts_and_frame_of_a_stored_clip() {
        let clip = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/clip.mp4")).unwrap();
        let file = stored(clip).await;
        let inspector = FileInspector::new(Arc::new(Ffmpeg::none()));
        let facts = inspector.inspect(&file).await.unwrap();
        let frame = inspector.middle_frame(&file).await.unwrap();
        let MiddleFrame::Decoded(frame) = frame else { panic!("it is not decoded: {frame:?}") };
        assert_eq!((facts.width, facts.height), (Some(frame.width()), Some(frame.height())));
        assert!(facts.codec.unwrap().starts_with("avc1"));
    }
}
