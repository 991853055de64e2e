//! What people do with the system: each use case checks, asks the ports, and answers with domain types.

pub mod analytics;
pub mod audit;
pub mod auth;
pub mod batches;
pub mod chats;
pub mod clients;
pub mod companies;
pub mod contents;
pub mod disk_consents;
pub mod disks;
pub mod email_confirmations;
pub mod folders;
pub mod housekeeping;
pub mod invitations;
pub mod jobs;
pub mod markers;
pub mod notifications;
pub mod operator;
pub mod orders;
pub mod overview;
mod passwords;
mod pictures;
pub mod portraits;
pub mod projects;
pub mod quality;
pub mod quotas;
mod removal;
mod reservation;
pub mod rotation_rules;
pub mod sign_in_attempts;
pub mod storage;
pub mod storage_moves;
pub mod sweep;
mod tenancy;
pub mod uploads;
pub mod users;
pub mod video_copies;
pub mod videos;
pub mod viewer;

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use vertex_markers::nft::NftOptions;

use crate::{
    domain::{
        caps::Caps,
        error::{Error, Result},
        ids::{CompanyId, ContentId, JobId, UniqueId},
        job::{NewJob, Task},
        links::{Audience, LinkSigner},
        mac::MacKey,
        paths::ObjectPath,
        phone::Country,
        quota::Quota,
        storage::{Reach, Vault},
        visitor::Doubles,
    },
    ports::{
        AccessTokens, AllFiles, ByteStream, ChatBot, Clock, Compute, Courier, Dependents,
        DiskConsents, Disks, Event, Events, JobQueue, Memory, Objects, Passwords, PictureConverter,
        Publications, Records, SecurityLog, Spool, Storages, VideoConverter, VideoInspector,
        ViewIntake,
    },
};

/// How long a link holds that a storage has signed, and that nobody can take back before.
const DIRECT_LINKS: TimeDelta = TimeDelta::minutes(15);

/// Which videos get copies without being asked for, where they can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convert {
    /// Those that not every browser plays.
    Needed,
    /// All.
    Always,
    /// None.
    Never,
}

/// Limits and addresses that the operator chooses.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where the world reaches this installation, without a slash at the end.
    pub base_url: String,
    /// Where alerts go for operators without an address of their own.
    pub admin_email: Option<String>,
    /// What a company may keep that has no quota of its own.
    pub default_quota: Quota,
    /// How much may be open at once.
    pub caps: Caps,
    /// Largest picture file taken.
    pub max_image_bytes: u64,
    /// Largest video file taken.
    pub max_video_bytes: u64,
    /// How NFT markers are made.
    pub nft: NftOptions,
    /// Which videos get copies without being asked for.
    pub convert: Convert,
    /// How long an access token holds.
    pub access_token_ttl: TimeDelta,
    /// How long a signed-in device may stay away.
    pub refresh_token_ttl: TimeDelta,
    /// Whether anybody may register a company of their own, without being invited.
    pub open_registration: bool,
    /// How long an upload that comes in parts may stand still.
    pub upload_ttl: TimeDelta,
    /// How long what was deleted can be taken back.
    pub purge_after: TimeDelta,
    /// Whose phone numbers are typed without a country code.
    pub phone_country: Country,
    /// Which addresses the storages of tenants may have.
    pub storage_reach: Reach,
}

/// The system: every port wired to its adapter. Use cases take it first.
#[derive(Clone)]
pub struct App {
    /// The rows.
    pub records: Arc<dyn Records>,
    /// The queue.
    pub queue: Arc<dyn JobQueue>,
    /// The files.
    pub files: AllFiles,
    /// Where files are of companies that have chosen nothing.
    pub own_objects: Arc<dyn Objects>,
    /// Uploads that come in parts.
    pub spool: Arc<dyn Spool>,
    /// Room on the disks of this machine.
    pub disks: Arc<dyn Disks>,
    /// The places that files are kept in, each by itself.
    pub storages: Arc<dyn Storages>,
    /// How owners of Yandex Disks consent.
    pub consents: Arc<dyn DiskConsents>,
    /// What seals the secrets that open them.
    pub vault: Vault,
    /// What the world may see.
    pub publications: Arc<dyn Publications>,
    /// Where reports of viewings go.
    pub views: Arc<dyn ViewIntake>,
    /// Reports that came lately.
    pub doubles: Arc<Doubles>,
    /// The news.
    pub events: Arc<dyn Events>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Heavy computation of jobs.
    pub compute: Arc<dyn Compute>,
    /// The same where nobody waits for it.
    pub background: Arc<dyn Compute>,
    /// Looking at what is being uploaded, which somebody waits for.
    pub checks: Arc<dyn Compute>,
    /// The memory that pictures are decoded in.
    pub memory: Arc<dyn Memory>,
    /// Pictures of formats that are not decoded here.
    pub pictures: Arc<dyn PictureConverter>,
    /// Password hashing.
    pub passwords: Arc<dyn Passwords>,
    /// Passwords that are being looked at.
    pub sign_in_turns: Arc<sign_in_attempts::SignInTurns>,
    /// What operators must know of accounts.
    pub security: Arc<dyn SecurityLog>,
    /// Access tokens.
    pub tokens: Arc<dyn AccessTokens>,
    /// Video files.
    pub videos: Arc<dyn VideoInspector>,
    /// Copies of videos.
    pub converter: Arc<dyn VideoConverter>,
    /// The way notifications go out.
    pub courier: Arc<dyn Courier>,
    /// The bot that people connect their chats with, where there is one.
    pub chat_bot: Option<Arc<dyn ChatBot>>,
    /// Our own signed links.
    pub links: LinkSigner,
    /// What tells our own tokens from made-up ones.
    pub mac: MacKey,
    /// What the operator chose.
    pub policy: Policy,
}

