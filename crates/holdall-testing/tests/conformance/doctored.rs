//! Memory with other capabilities, with URLs, and with one fault of choice.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_core::{
    Attributes, ByteRange, Capabilities, Checksum, Conditions, Content, CopyOptions, DeleteOptions, Entry,
    Error, ErrorKind, File, FileUrl, ListOptions, Listing, Location, MemoryStorage, Metadata, Name,
    OpenOptions, Result, SaveMode, SaveOptions, Saved, Storage, Swept, UploadPolicy, UploadRequest,
    UrlOptions, Visibility, delete_each, guess_content_type,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is kept in a path: RFC 3986's unreserved characters and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A mistake that a backend could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    RenameOverwrites,
    CreateIsCheckedBefore,
    ReplaceIgnoresTheVersion,
    KeepsHalfOfAFailedSource,
    WritesInPlace,
    MaxLengthIgnored,
    AttributesLost,
    ChecksumForgotten,
    ChecksumNotVerified,
    NamesTrimmed,
    RangesOffByOne,
    ConditionsIgnored,
    DirectoriesExist,
    DeleteOfMissingFails,
    ListsOnePage,
    ListsBySegment,
    ListStartsAtTheName,
    CopyOntoItselfRewrites,
    CopyLosesAttributes,
    CopyIgnoresAttributes,
    CopyMergesAttributes,
    CopyOntoItselfIgnoresAttributes,
    AttributesAreSavedWithWhatWasRead,
    RenameKeepsTheSource,
    RenameDeletesFirst,
    UrlsAreNotEncoded,
    UrlsLiveForEver,
    OneSignatureForAll,
    ErrorsTellASecret,
    CreatedIsNow,
    LeadsNowhere,
    SweepsFiles,
    /// Of a storage that can only overwrite: it does what it is asked and looks at no option.
    ChecksForgotten,
    /// Copies look first and write afterwards.
    CopyCreateIsCheckedBefore,
    CopyReplaceIgnoresTheVersion,
    CopyIgnoresItsIfMatch,
    DeleteIgnoresItsIfMatch,
}

/// Memory behind capabilities and a fault.
#[derive(Debug)]
pub(crate) struct Doctored {
    inner: MemoryStorage,
    capabilities: Capabilities,
    fault: Fault,
    /// How many creators looked and found the name free.
    creators: AtomicUsize,
}

impl Doctored {
    /// A right storage that can do only that.
    pub(crate) fn new(capabilities: Capabilities) -> Self {
        Self { inner: MemoryStorage::new(), capabilities, fault: Fault::None, creators: AtomicUsize::new(0) }
    }

    /// A storage that can do everything, with that fault.
    pub(crate) fn broken(fault: Fault) -> Self {
        let inner = MemoryStorage::new();
        let capabilities = inner.capabilities().clone().with_public_url(true).with_signed_url(true);
        let capabilities = capabilities.with_url_overrides(true);
        Self { inner, capabilities, fault, creators: AtomicUsize::new(0) }
    }

    /// A storage that can only overwrite, with that fault.
    pub(crate) fn poor(fault: Fault) -> Self {
        let capabilities = Capabilities::default().with_writable(true).with_files_beside_directories(true);
        Self { fault, ..Self::new(capabilities) }
    }

