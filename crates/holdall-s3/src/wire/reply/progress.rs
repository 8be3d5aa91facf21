//! Pages of a listing must lead somewhere.
//!
//! A server decides by its replies whether there is another page. One that repeats itself would be asked for ever;
//! so the marks by which pages go on, and the first entry of each page, are compared with earlier ones. Of these a
//! single one is kept, which is replaced after 1, 2, 4, 8, ... pages (Brent's algorithm): it meets every circle,
//! however long, and costs no memory.

use holdall_core::{Error, ErrorKind, Result, ServerReply};

/// Pages that begin as an earlier one. A server may show a directory again on the page behind that on which it ended,
/// which makes one at most for each page that is kept: 64 of them.
const MAX_REPEATED: u32 = 100;

/// Pages without an entry in a row that are still believed to lead somewhere. S3 sends a few where much was deleted.
const MAX_EMPTY: u32 = 1000;

/// How far a loop over pages has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pages: u64,
    kept_at: u64,
    kept: Option<(String, Option<Vec<u8>>)>,
    empty: u32,
    repeated: u32,
}

impl Progress {
    /// Notes a page that begins with that entry and goes on behind that mark.
    ///
    /// # Errors
    ///
    /// `Other` where the server gave the same before, or nothing but empty pages.
    pub(crate) fn page(&mut self, first: Option<&[u8]>, mark: &str) -> Result<()> {
        self.empty = if first.is_none() { self.empty + 1 } else { 0 };
        if let Some((kept_mark, kept_first)) = &self.kept {
            let is_repeated = first.is_some() && kept_first.as_deref() == first;
            self.repeated += u32::from(is_repeated);
            if kept_mark == mark {
                return Err(circle());
            }
        }
        if self.empty > MAX_EMPTY || self.repeated > MAX_REPEATED {
            return Err(circle());
        }
        self.pages += 1;
        if self.pages > 2 * self.kept_at {
            self.kept_at = self.pages;
            self.kept = Some((mark.to_owned(), first.map(<[u8]>::to_vec)));
        }
        Ok(())
    }
}

fn circle() -> Error {
    let message =
        "the server's listing goes in circles: a page brings nothing new and says that there is more";
    Error::message(ErrorKind::Other, message).with_reply(ServerReply::new(200))
}

/// The error of a page that says that there is more, and not where.
pub(crate) fn cut_short() -> Error {
    let message = "the server cut the listing short and does not say how it goes on";
    Error::message(ErrorKind::Other, message).with_reply(ServerReply::new(200))
}
