//! Answers that are made smaller where that pays, in a coding that the client reads.

use std::io::{self, Cursor, Write};

use aws_lc_rs::digest;
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::combinators::BoxBody;
use hyper::body::Body as _;
use moka::future::Cache;
use poem::{
    Body, Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderMap, HeaderValue, Method, header},
};

use super::{Next, area::Area};

/// Shorter answers are not worth the trouble.
const LEAST: u64 = 1024;
/// Longer ones are streamed, or should be.
const MOST: u64 = 16 << 20;
/// What takes longer than a moment is done on a thread of its own.
const LONG: u64 = 32 << 10;
/// Bytes that are kept of answers that are the same for everybody.
const KEPT: u64 = 32 << 20;

/// A coding that answers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Coding {
    Brotli,
    Gzip,
}

/// How much time is taken for a smaller answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effort {
    /// Made for one request.
    Once,
    /// Kept for all.
    Kept,
}

/// Compressed answers that are the same for everybody: pages, scripts, documents.
#[derive(Clone, Debug)]
pub struct Compressed(Cache<(Coding, Vec<u8>), Bytes>);

impl Default for Compressed {
    fn default() -> Self {
        let weight = |_: &_, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(KEPT).weigher(weight).build())
    }
}

impl Compressed {
    async fn get(&self, coding: Coding, plain: Bytes) -> io::Result<Bytes> {
        let name = digest::digest(&digest::SHA256, &plain).as_ref().to_vec();
        let made = self.0.try_get_with((coding, name), coding.encode(plain, Effort::Kept));
        made.await.map_err(io::Error::other)
    }
}

impl Coding {
    fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What a client likes best of the two; `None` for neither.
    fn wanted(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        let listed: Vec<_> = texts.flat_map(|text| text.split(',')).filter_map(weighted).collect();
        let weight = |coding: Self| {
            let of = |name: &str| listed.iter().find(|(listed, _)| listed == name).map(|(_, q)| *q);
            of(coding.as_str()).or_else(|| of("*")).unwrap_or_default()
        };
        let (brotli, gzip) = (weight(Self::Brotli), weight(Self::Gzip));
        match (brotli, gzip) {
            (brotli, gzip) if brotli > 0.0 && brotli >= gzip => Some(Self::Brotli),
            (_, gzip) if gzip > 0.0 => Some(Self::Gzip),
            _ => None,
        }
    }

    async fn encode(self, plain: Bytes, effort: Effort) -> io::Result<Bytes> {
        if (plain.len() as u64) < LONG {
            return self.encode_now(&plain, effort);
        }
        tokio::task::spawn_blocking(move || self.encode_now(&plain, effort)).await?
    }

    fn encode_now(self, plain: &[u8], effort: Effort) -> io::Result<Bytes> {
        let coded = Vec::with_capacity(plain.len() / 3);
        match self {
            Self::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: if effort == Effort::Kept { 9 } else { 5 },
                    lgwin: window(plain.len()),
                    size_hint: plain.len(),
                    ..BrotliEncoderParams::default()
                };
                let mut coded = coded;
                brotli::BrotliCompress(&mut Cursor::new(plain), &mut coded, &parameters)?;
                Ok(coded.into())
            }
            Self::Gzip => {
                let level = if effort == Effort::Kept {
                    Compression::best()
                } else {
                    Compression::default()
                };
                let mut encoder = GzEncoder::new(coded, level);
                encoder.write_all(plain)?;
                Ok(encoder.finish()?.into())
            }
        }
    }
}

/// The window that a text fits into: larger ones only take memory.
fn window(bytes: usize) -> i32 {
    let bits = usize::BITS - bytes.leading_zeros();
    i32::try_from(bits).unwrap_or(22).clamp(16, 22)
}

/// `gzip;q=0.5`.
fn weighted(part: &str) -> Option<(String, f32)> {
    let mut parameters = part.split(';');
    let name = parameters.next()?.trim().to_ascii_lowercase();
    let weight = parameters.find_map(|parameter| parameter.trim().strip_prefix("q="));
    let weight = weight.map_or(Some(1.0), |weight| weight.trim().parse().ok())?;
    Some((name, weight))
}

