//! Connecting a company to a Yandex Disk, and staying connected.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    App, notifications,
    storage::{bind, require_working},
    storage_moves, tenancy,
    tenancy::new_connection,
};
use crate::{
    domain::{
        access::Action,
        check::{Check, Field, any},
        error::{Error, Result},
        identity::Identity,
        ids::{CompanyId, UserId},
        notification::Occasion,
        storage::{
            CompanyStorage, DiskFolder, DiskTokens, Place, Secrets, StorageConnection, Vault,
            folder,
        },
        tenant::{Actor, TenantScope},
        user::Role,
    },
    ports::{Clock, DiskConsents, Renewal, StorageRecords},
};

/// How long an owner may take to consent.
const CONSENT: TimeDelta = TimeDelta::minutes(15);
/// How long before its end a token is no longer used.
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// How long before its end a token is renewed though nobody needs it.
const AHEAD: TimeDelta = TimeDelta::minutes(30);
/// The folder when none is named.
const FOLDER: &str = "Vertex AR";

/// The fields of a request for consent.
#[derive(Clone, Debug, Default)]
pub struct ConsentInput {
    /// The folder at the top of the disk.
    pub folder: Field<String>,
    /// Whether the company's files are moved there.
    pub moves_files: Field<bool>,
}

/// A request for consent.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentPage {
    /// Where the owner consents.
    pub url: String,
    /// What the browser has to keep and bring along, so that nobody else can answer for it.
    pub proof: String,
}

/// What comes back from that page, sealed on the way there.
#[derive(Serialize, Deserialize)]
struct Request {
    user: UserId,
    folder: String,
    moves_files: bool,
    verifier: String,
    ends_at: DateTime<Utc>,
}

/// Begins to connect a company to a Yandex Disk.
///
/// # Errors
/// `Invalid` with every bad field, `Conflict` when the operator has not registered this installation at
/// Yandex, `NotFound`, `Forbidden` unless admin.
pub async fn begin(
    app: &App,
    who: &Identity,
    company: CompanyId,
    input: ConsentInput,
) -> Result<ConsentPage> {
    tenancy::company(app, who, company).await?;
    who.may(Action::ConnectYandexDisk)?;
    let mut check = Check::default();
    let name = check.optional("folder", input.folder, folder);
    let moves_files = check.optional("move", input.moves_files, any);
    let (name, moves_files) = check.all((name, moves_files))?;
    let random: [u8; 32] = app.clock.random();
    let verifier = BASE64_URL_SAFE_NO_PAD.encode(random);
    let challenge = digest(&verifier);
    let request = Request {
        user: who.user.id,
        folder: name.filter(|name| !name.is_empty()).unwrap_or_else(|| FOLDER.to_owned()),
        moves_files: moves_files.unwrap_or(false),
        verifier,
        ends_at: app.now() + CONSENT,
    };
    let sealed = app.vault.seal(app.clock.random(), company, &request)?;
    let state = format!("{company}.{}", BASE64_URL_SAFE_NO_PAD.encode(sealed.0));
    let url = app.consents.page(&state, &challenge).ok_or_else(|| {
        Error::Conflict(
            "this installation is not registered at Yandex: set YANDEX_OAUTH_CLIENT_ID".into(),
        )
    })?;
    Ok(ConsentPage { url, proof: digest(&state) })
}

/// Connects the company, the owner having consented; which company that is.
///
/// # Errors
/// `Forbidden` for a state that this browser was not given, that has ended or was changed, or a code that is not
/// taken; `Invalid` when the disk does not work; `Conflict` when the company has files elsewhere that are not to be
/// moved.
pub async fn finish(app: &App, state: &str, proof: &str, code: &str) -> Result<CompanyId> {
    const STRANGE: Error = Error::Forbidden("this consent was not asked for here, or too long ago");
    let (company, sealed) = state.split_once('.').ok_or(STRANGE)?;
    let company: CompanyId = company.parse().map_err(|_| STRANGE)?;
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| STRANGE)?;
    let request: Request =
        app.vault.open(company, &crate::domain::storage::Sealed(sealed)).map_err(|_| STRANGE)?;
    // Both are digests, which tell nothing about what was compared.
    if digest(proof) != digest(&digest(state)) || request.ends_at < app.now() {
        return Err(STRANGE);
    }
    let scope = scope_of(app, company, request.user).await?.ok_or(STRANGE)?;
    let tokens = app.consents.exchange(code, &request.verifier).await?;
    let account = app.consents.account(&tokens).await?;
    let place = Place::YandexDisk(DiskFolder { folder: request.folder, account });
    let sealed = app.vault.seal(app.clock.random(), company, &Secrets::YandexDisk(tokens))?;
    let connection = new_connection(app, company, place, Some(sealed));
    connect(app, &scope, connection, request.moves_files).await?;
    Ok(company)
}

