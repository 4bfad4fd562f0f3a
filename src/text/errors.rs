//! Errors in the window's language. English is what the errors say themselves; Spanish matches
//! every variant, so that a new one cannot stay untranslated.

use std::io;

use super::sentences::plural;
use super::{Language, Text};
use convlens_core::dataset::download::{Attempt, DownloadError, SourceFault};
use convlens_core::dataset::{
    Cifar, DataError, IdxFault, LeftOut, MAX_BYTES, PictureSize, PicturesFault,
};
use convlens_core::harmless::clean;
use convlens_core::network::{
    MAX_CLASSES, MAX_FILTERS, MAX_KERNEL, MAX_LAYERS, MAX_PADDING, MAX_PARAMETERS, MAX_POOL,
    MAX_STRIDE, MAX_UNITS, MAX_VALUES, SpecError, SpecFault,
};
use convlens_core::render::RenderError;
use convlens_core::stand_in::StandIn;
use convlens_core::training::{Amount, ConfigError, OptimizationFault, RunConfig, TrainingError};

impl Text {
    /// An impossible network.
    #[must_use]
    pub fn spec_error(&self, error: &SpecError) -> String {
        match self.language {
            Language::En => error.to_string(),
            Language::Es => format!("{}: {}", error.name, spec_fault_es(error.fault)),
        }
    }

    /// What is wrong with one layer.
    #[must_use]
    pub fn spec_fault(&self, fault: SpecFault) -> String {
        match self.language {
            Language::En => fault.to_string(),
            Language::Es => spec_fault_es(fault),
        }
    }

    /// A data set that cannot be used.
    #[must_use]
    pub fn data_error(&self, error: &DataError) -> String {
        clean(match self.language {
            Language::En => error.to_string(),
            Language::Es => data_error_es(error),
        })
    }

    /// A damaged data set in one of the usual places.
    #[must_use]
    pub fn passed_over(&self, error: &DataError) -> String {
        let error = self.data_error(error);
        match self.language {
            Language::En => format!("Skipped: {error}"),
            Language::Es => format!("Se omitió: {error}"),
        }
    }

    /// The files that a data set goes without; `None` where there are none.
    #[must_use]
    pub fn left_out(&self, left_out: &LeftOut) -> Option<String> {
        let named = left_out.first.iter().map(|error| self.picture_error(error));
        let named = named.collect::<Vec<_>>().join("; ");
        let more = left_out.count.checked_sub(left_out.first.len())?;
        let more = if more > 0 { "; …" } else { "" };
        let count = left_out.count;
        (count > 0).then(|| match self.language {
            Language::En => {
                let files = plural(
                    count,
                    "file that is no readable picture was",
                    "files that are no readable pictures were",
                );
                format!("{files} left out: {named}{more}")
            }
            Language::Es => {
                let files = plural(
                    count,
                    "archivo que no es una imagen legible",
                    "archivos que no son imágenes legibles",
                );
                format!(
                    "Se {} {files}: {named}{more}",
                    if count == 1 { "omitió" } else { "omitieron" }
                )
            }
        })
    }

    /// A download that did not end well, in a sentence.
    #[must_use]
    pub fn download_error(&self, error: &DownloadError) -> String {
        clean(match (self.language, error) {
            (Language::En, DownloadError::Failed { file, .. }) => format!(
                "The data could not be downloaded: no server delivered {file}. Check the connection and try again."
            ),
            (Language::En, _) => error.to_string(),
            (Language::Es, _) => download_error_es(error),
        })
    }

    /// What each server said, a line each, if it was asked.
    #[must_use]
    pub fn download_details(&self, error: &DownloadError) -> Option<String> {
        let DownloadError::Failed { attempts, .. } = error else {
            return None;
        };
        let line = |attempt: &Attempt| {
            clean(match self.language {
                Language::En => attempt.to_string(),
                Language::Es => attempt_es(attempt),
            })
        };
        let lines: Vec<_> = attempts.iter().map(line).collect();
        Some(lines.join("\n"))
    }

