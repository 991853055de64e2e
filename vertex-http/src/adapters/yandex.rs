use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::TimeDelta;
use reqwest::{Client, Response, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use vertex_core::{
    Error, Result,
    ports::{Clock, DiskConsents, Renewal},
    storage::{DiskTokens, StorageConnection},
    usecases::disk_consents::ConsentKeeper,
};
use vertex_storage::DiskAccess;

use crate::foreign;

/// How long Yandex may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer.
const MOST_ANSWER: usize = 64 << 10;
/// The whole disk, to read and to write, and whose it is.
const SCOPE: &str = "cloud_api:disk.read cloud_api:disk.write cloud_api:disk.info";

/// How this installation is known at Yandex, and where Yandex is.
#[derive(Clone, Debug)]
pub struct YandexSettings {
    /// `YANDEX_OAUTH_CLIENT_ID` and `YANDEX_OAUTH_CLIENT_SECRET`.
    pub client: Option<(String, SecretString)>,
    /// `VERTEX_YANDEX_OAUTH`: where owners consent.
    pub oauth: String,
    /// `VERTEX_YANDEX_DISK`: where the API of the disk is.
    pub disk: String,
}

/// The consents of owners of Yandex Disks.
pub struct YandexConsents {
    http: Client,
    settings: YandexSettings,
    callback: String,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    refresh_token: String,
    expires_in: i64,
}

#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct DiskAnswer {
    user: DiskUser,
}

#[derive(Deserialize)]
struct DiskUser {
    uid: String,
}

impl YandexConsents {
    /// Asks in the name of this installation, whose address is `base_url`.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(settings: YandexSettings, base_url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let http = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build();
        Ok(Self {
            http: http.map_err(|error| Error::internal("setting Yandex up", error))?,
            settings,
            callback: format!("{base_url}/api/storage/yandex-disk/callback"),
            clock,
        })
    }

    async fn ask_for_tokens(&self, form: &[(&str, &str)]) -> Result<Response> {
        let Some((id, secret)) = &self.settings.client else {
            return Err(Error::internal("asking Yandex", "YANDEX_OAUTH_CLIENT_ID is not set"));
        };
        let request = self.http.post(format!("{}/token", self.settings.oauth));
        request
            .basic_auth(id, Some(secret.expose_secret()))
            .form(form)
            .send()
            .await
            .map_err(unavailable)
    }

    async fn tokens(&self, answer: Response) -> Result<DiskTokens> {
        let answer: TokenAnswer = json(answer).await?;
        let lifetime = TimeDelta::seconds(answer.expires_in.clamp(0, 10 * 365 * 86_400));
        Ok(DiskTokens {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            expires_at: self.clock.now() + lifetime,
        })
    }
}

#[async_trait]
impl DiskConsents for YandexConsents {
    fn page(&self, state: &str, challenge: &str) -> Option<String> {
        let (id, _) = self.settings.client.as_ref()?;
        let mut url = reqwest::Url::parse(&format!("{}/authorize", self.settings.oauth)).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", id)
            .append_pair("redirect_uri", &self.callback)
            .append_pair("scope", SCOPE)
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        Some(url.into())
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<DiskTokens> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", &self.callback),
        ];
        let answer = self.ask_for_tokens(&form).await?;
        match answer.status() {
            status if status.is_success() => self.tokens(answer).await,
            status if status.is_client_error() => {
                Err(Error::Forbidden("Yandex does not take this code: begin again"))
            }
            status => Err(failed(status)),
        }
    }

    async fn renew(&self, tokens: &DiskTokens) -> Result<Renewal> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh_token)];
        let answer = self.ask_for_tokens(&form).await?;
        let status = answer.status();
        if status.is_success() {
            return self.tokens(answer).await.map(Renewal::Renewed);
        }
        let complaint: Complaint = json(answer).await.unwrap_or_default();
        match complaint.error.as_str() {
            "invalid_grant" => Ok(Renewal::Withdrawn),
            _ => Err(failed(status)),
        }
    }

    async fn account(&self, tokens: &DiskTokens) -> Result<String> {
        let request = self.http.get(format!("{}/v1/disk/", self.settings.disk));
        let request = request.header("authorization", format!("OAuth {}", tokens.access_token));
        let answer = request.send().await.map_err(unavailable)?;
        match answer.status() {
            status if status.is_success() => {
                let disk: DiskAnswer = json(answer).await?;
                Ok(disk.user.uid)
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Error::Forbidden("the consent does not open the disk"))
            }
            status => Err(failed(status)),
        }
    }
}

/// Opens one disk with the tokens that are kept for it.
pub struct KeptTokens {
    keeper: Arc<ConsentKeeper>,
    connection: StorageConnection,
    tokens: tokio::sync::Mutex<Option<DiskTokens>>,
}

impl KeptTokens {
    /// Asks `keeper` when the tokens that are at hand end.
    pub fn new(keeper: Arc<ConsentKeeper>, connection: StorageConnection) -> Self {
        Self { keeper, connection, tokens: tokio::sync::Mutex::default() }
    }
}

#[async_trait]
impl DiskAccess for KeptTokens {
    async fn token(&self) -> Result<String> {
        // Whoever comes while the tokens are renewed waits for them.
        let mut tokens = self.tokens.lock().await;
        if let Some(held) = tokens.as_ref().filter(|held| self.keeper.may_be_used(held)) {
            return Ok(held.access_token.clone());
        }
        let fresh = self.keeper.tokens(&self.connection, None).await?;
        Ok(tokens.insert(fresh).access_token.clone())
    }

    async fn token_after(&self, refused: &str) -> Result<String> {
        let mut tokens = self.tokens.lock().await;
        if let Some(held) = tokens.as_ref().filter(|held| held.access_token != refused) {
            return Ok(held.access_token.clone());
        }
        let fresh = self.keeper.tokens(&self.connection, Some(refused)).await?;
        Ok(tokens.insert(fresh).access_token.clone())
    }
}

/// Reads an answer of bounded length.
async fn json<T: DeserializeOwned>(answer: Response) -> Result<T> {
    foreign::json("Yandex", answer, MOST_ANSWER).await
}

fn unavailable(error: reqwest::Error) -> Error {
    foreign::unavailable("Yandex", error)
}

fn failed(status: StatusCode) -> Error {
    Error::unavailable("Yandex", format!("it answered {status}"))
}
