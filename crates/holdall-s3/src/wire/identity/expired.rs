//! The way to go on when the server says that a session token has expired: the credentials are asked for anew, and
//! the request is tried once more.
//!
//! The SDK keeps credentials until shortly before their end, and takes `ExpiredToken` for final. But a token can
//! end before its time: it is revoked, a clock is wrong, or the program that writes the file with it is late. Three
//! parts of the client know of it, and share one [`Identities`]: the cache, which can forget; an interceptor, which
//! notes with which credentials a request went; and a retry classifier, which looks at the reply.

use std::sync::{Arc, PoisonError, RwLock};

use aws_sdk_s3::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_s3::config::{
    ConfigBag, IdentityCache, Intercept, ResolveCachedIdentity, RuntimeComponents, SharedIdentityCache,
};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::identity::{IdentityFuture, SharedIdentityResolver};
use aws_smithy_types::config_bag::{Storable, StoreReplace};

/// The SDK's cache of credentials, which can be emptied.
#[derive(Debug, Clone)]
pub(crate) struct Identities(Arc<RwLock<Generation>>);

#[derive(Debug)]
struct Generation {
    /// How often the cache was emptied.
    number: u64,
    cache: SharedIdentityCache,
}

impl Identities {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RwLock::new(Generation { number: 0, cache: IdentityCache::lazy().build() })))
    }

    fn number(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).number
    }

    /// Empties the cache, unless another request did since that generation.
    fn forget(&self, number: u64) {
        let mut generation = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if generation.number == number {
            *generation = Generation { number: number + 1, cache: IdentityCache::lazy().build() };
        }
    }
}

impl ResolveCachedIdentity for Identities {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let cache = self.0.read().unwrap_or_else(PoisonError::into_inner).cache.clone();
        IdentityFuture::new(async move { cache.resolve_cached_identity(resolver, components, config).await })
    }
}

/// How an attempt of a request was signed. It goes from the interceptor with the reply to the classifier, which
/// sees nothing else.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    generation: u64,
    /// No attempt before this one was signed with older credentials.
    first_generation: u64,
    /// A HEAD with a session token: the reply has no body to say why it was refused.
    is_head_with_token: bool,
}

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}

/// Notes with which generation of credentials each attempt is signed.
#[derive(Debug)]
pub(crate) struct NoteGeneration(pub(crate) Identities);

impl Intercept for NoteGeneration {
    fn name(&self) -> &'static str {
        "holdall: which credentials signed this"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let generation = self.0.number();
        let first_generation = config.load::<Attempt>().map_or(generation, |before| before.first_generation);
        config.interceptor_state().store_put(Attempt {
            generation,
            first_generation,
            is_head_with_token: false,
        });
        Ok(())
    }

    fn read_after_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let is_head = request.method() == "HEAD" && request.headers().contains_key("x-amz-security-token");
        if let Some(attempt) = config.load::<Attempt>().copied().filter(|_| is_head) {
            config.interceptor_state().store_put(Attempt { is_head_with_token: true, ..attempt });
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = config.load::<Attempt>() {
            context.response_mut().add_extension(*attempt);
        }
        Ok(())
    }
}

/// Has a request tried again whose token had expired.
#[derive(Debug)]
pub(crate) struct RetryExpired(pub(crate) Identities);

impl ClassifyRetry for RetryExpired {
    fn name(&self) -> &'static str {
        "holdall: expired session tokens"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(reply) = context.response() else { return RetryAction::NoActionIndicated };
        let Some(&attempt) = reply.extension::<Attempt>() else { return RetryAction::NoActionIndicated };
        let status = reply.status().as_u16();
        // S3 answers 400. Its replies to HEAD say no more than that.
        let expired = match reply.body().bytes() {
            Some(body) if !body.is_empty() => (400..=403).contains(&status) && says_expired(body),
            _ => status == 400 && attempt.is_head_with_token,
        };
        if !expired || attempt.generation != attempt.first_generation {
            return RetryAction::NoActionIndicated;
        }
        tracing::debug!("the session token has expired; asking for new credentials");
        self.0.forget(attempt.generation);
        RetryAction::transient_error()
    }
}

/// Whether an error document has one of the codes for a token that was good once ("Error responses", Amazon S3
/// API Reference).
fn says_expired(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    ["<Code>ExpiredToken</Code>", "<Code>TokenRefreshRequired</Code>"].iter().any(|code| text.contains(code))
}