    /// A run that ended with an error.
    #[must_use]
    pub fn training_error(&self, error: &TrainingError) -> String {
        clean(match self.language {
            Language::En => format!("Training ended: {error}"),
            Language::Es => format!("El entrenamiento terminó: {}", training_error_es(error)),
        })
    }

    /// A figure that was not saved.
    #[must_use]
    pub fn render_error(&self, error: &RenderError) -> String {
        clean(match (self.language, error) {
            (Language::En, _) => error.to_string(),
            (Language::Es, RenderError::Save { path, source }) => format!(
                "No se pudo guardar la figura como {}: {}. Elige otra carpeta u otro nombre.",
                path.display(),
                self.system_error(source)
            ),
            (Language::Es, RenderError::TooLarge { width, height, .. }) => format!(
                "La figura tendría {width}×{height} píxeles, demasiados: elige menos filas o columnas."
            ),
            (
                Language::Es,
                RenderError::MapSize {
                    row, column, found, ..
                },
            ) => format!(
                "El mapa de la fila {row}, columna {column} tiene {found} valores, y no los que pide su tamaño."
            ),
        })
    }

    /// The maps could not be computed.
    #[must_use]
    pub fn not_computed(&self, error: &candle_core::Error) -> String {
        clean(match self.language {
            Language::En => format!("The maps could not be computed: {error}"),
            Language::Es => format!("No se pudieron calcular los mapas: {error}"),
        })
    }

    /// The system refuses a thread.
    #[must_use]
    pub fn no_thread(&self, error: &io::Error) -> String {
        match self.language {
            Language::En => {
                format!("Training could not start: {error}. Close other programs and try again.")
            }
            Language::Es => format!(
                "No se pudo empezar a entrenar: {error}. Cierra otros programas e inténtalo de nuevo."
            ),
        }
    }
}

