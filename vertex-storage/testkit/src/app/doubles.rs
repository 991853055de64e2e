//! Ports whose real adapters are slow, or reach out of the process.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{StreamExt, stream, stream::BoxStream};
use uuid::Uuid;
use vertex_core::{
    Error, Result,
    ids::{AuthSessionId, CompanyId, ContentId, UniqueId, UserId},
    notification::Channel,
    paths::ObjectPath,
    ports::{
        AccessClaims, AccessTokens, CompanyFiles, Compute, Courier, Disk, DiskConsents, Disks,
        Event, Events, HeldMemory, Memory, MiddleFrame, Objects, OutgoingMessage, Passwords,
        PictureConverter, Publications, Renewal, Rung, RungPlan, SecurityEvent, SecurityLog,
        Storages, VideoConverter, VideoFile, VideoInspector, ViewIntake,
    },
    publication::{FileStanding, Publication},
    storage::{DiskTokens, StorageConnection},
    usecases::viewer,
    video::{Container, RedactedRange, VideoFacts},
    view_session::ViewSession,
};
use vertex_markers::picture::ConvertibleFormat;
use vertex_storage::SqlRecords;

/// Computes where it is called, in memory without an end.
pub(super) struct AtOnce;

#[async_trait]
impl Compute for AtOnce {
    async fn run(&self, task: Box<dyn FnOnce() + Send>) {
        task();
    }
}

#[async_trait]
impl Memory for AtOnce {
    async fn hold(&self, _: CompanyId, _: u64) -> HeldMemory {
        Box::new(())
    }
}

/// Nobody listens.
pub(super) struct NoListener;

impl Events for NoListener {
    fn publish(&self, _: Event) {}

    fn subscribe(&self) -> BoxStream<'static, Event> {
        stream::pending().boxed()
    }
}

impl SecurityLog for NoListener {
    fn note(&self, _: &SecurityEvent<'_>) {}
}

/// Passwords as they are.
pub(super) struct PlainPasswords;

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: String) -> Result<String> {
        Ok(password)
    }

    async fn verify(&self, password: String, hash: String) -> Result<bool> {
        Ok(password == hash)
    }

    fn decoy(&self) -> String {
        String::new()
    }
}

/// Access tokens that anybody can read and make.
pub(super) struct PlainTokens;

impl AccessTokens for PlainTokens {
    fn sign(&self, claims: &AccessClaims) -> Result<String> {
        let AccessClaims { user, session, role, issued_at, expires_at } = claims;
        let [issued_at, expires_at] = [issued_at, expires_at].map(DateTime::timestamp_micros);
        Ok(format!("{} {} {role} {issued_at} {expires_at}", user.0, session.0))
    }

    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims> {
        let read = || -> Option<AccessClaims> {
            let mut parts = token.split(' ');
            let user = UserId(Uuid::parse_str(parts.next()?).ok()?);
            let session = AuthSessionId(Uuid::parse_str(parts.next()?).ok()?);
            let role = parts.next()?.parse().ok()?;
            let mut time = || DateTime::from_timestamp_micros(parts.next()?.parse().ok()?);
            Some(AccessClaims { user, session, role, issued_at: time()?, expires_at: time()? })
        };
        let held = read().filter(|claims| now < claims.expires_at);
        held.ok_or(Error::Unauthenticated("the access token does not hold"))
    }
}

/// Publications as the records have them.
pub(super) struct Uncached(pub Arc<SqlRecords>);

#[async_trait]
impl Publications for Uncached {
    async fn find(&self, unique_id: &UniqueId) -> Result<Option<Arc<Publication>>> {
        Ok(viewer::load(self.0.as_ref(), unique_id).await?.map(Arc::new))
    }

    async fn standing(&self, company: CompanyId, id: Uuid) -> Result<Option<FileStanding>> {
        viewer::load_standing(self.0.as_ref(), company, id).await
    }

    fn forget_content(&self, _: ContentId) {}

    fn forget_company(&self, _: CompanyId) {}

    fn forget_all(&self) {}
}