/// Compresses what is text and of some length. Never files, whose ranges would not fit, nor answers that sign somebody
/// in: their length would tell of the tokens in them.
pub async fn compress(kept: Compressed, next: Next, request: Request) -> Result<Response> {
    let area = Area::of(&request);
    let is_head = request.method() == Method::HEAD;
    let coding = Coding::wanted(request.headers()).filter(|_| !is_head);
    let mut response = next.call(request).await?.into_response();
    let is_whole = !response.headers().contains_key(header::CONTENT_RANGE)
        && !response.headers().contains_key(header::CONTENT_ENCODING);
    if matches!(area, Area::Auth(_) | Area::Files) || !is_whole || !is_text(response.headers()) {
        return Ok(response);
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let body: BoxBody<Bytes, io::Error> = response.take_body().into();
    let length = body.size_hint().exact();
    let pays = length.is_some_and(|bytes| (LEAST..=MOST).contains(&bytes));
    let Some(coding) = coding.filter(|_| pays) else {
        response.set_body(body);
        return Ok(response);
    };
    let plain = Body::from(body).into_bytes().await?;
    let coded = match area {
        Area::Documents | Area::Assets | Area::ArJsWorker | Area::Pages => {
            kept.get(coding, plain.clone()).await
        }
        _ => coding.encode(plain.clone(), Effort::Once).await,
    };
    match coded {
        Ok(coded) if coded.len() < plain.len() => {
            describe(response.headers_mut(), coding);
            response.set_body(coded);
        }
        _ => response.set_body(plain),
    }
    Ok(response)
}

fn is_text(headers: &HeaderMap) -> bool {
    const TEXTS: [&str; 8] = [
        "text/",
        "application/json",
        "application/problem+json",
        "application/javascript",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
        "application/xml",
    ];
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| TEXTS.iter().any(|text| media_type.starts_with(text)))
}

/// Another coding is another representation. What may not be kept is compared with `If-Match` alone, where the row
/// counts, not what it is written in.
fn describe(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    headers.remove(header::CONTENT_LENGTH);
    let is_kept = headers.get(header::CACHE_CONTROL).is_none_or(|caching| caching != "no-store");
    let strong = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let Some(strong) = strong.filter(|tag| is_kept && tag.starts_with('"'))
        && let Ok(weak) = HeaderValue::try_from(format!("W/{strong}"))
    {
        headers.insert(header::ETAG, weak);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accepted: &[&str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for value in accepted {
            headers.append(header::ACCEPT_ENCODING, value.parse().unwrap());
        }
        Coding::wanted(&headers).map(Coding::as_str)
    }

    #[test]
    fn the_client_chooses_the_coding() {
        assert_eq!(wanted(&["gzip, deflate, br, zstd"]), Some("br"));
        assert_eq!(wanted(&["gzip"]), Some("gzip"));
        assert_eq!(wanted(&["gzip", "BR"]), Some("br"));
        assert_eq!(wanted(&["br;q=0.2, gzip;q=0.8"]), Some("gzip"));
        assert_eq!(wanted(&["br ; q=0 , gzip"]), Some("gzip"));
        assert_eq!(wanted(&["*"]), Some("br"));
        assert_eq!(wanted(&["br;q=0, *"]), Some("gzip"));
        assert_eq!(wanted(&["identity"]), None);
        assert_eq!(wanted(&["gzip;q=0, br;q=0.0"]), None);
        assert_eq!(wanted(&["gzip;q=x"]), None);
        assert_eq!(wanted(&[]), None);
    }

    #[tokio::test]
    async fn brotli_is_smaller_than_gzip() {
        let list: Vec<_> = (0..200)
            .map(|n| format!(r#"{{"id":"{:x}","title":"Portrait {n}"}}"#, n * 7919))
            .collect();
        let text = Bytes::from(format!("[{}]", list.join(",")));
        for effort in [Effort::Once, Effort::Kept] {
            let brotli = Coding::Brotli.encode(text.clone(), effort).await.unwrap();
            let gzip = Coding::Gzip.encode(text.clone(), effort).await.unwrap();
            assert!(brotli.len() < gzip.len() && gzip.len() * 3 < text.len());
        }
    }
}
