//! What can be wrong with a model from elsewhere, and what is to be known about one, in words.

use std::path::Path;

use super::errors::stand_in_es;
use super::{Language, Text};
use convlens_core::dataset::PictureSize;
use convlens_core::harmless::clean;
use convlens_core::network::NetworkSpec;
use convlens_core::network::import::{ImportError, ImportFault, LayerFault, LayerReason, Note};
use convlens_core::network::weights::{MAX_FILE_BYTES, WeightsError};

impl Text {
    /// A model that cannot be opened: file, fault, remedy.
    #[must_use]
    pub fn import_error(&self, error: &ImportError) -> String {
        clean(match (self.language, error) {
            (Language::En, _) => error.to_string(),
            (Language::Es, ImportError::Own(error)) => self.weights_error(error),
            (Language::Es, ImportError::File { path, fault }) => {
                format!("{}: {}", path.display(), self.import_fault_es(fault))
            }
        })
    }

    /// Weights from elsewhere fit several networks, which are offered.
    #[must_use]
    pub fn which_network(&self, path: &Path, more: bool) -> String {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy();
        clean(match (self.language, more) {
            (Language::En, false) => {
                format!("The weights in {name} fit several networks. Which one was trained?")
            }
            (Language::En, true) => format!(
                "The weights in {name} fit these networks and more. Which one was trained? Any other: convlens import --network"
            ),
            (Language::Es, false) => {
                format!("Los pesos de {name} encajan en varias redes. ¿Cuál se entrenó?")
            }
            (Language::Es, true) => format!(
                "Los pesos de {name} encajan en estas redes y en más. ¿Cuál se entrenó? Cualquier otra: convlens import --network"
            ),
        })
    }