async fn connect(
    app: &App,
    scope: &TenantScope,
    connection: StorageConnection,
    moves_files: bool,
) -> Result<CompanyStorage> {
    let before = app.records.company_storage(scope, connection.company_id).await?;
    let present = before.current.as_ref().map_or(&Place::Local, |current| &current.place);
    let is_there = connection.place.holds_the_files_of(present);
    if moves_files && !is_there && !before.leaves(&connection.place) {
        require_working(app, &connection).await?;
        return storage_moves::begin(app, scope, &before, connection).await;
    }
    let after = bind(app, scope, &before, connection).await?;
    match (after.current.clone(), &after.leaving) {
        // A move that was stuck for want of the consent goes on.
        (Some(current), Some(leaving)) if is_there && leaving.is_stuck() => {
            storage_moves::begin(app, scope, &after, current).await
        }
        _ => Ok(after),
    }
}

/// The scope of who asked for the consent, if they still may.
async fn scope_of(app: &App, company: CompanyId, user: UserId) -> Result<Option<TenantScope>> {
    let found = app.records.user(&TenantScope::everywhere(), user).await?;
    let may = found.is_some_and(|user| {
        let least = Action::ConnectYandexDisk.least_role();
        let reaches = user.role == Role::Superadmin || user.company_id == company;
        user.is_active && !user.is_locked && user.role >= least && reaches
    });
    let actor = Actor { user, address: None, at: app.now() };
    Ok(may.then(|| TenantScope::of(company).by(actor)))
}

fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// Renews what will end soon, and tells companies whose owner took the consent back.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn look_after(app: &App) -> Result<()> {
    let keeper = ConsentKeeper {
        records: app.records.clone(),
        consents: app.consents.clone(),
        vault: app.vault.clone(),
        clock: app.clock.clone(),
    };
    for connection in app.records.sealed_storages(&TenantScope::everywhere()).await? {
        let Place::YandexDisk(_) = connection.place else { continue };
        // What fails for the moment is tried at the next look.
        let _ = keeper.tokens_ahead(&connection).await;
        let storage = app.records.storage_of(connection.company_id).await?;
        let current = storage.current.filter(|current| current.id == connection.id);
        if let Some(since) = current.and_then(|current| current.withdrawn_at) {
            let occasion = Occasion::ConsentWithdrawn { since };
            notifications::tell(app, connection.company_id, &occasion).await?;
        }
    }
    Ok(())
}

/// Keeps the tokens of disks current in the records.
pub struct ConsentKeeper {
    /// Where they are kept.
    pub records: Arc<dyn StorageRecords>,
    /// Who renews them.
    pub consents: Arc<dyn DiskConsents>,
    /// What seals them.
    pub vault: Vault,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl ConsentKeeper {
    /// Tokens that hold for a while; not those that the disk has `refused`.
    ///
    /// # Errors
    /// `Internal` when the owner has taken the consent back, `Unavailable`.
    pub async fn tokens(
        &self,
        connection: &StorageConnection,
        refused: Option<&str>,
    ) -> Result<DiskTokens> {
        self.tokens_for(connection, refused, MARGIN).await
    }

    /// Whether tokens hold long enough to begin something with them.
    pub fn may_be_used(&self, tokens: &DiskTokens) -> bool {
        tokens.expires_at > self.clock.now() + MARGIN
    }

    async fn tokens_ahead(&self, connection: &StorageConnection) -> Result<DiskTokens> {
        self.tokens_for(connection, None, AHEAD).await
    }

    async fn tokens_for(
        &self,
        connection: &StorageConnection,
        refused: Option<&str>,
        margin: TimeDelta,
    ) -> Result<DiskTokens> {
        let kept = self.kept(connection).await?;
        let sealed = kept.secrets.as_ref().ok_or_else(|| fault("no tokens are kept"))?;
        let Secrets::YandexDisk(tokens) = self.vault.open(kept.company_id, sealed)? else {
            return Err(fault("other secrets are kept"));
        };
        let holds = tokens.expires_at > self.clock.now() + margin;
        if holds && refused != Some(tokens.access_token.as_str()) {
            return Ok(tokens);
        }
        if kept.withdrawn_at.is_some() {
            return Err(fault("its owner has taken the consent back"));
        }
        let everywhere = TenantScope::everywhere();
        match self.consents.renew(&tokens).await? {
            Renewal::Renewed(fresh) => {
                let secrets = Secrets::YandexDisk(fresh.clone());
                let resealed = self.vault.seal(self.clock.random(), kept.company_id, &secrets)?;
                self.records.reseal(&everywhere, kept.id, sealed, &resealed).await?;
                Ok(fresh)
            }
            Renewal::Withdrawn => {
                self.records.note_withdrawn(&everywhere, kept.id, self.clock.now()).await?;
                Err(fault("its owner has taken the consent back"))
            }
        }
    }

    /// The connection as it is kept now; the one that was given while it is only tried.
    async fn kept(&self, connection: &StorageConnection) -> Result<StorageConnection> {
        let storage = self.records.storage_of(connection.company_id).await?;
        let leaving = storage.leaving.map(|leaving| leaving.connection);
        let mut kept = storage.current.into_iter().chain(leaving);
        Ok(kept.find(|kept| kept.id == connection.id).unwrap_or_else(|| connection.clone()))
    }
}

fn fault(why: &'static str) -> Error {
    Error::internal("opening a Yandex Disk", why)
}