impl App {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn new_job(&self, company_id: CompanyId, task: Task) -> NewJob {
        NewJob { id: JobId(self.clock.uuid()), company_id, task, run_at: self.now() }
    }

    fn new_purge(&self, company_id: CompanyId, task: Task) -> NewJob {
        let job = self.new_job(company_id, task);
        NewJob { run_at: job.run_at + self.policy.purge_after, ..job }
    }

    fn job_queued(&self) {
        self.events.publish(Event::JobQueued);
    }

    /// Says that a content, its videos or its rule were changed, here at once and elsewhere soon.
    fn content_changed(&self, id: ContentId) {
        self.publications.forget_content(id);
        self.events.publish(Event::ContentChanged { content_id: id });
    }

    /// The same for a company.
    fn company_changed(&self, id: CompanyId) {
        self.publications.forget_company(id);
        self.events.publish(Event::CompanyChanged { company_id: id });
    }

    /// The address printed on a picture.
    pub fn viewer_url(&self, unique_id: &UniqueId) -> String {
        format!("{}/ar/{unique_id}", self.policy.base_url)
    }

    /// A path of this installation with its address in front.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.policy.base_url)
    }

    /// A link to an object for people of its company.
    pub fn link(&self, path: &ObjectPath) -> String {
        self.absolute(&self.signed_path(path, Audience::Members))
    }

    /// A link to an object for whoever looks at its content.
    pub fn public_link(&self, path: &ObjectPath) -> String {
        self.absolute(&self.signed_path(path, Audience::Public))
    }

    /// Where an audience finds an object at this installation for a while.
    pub fn signed_path(&self, path: &ObjectPath, audience: Audience) -> String {
        format!("/api/files/{path}?{}", self.links.sign(path, audience, self.now()))
    }

    /// A link to a video that the world may follow: the storage's own if it signs, which spares us the bytes, else ours.
    ///
    /// # Errors
    /// `Unavailable` when the storage has to be asked and does not answer.
    pub async fn viewer_link(&self, path: &ObjectPath) -> Result<String> {
        let presigned = self.files.of(path.company()).presign(path, DIRECT_LINKS).await?;
        Ok(presigned.unwrap_or_else(|| self.public_link(path)))
    }

    /// Where the viewer's page finds a company's videos, if not here.
    pub async fn video_origin(&self, company: CompanyId) -> Option<String> {
        let nothing = ObjectPath::probe(company, uuid::Uuid::nil());
        let link = self.files.of(company).presign(&nothing, DIRECT_LINKS).await.ok()??;
        Some(url::Url::parse(&link).ok()?.origin().ascii_serialization())
    }
}

/// Takes in a whole upload that has to fit into memory.
///
/// # Errors
/// `TooLarge` as soon as more than `limit` bytes have come.
pub async fn collect(mut upload: ByteStream, field: &'static str, limit: u64) -> Result<Bytes> {
    let mut bytes = Vec::new();
    while let Some(piece) = upload.try_next().await? {
        if (bytes.len() + piece.len()) as u64 > limit {
            return Err(Error::TooLarge { field, limit });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

/// Refuses to remove what others depend on, and says what.
///
/// # Errors
/// `Conflict` when there is any dependent.
fn without_dependents(noun: &str, dependents: Dependents) -> Result<()> {
    let count = |(name, number): (&str, u64)| match number {
        0 => None,
        1 => Some(format!("1 {name}")),
        _ => Some(format!("{number} {name}s")),
    };
    let named: Vec<String> = dependents.into_iter().filter_map(count).collect();
    match named.as_slice() {
        [] => Ok(()),
        [one] if one.starts_with("1 ") => {
            Err(Error::Conflict(format!("{one} depends on this {noun}")))
        }
        _ => Err(Error::Conflict(format!("{} depend on this {noun}", named.join(" and ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_removal_says_what_depends() {
        let why = |dependents| without_dependents("client", dependents).unwrap_err().to_string();
        assert!(without_dependents("client", vec![("order", 0)]).is_ok());
        assert_eq!(why(vec![("content", 2), ("order", 0)]), "2 contents depend on this client");
        assert_eq!(why(vec![("content", 0), ("order", 1)]), "1 order depends on this client");
        assert_eq!(
            why(vec![("content", 1), ("order", 3)]),
            "1 content and 3 orders depend on this client"
        );
    }
}
