//! Tags of objects.

use std::collections::BTreeMap;

use aws_sdk_s3::types::Tagging;
use holdall_core::{Error, ErrorKind, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The tags of an object: up to ten names, each with a value.
///
/// They are checked when they are made, by the rules of "Categorizing your storage using tags" (Amazon S3 User
/// Guide), so that no request is sent in vain.
///
/// ```
/// use holdall_s3::Tags;
///
/// let tags = Tags::new([("team", "web"), ("cost-centre", "42")])?;
/// assert_eq!(tags.get("team"), Some("web"));
/// assert!(Tags::new([("aws:reserved", "x")]).is_err());
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The most tags of an object.
    pub const MAX: usize = 10;
    /// The most characters of a name.
    pub const MAX_NAME: usize = 128;
    /// The most characters of a value.
    pub const MAX_VALUE: usize = 256;

    /// Checked tags.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for more than ten, a name twice, a name that is empty, begins with `aws:` or has more than 128
    /// characters, a value of more than 256, and other characters than letters, digits, blanks and `+-=._:/@`.
    pub fn new<N: Into<String>, V: Into<String>>(tags: impl IntoIterator<Item = (N, V)>) -> Result<Self> {
        let mut checked = BTreeMap::new();
        for (name, value) in tags {
            let (name, value) = (name.into(), value.into());
            check(&name, &value)?;
            if checked.contains_key(&name) {
                return Err(invalid(format!("the tag {name:?} is given twice")));
            }
            checked.insert(name, value);
        }
        if checked.len() > Self::MAX {
            return Err(invalid(format!("an object can have 10 tags, not {}", checked.len())));
        }
        Ok(Self(checked))
    }

    /// Tags that a server sent. They need no check.
    pub(crate) fn of_server(tags: &[aws_sdk_s3::types::Tag]) -> Self {
        Self(tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }

    /// The value of a tag.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `x-amz-tagging`: a query; `None` where there is nothing to say.
    pub(crate) fn to_header(&self) -> Option<String> {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<_> =
            self.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        (!pairs.is_empty()).then(|| pairs.join("&"))
    }

    /// As the body of `PutObjectTagging`.
    pub(crate) fn to_sdk(&self) -> Tagging {
        let tag = |(name, value)| {
            let tag = aws_sdk_s3::types::Tag::builder().key(name).value(value).build();
            tag.expect("name and value are all that a tag needs")
        };
        let set = self.iter().map(tag).collect();
        Tagging::builder().set_tag_set(Some(set)).build().expect("a set is all that a tagging needs")
    }
}

fn check(name: &str, value: &str) -> Result<()> {
    let good = |c: char| (c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c)) && !c.is_control();
    let rule = if name.is_empty() {
        "its name is empty"
    } else if name.starts_with("aws:") {
        "names that begin with \"aws:\" are reserved"
    } else if name.chars().count() > Tags::MAX_NAME {
        "its name has more than 128 characters"
    } else if value.chars().count() > Tags::MAX_VALUE {
        "its value has more than 256 characters"
    } else if !name.chars().chain(value.chars()).all(good) {
        "only letters, digits, blanks and + - = . _ : / @ are allowed"
    } else {
        return Ok(());
    };
    Err(invalid(format!("the tag {name:?} cannot be used: {rule}")))
}

fn invalid(message: String) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::Tags;

    #[test]
    fn limits_are_those_of_s3() {
        let many = |count: usize| (0..count).map(|number| (format!("tag{number}"), "x"));
        assert_eq!(Tags::new(many(10)).unwrap().len(), 10);
        assert!(Tags::new(many(11)).is_err());
        assert!(Tags::new([("n".repeat(128), "v".repeat(256))]).is_ok());
        assert!(Tags::new([("é".repeat(128), "é".repeat(256))]).is_ok());
        assert!(Tags::new([("n".repeat(129), String::new())]).is_err());
        assert!(Tags::new([("n".to_owned(), "v".repeat(257))]).is_err());
        for wrong in ["", "aws:x", "a&b", "a\nb", "a<b"] {
            assert!(Tags::new([(wrong, "x")]).is_err(), "{wrong:?}");
        }
        assert!(Tags::new([("a", "1"), ("a", "2")]).is_err());
    }

    #[test]
    fn the_header_is_a_query() {
        let tags = Tags::new([("a b", "c=d+é"), ("z", "")]).unwrap();
        assert_eq!(tags.to_header().unwrap(), "a%20b=c%3Dd%2B%C3%A9&z=");
        assert_eq!(Tags::default().to_header(), None);
    }
}
