//! An S3 on loopback for trials: one empty bucket, signatures are checked, any page may read. Says on its first line
//! how it is reached, and ends, leaving nothing behind, when its input does.
#![expect(clippy::unwrap_used, reason = "a trial stops at the first surprise")]

use vertex_testkit::s3_server::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY};

#[tokio::main]
async fn main() {
    let server = S3Server::start().await;
    let connection = serde_json::json!({
        "kind": "minio", "endpoint": server.endpoint(), "bucket": BUCKET,
        "access_key": ACCESS_KEY, "secret_key": SECRET_KEY,
    });
    println!("{connection}");
    let input_ends = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(input_ends).await.unwrap().unwrap();
}