fn spec_fault_es(fault: SpecFault) -> String {
    match fault {
        SpecFault::Normalization => "los píxeles no se pueden normalizar así; da una media y una desviación mayor que 0 por canal (menor que 0 solo si todos los canales son iguales), o ninguna de las dos".to_owned(),
        SpecFault::Input(size) => format!("imágenes de {size}; {}", sizes_es()),
        SpecFault::KernelTooLarge {
            kernel,
            height,
            width,
        } => format!(
            "su kernel de {kernel} no cabe en un mapa de {height}×{width}; usa un kernel menor, relleno «same» o menos agrupaciones antes"
        ),
        SpecFault::PoolTooLarge {
            size,
            height,
            width,
        } => format!(
            "un mapa de {height}×{width} es demasiado pequeño para agrupar de {size}; quita esta agrupación o una anterior"
        ),
        SpecFault::AfterDense => {
            "necesita mapas, pero una capa anterior ya ha hecho de ellos un solo vector; súbela"
                .into()
        }
        SpecFault::Filters(n) => format!("{n} filtros; elige de 1 a {MAX_FILTERS}"),
        SpecFault::Kernel(sides) => {
            format!("un kernel de {sides}; elige lados de 1 a {MAX_KERNEL}")
        }
        SpecFault::Stride(sides) => {
            format!("un paso de {sides}; elige de 1 a {MAX_STRIDE}, y al agrupar de 1 a {MAX_POOL}")
        }
        SpecFault::Dilation(sides) => {
            format!("una dilatación de {sides}; elige de 1 a {MAX_STRIDE}")
        }
        SpecFault::Padding(pixels) => {
            format!("un relleno de {pixels} píxeles; elige de 0 a {MAX_PADDING}")
        }
        SpecFault::Groups {
            groups,
            channels,
            filters,
        } => format!(
            "{groups} grupos entre {channels} canales y {filters} filtros; elige un número que divida a ambos"
        ),
        SpecFault::Pool(sides) => {
            format!("una agrupación de {sides}; elige lados de 1 a {MAX_POOL}")
        }
        SpecFault::PoolPadding { padding, size } => format!(
            "un relleno de {padding} píxeles alrededor de una agrupación de {size}; elige como mucho la mitad de su lado"
        ),
        SpecFault::Rate(rate) => {
            format!("una proporción de {rate}; elige desde 0 y menos de 1, como 0.25")
        }
        SpecFault::Epsilon(epsilon) => {
            format!("un épsilon de {epsilon}; elige un número mayor que 0 y hasta 1, como 0.001")
        }
        SpecFault::Momentum(momentum) => {
            format!("un momento de {momentum}; elige desde 0 y menos de 1, como 0.99")
        }
        SpecFault::OutsideBlock => {
            "está fuera de un bloque; pon un «split» antes de la primera rama, o quítala".to_owned()
        }
        SpecFault::OneBranch => {
            "un bloque de una sola rama; pon un «branch» tras la primera, o quita el bloque".to_owned()
        }
        SpecFault::OpenBlock => {
            "un bloque queda abierto; pon una suma o una unión tras su última rama".to_owned()
        }
        SpecFault::Unequal { first, other } => format!(
            "sus ramas dan {first} y {other}, que no se pueden sumar; iguálalas, por ejemplo con una convolución de 1×1"
        ),
        SpecFault::Apart { first, other } => format!(
            "sus ramas dan {first} y {other}, que no se pueden unir; dales el mismo alto y ancho, con paso y relleno"
        ),
        SpecFault::Units(n) => format!("{n} unidades; elige de 1 a {MAX_UNITS}"),
        SpecFault::Classes(n) => format!("{n} clases; elige de 2 a {MAX_CLASSES}"),
        SpecFault::TooManyLayers(n) => {
            format!("{n} capas son demasiadas; deja como mucho {MAX_LAYERS}")
        }
        SpecFault::TooManyParameters(n) => format!(
            "la red llega a {n} parámetros y el máximo es {MAX_PARAMETERS}: agrupa antes o usa menos filtros o unidades"
        ),
        SpecFault::TooManyValues(n) => format!(
            "las capas dan {n} valores por imagen y el máximo es {MAX_VALUES}: imágenes menores, agrupaciones antes o menos filtros"
        ),
    }
}

fn data_error_es(error: &DataError) -> String {
    let remedy = "cambia el archivo o descarga los datos";
    match error {
        DataError::NoSuch { path } => format!(
            "{}: no hay ninguna carpeta ni archivo con ese nombre; elige otra carpeta o descarga los datos",
            path.display()
        ),
        DataError::NoData { path } => format!(
            "{}: no es un archivo de datos ni de ninguna otra clase que convlens abra; elige un modelo (.keras, .h5, .safetensors, .pt, .onnx), un entrenamiento o lección (.convlens), una imagen o una carpeta de datos",
            path.display()
        ),
        DataError::Absent { folder } => format!(
            "{}: aquí no están los cuatro archivos de Fashion-MNIST ni una carpeta de imágenes por clase; elige otra carpeta o descarga los datos",
            folder.display()
        ),
        DataError::Classes { path, count } => format!(
            "{}: nombra {}; unos datos tienen de 2 a {MAX_CLASSES} clases, cada una una carpeta de imágenes o una línea de classes.txt",
            path.display(),
            plural(*count, "clase", "clases")
        ),
        DataError::Records {
            path,
            bytes,
            record,
        } => format!(
            "{}: {bytes} bytes no son un número entero de registros de CIFAR, de {record}; descomprímelo o descárgalo otra vez, en su versión binaria",
            path.display()
        ),
        DataError::PythonCifar { path } => format!(
            "{}: es la versión de CIFAR para Python; convlens lee la binaria, {}",
            path.display(),
            Cifar::Ten.archive()
        ),
        DataError::Images {
            folder,
            train,
            test,
        } => format!(
            "{}: {train} imágenes para entrenar y {test} para probar; hace falta al menos una de cada, en las mismas clases, y no demasiadas",
            folder.display()
        ),
        DataError::Picture(error) => Language::Es.text().picture_error(error),
        DataError::Incomplete { folder, file } => format!(
            "{}: falta el archivo {file} (o {file}.gz); añádelo o descarga los datos",
            folder.display()
        ),
        DataError::SeveralSplits { folder, splits } => {
            let names = splits;
            let path = folder.join(format!("emnist-{}", names.first().unwrap_or(&"digits")));
            format!(
                "{}: varias divisiones de EMNIST ({}); nombra una como si fuera una carpeta: {}",
                folder.display(),
                names.join(", "),
                path.display()
            )
        }
        DataError::Open { path, source } => {
            format!(
                "{}: no se puede abrir ({}); revisa sus permisos",
                path.display(),
                Text::ES.system_error(source)
            )
        }
        DataError::Malformed { path, fault } => {
            format!("{}: {}; {remedy}", path.display(), idx_fault_es(fault))
        }
        DataError::Mismatched { path, fault } => {
            format!(
                "{}: {}; {remedy}",
                path.display(),
                pictures_fault_es(*fault)
            )
        }
    }
}