    /// What stands above other networks that weights fit, with the share of the test pictures that each gets right.
    #[must_use]
    pub fn others_that_fit(&self) -> &'static str {
        match self.language {
            Language::En => "Others that fit, and how many test images they get right:",
            Language::Es => "Otras que encajan, y cuántas imágenes de prueba aciertan:",
        }
    }

    /// Weights of this program that could not be read or written.
    #[must_use]
    pub fn weights_error(&self, error: &WeightsError) -> String {
        clean(match self.language {
            Language::En => error.to_string(),
            Language::Es => self.weights_error_es(error),
        })
    }

    /// What is to be known about a model that was opened.
    #[must_use]
    pub fn import_note(&self, note: &Note) -> String {
        clean(match (self.language, note) {
            (Language::En, _) => note.to_string(),
            (Language::Es, Note::Inferred { network, others }) => {
                let labels: Vec<String> = others.iter().map(NetworkSpec::label_and_input).collect();
                let also = if labels.is_empty() {
                    String::new()
                } else {
                    format!("; también encajan: {}", labels.join(", "))
                };
                format!(
                    "el archivo solo contiene pesos; {} es la red usual en la que encajan sus formas. Ninguna forma revela la activación (se toma ReLU), ni si está antes o después de una normalización por lotes, ni si una agrupación es de máximos o de medias{also}",
                    network.label_and_input()
                )
            }
            (Language::Es, Note::TrainingOnly) => {
                "se dejan fuera capas que solo actúan durante el entrenamiento (dropout, ruido, aumento de datos)"
                    .into()
            }
            (Language::Es, Note::NoBias(layer)) => format!(
                "`{layer}` no tiene sesgo: en su lugar hay ceros, que cuentan como parámetros"
            ),
            (Language::Es, Note::Scaling { best, tried }) => format!(
                "sus píxeles se toman como {}: {} de las imágenes de prueba bien clasificadas, y solo {} con {}",
                best.scaling.name(),
                self.percent(best.accuracy, 1),
                self.percent(tried[0].accuracy, 1),
                tried[0].scaling.name()
            ),
            (Language::Es, Note::Rescaling) => {
                "el archivo contiene un Rescaling sin su factor; se supone que es 1/255".into()
            }
        })
    }

    fn weights_error_es(&self, error: &WeightsError) -> String {
        match error {
            WeightsError::Io { path, source } => format!(
                "{}: {}; comprueba que el archivo exista y se pueda usar",
                path.display(),
                self.system_error(source)
            ),
            WeightsError::TooLarge { path } => format!(
                "{}: ocupa más de {MAX_FILE_BYTES} bytes, demasiados para una red de convlens; elige un archivo .safetensors guardado por convlens",
                path.display()
            ),
            WeightsError::Damaged { path, reason } => format!(
                "{}: no es un archivo safetensors legible ({reason}); guarda los pesos otra vez",
                path.display()
            ),
            WeightsError::NoNetwork { path } => format!(
                "{}: contiene tensores pero ninguna red; elige un archivo guardado por convlens",
                path.display()
            ),
            WeightsError::Network { path, source } => format!(
                "{}: describe una red imposible: {}",
                path.display(),
                self.spec_error(source)
            ),
            WeightsError::Tensor {
                path,
                tensor,
                found,
                expected,
            } => format!(
                "{}: el tensor `{tensor}` es {found}, pero la red necesita float32 {expected:?}; el archivo no corresponde a su propia descripción",
                path.display()
            ),
            WeightsError::NotFinite { path, tensor } => format!(
                "{}: el tensor `{tensor}` contiene valores que no son finitos; el entrenamiento que lo hizo había divergido",
                path.display()
            ),
            WeightsError::Candle { path, source } => format!("{}: {source}", path.display()),
        }
    }

    fn import_fault_es(&self, fault: &ImportFault) -> String {
        match fault {
            ImportFault::Unreadable(source) => {
                let source = self.system_error(source);
                format!("{source}; comprueba que el archivo exista y se pueda leer")
            }
            ImportFault::StandIn(found) => stand_in_es(*found).to_owned(),
            ImportFault::TooLarge(most) => format!(
                "más de {} MiB, demasiados para una red que convlens pueda abrir; elige otro archivo",
                most >> 20
            ),
            ImportFault::UnknownFormat => "no es un modelo que convlens pueda abrir; elige un archivo .safetensors de convlens o PyTorch, uno .pt o .pth de PyTorch, uno .keras o .h5 de Keras, un model.json de TensorFlow.js, o uno .onnx".into(),
            ImportFault::Pickle => "es un pickle, es decir un programa, que aquí no se ejecuta; ábrelo donde se creó y guarda los pesos con torch.save(model.state_dict(), \"model.pt\") o con model.save(\"model.keras\")".into(),
            ImportFault::Torch(reason) => format!(
                "no es un archivo legible de torch.save ({reason}); cópialo o descárgalo otra vez, o guarda los pesos donde se entrenaron: torch.save(model.state_dict(), \"model.pt\")"
            ),
            ImportFault::Archive(reason) => format!(
                "no es un archivo .keras o .pt legible ({reason}); cópialo o descárgalo otra vez, o guarda el modelo de nuevo"
            ),
            ImportFault::NoEntry(entry) => format!(
                "falta `{entry}` en el archivo; guárdalo otra vez con model.save(\"model.keras\")"
            ),
            ImportFault::EntryTooLarge { entry, most } => {
                format!(
                    "`{entry}` ocupa más de {} MiB dentro del archivo; elige otro archivo",
                    most >> 20
                )
            }
            ImportFault::Config(reason) => format!(
                "la descripción de sus capas está dañada ({reason}); guarda el modelo otra vez con Keras 3"
            ),
            ImportFault::NotSequential(class) => format!(
                "es un modelo de la clase {class}; convlens abre modelos Sequential y funcionales: forma uno con las mismas capas, copia los pesos con set_weights(get_weights()) y guárdalo"
            ),
            ImportFault::Layers(faults) => {
                let faults: Vec<_> = faults.iter().map(layer_fault_es).collect();
                format!(
                    "{}; cámbialas y entrena de nuevo",
                    faults.join("; ")
                )
            }
            ImportFault::Network(error) => {
                format!("su red no se puede mostrar aquí: {}", self.spec_error(error))
            }
            ImportFault::CutOff { found, whole } => format!(
                "está cortado tras {found} de {whole} bytes; cópialo o descárgalo otra vez"
            ),
            ImportFault::Hdf5(reason) => {
                format!("no es un archivo HDF5 legible ({reason}); guarda el modelo otra vez")
            }
            ImportFault::Onnx(reason) => {
                format!("no es un modelo ONNX legible ({reason}); expórtalo otra vez")
            }
            ImportFault::Tangled(layer) => format!(
                "`{layer}` se usa más de una vez, lee lo que no hay o se lee desde fuera de su bloque; convlens abre redes cuyas ramas parten de una capa y se suman o se unen en otra"
            ),
            ImportFault::NoClasses => "su última capa no es una densa sin ReLU, que daría las clases; convlens muestra clasificadores".into(),
            ImportFault::GraphModel => "es un modelo de grafo de TensorFlow.js, que ya no tiene las capas de las que se hizo; convierte otra vez el modelo de Keras con --output_format=tfjs_layers_model o elige el modelo del que se convirtió".into(),
            ImportFault::WeightsElsewhere(file) => format!(
                "sus pesos están en el archivo `{file}`, que no está junto al modelo; pon los dos en una carpeta o exporta el modelo como un solo archivo"
            ),
            ImportFault::WeightsBeside { file, source } => format!(
                "no se pueden leer sus pesos del archivo `{file}` junto a él ({source}); mantén juntos los archivos o exporta el modelo como uno solo"
            ),
            ImportFault::NoWeights => "no contiene pesos de convoluciones ni de capas densas; elige un archivo con un modelo entrenado".into(),
            ImportFault::Missing(layer) => {
                format!("faltan los pesos de `{layer}`; guarda el modelo otra vez")
            }
            ImportFault::Weights {
                layer,
                found,
                expected,
            } => format!(
                "los pesos de `{layer}` son {found}, pero su red necesita {expected:?}; elige el archivo que corresponde a esta red"
            ),
            ImportFault::WeightCount { found, expected } => format!(
                "contiene pesos de {found} capas, pero la red tiene {expected}; indica la red con la que se entrenó"
            ),
            ImportFault::Foreign { tensor, dims } => format!(
                "`{tensor}` {dims:?} no es de una convolución, de una normalización por lotes ni de una capa densa; de las capas que aprenden, convlens solo tiene esas"
            ),
            ImportFault::Unsaid(layer) => format!(
                "contiene `{layer}`, cuyos ajustes no están en un archivo de pesos; indica con qué red se entrenó: convlens import ARCHIVO --out PESOS.safetensors --network RED.toml"
            ),
            ImportFault::Unordered(model) => format!(
                "solo con los pesos no se sabe en qué orden van las capas de `{model}`, un modelo entre las capas de otro; guarda el modelo entero: model.save(\"modelo.keras\")"
            ),
            ImportFault::Type { tensor, found } => {
                format!("`{tensor}` contiene {found}; guarda los pesos como float32")
            }
            ImportFault::TooManyWeights(most) => format!(
                "contiene más de {most} pesos, demasiados para una red que convlens pueda abrir"
            ),
            ImportFault::NotFinite(tensor) => format!(
                "`{tensor}` contiene valores que no son finitos; el entrenamiento que lo hizo había divergido: entrena otra vez con una tasa de aprendizaje menor"
            ),
            ImportFault::Channels(channels) => format!(
                "su primera convolución toma imágenes de {channels} canales; convlens abre redes para imágenes en gris y en color, que tienen 1 o 3"
            ),
            ImportFault::NoOrder(names) => format!(
                "en ningún orden de sus capas ({}) las salidas de una son las entradas de la siguiente; convlens abre pilas simples, sin ramas ni grupos",
                names.join(", ")
            ),
            ImportFault::SeveralOrders(names) => format!(
                "sus capas ({}) encajan en varios órdenes; numéralas (conv1, conv2, …) en el orden en que se aplican",
                names.join(", ")
            ),
            ImportFault::NoneFits(inputs) => format!(
                "ningún relleno ni agrupación de 2×2 entre sus convoluciones deja los {inputs} valores que toma la primera capa densa, para imágenes de ningún tamaño usual; indica con qué red se entrenó: convlens import ARCHIVO --out PESOS.safetensors --network RED.toml"
            ),
            ImportFault::Several { candidates, more } => {
                let labels: Vec<_> = candidates.iter().map(NetworkSpec::label).collect();
                let more = if *more { ", …" } else { "" };
                format!(
                    "sus pesos encajan en varias redes ({}{more}); indica con cuál se entrenó: convlens import ARCHIVO --out PESOS.safetensors --network RED.toml",
                    labels.join(", ")
                )
            }
            ImportFault::OtherNetwork { file, asked } => format!(
                "contiene la red {}, no {}; no indiques ninguna red",
                file.label(),
                asked.label()
            ),
            ImportFault::Tensors(source) => source.to_string(),
        }
    }
}

fn layer_fault_es(fault: &LayerFault) -> String {
    let LayerFault {
        number,
        class,
        name,
        reason,
    } = fault;
    let reason = match reason {
        LayerReason::Class => "convlens no tiene esa capa".into(),
        LayerReason::Setting {
            option,
            found,
            allowed,
        } => format!("{option} es {found}; convlens solo tiene {allowed}"),
        LayerReason::NoFlatten => {
            "no hay Flatten antes, así que actúa en cada lugar por separado".into()
        }
        LayerReason::Place => "convlens no tiene ninguna en este lugar".into(),
        LayerReason::Input(shape) => format!(
            "toma {shape}; convlens toma imágenes de {least}×{least} a {most}×{most}, en gris o en color, como (28, 28, 1) o (32, 32, 3)",
            least = PictureSize::SHORTEST,
            most = PictureSize::LONGEST
        ),
        LayerReason::Rescaling { scale, offset } => format!(
            "los píxeles se multiplican por {scale} y se les suma {offset}; convlens admite un factor mayor que 0 y números finitos, los mismos en todo un canal"
        ),
        LayerReason::Damaged(option) => format!("su `{option}` falta o está dañado"),
    };
    format!("capa {number}, {class} `{name}`: {reason}")
}
