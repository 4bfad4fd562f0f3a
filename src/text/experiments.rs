//! Sentences about editing networks and about runs.

use super::{Language, Text};

impl Text {
    /// Takes a layer out of the stack.
    #[must_use]
    pub fn remove_layer(&self, layer: &str) -> String {
        match self.language {
            Language::En => format!("Remove {layer}"),
            Language::Es => format!("Quitar {layer}"),
        }
    }

    /// Forgets one of the user's networks.
    #[must_use]
    pub fn forget_network(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("Forget the network “{name}”"),
            Language::Es => format!("Olvidar la red «{name}»"),
        }
    }

    /// A number of parameters.
    #[must_use]
    pub fn parameters(&self, count: usize) -> String {
        format!("{} {}", self.integer(count), self.network.parameters)
    }
}
