//! What commands refuse to do, and what would do instead.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::say;
use crate::text::{Language, Text, toml_errors};
use convlens_core::explore::TestSetError;
use convlens_core::network::{TOML_EXAMPLE, TomlError, TomlFault};
use convlens_core::training::runs::RunId;

impl Text {
    /// A file that was not written.
    #[must_use]
    pub fn not_written(&self, path: &Path, error: &io::Error) -> String {
        let (path, error) = (path.display(), self.system_error(error));
        say!(
            self,
            "{path}: {error}; choose a folder that exists, may be written to and has room",
            "{path}: {error}; elige una carpeta que exista, en la que se pueda escribir y con espacio"
        )
    }

    /// A folder to write to that is not there.
    #[must_use]
    pub fn no_folder(&self, folder: &Path) -> String {
        let folder = folder.display();
        say!(
            self,
            "{folder}: there is no such folder to write to; create it first",
            "{folder}: no existe esa carpeta en la que escribir; créala antes"
        )
    }

    /// A file name that does not say what to write.
    #[must_use]
    pub fn name_ending(&self, path: &Path, endings: &str) -> String {
        let path = path.display();
        let endings = self.alternatives(endings);
        say!(
            self,
            "{path}: name a file ending in {endings}",
            "{path}: da un nombre de archivo que acabe en {endings}"
        )
    }

    /// The same, where a run has more kinds of file than a model.
    #[must_use]
    pub fn name_ending_of_model(&self, path: &Path, endings: &str, of_run: &str) -> String {
        let line = self.name_ending(path, endings);
        let of_run = self.alternatives(of_run).replace(" or ", " and ");
        let of_run = of_run.replace(" o ", " y ");
        say!(
            self,
            "{line}; a run (--run) also has {of_run}",
            "{line}; una ejecución (--run) tiene además {of_run}"
        )
    }

    /// “a, b or c” of “a b c”.
    fn alternatives(&self, words: &str) -> String {
        let words: Vec<&str> = words.split(' ').collect();
        let Some((last, others)) = words.split_last().filter(|(_, others)| !others.is_empty())
        else {
            return words.concat();
        };
        let others = others.join(", ");
        say!(self, "{others} or {last}", "{others} o {last}")
    }

    /// A file that holds no network.
    #[must_use]
    pub fn toml_error(&self, error: &TomlError) -> String {
        if self.language == Language::En {
            return error.to_string();
        }
        let path = error.path.display();
        match &error.fault {
            TomlFault::Unreadable(source) => {
                let source = self.system_error(source);
                format!("{path}: {source}; comprueba que el archivo exista y se pueda leer")
            }
            TomlFault::NoText => format!(
                "{path}: no es un texto, o es demasiado largo; una red es por ejemplo {TOML_EXAMPLE}"
            ),
            TomlFault::Syntax { line, message } => {
                let message = toml_errors::in_spanish(message);
                format!("{path}: línea {line}: {message}; una red es por ejemplo {TOML_EXAMPLE}")
            }
            TomlFault::Network(fault) => format!("{path}: {}", self.spec_error(fault)),
        }
    }

    /// A test image beyond the last.
    #[must_use]
    pub fn no_such_image(&self, index: usize, count: usize) -> String {
        let last = count.saturating_sub(1);
        say!(
            self,
            "test image {index}: the test set has {count}; choose 0 to {last}",
            "imagen de prueba {index}: el conjunto tiene {count}; elige de 0 a {last}"
        )
    }

    /// A class beyond the last.
    #[must_use]
    pub fn no_such_class(&self, class: usize, count: usize) -> String {
        let last = count.saturating_sub(1);
        say!(
            self,
            "class {class}: the network has {count}; choose 0 to {last}",
            "clase {class}: la red tiene {count}; elige de 0 a {last}"
        )
    }

    /// A set of images that these pictures do not have.
    #[must_use]
    pub fn set_of_other_classes(&self, set: &str, others: &[&str]) -> String {
        let others = self.alternatives(&others.join(" "));
        say!(
            self,
            "--set {set}: these pictures are of other classes than Fashion-MNIST's; choose {others}, or name --images",
            "--set {set}: estas imágenes son de otras clases que las de Fashion-MNIST; elige {others}, o da --images"
        )
    }

