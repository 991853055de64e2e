//! A PostgreSQL database for one test.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// An empty database on the server that `VERTEX_TEST_POSTGRES` names; see `.ci/with-postgres`.
#[derive(Debug)]
pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// `None`, with a word about it, where there is no server and this is not CI.
    pub async fn create() -> Option<Self> {
        let Ok(server) = std::env::var("VERTEX_TEST_POSTGRES") else {
            let is_ci = std::env::var_os("CI").is_some();
            assert!(!is_ci, "VERTEX_TEST_POSTGRES names no PostgreSQL server");
            eprintln!("skipped: VERTEX_TEST_POSTGRES is not set; see .ci/with-postgres");
            return None;
        };
        let database = Self { server, name: format!("vertex_test_{}", Uuid::new_v4().simple()) };
        database.on_server(&format!("CREATE DATABASE {}", database.name)).await;
        Some(database)
    }

    /// How it is reached.
    pub fn url(&self) -> String {
        let (base, query) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (root, _) = base.rsplit_once('/').unwrap();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{root}/{}{mark}{query}", self.name)
    }

    /// Removes it, whoever is connected.
    pub async fn remove(self) {
        self.on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }

    async fn on_server(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }
}