fn idx_fault_es(fault: &IdxFault) -> String {
    match fault {
        IdxFault::StandIn(found) => stand_in_es(*found).to_owned(),
        IdxFault::Magic { expected, found } => format!(
            "empieza con {found:#010x} en vez de {expected:#010x}: no es un archivo IDX de la clase que hace falta aquí"
        ),
        IdxFault::Count { count } => {
            format!("su cabecera anuncia {count} elementos, una cantidad que no se acepta")
        }
        IdxFault::Size {
            rows,
            columns,
            channels,
        } => format!(
            "su cabecera anuncia imágenes de {rows}×{columns} píxeles en {channels} canales; {}",
            sizes_es()
        ),
        IdxFault::TooLarge { bytes } => format!(
            "su cabecera anuncia {} MB de imágenes, más de {}",
            bytes >> 20,
            MAX_BYTES >> 20
        ),
        IdxFault::Truncated { expected, found } => {
            format!("se corta tras {found} de {expected} bytes")
        }
        IdxFault::Trailing { expected } => {
            format!("sigue después de los {expected} bytes que anuncia su cabecera")
        }
        IdxFault::Unreadable(source) => format!(
            "no se puede leer hasta el final ({})",
            Text::ES.system_error(source)
        ),
    }
}

/// The sizes of pictures that networks are trained on.
fn sizes_es() -> String {
    let (least, most) = (PictureSize::SHORTEST, PictureSize::LONGEST);
    format!("convlens toma de {least}×{least} a {most}×{most}, en gris o en color")
}

/// What lies in a file's place.
pub(super) fn stand_in_es(found: StandIn) -> &'static str {
    match found {
        StandIn::Empty => "el archivo está vacío; cópialo o descárgalo otra vez",
        StandIn::GitLfs => {
            "es un puntero de Git LFS y no el archivo; descárgalo con `git lfs pull`"
        }
        StandIn::GitAnnex => {
            "es un puntero de git-annex y no el archivo; descárgalo con `git annex get`"
        }
        StandIn::WebPage => {
            "es una página web y no el archivo; usa el botón de descarga de la página o su enlace al archivo original"
        }
        StandIn::SavedModel => {
            "es un SavedModel de TensorFlow, que convlens no abre; guárdalo como un solo archivo: keras.models.load_model(CARPETA).save(\"model.keras\")"
        }
        StandIn::Folder => "es una carpeta y no un archivo; elige un archivo de ella",
        StandIn::TensorFlowLite => {
            "es un modelo de TensorFlow Lite, que ya no tiene las capas de las que se hizo; elige el modelo del que se convirtió"
        }
    }
}