    /// A class beyond the last, of a random set.
    #[must_use]
    pub fn class_of_set(&self, class: u8, count: usize) -> String {
        let last = count.saturating_sub(1);
        say!(
            self,
            "--class {class}: choose 0 to {last}",
            "--class {class}: elige de 0 a {last}"
        )
    }

    /// A filter beyond the last of a layer.
    #[must_use]
    pub fn no_such_filter(&self, filter: usize, layer: &str, count: usize) -> String {
        let last = count.saturating_sub(1);
        say!(
            self,
            "filter {filter}: {layer} has {count}; choose 0 to {last}",
            "filtro {filter}: {layer} tiene {count}; elige de 0 a {last}"
        )
    }

    /// A filter beyond the last of every layer.
    #[must_use]
    pub fn no_layer_has_filter(&self, filter: usize, widest: usize) -> String {
        let last = widest.saturating_sub(1);
        say!(
            self,
            "filter {filter}: the layers have at most {widest} channels; choose 0 to {last}",
            "filtro {filter}: las capas tienen como mucho {widest} canales; elige de 0 a {last}"
        )
    }

    /// A cell beyond the confusion matrix.
    #[must_use]
    pub fn no_such_cell(
        &self,
        (label, predicted): (u8, u8),
        rows: usize,
        columns: usize,
    ) -> String {
        let (rows, columns) = (rows.saturating_sub(1), columns.saturating_sub(1));
        say!(
            self,
            "cell {label},{predicted}: the true class is 0 to {rows}, the predicted one 0 to {columns}",
            "casilla {label},{predicted}: la clase real va de 0 a {rows}, la predicha de 0 a {columns}"
        )
    }

    /// A word that is none of those that would do.
    #[must_use]
    pub fn choose_one_of(&self, names: &[&str]) -> String {
        let names = names.join(", ");
        say!(self, "choose one of {names}", "elige entre {names}")
    }

    /// A network that is no preset.
    #[must_use]
    pub fn choose_network(&self, names: &[&str]) -> String {
        let names = names.join(", ");
        say!(
            self,
            "choose one of {names}, or name a .toml file",
            "elige entre {names}, o da un archivo .toml"
        )
    }

    /// A layer that the network does not have.
    #[must_use]
    pub fn no_such_layer(&self, layer: &str, names: &[&str]) -> String {
        let names = self.choose_one_of(names);
        say!(self, "layer {layer}: {names}", "capa {layer}: {names}")
    }

    /// A cell is missing, or there can be none.
    #[must_use]
    pub fn cell_of_layer(&self, layer: &str, has_maps: bool) -> String {
        if has_maps {
            say!(
                self,
                "{layer} has maps: add --at ROW,COLUMN",
                "{layer} tiene mapas: añade --at FILA,COLUMNA"
            )
        } else {
            say!(
                self,
                "{layer} has no maps: leave out --at",
                "{layer} no tiene mapas: quita --at"
            )
        }
    }

    /// Layers and lists of filters that do not pair.
    #[must_use]
    pub fn layers_without_filters(&self, layers: usize, lists: usize) -> String {
        say!(
            self,
            "{layers} times --layer and {lists} times --filters; give one --filters after each --layer",
            "{layers} veces --layer y {lists} veces --filters; da un --filters después de cada --layer"
        )
    }

    /// Too few or too many images to compare.
    #[must_use]
    pub fn images_to_compare(&self, count: usize, most: usize) -> String {
        say!(
            self,
            "{count} images: choose 2 to {most} to compare",
            "{count} imágenes: elige de 2 a {most} para comparar"
        )
    }

    /// Too many rows of a figure.
    #[must_use]
    pub fn too_many_images(&self, count: usize, most: usize) -> String {
        say!(
            self,
            "{count} images are too many for one figure; choose at most {most}",
            "{count} imágenes son demasiadas para una figura; elige como mucho {most}"
        )
    }

    /// Too many runs of a sweep.
    #[must_use]
    pub fn too_many_runs(&self, count: usize, most: usize) -> String {
        say!(
            self,
            "{count} runs are too many for one sweep; choose at most {most}",
            "{count} ejecuciones son demasiadas para un barrido; elige como mucho {most}"
        )
    }

