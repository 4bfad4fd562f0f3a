//! What commands say beside their results.

use std::path::Path;

use super::say;
use crate::text::Text;
use convlens_core::training::runs::{RunId, SetAside};

impl Text {
    /// A run that was trained is on disk.
    #[must_use]
    pub fn kept_as_run(&self, run: RunId) -> String {
        say!(self, "kept as run {run}", "guardada como ejecución {run}")
    }

    /// A run is in the trash.
    #[must_use]
    pub fn run_in_trash(&self, run: RunId) -> String {
        say!(
            self,
            "run {run} deleted; `convlens runs restore {run}` brings it back",
            "ejecución {run} borrada; `convlens runs restore {run}` la recupera"
        )
    }

    /// A damaged run that was moved out of the way.
    #[must_use]
    pub fn set_aside(&self, aside: &SetAside) -> String {
        let (run, folder) = (aside.id, aside.folder.display());
        let error = self.run_error(&aside.error);
        say!(
            self,
            "run {run} set aside in {folder}: {error}",
            "ejecución {run} apartada en {folder}: {error}"
        )
    }

    /// A file or folder that cannot be used, and why.
    #[must_use]
    pub fn passed_over_because(&self, error: &str) -> String {
        say!(self, "passed over {error}", "se dejó de lado {error}")
    }

    /// A picture was inverted.
    #[must_use]
    pub fn picture_inverted(&self, path: &Path) -> String {
        let path = path.display();
        say!(
            self,
            "{path}: dark on light, so it was inverted: the network knows light on dark",
            "{path}: oscura sobre fondo claro, así que se invirtió: la red conoce claro sobre oscuro"
        )
    }
}