fn pictures_fault_es(fault: PicturesFault) -> String {
    match fault {
        PicturesFault::Unpaired {
            pixels,
            labels,
            size,
        } => format!("{labels} etiquetas no corresponden a {pixels} bytes de imágenes de {size}"),
        PicturesFault::Size { size } => format!("imágenes de {size}; {}", sizes_es()),
        PicturesFault::Sizes { train, test } => format!(
            "imágenes de {train} para entrenar y de {test} para probar; deben tener un solo tamaño"
        ),
        PicturesFault::TooMany { size, bytes } => format!(
            "imágenes de {size} ocupan {} MB, más de {}; elige un tamaño menor",
            bytes >> 20,
            MAX_BYTES >> 20
        ),
        PicturesFault::Label {
            index,
            label,
            classes,
        } => format!(
            "la etiqueta {label} de la imagen {index} no es menor que {classes}, el número de clases"
        ),
    }
}

fn download_error_es(error: &DownloadError) -> String {
    match error {
        DownloadError::Cancelled => {
            "se canceló la descarga; empiézala otra vez y seguirá donde quedó".into()
        }
        DownloadError::Write { path, source } => format!(
            "{}: no se puede escribir ({}); libera espacio o elige otra carpeta",
            path.display(),
            Text::ES.system_error(source)
        ),
        DownloadError::Failed { file, .. } => format!(
            "No se pudieron descargar los datos: ningún servidor entregó {file}. Revisa la conexión e inténtalo de nuevo."
        ),
    }
}

fn attempt_es(attempt: &Attempt) -> String {
    let fault = match &attempt.fault {
        SourceFault::Unreachable { reason } => format!("no responde ({reason})"),
        SourceFault::Status { status } => format!("el servidor respondió con el estado {status}"),
        SourceFault::Interrupted { received, reason } => {
            format!("la conexión se cortó tras {received} bytes ({reason})")
        }
        SourceFault::TooSlow { received, seconds } => {
            format!("demasiado lento ({received} bytes en {seconds} s)")
        }
        SourceFault::WrongRange => {
            "el servidor respondió con otra parte del archivo que la pedida".into()
        }
        SourceFault::WrongContent => {
            "no es el archivo oficial (su longitud o su suma de verificación es otra) y no se conservó".into()
        }
    };
    format!("{}: {fault}", attempt.url)
}

fn training_error_es(error: &TrainingError) -> String {
    match error {
        TrainingError::Config(error) => config_error_es(error),
        TrainingError::NoPictures => {
            "los datos no tienen imágenes de entrenamiento; elige otros".into()
        }
        TrainingError::Pictures { network, data } => format!(
            "la red toma imágenes de {network} y las de los datos son de {data}; dale a la red esta entrada, o a las imágenes ese tamaño"
        ),
        TrainingError::Diverged {
            epoch,
            batch,
            loss,
            learning_rate,
        } => format!(
            "la pérdida llegó a {loss} en la época {epoch}, lote {batch}: el entrenamiento divergió; baja la tasa de aprendizaje ({learning_rate}) y entrena otra vez"
        ),
        TrainingError::State(_) => "el estado guardado no corresponde a esta red, a estos ajustes o a estos datos; continúa con aquellos con los que se entrenó".into(),
        TrainingError::Weights => "los pesos con los que empezar son de otra red que los ajustes; entrena con la red de esos pesos".into(),
        TrainingError::Classes { network, data } => format!(
            "los pesos con los que empezar dan {network} clases y los datos tienen {data}; elige datos de tantas clases"
        ),
        TrainingError::Threads(source) => format!("no se pudieron crear los hilos: {source}"),
        TrainingError::Tensor(source) => format!("no se pudo calcular la red: {source}"),
        TrainingError::Panicked(message) => format!(
            "falló el hilo de entrenamiento: {message}; es un error de convlens, por favor, avisa"
        ),
    }
}

