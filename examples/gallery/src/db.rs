//! The database file: made where it is missing, brought to the current schema, opened.

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

/// Opens the database at `path`, makes it and its folder where they are missing, and runs the
/// migrations that it has not seen.
///
/// WAL, so that a page can be read while an upload is recorded. `FULL`, because a visitor who was
/// told "your image is in the gallery" must find it there after a power cut: the file survives one
/// (`Durability::Synced`), so its row has to.
///
/// # Errors
///
/// If the folder cannot be made, the file is no database, or a migration fails.
pub async fn open(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePool::connect_with(options).await?;
    sqlx::migrate!().run(&pool).await?;
    Ok(pool)
}
