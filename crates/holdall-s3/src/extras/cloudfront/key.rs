//! The private key: read from PEM, checked, and able to sign.
//!
//! CloudFront takes RSA and ECDSA signatures over SHA-256 and over SHA-1. Here all are over SHA-256: AWS-LC, which the
//! SDK's TLS brings anyway, makes no RSA signatures over SHA-1.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use holdall_core::{Error, ErrorKind, Result};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::config::invalid;

/// A private key.
pub(super) enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl Key {
    /// Reads a key of RSA (PKCS#1 or PKCS#8) or ECDSA P-256 (SEC 1 or PKCS#8).
    ///
    /// # Errors
    ///
    /// `InvalidConfig` says how the key must be, and repeats nothing of it.
    pub(super) fn from_pem(pem: &str) -> Result<Self> {
        if let Some(problem) = foreign(pem) {
            return Err(invalid("cloudfront_key", format!("the CloudFront key cannot be used: {problem}")));
        }
        // The parser's own error may quote the lines that it fails at.
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
            invalid("cloudfront_key", "the CloudFront key cannot be used: it is not the whole, unchanged PEM")
        })?;
        match rsa(&der) {
            Ok(pair) => Ok(Self::Rsa(pair)),
            Err(_) if let Ok(pair) = ecdsa(&der) => Ok(Self::Ecdsa(pair)),
            Err(rejected) => Err(invalid(
                "cloudfront_key",
                match rejected.to_string().as_str() {
                    "TooSmall" => {
                        "the CloudFront key cannot be used: it is too small; CloudFront takes RSA keys of 2,048 bits"
                    }
                    _ => {
                        "the CloudFront key cannot be used: it has to be a private key of RSA with 2,048 bits, or of \
                     ECDSA on the curve P-256 (prime256v1)"
                    }
                },
            )),
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
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(cannot)?;
                Ok(signature)
            }
            Self::Ecdsa(key) => Ok(key.sign(&random, message).map_err(cannot)?.as_ref().to_vec()),
        }
    }
}

fn cannot(error: impl fmt::Display) -> Error {
    Error::message(ErrorKind::Other, format!("CloudFront's signature could not be made: {error}"))
}

/// The mistake, if somebody gives something else than a private key in PEM.
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
