//! Refuses those who ask too often.

use poem::{Endpoint, Request, Response, Result, http::Method, http::StatusCode};
use vertex_core::usecases::App;

use super::{
    Next, answered,
    area::{Area, Door, is_part},
    client::ClientAddress,
    facts::Facts,
    streamed::is_streamed,
};
use crate::{
    adapters::rate_limits::{Counted, Holder, Limits},
    api::{Problem, caller},
};

/// Counts a request: of signed-in people under their name, of others under their address, by what they ask for.
/// Pages and health are not counted, nor are parts of uploads, which their users are counted for.
pub async fn limit_rate(limits: Limits, next: Next, mut request: Request) -> Result<Response> {
    let (area, facts) = (Area::of(&request), Facts::of(&request));
    let here = Holder::at(ClientAddress::of(&request));
    request.set_data(limits.clone());
    for (counted, holder) in kinds(&request, area, here) {
        let verdict = limits.count(counted, holder).await;
        if let Some(verdict) = facts.note_verdict(verdict) {
            return Ok(answered::problem(Problem::too_many(&verdict)));
        }
    }
    let mut response = answered::response(next.call(request).await);
    if is_miss(area, response.status()) {
        let verdict = limits.count(Counted::Address, here).await;
        if let Some(verdict) = facts.note_verdict(verdict) {
            return Ok(answered::problem(Problem::too_many(&verdict)));
        }
    }
    if let Some(verdict) = facts.verdict()
        && !response.headers().contains_key("ratelimit")
    {
        verdict.announce(response.headers_mut());
    }
    Ok(response)
}

/// Under what a request is counted before it is served. Who is signed in is counted for the company, too, once that is
/// known.
fn kinds(request: &Request, area: Area, here: Holder) -> Vec<(Counted, Holder)> {
    let is_post = request.method() == Method::POST;
    let mut kinds = match area {
        Area::Viewer if is_post => vec![(Counted::Viewers, here), (Counted::Reports, here)],
        Area::Viewer => vec![(Counted::Viewers, here)],
        Area::Files => vec![(Counted::Files, here)],
        Area::Auth(_) | Area::Uploads | Area::Live | Area::Api => {
            let sender = signed_in(request);
            let mut kinds = match sender {
                Some(sender) => vec![(Counted::User, sender)],
                None => vec![(Counted::Address, here)],
            };
            let begins_upload = area == Area::Uploads && is_post;
            if (begins_upload || is_streamed(request)) && !is_part(request) {
                kinds.push((Counted::Uploads, sender.unwrap_or(here)));
            }
            kinds
        }
        Area::Refused(_) => vec![(Counted::Address, here)],
        Area::Health
        | Area::Metrics
        | Area::Documents
        | Area::Assets
        | Area::ArJsWorker
        | Area::Pages => Vec::new(),
    };
    if area == Area::Auth(Door::Guess) && is_post {
        kinds.push((Counted::Auth, here));
    }
    kinds
}

/// Whose token comes with the request, if we have signed it. Whether its session has ended is found out later.
fn signed_in(request: &Request) -> Option<Holder> {
    let app = request.data::<App>()?;
    let claims = app.tokens.verify(&caller::access_token(request, app)?, app.clock.now()).ok()?;
    Some(Holder::User(claims.user))
}

/// Whether somebody tried a link that leads nowhere: those who guess links get no more of it than strangers.
fn is_miss(area: Area, status: StatusCode) -> bool {
    matches!(area, Area::Viewer | Area::Files)
        && matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN)
}
