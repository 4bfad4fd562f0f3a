//! What can be wrong with runs on disk, in the window's language.

use super::{Language, Text};
use convlens_core::harmless::clean;
use convlens_core::training::runs::{PackageFault, RunError};

impl Text {
    /// A run that could not be read, kept or changed.
    #[must_use]
    pub fn run_error(&self, error: &RunError) -> String {
        clean(match self.language {
            Language::En => error.to_string(),
            Language::Es => run_error_es(error),
        })
    }
}

fn run_error_es(error: &RunError) -> String {
    match error {
        RunError::Io { path, source } => format!(
            "{}: {}; comprueba que la carpeta exista, se pueda escribir en ella y quede espacio",
            path.display(),
            Text::ES.system_error(source)
        ),
        RunError::Damaged { path, reason } => format!(
            "{}: está dañado ({reason}); borra el entrenamiento o repón el archivo de una copia",
            path.display()
        ),
        RunError::Newer { path, format } => format!(
            "{}: lo escribió una versión más nueva de convlens (formato {format}); actualiza convlens para abrirlo",
            path.display()
        ),
        RunError::Package { path, fault } => format!(
            "{}: no es un archivo .convlens legible ({}); guárdalo otra vez en el equipo donde se entrenó",
            path.display(),
            package_fault_es(fault)
        ),
        RunError::OnlyLesson(path) => format!(
            "{}: es una lección sin entrenamiento; ábrela con `convlens lesson open` o en la ventana",
            path.display()
        ),
        RunError::NoSuchRun(name) => {
            format!("{name}: no hay ningún entrenamiento así; `convlens runs` los enumera")
        }
        RunError::NoWeights(run) => format!(
            "el entrenamiento {run} aún no tiene pesos guardados; espera a los primeros o elige otro"
        ),
        RunError::Ambiguous { name, runs } => {
            let numbers: Vec<String> = runs.iter().map(ToString::to_string).collect();
            format!(
                "{name}: varios entrenamientos se llaman así; elige uno por su número ({})",
                numbers.join(", ")
            )
        }
        RunError::Live(run) => {
            format!("el entrenamiento {run} está en marcha; detenlo primero")
        }
        RunError::ByOthers { run, program } => format!(
            "el entrenamiento {run} lo hizo {program}; continúalo allí, o empieza otro con sus pesos (train --from)"
        ),
        RunError::OtherData { run, trained_on } => format!(
            "el entrenamiento {run} usó otros datos ({trained_on}); ábrelos para continuarlo"
        ),
        RunError::Weights(source) => {
            let source = Text::ES.weights_error(source);
            format!("no se pudieron leer los pesos de un punto de control: {source}")
        }
    }
}

fn package_fault_es(fault: &PackageFault) -> String {
    match fault {
        PackageFault::Foreign(entry) => {
            format!("`{entry}` no es parte de un entrenamiento ni de una lección")
        }
        PackageFault::Missing(entry) => format!("falta `{entry}`"),
        PackageFault::TooLong { entry, most } => format!("`{entry}` ocupa más de {most} bytes"),
        PackageFault::Entries(count) => format!("{count} entradas"),
        PackageFault::Checkpoints { found, most } => {
            format!("{found} puntos de control, de {most} como máximo")
        }
        PackageFault::OtherNetwork(entry) => format!("`{entry}` es de otra red"),
        PackageFault::NoWeights => "no contiene pesos".into(),
        PackageFault::NoName => "la lección no tiene nombre".into(),
        PackageFault::Name => "el nombre de la lección no sirve para una carpeta".into(),
        PackageFault::SameNames => "dos pasos de la lección se llaman igual".into(),
        PackageFault::Damaged(reason) => reason.clone(),
    }
}