    /// A run that cannot go on as it is.
    #[must_use]
    pub fn run_is_finished(&self, run: RunId, epochs: usize) -> String {
        say!(
            self,
            "run {run} has trained all of its {epochs} epochs; say with --epochs how many more",
            "la ejecución {run} ya entrenó sus {epochs} épocas; indica con --epochs cuántas más"
        )
    }

    /// A run that would become too long.
    #[must_use]
    pub fn run_too_long(&self, run: RunId, epochs: usize, most: usize) -> String {
        say!(
            self,
            "run {run} would have {epochs} epochs; a run may have {most}",
            "la ejecución {run} llegaría a {epochs} épocas; el máximo es {most}"
        )
    }

    /// A run that was trained but is not on disk.
    #[must_use]
    pub fn trained_not_kept(&self, fault: &str) -> String {
        say!(
            self,
            "the run was trained but not kept: {fault}",
            "la ejecución se entrenó pero no se guardó: {fault}"
        )
    }

    /// A run without any weights.
    #[must_use]
    pub fn run_without_weights(&self, run: RunId) -> String {
        say!(
            self,
            "run {run} holds no weights yet; train it further",
            "la ejecución {run} aún no tiene pesos; sigue entrenándola"
        )
    }

    /// A lesson to be written to another kind of file.
    #[must_use]
    pub fn lesson_needs_package(&self, path: &Path) -> String {
        let path = path.display();
        say!(
            self,
            "{path}: a lesson goes into a file ending in .convlens",
            "{path}: una lección va en un archivo que acabe en .convlens"
        )
    }

    /// A lesson that would replace another.
    #[must_use]
    pub fn lesson_exists(&self, folder: &Path) -> String {
        let folder = folder.display();
        say!(
            self,
            "{folder}: another lesson is there already; use --replace, or --to another folder",
            "{folder}: ya hay otra lección ahí; usa --replace, o --to con otra carpeta"
        )
    }

    /// A file to take a lesson from that has none.
    #[must_use]
    pub fn run_without_lesson(&self, file: &Path) -> String {
        let file = file.display();
        say!(
            self,
            "{file}: a run without a lesson; `convlens runs open` takes it in",
            "{file}: es una ejecución sin lección; `convlens runs open` la recibe"
        )
    }

    /// A run that was not deleted.
    #[must_use]
    pub fn not_in_trash(&self, run: RunId) -> String {
        say!(
            self,
            "run {run} is not in the trash; `convlens runs restore` lists what is",
            "la ejecución {run} no está en la papelera; `convlens runs restore` muestra lo que hay"
        )
    }

    /// A question about the test set without an answer.
    #[must_use]
    pub fn test_set_error(&self, error: &TestSetError) -> String {
        match (self.language, error) {
            (Language::En, _) => error.to_string(),
            (Language::Es, TestSetError::Cancelled) => "se canceló".into(),
            (
                Language::Es,
                TestSetError::NotAConvolution {
                    layer,
                    convolutions,
                },
            ) if convolutions.is_empty() => {
                format!("{layer}: esta red no tiene convoluciones")
            }
            (
                Language::Es,
                TestSetError::NotAConvolution {
                    layer,
                    convolutions,
                },
            ) => {
                let names: Vec<&str> = convolutions.iter().map(String::as_str).collect();
                let names = self.choose_one_of(&names);
                format!("{layer}: no es una convolución de esta red; {names}")
            }
            (
                Language::Es,
                TestSetError::NoSuchFilter {
                    layer,
                    filter,
                    filters,
                },
            ) => self.no_such_filter(*filter, layer, *filters),
            (Language::Es, TestSetError::Tensor(source)) => source.to_string(),
        }
    }

    /// A file to open that is neither there nor a command.
    #[must_use]
    pub fn no_file_or_command(&self, file: &Path) -> String {
        let file = file.display();
        say!(
            self,
            "{file}: there is no such file or command; `convlens --help` lists the commands",
            "{file}: no existe ese archivo ni esa orden; `convlens --help` muestra las órdenes"
        )
    }

    /// The system gives no window.
    #[must_use]
    pub fn no_window(&self, error: &dyn Display) -> String {
        say!(
            self,
            "the window could not be opened ({error}); the commands train, maps, summary, evaluate and data work without one",
            "no se pudo abrir la ventana ({error}); las órdenes train, maps, summary, evaluate y data no la necesitan"
        )
    }
}
