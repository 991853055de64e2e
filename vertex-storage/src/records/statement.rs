//! Running one statement on whichever database it is, its values in that database's own types.
//!
//! A target is `self.reader()`, `self.writer()` or `transaction.connection()`. Values are bound to `$1`, `$2`,
//! ... in order.

/// Runs a statement; the number of rows it changed.
macro_rules! execute {
    ($target:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_backend!($target, executor => sqlx::query($sql)
            $(.bind($value))*
            .execute(executor)
            .await
            .map(|done| done.rows_affected()))
    };
}

/// Runs a query by `fetch_one`, `fetch_optional` or `fetch_all`, as rows of the type that is expected.
macro_rules! fetch {
    ($how:ident, $target:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_backend!($target, executor => sqlx::query_as($sql)
            $(.bind($value))*
            .$how(executor)
            .await)
    };
}

/// Does something with a connection of the target. Its outcome counts only if the connection says so.
macro_rules! on_backend {
    ($target:expr, $executor:ident => $run:expr) => {
        match $target.connect().await {
            Ok(mut connection) => {
                let condition = connection.condition();
                let done = match connection.backend() {
                    $crate::records::Backend::Sqlite($executor) => {
                        $run.map_err($crate::records::failure::Failure::from)
                    }
                    $crate::records::Backend::Postgres($executor) => {
                        condition.unless_out(async { $run }).await
                    }
                };
                connection.settle(done)
            }
            Err(failure) => Err(failure),
        }
    };
}
