//! What is wrong with a user's picture, in words.

use super::{Language, Text};
use convlens_core::dataset::picture::{PictureError, PictureFault};
use convlens_core::harmless::clean;

impl Text {
    /// A picture that cannot be opened.
    #[must_use]
    pub fn picture_error(&self, error: &PictureError) -> String {
        clean(match self.language {
            Language::En => error.to_string(),
            Language::Es => format!("{}: {}", error.path.display(), fault_es(&error.fault)),
        })
    }
}

fn fault_es(fault: &PictureFault) -> String {
    match fault {
        PictureFault::Unreadable(source) => {
            let source = Text::ES.system_error(source);
            format!("no se puede leer ({source}); revisa que exista y sus permisos")
        }
        PictureFault::TooManyBytes => {
            "el archivo es demasiado grande; guárdalo con menos píxeles".to_owned()
        }
        PictureFault::Empty => "el archivo está vacío; guarda la imagen de nuevo".to_owned(),
        PictureFault::Format => {
            "no es PNG, JPEG, WebP, GIF ni BMP; guárdala en uno de estos formatos".to_owned()
        }
        PictureFault::Heic => {
            "es HEIC, un formato de teléfonos que no se lee; pon la cámara del teléfono en el formato más compatible (JPEG) o guarda la imagen como JPEG".to_owned()
        }
        PictureFault::NoPixels { width, height } => format!(
            "la imagen mide {width}×{height} píxeles, así que no contiene nada; guárdala de nuevo"
        ),
        PictureFault::TooManyPixels { width, height } => {
            format!("la imagen mide {width}×{height} píxeles, demasiados; guárdala con menos")
        }
        PictureFault::Transparent => {
            "todos sus píxeles son transparentes, así que no se ve nada; guárdala con su contenido"
                .to_owned()
        }
        PictureFault::Damaged(why) => {
            format!("está dañada o es de un tipo poco común ({why}); guárdala de nuevo como PNG")
        }
    }
}
