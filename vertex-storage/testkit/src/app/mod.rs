//! The use cases on parts that answer at once: SQLite and files in a folder of their own, a clock that is set.

mod clock;
mod doubles;

use std::sync::Arc;

use chrono::TimeDelta;
use tempfile::TempDir;
use vertex_core::{
    caps::Caps,
    check::Field,
    company::Company,
    identity::Identity,
    ids::CompanyId,
    job::{Job, Lane, MAX_ATTEMPTS, Turn},
    links::LinkSigner,
    mac::MacKey,
    phone::Country,
    ports::AllFiles,
    quota::Quota,
    storage::{Reach, Vault},
    usecases::{
        App, Convert, Policy,
        auth::{authenticate, login},
        companies::{self, CompanyInput},
        jobs,
        operator::{NewUser, create_user, first_start},
    },
    user::Role,
};
use vertex_markers::nft::NftOptions;
use vertex_storage::{Database, DiskSpool, OpenDalObjects, SqlRecords};

pub use clock::SetClock;
use doubles::{
    AtOnce, Fixed, Listener, NoConverter, NoDiskConsents, NoListener, OnePlace, PlainPasswords,
    PlainTokens, Uncached,
};
pub use doubles::{Sent, SetDisks};

/// What every user of a [`TestApp`] signs in with.
pub const PASSWORD: &str = "violet kettle marmalade";

/// The application of a test.
pub struct TestApp {
    /// What use cases take.
    pub app: App,
    /// Its time.
    pub clock: Arc<SetClock>,
    /// How full its disks are.
    pub disks: Arc<SetDisks>,
    /// What was sent to people.
    pub sent: Arc<Sent>,
    /// The first user, who may do everything.
    pub root: Identity,
    _folder: TempDir,
}

impl TestApp {
    /// One with its first user and company and nothing else.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("test.db")).await.unwrap();
        database.migrate().await.unwrap();
        let records = Arc::new(SqlRecords::new(database));
        let objects = Arc::new(OpenDalObjects::local(&folder.path().join("files")).unwrap());
        let (clock, sent) = (Arc::new(SetClock::default()), Arc::new(Sent::default()));
        let disks = Arc::new(SetDisks::default());
        let app = App {
            records: records.clone(),
            queue: records.clone(),
            files: AllFiles::new(objects.clone()),
            own_objects: objects.clone(),
            spool: Arc::new(DiskSpool::open(&folder.path().join("uploads")).unwrap()),
            disks: disks.clone(),
            storages: Arc::new(OnePlace(objects)),
            consents: Arc::new(NoDiskConsents),
            vault: Vault::new("a secret of tests", None),
            publications: Arc::new(Uncached(records.clone())),
            views: Arc::new(Listener(records)),
            doubles: Arc::default(),
            events: Arc::new(NoListener),
            clock: clock.clone(),
            compute: Arc::new(AtOnce),
            background: Arc::new(AtOnce),
            checks: Arc::new(AtOnce),
            memory: Arc::new(AtOnce),
            pictures: Arc::new(NoConverter),
            passwords: Arc::new(PlainPasswords),
            sign_in_turns: Arc::default(),
            security: Arc::new(NoListener),
            tokens: Arc::new(PlainTokens),
            videos: Arc::new(Fixed),
            converter: Arc::new(NoConverter),
            courier: sent.clone(),
            chat_bot: None,
            links: LinkSigner::new(&[7; 64]),
            mac: MacKey::derive("a secret of tests"),
            policy: policy(),
        };
        first_start(&app, PASSWORD.to_owned()).await.unwrap();
        let root = sign_in(&app, "admin").await;
        Self { app, clock, disks, sent, root, _folder: folder }
    }

    /// A company with this slug.
    pub async fn company(&self, slug: &str) -> Company {
        let input = CompanyInput {
            name: slug.to_owned().into(),
            slug: slug.to_owned().into(),
            ..CompanyInput::default()
        };
        companies::create(&self.app, &self.root, input, None).await.unwrap()
    }

    /// Somebody who is signed in.
    pub async fn user(&self, company: &Company, username: &str, role: Role) -> Identity {
        let new = NewUser {
            username: username.to_owned().into(),
            password: PASSWORD.to_owned().into(),
            email: Field::Absent,
            role: role.to_string().into(),
            company: company.slug.to_string().into(),
        };
        create_user(&self.app, new).await.unwrap();
        sign_in(&self.app, username).await
    }

    /// Does the jobs that are due and somebody waits for, and those that follow from them at once; how many there were.
    pub async fn work(&self) -> usize {
        let mut done = 0;
        for lane in [Lane::Short, Lane::Long] {
            while let Some(job) = self.claim(lane).await {
                let outcome = jobs::perform(&self.app, &job).await;
                jobs::settle(&self.app, &job, outcome).await.unwrap();
                done += 1;
            }
        }
        done
    }

    async fn claim(&self, lane: Lane) -> Option<Job> {
        let turn = Turn { lane: Some(lane), per_company: None };
        jobs::claim(&self.app, turn, "test", TimeDelta::minutes(1)).await.unwrap()
    }

    /// The same until a job that fails has been tried as often as most jobs are, with the pauses between.
    pub async fn work_with_retries(&self) {
        for _ in 0..MAX_ATTEMPTS {
            self.work().await;
            self.clock.advance(TimeDelta::hours(1));
        }
    }

    /// The company that the first user is of.
    pub fn home(&self) -> CompanyId {
        self.root.user.company_id
    }
}

async fn sign_in(app: &App, username: &str) -> Identity {
    let signed_in =
        login(app, username.to_owned().into(), PASSWORD.to_owned().into(), None).await.unwrap();
    authenticate(app, &signed_in.access_token, None).await.unwrap()
}

fn policy() -> Policy {
    Policy {
        base_url: "https://ar.example.org".to_owned(),
        admin_email: None,
        default_quota: Quota::default(),
        caps: Caps::default(),
        max_image_bytes: 50 << 20,
        max_video_bytes: 500 << 20,
        nft: NftOptions::default(),
        convert: Convert::Needed,
        access_token_ttl: TimeDelta::minutes(15),
        refresh_token_ttl: TimeDelta::days(30),
        open_registration: false,
        upload_ttl: TimeDelta::days(1),
        purge_after: TimeDelta::days(30),
        phone_country: Country::parse("RU").unwrap(),
        storage_reach: Reach::everywhere(),
    }
}
