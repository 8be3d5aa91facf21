//! The model: what the gallery remembers of an image. The bytes are the storage's.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};

/// One image of the gallery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Never given twice, even after a delete.
    pub id: i64,
    /// The name in the storage, as `save` returned it.
    pub file: String,
    /// What the visitor's computer called it; shown, never used as a name.
    pub original_name: String,
    /// The sniffed media type.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// When the upload was complete.
    pub uploaded_at: Timestamp,
}

/// An image that has been stored and has no row yet.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// See [`Image::file`].
    pub file: String,
    /// See [`Image::original_name`].
    pub original_name: String,
    /// See [`Image::content_type`].
    pub content_type: &'static str,
    /// In bytes.
    pub size: u64,
    /// See [`Image::uploaded_at`].
    pub uploaded_at: Timestamp,
}

impl Image {
    /// The image with this id, or `None`.
    pub async fn find(db: &SqlitePool, id: i64) -> sqlx::Result<Option<Self>> {
        sqlx::query_as("SELECT * FROM image WHERE id = ?").bind(id).fetch_optional(db).await
    }

    /// Up to `limit` images, the newest first; only those older than `before` where it is given.
    ///
    /// By key, not by offset: an upload in the meantime neither repeats an image on the next page
    /// nor skips one, and the last page costs no more than the first.
    pub async fn newest(db: &SqlitePool, before: Option<i64>, limit: u32) -> sqlx::Result<Vec<Self>> {
        sqlx::query_as("SELECT * FROM image WHERE id < ? ORDER BY id DESC LIMIT ?")
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(db)
            .await
    }

    /// How many there are.
    pub async fn count(db: &SqlitePool) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM image").fetch_one(db).await
    }

    /// Records a stored image.
    pub async fn insert(db: &SqlitePool, new: &NewImage) -> sqlx::Result<Self> {
        sqlx::query_as(
            "INSERT INTO image (file, original_name, content_type, size, uploaded_at)
             VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(&new.file)
        .bind(&new.original_name)
        .bind(new.content_type)
        .bind(stored_size(new.size)?)
        .bind(new.uploaded_at.to_string())
        .fetch_one(db)
        .await
    }

    /// Puts a removed row back exactly as it was, id included.
    pub async fn restore(&self, db: &SqlitePool) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO image (id, file, original_name, content_type, size, uploaded_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.id)
        .bind(&self.file)
        .bind(&self.original_name)
        .bind(&self.content_type)
        .bind(stored_size(self.size)?)
        .bind(self.uploaded_at.to_string())
        .execute(db)
        .await
        .map(drop)
    }

    /// Removes the row and returns it, or `None` if somebody else was faster: of two simultaneous
    /// deletes exactly one gets the image and with it the duty to remove the file.
    pub async fn remove(db: &SqlitePool, id: i64) -> sqlx::Result<Option<Self>> {
        sqlx::query_as("DELETE FROM image WHERE id = ? RETURNING *").bind(id).fetch_optional(db).await
    }
}

/// The database's integers are signed.
fn stored_size(size: u64) -> sqlx::Result<i64> {
    i64::try_from(size).map_err(|error| sqlx::Error::Encode(error.into()))
}

impl FromRow<'_, SqliteRow> for Image {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let decode = |index: &str, source| sqlx::Error::ColumnDecode { index: index.to_owned(), source };
        Ok(Self {
            id: row.try_get("id")?,
            file: row.try_get("file")?,
            original_name: row.try_get("original_name")?,
            content_type: row.try_get("content_type")?,
            size: u64::try_from(row.try_get::<i64, _>("size")?)
                .map_err(|error| decode("size", error.into()))?,
            uploaded_at: row
                .try_get::<&str, _>("uploaded_at")?
                .parse()
                .map_err(|error: jiff::Error| decode("uploaded_at", error.into()))?,
        })
    }
}
