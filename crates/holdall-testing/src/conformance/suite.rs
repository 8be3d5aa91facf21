//! The runner: which cases run, where, and what becomes of their results.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use holdall_core::{Store, random_alphanumeric};

use super::http::{self, Http, HttpReply, HttpRequest};
use super::watched::Watched;
use super::{Case, Report, cases, cleanup};

/// How long one case may take before it counts as hanging. Generous: a slow machine is no failure.
const CASE_DEADLINE: Duration = Duration::from_mins(5);

/// How long work that could not be cancelled may take to remove what it staged.
const LEFTOVERS_DEADLINE: Duration = Duration::from_secs(30);

/// Lists what belongs to no file: staging files, open multipart uploads.
type Leftovers = Arc<dyn Fn() -> BoxFuture<'static, Vec<String>> + Send + Sync>;

/// The suite with what is known about the storage under test. See [`suite`].
#[derive(Clone, Default)]
#[must_use = "nothing is tested until `run` is awaited"]
pub struct Suite {
    exceptions: BTreeMap<String, String>,
    skips: BTreeMap<String, String>,
    secrets: Vec<String>,
    leftovers: Option<Leftovers>,
    refused: Option<Store>,
    http: Option<Http>,
    quick: bool,
    only: Vec<String>,
}

/// The whole suite, without exceptions.
///
/// ```
/// # use holdall_core::{MemoryStorage, Store};
/// # use holdall_testing::conformance::suite;
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let report = suite().quick().only("delete_").run(&Store::new(MemoryStorage::new())).await;
/// report.assert();
/// # });
/// ```
pub fn suite() -> Suite {
    Suite::default()
}

impl Suite {
    /// Declares that a case does not hold for this storage, and why. It is run all the same: when it
    /// holds after all, or when there is no such case, that is a failure, so that the list stays true.
    pub fn except(mut self, case: impl Into<String>, reason: impl Into<String>) -> Self {
        self.exceptions.insert(case.into(), reason.into());
        self
    }

    /// Declares that a case is not run, and why. For what fails only now and then; where it always
    /// fails, [`except`](Self::except) is better.
    pub fn skip(mut self, case: impl Into<String>, reason: impl Into<String>) -> Self {
        self.skips.insert(case.into(), reason.into());
        self
    }

    /// A secret that the storage knows (a key, a password). During the whole run it may appear in no
    /// error and in no `Debug` or `Display`. Can be called several times.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// How to find what belongs to no file: staging files, open multipart uploads. Asked after every
    /// case, again and again until there is none; what stays fails the case.
    ///
    /// The suite runs one case at a time, so whatever else uses the storage must be silent meanwhile.
    pub fn leftovers<F, Found>(mut self, find: F) -> Self
    where
        F: Fn() -> Found + Send + Sync + 'static,
        Found: Future<Output = Vec<String>> + Send + 'static,
    {
        self.leftovers = Some(Arc::new(move || Box::pin(find())));
        self
    }

    /// A store of the same kind that may do nothing: with a wrong key, in a directory of somebody else. The
    /// case about refusals works on it, and is skipped where there is none.
    pub fn refused(mut self, store: Store) -> Self {
        self.refused = Some(store);
        self
    }

    /// How to send a request to what the storage's URLs lead to: a plain HTTP client that adds nothing of its
    /// own but host and length. The cases that follow links and upload directly need it, and are skipped
    /// where there is none.
    pub fn http<F, Sent>(mut self, send: F) -> Self
    where
        F: Fn(HttpRequest) -> Sent + Send + Sync + 'static,
        Sent: Future<Output = HttpReply> + Send + 'static,
    {
        self.http = Some(Http(Arc::new(move |request| Box::pin(send(request)))));
        self
    }

    /// Leaves out the cases that make hundreds of requests or move megabytes.
    pub fn quick(mut self) -> Self {
        self.quick = true;
        self
    }

    /// Runs only cases whose name contains this text, or, where it is called several times, one of these texts.
    pub fn only(mut self, part: impl Into<String>) -> Self {
        self.only.push(part.into());
        self
    }

