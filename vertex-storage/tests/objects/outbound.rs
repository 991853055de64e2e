//! Endpoints that tenants name are not a way in.

use std::{
    collections::VecDeque,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use vertex_core::{
    error::with_causes,
    ports::Objects,
    storage::{Bucket, Endpoint, Reach},
};
use vertex_storage::{OpenDalObjects, Outbound, Resolver, TimeLimited};

use vertex_testkit::s3_server::{ACCESS_KEY, S3Server, SECRET_KEY, redirecting};

use crate::{bytes, path, s3::loopback};

/// Knows one name and gives its answers in turn, the last one for ever.
struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

impl Script {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

#[async_trait]
impl Resolver for Script {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        Ok(if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() })
    }
}

/// Knows no name at all.
struct Nobody;

#[async_trait]
impl Resolver for Nobody {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Err(io::Error::other("failed to lookup address information: Name or service not known"))
    }
}

fn objects(
    endpoint: &str,
    reach: Reach,
    resolver: Arc<dyn Resolver>,
) -> TimeLimited<OpenDalObjects> {
    let bucket = Bucket {
        // Whoever wrote the row did not look.
        endpoint: serde_json::from_value(endpoint.into()).unwrap(),
        region: "us-east-1".to_owned(),
        name: "vertex".to_owned(),
        prefix: String::new(),
        virtual_host: false,
        direct_links: true,
    };
    let outbound = Outbound::new(reach, resolver).unwrap();
    OpenDalObjects::s3(&outbound, &bucket, ACCESS_KEY, SECRET_KEY).unwrap()
}

async fn refusal(objects: &dyn Objects) -> String {
    with_causes(&objects.put(&path(), bytes(10)).await.unwrap_err())
}

#[tokio::test]
async fn addresses_inside_are_refused_however_they_are_written() {
    let reach = Reach { http: true, ..Reach::default() };
    let forbidden = [
        "http://127.0.0.1:9000",
        "http://127.1",
        "http://127.0.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://0x7f.0.0.1",
        "http://0177.0.0.1",
        "http://017700000001",
        "http://127.0.0.1.",
        "http://0",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://167772161",
        "http://0xa.0.0.1",
        "http://012.0.0.1",
        "http://172.16.0.1",
        "http://172.31.255.255",
        "http://192.168.1.1",
        "http://0xc0a80101",
        "http://3232235777",
        "http://169.254.169.254",
        "http://2852039166",
        "http://0xa9fea9fe",
        "http://100.64.0.1",
        "http://198.18.0.1",
        "http://192.0.0.8",
        "http://224.0.0.1",
        "http://255.255.255.255",
        "http://１２７.0.0.1",
        "http://[::1]",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://[::ffff:7f00:1]",
        "http://[::ffff:10.0.0.1]",
        "http://[::127.0.0.1]",
        "http://[fe80::1]",
        "http://[fc00::1]",
        "http://[fd12:3456::1]",
        "http://[ff02::1]",
        "http://[64:ff9b::7f00:1]",
        "http://[2002:7f00:1::]",
        "http://[2001::7f00:1]",
    ];
    assert!(forbidden.len() >= 40);
    for endpoint in forbidden {
        assert!(Endpoint::parse(endpoint, &reach).is_err(), "{endpoint} is taken");
        let nobody = Script::new(&[&["127.0.0.1"]]);
        let said = refusal(&objects(endpoint, reach.clone(), nobody)).await;
        assert!(said.contains("must be one of the public internet"), "{endpoint}: {said}");
    }
}

#[tokio::test]
async fn names_that_lead_inside_are_refused() {
    let reach = Reach { http: true, ..Reach::default() };
    let unknown = objects("http://s3.example.org", reach.clone(), Arc::new(Nobody));
    let unknown = refusal(&unknown).await;
    assert!(unknown.contains("nobody answers at this address"), "{unknown}");
    for answer in [
        &["127.0.0.1"][..],
        &["10.1.2.3"],
        &["169.254.169.254"],
        &["::1"],
        &["fd00::1"],
        &["::ffff:192.168.0.1"],
        &["93.184.216.34", "127.0.0.1"],
    ] {
        let objects = objects("http://s3.example.org", reach.clone(), Script::new(&[answer]));
        // The same as for a name that nobody knows: whoever asks learns nothing of the names inside.
        let said = refusal(&objects).await;
        assert_eq!(said, unknown, "{answer:?}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_answer_is_refused_when_it_does() {
    let server = S3Server::start().await;
    let endpoint = format!("http://rebinding.example.org:{}", server.address.port());
    // To the test's server first, then to a neighbour that was not opened.
    let resolver = Script::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let only_one = Reach { http: true, inside: vec!["127.0.0.1/32".parse().unwrap()] };
    let objects = objects(&endpoint, only_one, resolver);
    objects.put(&path(), bytes(10)).await.unwrap();
    drop(server);
    let said = refusal(&objects).await;
    assert!(said.contains("nobody answers at this address"), "{said}");
}

#[tokio::test]
async fn redirects_lead_nowhere() {
    let secret = S3Server::start().await;
    let target: &'static str = Box::leak(format!("{}/vertex/x", secret.endpoint()).into());
    let (address, task) = redirecting(target).await;
    let objects = objects(&format!("http://{address}"), loopback(), Script::new(&[&["127.0.0.1"]]));
    assert!(objects.put(&path(), bytes(10)).await.is_err());
    assert!(objects.get(&path(), 10).await.is_err());
    let stored = std::fs::read_dir(secret.directory.path().join("vertex")).unwrap();
    assert_eq!(stored.count(), 0);
    task.abort();
}

#[tokio::test]
async fn http_is_spoken_only_where_the_operator_allows_it() {
    let server = S3Server::start().await;
    let inside = loopback().inside;
    let https_only = Reach { http: false, inside };
    assert!(Endpoint::parse(server.endpoint(), &https_only).is_err());
    let objects = objects(&server.endpoint(), https_only, Script::new(&[&["127.0.0.1"]]));
    assert!(refusal(&objects).await.contains("https://"));
}
