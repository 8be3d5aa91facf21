//! Which files are not collected: Django's patterns, with Django's rules, and those of git where they are asked for.

mod fnmatch;
#[cfg_attr(not(feature = "gitignore"), path = "no_git.rs")]
mod git;

#[cfg(feature = "gitignore")]
use holdall_core::Result;

pub(crate) use self::fnmatch::matches;
pub(super) use self::git::Tree;

/// Patterns of files and directories that finders leave out.
///
/// A pattern is Python's `fnmatch`, with case: `*` is any number of any characters, `/` too; `?` is one;
/// `[abc]`, `[a-z]` and `[!abc]` are one of a set. A file is left out when its own name or its whole name
/// matches, a directory when its own name does.
///
/// ```
/// use holdall_static::Ignore;
///
/// let ignore = Ignore::default().with("*.scss");
/// assert!(ignore.file("css/app.scss") && ignore.file("js/.eslintrc") && ignore.directory("CVS"));
/// assert!(!ignore.file("css/app.css"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    patterns: Vec<String>,
    git: git::Rules,
}

impl Default for Ignore {
    /// Django's: `CVS`, `.*` and `*~`.
    fn default() -> Self {
        Self::none().with("CVS").with(".*").with("*~")
    }
}

impl Ignore {
    /// Nothing is left out.
    pub fn none() -> Self {
        Self { patterns: Vec::new(), git: git::Rules::default() }
    }

    /// That pattern too.
    pub fn with(mut self, pattern: impl Into<String>) -> Self {
        let pattern = pattern.into();
        if !self.patterns.contains(&pattern) {
            self.patterns.push(pattern);
        }
        self
    }

    /// Lines of a `.gitignore`, with git's rules (`gitignore(5)`), which differ from the others: `*` stops at `/`,
    /// `/build` is meant from the root on, `docs/` is a directory only, and `!keep.log` takes back what was left out.
    ///
    /// Names are those below the finder's directory, without its prefix. Where such a line says something about a
    /// name, it decides; the last one that does, as in git. So `!.well-known/` takes back Django's `.*`.
    ///
    /// ```
    /// use holdall_static::Ignore;
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let ignore = Ignore::default().gitignore("*.map\n!vendor/*.map\n/drafts/\n!.well-known/")?;
    /// assert!(ignore.file("js/app.js.map") && !ignore.file("vendor/lib.js.map"));
    /// assert!(ignore.directory("drafts") && !ignore.directory("blog/drafts"));
    /// assert!(ignore.directory(".git") && !ignore.directory(".well-known"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for a line that is no pattern.
    #[cfg(feature = "gitignore")]
    pub fn gitignore(mut self, lines: &str) -> Result<Self> {
        self.git.add(lines)?;
        Ok(self)
    }

    /// Honours the files `.gitignore` and `.holdallignore` that lie in the directories that are collected, each for
    /// what is below it; of two the deeper one decides, and `.holdallignore` before `.gitignore`. Those above a
    /// directory that is collected are not asked: what a bundler builds is usually ignored there.
    ///
    /// Files in memory ([`Embedded`](crate::Embedded)) have no such files.
    #[cfg(feature = "gitignore")]
    pub fn ignore_files(mut self, honoured: bool) -> Self {
        self.git.honour_files(honoured);
        self
    }

    /// Whether the file of that name is left out.
    pub fn file(&self, name: &str) -> bool {
        self.git.says(name, false).unwrap_or_else(|| {
            let own = own_name(name);
            self.patterns.iter().any(|pattern| matches(pattern, own) || matches(pattern, name))
        })
    }

    /// Whether the directory of that name is left out, with everything below. Patterns are asked about its own name
    /// only, which is the last part; lines of git about the whole.
    pub fn directory(&self, name: &str) -> bool {
        self.git
            .says(name, true)
            .unwrap_or_else(|| self.patterns.iter().any(|pattern| matches(pattern, own_name(name))))
    }

    /// The files that are honoured below a directory.
    pub(super) fn tree(&self) -> Tree {
        Tree::new(self.git.honours_files())
    }
}

fn own_name(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, own)| own)
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    #[test]
    fn a_directory_is_known_by_its_own_name_only() {
        let ignore = Ignore::default().with("vendor/js");
        assert!(!ignore.directory("js") && ignore.directory(".git") && ignore.directory("CVS"));
        assert!(ignore.file("vendor/js") && ignore.file("a/b~") && !Ignore::none().file(".git"));
    }

    #[cfg(feature = "gitignore")]
    #[test]
    fn lines_of_git_decide_where_they_say_something() {
        let ignore = Ignore::default().with("*.log").gitignore("# none\n*.tmp\n!keep.log\n/a/b\n").unwrap();
        assert!(ignore.file("x.log") && ignore.file("x/y.tmp") && ignore.file("a/b"));
        assert!(!ignore.file("x/keep.log") && !ignore.file("x/a/b") && !ignore.file("a/c"));
        let error = Ignore::none().gitignore("fine\n{a,b\n").unwrap_err();
        assert!(error.reason().contains("\"{a,b\""), "{error}");
    }
}
