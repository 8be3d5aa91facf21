//! What proves that bytes are the right ones.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdall_core::Name;
use md5::{Digest as _, Md5};
use sha2::Sha384;

use super::Wrong;
use crate::digest::hex;
use crate::hash::ContentHash;

/// What the bytes of a file are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// The value of an `integrity` attribute, SHA-384, of so many bytes.
    Integrity(String, u64),
    /// MD5 in hexadecimal digits; its beginning is enough.
    Md5(String),
    /// Nothing.
    None,
}

impl Proof {
    /// That of a file of ours. Another digest than the one that is known comes from a newer version.
    pub(super) fn of_integrity(integrity: &str, size: u64) -> Self {
        if integrity.starts_with("sha384-") {
            Self::Integrity(integrity.to_owned(), size)
        } else {
            Self::None
        }
    }

    /// That of a file that Django hashed.
    pub(super) fn of_name(name: &Name, hashed: &Name) -> Self {
        ContentHash::in_name(name, hashed).map_or(Self::None, |hash| Self::Md5(hash.to_string()))
    }
}

/// A digest that is computed while bytes are written to it.
#[derive(Debug)]
pub(super) enum Running {
    /// With how many bytes may still come.
    Sha384(Box<Sha384>, u64),
    Md5(Md5),
}

impl Running {
    /// The digest that a proof asks for.
    pub(super) fn new(proof: &Proof) -> Option<Self> {
        match proof {
            Proof::Integrity(_, size) => Some(Self::Sha384(Box::default(), *size)),
            Proof::Md5(_) => Some(Self::Md5(Md5::new())),
            Proof::None => None,
        }
    }

    /// Whether it is as the proof has it.
    pub(super) fn finish(self, proof: &Proof) -> Result<(), Wrong> {
        let found = match self {
            Self::Sha384(digest, _) => format!("sha384-{}", BASE64.encode(digest.finalize())),
            Self::Md5(digest) => hex(&digest.finalize()),
        };
        match proof {
            Proof::Integrity(expected, _) if found != *expected => {
                Err(Wrong::Content { expected: expected.clone(), found })
            }
            Proof::Md5(expected) if !found.starts_with(expected.as_str()) => {
                Err(Wrong::Content { expected: expected.clone(), found })
            }
            _ => Ok(()),
        }
    }
}

impl io::Write for Running {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Sha384(digest, room) => {
                // A few bytes can be decompressed to very many.
                *room = room.checked_sub(bytes.len() as u64).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::InvalidData, "it has more bytes than the file")
                })?;
                digest.update(bytes);
            }
            Self::Md5(digest) => digest.update(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
