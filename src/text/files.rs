//! Files that were opened and saved, in sentences.

use std::io;
use std::path::{Path, PathBuf};

use super::{Language, Text};
use convlens_core::files::FileFault;
use convlens_core::harmless::clean;

/// What is wrong with a file of preferences.
#[derive(Debug, thiserror::Error)]
pub enum PreferencesFault {
    /// The system does not give it out.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is larger than any that the window writes.
    #[error("it has more than 4 MB")]
    TooLong,
    /// It is not what the window writes, from this line on.
    #[error("line {0} cannot be read")]
    Garbled(usize),
}

/// A file of preferences that could not be used.
#[derive(Debug)]
pub struct SetAside {
    /// Where it was.
    pub path: PathBuf,
    /// Why it could not be used.
    pub fault: PreferencesFault,
    /// Where it is now, if it could be moved.
    pub kept: Option<PathBuf>,
    /// Whether an older copy took its place.
    pub is_restored: bool,
}

impl Text {
    /// What the system says of a file. Rust's own words are English.
    #[must_use]
    pub fn system_error(&self, error: &io::Error) -> String {
        use io::ErrorKind as Kind;
        if self.language == Language::En {
            return error.to_string();
        }
        let words = match error.kind() {
            _ if FileFault::of(error) == Some(FileFault::NotPlain) => {
                "no es un archivo normal sino una tubería, un dispositivo o algo parecido"
            }
            _ if FileFault::of(error) == Some(FileFault::WriteProtected) => {
                "está protegido contra escritura"
            }
            Kind::NotFound => "no existe",
            Kind::PermissionDenied => "permiso denegado",
            Kind::AlreadyExists => "ya existe",
            Kind::IsADirectory => "es una carpeta",
            Kind::NotADirectory => "una parte de la ruta no es una carpeta",
            Kind::StorageFull | Kind::QuotaExceeded => "no queda espacio",
            Kind::FileTooLarge => "es demasiado grande",
            Kind::ReadOnlyFilesystem => "el disco es de solo lectura",
            Kind::ResourceBusy => "otro programa lo está usando",
            Kind::InvalidFilename => "el nombre no vale o es demasiado largo",
            Kind::UnexpectedEof => "se acaba antes de tiempo",
            Kind::TimedOut => "no responde",
            Kind::OutOfMemory => "no hay memoria suficiente",
            _ => {
                return match error.raw_os_error() {
                    Some(code) => format!("error {code} del sistema"),
                    None => error.to_string(),
                };
            }
        };
        words.to_owned()
    }

    /// A file was not written.
    #[must_use]
    pub fn not_saved(&self, path: &Path, error: &io::Error) -> String {
        let error = self.system_error(error);
        clean(match self.language {
            Language::En => format!(
                "{} was not saved: {error}. Choose another folder or name.",
                path.display()
            ),
            Language::Es => format!(
                "No se guardó {}: {error}. Elige otra carpeta u otro nombre.",
                path.display()
            ),
        })
    }

    /// The window starts without the preferences that it was to start with.
    #[must_use]
    pub fn preferences_set_aside(&self, aside: &SetAside) -> String {
        let path = aside.path.display();
        let fault = match (&aside.fault, self.language) {
            (PreferencesFault::Io(error), _) => self.system_error(error),
            (fault, Language::En) => fault.to_string(),
            (PreferencesFault::TooLong, Language::Es) => "pasa de 4 MB".to_owned(),
            (PreferencesFault::Garbled(line), Language::Es) => {
                format!("la línea {line} no se entiende")
            }
        };
        let (starts, kept) = match (self.language, aside.is_restored) {
            (Language::En, true) => ("Those of the start before are used", "the file is kept as"),
            (Language::En, false) => ("convlens starts as new", "the file is kept as"),
            (Language::Es, true) => ("Se usan las del inicio anterior", "el archivo queda como"),
            (Language::Es, false) => ("convlens empieza de cero", "el archivo queda como"),
        };
        let kept = aside
            .kept
            .as_ref()
            .map(|to| format!("; {kept} {}", to.display()));
        let kept = kept.unwrap_or_default();
        clean(match self.language {
            Language::En => {
                format!("The preferences in {path} cannot be read: {fault}. {starts}{kept}.")
            }
            Language::Es => {
                format!("No se pueden leer las preferencias de {path}: {fault}. {starts}{kept}.")
            }
        })
    }

    /// A file is on disk.
    #[must_use]
    pub fn saved_as(&self, path: &Path) -> String {
        clean(match self.language {
            Language::En => format!("Saved as {}", path.display()),
            Language::Es => format!("Guardado como {}", path.display()),
        })
    }

    /// A file of that name is there already.
    #[must_use]
    pub fn replaces(&self, path: &Path) -> String {
        clean(match self.language {
            Language::En => format!("{} exists already. Replace it?", path.display()),
            Language::Es => format!("{} ya existe. ¿Reemplazarlo?", path.display()),
        })
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
            Language::En => format!("Opened the run “{name}”; it is saved as number {number}"),
            Language::Es => {
                format!("Se abrió el entrenamiento «{name}»; se guarda con el número {number}")
            }
        }
    }

    /// The model of a file.
    #[must_use]
    pub fn model_shown(&self, name: &str) -> String {
        match self.language {
            Language::En => format!("Model {name}"),
            Language::Es => format!("Modelo {name}"),
        }
    }
}
