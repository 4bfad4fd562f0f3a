//! Files that were opened and saved, in sentences.

use std::path::Path;

use super::{Language, Text};

impl Text {
    /// A file was not written.
    #[must_use]
    pub fn not_saved(&self, path: &Path, error: &dyn std::fmt::Display) -> String {
        match self.language {
            Language::En => format!(
                "{} was not saved: {error}. Choose another folder or name.",
                path.display()
            ),
            Language::Es => format!(
                "No se guardó {}: {error}. Elige otra carpeta u otro nombre.",
                path.display()
            ),
        }
    }

    /// A file is on disk.
    #[must_use]
    pub fn saved_as(&self, path: &Path) -> String {
        match self.language {
            Language::En => format!("Saved as {}", path.display()),
            Language::Es => format!("Guardado como {}", path.display()),
        }
    }

    /// A file of that name is there already.
    #[must_use]
    pub fn replaces(&self, path: &Path) -> String {
        match self.language {
            Language::En => format!("{} exists already. Replace it?", path.display()),
            Language::Es => format!("{} ya existe. ¿Reemplazarlo?", path.display()),
        }
    }

    /// A model from a file is looked at.
    #[must_use]
    pub fn model_opened(&self, name: &str, format: &str, network: &str) -> String {
        match self.language {
            Language::En => format!("Opened {name}: {format}, network {network}"),
            Language::Es => format!("Se abrió {name}: {format}, red {network}"),
        }
    }

    /// A run from a file is kept with the others.
    #[must_use]
    pub fn run_taken_in(&self, name: &str, number: u32) -> String {
        match self.language {
            Language::En => format!("Opened the run “{name}”; it is kept as number {number}"),
            Language::Es => {
                format!("Se abrió la ejecución «{name}»; se guarda con el número {number}")
            }
        }
    }

    /// Whose weights the views show.
    #[must_use]
    pub fn model_shown(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("Looking at the model {name}"),
            Language::Es => format!("Se ve el modelo {name}"),
        }
    }

    /// The same above the maps.
    #[must_use]
    pub fn maps_of_file(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("These maps come from the model {name}."),
            Language::Es => format!("Estos mapas son del modelo {name}."),
        }
    }
}