    /// Runs the cases one after another. A case that fails does not stop the others.
    ///
    /// Needs a tokio runtime with its timer (as `#[tokio::test]` makes it); races are only real on a
    /// multi-threaded one.
    pub async fn run(&self, store: &Store) -> Report {
        let mut report = Report { storage: store.to_string(), ..Report::default() };
        for name in self.exceptions.keys().chain(self.skips.keys()) {
            if cases().iter().all(|case| case.name != name) {
                report.failed.push(("suite", format!("{name:?} is declared, but there is no such case")));
            }
        }
        for case in cases() {
            if self.only.is_empty() || self.only.iter().any(|part| case.name.contains(part.as_str())) {
                self.judge(case, store, &mut report).await;
            }
        }
        report
    }

    /// Runs one case, whatever the capabilities and exceptions say, in a location of its own, which is
    /// empty again afterwards.
    ///
    /// # Errors
    ///
    /// The message of the panic, of the clean-up, or what was left behind.
    pub async fn run_case(&self, case: &Case, store: &Store) -> Result<(), String> {
        let watched = match self.secrets.as_slice() {
            [] => store.clone(),
            secrets => Store::new(Watched::new(Arc::clone(store.storage()), secrets.to_vec())),
        };
        let location = format!("conformance-{}/{}", random_alphanumeric(8), case.name);
        let own = watched.located(&location).map_err(|error| error.to_string())?;

        let subject = match &self.refused {
            Some(refused) if case.flags.refused => refused.clone(),
            _ if case.flags.whole => watched,
            _ => own.clone(),
        };
        let task = tokio::spawn(http::with(self.http.clone(), (case.start)(subject)));
        let abort = task.abort_handle();
        let outcome = match tokio::time::timeout(CASE_DEADLINE, task).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.is_panic() => Err(message(&*error.into_panic())),
            Ok(Err(_)) => Err("the case was cancelled".to_owned()),
            Err(_) => {
                abort.abort();
                Err(format!("the case did not end within {} seconds", CASE_DEADLINE.as_secs()))
            }
        };
        // The storage is tidied up also where the case failed; the first failure is the one to tell.
        let cleaned = cleanup::empty(&own).await;
        let tidy = self.nothing_left().await;
        outcome.and(cleaned).and(tidy)
    }

    pub(super) async fn judge(&self, case: &Case, store: &Store, report: &mut Report) {
        let skipped = self.skips.get(case.name).cloned();
        let skipped = skipped.or_else(|| case.skipped_by(store.capabilities()));
        let skipped = skipped.or_else(|| (self.quick && case.is_heavy()).then(|| "heavy".to_owned()));
        let skipped = skipped.or_else(|| {
            (case.flags.refused && self.refused.is_none()).then(|| "needs Suite::refused".to_owned())
        });
        let skipped = skipped
            .or_else(|| (case.flags.http && self.http.is_none()).then(|| "needs Suite::http".to_owned()));
        if let Some(reason) = skipped {
            report.skipped.push((case.name, reason));
            return;
        }
        let begin = Instant::now();
        let outcome = self.run_case(case, store).await;
        report.durations.insert(case.name, begin.elapsed());
        match (outcome, self.exceptions.get(case.name)) {
            (Ok(()), None) => report.passed.push(case.name),
            (Err(message), None) => report.failed.push((case.name, message)),
            (Err(_), Some(reason)) => report.excepted.push((case.name, reason.clone())),
            (Ok(()), Some(reason)) => {
                let message = format!("it holds now; remove the exception ({reason})");
                report.failed.push((case.name, message));
            }
        }
    }

    /// Asks for leftovers until there are none.
    async fn nothing_left(&self) -> Result<(), String> {
        let Some(find) = &self.leftovers else { return Ok(()) };
        let begin = Instant::now();
        loop {
            let left = find().await;
            if left.is_empty() {
                return Ok(());
            }
            if begin.elapsed() > LEFTOVERS_DEADLINE {
                return Err(format!("left behind: {}", left.join(", ")));
            }
            // A poll for a condition, not a wait for a time.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The text of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite")
            .field("exceptions", &self.exceptions)
            .field("skips", &self.skips)
            .field("secrets", &self.secrets.len())
            .field("quick", &self.quick)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}
