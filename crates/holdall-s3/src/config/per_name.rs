//! Closures of the application that choose attributes by the name of a file.

use std::fmt;
use std::sync::Arc;

use holdall_core::{Attributes, Error, ErrorKind, Name, Result};

use super::{ObjectParameters, Objects};

/// A closure by name.
pub(crate) struct PerName<T>(Arc<dyn Fn(&Name) -> T + Send + Sync>);

impl<T> PerName<T> {
    pub(crate) fn new(of: impl Fn(&Name) -> T + Send + Sync + 'static) -> Self {
        Self(Arc::new(of))
    }
}

impl<T> Clone for PerName<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for PerName<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PerName")
    }
}

impl Objects {
    /// The attributes and parameters that the closures choose for a file of that name.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what cannot be stored: what was checked of the defaults when the storage was built can
    /// be checked of these only here.
    pub(crate) fn of_name(&self, name: &Name) -> Result<(Attributes, ObjectParameters)> {
        let attributes = self.attributes_for.as_ref().map_or_else(Attributes::default, |of| (of.0)(name));
        let parameters =
            self.parameters_for.as_ref().map_or_else(ObjectParameters::default, |of| (of.0)(name));
        let checked = attributes.validate().and_then(|()| parameters.check_beside(attributes.visibility));
        checked.map_err(|error| {
            let message = format!(
                "attributes_for or object_parameters_for gave what cannot be used: {}",
                error.reason()
            );
            Error::message(ErrorKind::InvalidInput, message)
        })?;
        Ok((attributes, parameters))
    }
}
