//! The private key: read from PEM, checked, and able to sign one way.
//!
//! AWS-LC, which the SDK's TLS brings anyway, signs with RSA-SHA256 and ECDSA. It refuses to *make* RSA
//! signatures with SHA-1, which CloudFront still takes and every older signer makes; these come from the
//! crate `rsa`. Its advisory RUSTSEC-2023-0071 (the "Marvin" attack) is about the time that a private-key
//! operation takes: of the 0.9 releases, whose arithmetic leaks it. Release 0.10, though still a candidate,
//! computes in constant time, blinds every signature with random numbers, and checks the result before it
//! leaves; and what is signed here is text of our own, never somebody's ciphertext. It is used where SHA-1 was
//! asked for and nowhere else.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use holdall_core::{Error, ErrorKind, Result};
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;

use rsa::signature::{SignatureEncoding as _, Signer as _};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use sha1::Sha1;

use crate::config::invalid;

/// The hash that CloudFront's signatures are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloudFrontHash {
    /// SHA-256, which the URL says in its parameter `Hash-Algorithm`.
    #[default]
    Sha256,
    /// SHA-1, what CloudFront assumes where nothing is said, with RSA keys only: for the very URLs that
    /// boto3 and django-storages make.
    Sha1,
}

impl FromStr for CloudFrontHash {
    type Err = Error;

    /// `sha256` or `sha1`, as settings spell it.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "sha1" => Ok(Self::Sha1),
            _ => Err(invalid(format!("{text:?} is no hash of CloudFront; use \"sha256\" or \"sha1\""))),
        }
    }
}

impl fmt::Display for CloudFrontHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
        })
    }
}

/// A private key and the way in which it signs.
pub(super) enum Key {
    RsaSha256(RsaKeyPair),
    RsaSha1(Box<rsa::pkcs1v15::SigningKey<Sha1>>),
    Ecdsa(EcdsaKeyPair),
}

impl Key {
    /// Reads a key of RSA (PKCS#1 or PKCS#8) or ECDSA P-256 (SEC 1 or PKCS#8).
    ///
    /// # Errors
    ///
    /// `InvalidConfig` with what is wrong with the key and how to mend it, and nothing of the key itself.
    pub(super) fn from_pem(pem: &str, hash: CloudFrontHash) -> Result<Self> {
        if let Some(problem) = foreign(pem) {
            return Err(invalid(format!("the CloudFront key cannot be used: {problem}")));
        }
        // The parser's own error may quote the lines that it fails at.
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| invalid("the CloudFront key cannot be used: it is not the whole, unchanged PEM"))?;
        match rsa(&der) {
            Err(_) if let Ok(pair) = ecdsa(&der) => match hash {
                CloudFrontHash::Sha256 => Ok(Self::Ecdsa(pair)),
                CloudFrontHash::Sha1 => {
                    Err(invalid("the CloudFront key is an ECDSA key, which signs with SHA-256, not SHA-1"))
                }
            },
            Err(rejected) => Err(invalid(match rejected.to_string().as_str() {
                "TooSmall" => {
                    "the CloudFront key cannot be used: it is too small; CloudFront takes RSA keys of 2,048 bits"
                }
                _ => {
                    "the CloudFront key cannot be used: it has to be a private key of RSA with 2,048 bits, or of \
                     ECDSA on the curve P-256 (prime256v1)"
                }
            })),
            Ok(pair) => match hash {
                CloudFrontHash::Sha256 => Ok(Self::RsaSha256(pair)),
                CloudFrontHash::Sha1 => sha1(&der),
            },
        }
    }

    /// The hash of its signatures.
    pub(super) fn hash(&self) -> CloudFrontHash {
        match self {
            Self::RsaSha1(_) => CloudFrontHash::Sha1,
            Self::RsaSha256(_) | Self::Ecdsa(_) => CloudFrontHash::Sha256,
        }
    }

    /// Signs. RSA takes a millisecond or two, and gives the same signature every time; ECDSA never does.
    ///
    /// # Errors
    ///
    /// `Other` where the operating system has no random numbers.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::RsaSha256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(cannot)?;
                Ok(signature)
            }
            Self::RsaSha1(key) => Ok(key.try_sign(message).map_err(cannot)?.to_vec()),
            Self::Ecdsa(key) => Ok(key.sign(&random, message).map_err(cannot)?.as_ref().to_vec()),
        }
    }
}

fn cannot(error: impl fmt::Display) -> Error {
    Error::message(ErrorKind::Other, format!("CloudFront's signature could not be made: {error}"))
}

/// What people give instead of a private key in PEM.
fn foreign(pem: &str) -> Option<&'static str> {
    if pem.trim().is_empty() {
        Some("it is empty")
    } else if !pem.contains("-----BEGIN ") {
        Some("it is not PEM, which begins with a line like \"-----BEGIN PRIVATE KEY-----\"")
    } else if pem.contains("ENCRYPTED") {
        Some("it is encrypted; take the passphrase off with \"openssl pkey -in key.pem -out plain.pem\"")
    } else if pem.contains("OPENSSH PRIVATE KEY") {
        Some("it has OpenSSH's own format; convert it with \"ssh-keygen -p -m PEM -f key\"")
    } else if !pem.contains("PRIVATE KEY-----") {
        Some("it is not a private key; CloudFront keeps the public one, and who signs needs the other")
    } else if !pem.trim().contains('\n') {
        Some("its line breaks are lost; the PEM has several lines")
    } else {
        None
    }
}

fn rsa(der: &PrivateKeyDer<'_>) -> Result<RsaKeyPair, aws_lc_rs::error::KeyRejected> {
    match der {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        other => RsaKeyPair::from_pkcs8(other.secret_der()),
    }
}

fn ecdsa(der: &PrivateKeyDer<'_>) -> Result<EcdsaKeyPair, aws_lc_rs::error::KeyRejected> {
    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, der.secret_der())
}

fn sha1(der: &PrivateKeyDer<'_>) -> Result<Key> {
    let key = match der {
        PrivateKeyDer::Pkcs1(key) => RsaPrivateKey::from_pkcs1_der(key.secret_pkcs1_der()).ok(),
        other => RsaPrivateKey::from_pkcs8_der(other.secret_der()).ok(),
    };
    let key =
        key.ok_or_else(|| invalid("the CloudFront key cannot be used with SHA-1: its numbers are unsound"))?;
    Ok(Key::RsaSha1(Box::new(rsa::pkcs1v15::SigningKey::new(key))))
}