/// Writes reports of viewings as they come.
pub(super) struct Listener(pub Arc<SqlRecords>);

#[async_trait]
impl ViewIntake for Listener {
    async fn submit(&self, session: ViewSession) -> Result<()> {
        viewer::record(self.0.as_ref(), &[session]).await.map(drop)
    }

    fn waiting(&self) -> usize {
        0
    }
}

/// Every storage is the same one.
pub(super) struct OnePlace(pub Arc<dyn Objects>);

#[async_trait]
impl Storages for OnePlace {
    async fn open(&self, connection: &StorageConnection) -> Result<CompanyFiles> {
        Ok(CompanyFiles::new(connection.company_id, self.0.clone()))
    }

    async fn lets_pages_read(&self, _: &str, _: &str) -> Result<bool> {
        Ok(true)
    }
}

/// No Yandex.
pub(super) struct NoDiskConsents;

#[async_trait]
impl DiskConsents for NoDiskConsents {
    fn page(&self, _: &str, _: &str) -> Option<String> {
        None
    }

    async fn exchange(&self, _: &str, _: &str) -> Result<DiskTokens> {
        Err(Error::unavailable("Yandex", "there is none"))
    }

    async fn renew(&self, _: &DiskTokens) -> Result<Renewal> {
        Err(Error::unavailable("Yandex", "there is none"))
    }

    async fn account(&self, _: &DiskTokens) -> Result<String> {
        Err(Error::unavailable("Yandex", "there is none"))
    }
}

/// Nothing is converted.
pub(super) struct NoConverter;

#[async_trait]
impl PictureConverter for NoConverter {
    async fn convert(&self, _: Bytes, _: ConvertibleFormat) -> Result<Bytes> {
        Err(Error::unsupported("image", "there is no converter"))
    }
}

#[async_trait]
impl VideoConverter for NoConverter {
    async fn decoding_obstacle(&self, _: &str) -> Option<String> {
        Some("there is no ffmpeg".to_owned())
    }

    async fn copying_obstacle(&self, _: &str) -> Option<String> {
        Some("there is no ffmpeg".to_owned())
    }

    async fn web_copy(&self, _: &VideoFile, _: &ObjectPath) -> Result<()> {
        Err(Error::unavailable("ffmpeg", "there is none"))
    }

    async fn ladder(&self, _: &VideoFile, _: &[RungPlan]) -> Result<Vec<Rung>> {
        Err(Error::unavailable("ffmpeg", "there is none"))
    }
}

/// Every file is an MP4 of which nothing else is known.
pub(super) struct Fixed;

#[async_trait]
impl VideoInspector for Fixed {
    async fn inspect(&self, _: &VideoFile) -> Result<VideoFacts> {
        Ok(VideoFacts::of(Container::Mp4))
    }

    async fn identifying_metadata(&self, _: &VideoFile) -> Result<Vec<RedactedRange>> {
        Ok(Vec::new())
    }

    async fn middle_frame(&self, _: &VideoFile) -> Result<MiddleFrame> {
        Ok(MiddleFrame::Undecodable("nothing is decoded".to_owned()))
    }
}

/// Disks that are as full as a test says.
#[derive(Debug, Default)]
pub struct SetDisks(Mutex<Vec<Disk>>);

impl SetDisks {
    /// There are these from now on; at the beginning there are none, so that everything fits.
    pub fn set(&self, disks: Vec<Disk>) {
        *self.0.lock().unwrap() = disks;
    }
}

#[async_trait]
impl Disks for SetDisks {
    async fn disks(&self) -> Result<Vec<Disk>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// What was sent to people, by every channel.
#[derive(Debug, Default)]
pub struct Sent(Mutex<Vec<OutgoingMessage>>);

impl Sent {
    /// What was sent since this was called last.
    pub fn take(&self) -> Vec<OutgoingMessage> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Courier for Sent {
    fn serves(&self, _: Channel) -> bool {
        true
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<()> {
        self.0.lock().unwrap().push(message.clone());
        Ok(())
    }
}