    /// What every verb begins with.
    fn checked(&self, check: Result<()>) -> Result<()> {
        if self.has(Fault::ChecksForgotten) { Ok(()) } else { check }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn metadata_of(&self, mut metadata: Metadata, name: &Name) -> Metadata {
        metadata.name = name.clone();
        if !self.capabilities.attributes {
            metadata.attributes.content_type = Some(guess_content_type(name).to_owned());
        }
        let keep = self.capabilities.checksum && !self.has(Fault::ChecksumForgotten);
        let checksum = metadata.checksum.filter(|_| keep);
        let created = self.has(Fault::CreatedIsNow).then(SystemTime::now);
        metadata.with_checksum(checksum).with_created(created)
    }

    fn name(&self, name: &Name) -> Name {
        let trimmed = name.as_str().trim_end();
        let usable = self.has(Fault::NamesTrimmed) && !trimmed.is_empty();
        if usable { Name::new(trimmed).unwrap() } else { name.clone() }
    }

    /// What could be read of a source, and how it ended.
    async fn read(content: Content<'_>) -> (Bytes, Result<()>) {
        let mut read = BytesMut::new();
        let mut chunks = content.into_stream();
        loop {
            match chunks.try_next().await {
                Ok(Some(chunk)) => read.extend_from_slice(&chunk),
                Ok(None) => return (read.freeze(), Ok(())),
                Err(error) => return (read.freeze(), Err(error)),
            }
        }
    }

    /// Lets a second creator look before the first one saves, however the machine schedules them; one that is
    /// alone goes on after a while.
    async fn wait_for_a_rival(&self) {
        self.creators.fetch_add(1, Ordering::SeqCst);
        for _ in 0..10_000 {
            if self.creators.load(Ordering::SeqCst) > 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The file grows under its name while the source is read. Memory never waits: others must be let in, or
    /// they see what is written in place only by luck.
    async fn write_in_place(&self, name: &Name, content: Content<'_>) -> Result<Saved> {
        let mut written = BytesMut::new();
        let mut chunks = content.into_stream();
        loop {
            let options = SaveOptions::default().with_mode(SaveMode::Overwrite);
            let saved = self.inner.save(name, Content::bytes(written.clone().freeze()), options).await?;
            tokio::task::yield_now().await;
            match chunks.try_next().await? {
                Some(chunk) => written.extend_from_slice(&chunk),
                None => return Ok(saved),
            }
        }
    }

    async fn save_with_fault(
        &self,
        name: &Name,
        content: Content<'_>,
        mut options: SaveOptions,
    ) -> Result<Saved> {
        match self.fault {
            Fault::RenameOverwrites if options.mode() == SaveMode::Unique => {
                options.mode = Some(SaveMode::Overwrite);
            }
            Fault::CreateIsCheckedBefore if options.mode() == SaveMode::Create => {
                if self.inner.exists(name).await? {
                    return Err(Error::new(ErrorKind::AlreadyExists).with_name(name.as_str()));
                }
                self.wait_for_a_rival().await;
                options.mode = Some(SaveMode::Overwrite);
            }
            Fault::ReplaceIgnoresTheVersion if matches!(options.mode(), SaveMode::IfMatch(_)) => {
                options.mode = Some(SaveMode::Overwrite);
            }
            Fault::KeepsHalfOfAFailedSource => {
                let (read, end) = Self::read(content).await;
                let saved = self.inner.save(name, Content::bytes(read), options).await;
                return end.and(saved);
            }
            Fault::WritesInPlace if options.mode() != SaveMode::Unique => {
                return self.write_in_place(name, content).await;
            }
            Fault::MaxLengthIgnored => options.max_name_length = None,
            Fault::AttributesLost => options.attributes = Attributes::default(),
            Fault::ChecksumNotVerified => options.checksum = None,
            _ => {}
        }
        self.inner.save(name, content, options).await
    }

    async fn entries(&self, location: &Location, options: ListOptions) -> Result<Vec<Entry>> {
        let after = options.start_after.clone().filter(|_| self.has(Fault::ListStartsAtTheName));
        let mut entries: Vec<_> = self.inner.list(location, options.clone()).try_collect().await?;
        if let Some(after) = after {
            let all: Vec<_> = self
                .inner
                .list(location, ListOptions::default().with_recursive(options.recursive))
                .try_collect()
                .await?;
            let at = all.into_iter().filter(|entry| entry.sort_key() == after.as_str().as_bytes());
            entries = at.chain(entries).collect();
        }
        match self.fault {
            Fault::ListsOnePage => entries.truncate(1000),
            Fault::ListsBySegment => entries.sort_by_key(|entry| {
                let key = String::from_utf8(entry.sort_key()).unwrap();
                key.trim_end_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>()
            }),
            _ => {}
        }
        Ok(entries)
    }

    fn signature(&self, name: &Name, options: &UrlOptions) -> String {
        let signed = format!("{name} {:?} {:?}", options.method, options.overrides);
        let signed = if self.has(Fault::OneSignatureForAll) { String::new() } else { signed };
        format!("{:016x}", Checksum::of(signed.as_bytes()).crc64_nvme())
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Storage for Doctored {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, name: &Name, mut options: OpenOptions) -> Result<File> {
        if self.has(Fault::ErrorsTellASecret) {
            return Err(Error::message(ErrorKind::NotFound, "GET /?key=hunter2 said 404"));
        }
        if self.has(Fault::ConditionsIgnored) {
            options.conditions = Conditions::default();
        }
        if self.has(Fault::RangesOffByOne)
            && let Some(ByteRange::Bounded { start, end }) = options.range
        {
            options.range = Some(ByteRange::from(start..end.saturating_add(1)));
        }
        self.checked(options.check(&self.capabilities))?;
        let file = self.inner.open(&self.name(name), options).await?;
        let (metadata, range) = (file.metadata().clone(), file.range());
        let metadata = self.metadata_of(metadata, name);
        Ok(File::new(metadata, range, file))
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.checked(options.check(name, &self.capabilities))?;
        self.save_with_fault(&self.name(name), content, options).await
    }

    async fn delete(&self, name: &Name, mut options: DeleteOptions) -> Result<()> {
        self.checked(options.check(&self.capabilities))?;
        let name = self.name(name);
        if self.has(Fault::DeleteIgnoresItsIfMatch) {
            options.if_match = None;
        }
        if self.has(Fault::DeleteOfMissingFails) && options.if_match.is_none() {
            self.inner.metadata(&name).await?;
        }
        self.inner.delete(&name, options).await
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        delete_each(self, names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        let metadata = self.inner.metadata(&self.name(name)).await?;
        Ok(self.metadata_of(metadata, name))
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        let location = Location::new(name.as_str())?;
        let directory = !self.inner.listdir(&location).await?.files.is_empty();
        Ok(self.inner.exists(&self.name(name)).await? || (directory && self.has(Fault::DirectoriesExist)))
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        let location = location.clone();
        let entries = async move { self.entries(&location, options).await };
        futures_util::stream::once(entries)
            .map_ok(|entries| futures_util::stream::iter(entries.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    async fn listdir(&self, location: &Location) -> Result<Listing> {
        let mut listing = Listing::default();
        listing.extend(self.entries(location, ListOptions::default()).await?);
        Ok(listing)
    }

    async fn copy(&self, from: &Name, to: &Name, mut options: CopyOptions) -> Result<Saved> {
        self.checked(options.check(from, to, &self.capabilities))?;
        let (from, to) = (self.name(from), self.name(to));
        match self.fault {
            Fault::CopyCreateIsCheckedBefore if options.mode() == SaveMode::Create => {
                if self.inner.exists(&to).await? {
                    return Err(Error::new(ErrorKind::AlreadyExists).with_name(to.as_str()));
                }
                self.wait_for_a_rival().await;
                options.mode = Some(SaveMode::Overwrite);
            }
            Fault::CopyReplaceIgnoresTheVersion if matches!(options.mode(), SaveMode::IfMatch(_)) => {
                options.mode = Some(SaveMode::Overwrite);
            }
            Fault::CopyIgnoresItsIfMatch => options.if_match = None,
            _ => {}
        }
        match (self.fault, &mut options.attributes) {
            (Fault::CopyIgnoresAttributes, _) => options.attributes = None,
            (Fault::CopyOntoItselfIgnoresAttributes, _) if from == to => options.attributes = None,
            (Fault::CopyMergesAttributes, Some(given)) => {
                given.user.extend(self.inner.metadata(&from).await?.attributes.user);
            }
            (Fault::AttributesAreSavedWithWhatWasRead, Some(given)) => {
                let read = self.inner.open(&from, OpenOptions::default()).await?;
                tokio::task::yield_now().await;
                let options = SaveOptions::default().with_mode(SaveMode::Overwrite);
                return self.inner.save(&to, read.into(), options.with_attributes(given.clone())).await;
            }
            _ => {}
        }
        let rewrites = self.has(Fault::CopyOntoItselfRewrites) && from == to;
        if rewrites || self.has(Fault::CopyLosesAttributes) {
            let content = self.inner.open(&from, OpenOptions::default()).await?;
            let mode = if rewrites { SaveMode::Overwrite } else { options.mode() };
            return self.inner.save(&to, content.into(), SaveOptions::default().with_mode(mode)).await;
        }
        self.inner.copy(&from, &to, options).await
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.checked(options.check(from, to, &self.capabilities))?;
        let (from, to) = (self.name(from), self.name(to));
        match self.fault {
            Fault::RenameKeepsTheSource => self.inner.copy(&from, &to, options).await,
            Fault::RenameDeletesFirst if from != to => {
                let renamed = self.inner.rename(&from, &to, options).await;
                self.inner.delete(&from, DeleteOptions::default()).await?;
                renamed
            }
            _ => self.inner.rename(&from, &to, options).await,
        }
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.checked(options.check(&self.capabilities))?;
        if !self.capabilities.public_url && !self.capabilities.signed_url {
            return Err(Error::unsupported("make URLs"));
        }
        let path = utf8_percent_encode(name.as_str(), PATH).to_string();
        let path = if self.has(Fault::UrlsAreNotEncoded) { name.to_string() } else { path };
        let plain = format!("https://files.example/{path}");
        if options.visibility == Some(Visibility::Public) {
            return Ok(FileUrl::plain(plain));
        }
        let asked = options.expires_in.unwrap_or_default();
        let lives = if self.has(Fault::UrlsLiveForEver) { asked * 100 } else { asked };
        let signature = self.signature(name, &options);
        Ok(FileUrl::signed(format!("{plain}?signature={signature}"), SystemTime::now() + lives))
    }

    async fn upload_request(&self, _: &Name, _: UploadPolicy) -> Result<UploadRequest> {
        Err(Error::unsupported("take uploads directly from clients"))
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.checked(self.capabilities.check_visibility())?;
        self.inner.set_visibility(name, visibility).await
    }

    fn path(&self, name: &Name) -> Option<PathBuf> {
        let lies = self.has(Fault::LeadsNowhere);
        lies.then(|| std::env::temp_dir().join(format!("holdall-nowhere/{name}")))
    }

    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.checked(self.capabilities.check_writable())?;
        if self.has(Fault::SweepsFiles) {
            let options = ListOptions::default().with_recursive(true);
            let entries: Vec<Entry> = self.inner.list(&Location::root(), options).try_collect().await?;
            for entry in entries {
                if let Entry::File(file) = entry {
                    self.inner.delete(&file.name, DeleteOptions::default()).await?;
                }
            }
        }
        self.inner.sweep(older_than).await
    }
}

impl fmt::Display for Doctored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("doctored memory")
    }
}
