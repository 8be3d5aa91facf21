//! One large object, up and down.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use holdall_benches::Comparison;
use holdall_core::{Error, Result, Store};
use holdall_s3::S3Storage;

use crate::LARGE;
use crate::plain::Plain;

const ROUNDS: u32 = 3;
/// What both sides send and fetch at once.
const PART_SIZE: usize = 8 << 20;
/// As many parts at once as [`S3Storage`] sends unless it is told otherwise.
const UP_AT_ONCE: usize = 3;
const DOWN_AT_ONCE: usize = 8;
/// The object that the server holds from the start.
pub(crate) const DOWN: &str = "large/down.bin";
const UP: [&str; 2] = ["large/plain.bin", "large/holdall.bin"];

pub(crate) async fn compare(plain: &Plain, store: &Store, storage: &S3Storage) -> Result<()> {
    let mut up = Comparison::new("save 1 GiB from memory, by parts of 8 MiB", 1);
    let mut down = Comparison::new("open and read 1 GiB", 1);
    let mut to_path = Comparison::new("download 1 GiB to a path, 8 ranges at once", 1);
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(Error::from_io)?;
    let content = Bytes::from(vec![b'x'; LARGE]);
    for _ in 0..ROUNDS {
        Box::pin(up.plain(plain.upload(UP[0], &content, PART_SIZE, UP_AT_ONCE))).await;
        plain.delete(vec![UP[0].to_owned()]).await;
        up.holdall(store.save(UP[1], content.clone()).overwrite().into_future()).await?;
        store.delete(UP[1]).await?;

        assert_eq!(Box::pin(down.plain(plain.read(DOWN))).await, LARGE);
        let read = async {
            let file = store.open(DOWN).await?;
            file.try_fold(0, |size, chunk| std::future::ready(Ok(size + chunk.len()))).await
        };
        assert_eq!(down.holdall(read).await?, LARGE);

        let paths = ["plain.bin", "holdall.bin"].map(|name| directory.path().join(name));
        to_path.plain(plain.download(DOWN, &paths[0], LARGE, PART_SIZE, DOWN_AT_ONCE)).await;
        let download = storage.download(DOWN, &paths[1]).concurrency(DOWN_AT_ONCE);
        to_path.holdall(download.into_future()).await?;
        for path in paths {
            std::fs::remove_file(path).map_err(Error::from_io)?;
        }
    }
    up.print();
    down.print();
    to_path.print();
    Ok(())
}