fn config_error_es(error: &ConfigError) -> String {
    match error {
        ConfigError::Network(error) => format!("{}: {}", error.name, spec_fault_es(error.fault)),
        ConfigError::OutOfRange { name, value, max } => {
            let name = match *name {
                "epochs" => "épocas",
                "batch size" => "tamaño de lote",
                "threads" => "hilos",
                "images" => "imágenes",
                "patience" => "paciencia",
                "changes in mid-run" => "cambios a mitad del entrenamiento",
                other => other,
            };
            format!("{name}: {value} está fuera del intervalo; elige de 1 a {max}")
        }
        ConfigError::Optimization(fault) => match fault {
            OptimizationFault::OutOfRange { name, value } => {
                let name = match *name {
                    "momentum" => "momento",
                    "weight decay" => "decaimiento de pesos",
                    "label smoothing" => "suavizado de etiquetas",
                    other => other,
                };
                format!("{name}: {value} está fuera de rango; elige un número desde 0 y menos de 1")
            }
            OptimizationFault::Momentum(kind) => format!(
                "momento: {} ya tiene el suyo; elige SGD o RMSprop, o un momento de 0",
                kind.name()
            ),
            OptimizationFault::Nesterov => {
                "Nesterov: necesita SGD con momento, por ejemplo 0.9".to_owned()
            }
            OptimizationFault::NoDecay => {
                "AdamW: sin decaimiento de pesos es Adam; elige uno, por ejemplo 0.004".to_owned()
            }
        },
        ConfigError::Augmentation(fault) => {
            let name = match fault.amount {
                Amount::Shift => "desplazamiento",
                Amount::Turn => "giro",
                Amount::Zoom => "zoom",
                Amount::Brightness => "brillo",
                Amount::Cutout => "recorte",
            };
            format!(
                "aumento de datos: {name} {} está fuera del intervalo; elige de 0 a {}",
                fault.value,
                fault.amount.most()
            )
        }
        ConfigError::ChangesOrder => {
            "cambios a mitad del entrenamiento: no están en el orden de sus lotes".to_owned()
        }
        ConfigError::ChangeOfKind => "cambios a mitad del entrenamiento: el optimizador y el suavizado de etiquetas son los de todo el entrenamiento; con otros, empieza uno nuevo".to_owned(),
        ConfigError::Patience => "paciencia: mira la pérdida en imágenes reservadas, y no hay ninguna; pon la validación al 10 %, por ejemplo".to_owned(),
        ConfigError::Validation(percent) => format!(
            "validación: {percent} % está fuera del intervalo; elige de 0 (ninguna) a {} % de las imágenes de entrenamiento",
            RunConfig::MAX_VALIDATION_PERCENT
        ),
        ConfigError::LearningRate(rate) => format!(
            "tasa de aprendizaje: {rate} está fuera del intervalo; elige un número mayor que 0 y como mucho 1, por ejemplo 0,001"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_that_failed_is_said_in_a_sentence_and_the_rest_on_request() {
        let attempt = |url: &str, reason: &str| Attempt {
            url: url.into(),
            fault: SourceFault::Unreachable {
                reason: reason.into(),
            },
        };
        let error = DownloadError::Failed {
            file: "train-images-idx3-ubyte.gz".into(),
            attempts: vec![
                attempt("http://one.example/a.gz", "dns error"),
                attempt("https://two.example/a.gz", "connection refused"),
            ],
        };
        for language in [Language::En, Language::Es] {
            let text = language.text();
            let said = text.download_error(&error);
            for word in ["http", "dns error", "refused"] {
                assert!(!said.contains(word), "{said}");
            }
            let details = text.download_details(&error).unwrap();
            assert_eq!(details.lines().count(), 2, "{details}");
            assert!(details.contains("two.example"), "{details}");
        }
        assert_eq!(Text::ES.download_details(&DownloadError::Cancelled), None);
    }
}
