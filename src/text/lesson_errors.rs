//! Faults of a lesson, in words.

use super::{Language, Text};
use convlens_core::harmless::clean;
use convlens_core::lessons::{Expected, LessonError, LessonFault};

impl Text {
    /// A lesson that cannot be read: file, line, reason, remedy.
    #[must_use]
    pub fn lesson_error(&self, error: &LessonError) -> String {
        clean(match (self.language, error.line) {
            (Language::En, _) => error.to_string(),
            (Language::Es, Some(line)) => {
                let fault = self.fault_es(&error.fault);
                format!("{}, línea {line}: {fault}", error.file)
            }
            (Language::Es, None) => format!("{}: {}", error.file, self.fault_es(&error.fault)),
        })
    }

    fn fault_es(&self, fault: &LessonFault) -> String {
        match fault {
            LessonFault::Unreadable(source) => {
                let source = self.system_error(source);
                format!("no se puede leer ({source}); revisa la ruta y sus permisos")
            }
            LessonFault::NoSteps => {
                "aquí no hay ningún paso; pon archivos Markdown, por ejemplo 01-hola.md".into()
            }
            LessonFault::BadName => {
                "este nombre no sirve en todos los sistemas; usa letras, cifras, espacios, - y _, como mucho 100"
                    .into()
            }
            LessonFault::NotWritten(source) => format!(
                "no se puede escribir ({source}); comprueba que se pueda escribir en la carpeta y quede espacio"
            ),
            LessonFault::Occupied => {
                "ahí ya hay algo que no es una lección; cámbiale el nombre o abre la lección en otro lugar"
                    .into()
            }
            LessonFault::TooManySteps(most) => {
                format!("aquí hay más de {most} pasos; reparte la lección en varias carpetas")
            }
            LessonFault::TooLong(most) => {
                format!("tiene más de {most} bytes; divídelo en varios pasos")
            }
            LessonFault::NotText => "no es texto UTF-8; guárdalo como UTF-8".into(),
            LessonFault::NoFrontMatter => {
                "un paso empieza con una línea +++, su título y sus acciones, y otra línea +++".into()
            }
            LessonFault::Unclosed => {
                "falta la línea +++ que cierra el título y las acciones".into()
            }
            // What the reader says, which it says in English only.
            LessonFault::Syntax(reason) => format!("esto no es TOML: «{reason}»"),
            LessonFault::UnknownField { name, known } => {
                format!("aquí no hay `{name}`; usa uno de estos: {}", known.join(", "))
            }
            LessonFault::UnknownWord { field, word, known } => format!(
                "`{field}` no puede ser `{word}`; usa uno de estos: {}",
                known.join(", ")
            ),
            LessonFault::Missing(field) => format!("falta `{field}`; añádelo"),
            LessonFault::WrongKind { field, expected } => {
                format!("`{field}` debe ser {}", expected_es(*expected))
            }
            LessonFault::OutOfRange { field, min, max } => format!(
                "`{field}` está fuera del intervalo; elige de {} a {}",
                self.shortest(*min, 6),
                self.shortest(*max, 6)
            ),
            LessonFault::NotOffered { field, known } => {
                let known: Vec<_> = known.iter().map(usize::to_string).collect();
                format!("`{field}` debe ser uno de estos: {}", known.join(", "))
            }
            LessonFault::NotOneAction => {
                "una acción es un nombre con su valor entre llaves, por ejemplo { network = \"dense\" }"
                    .into()
            }
            LessonFault::TooManyRuns(most) => {
                format!("son más de {most} entrenamientos; usa menos redes o semillas")
            }
            LessonFault::RangeEnds => {
                "el primer extremo de una escala debe ser menor que el segundo, por ejemplo [0, 1]"
                    .into()
            }
            LessonFault::Network(error) => {
                format!("esta red no se puede construir: {}", self.spec_error(error))
            }
            LessonFault::Empty(field) => {
                format!("`{field}` está vacío; escribe algo o déjalo fuera")
            }
            LessonFault::KernelValues(side) => {
                format!("`values` debe tener {side} filas de {side} números entre −100 y 100")
            }
        }
    }
}

fn expected_es(expected: Expected) -> String {
    match expected {
        Expected::Text => "texto entre comillas".into(),
        Expected::Whole => "un número entero".into(),
        Expected::Number => "un número".into(),
        Expected::Flag => "true o false".into(),
        Expected::List(min, max) => {
            format!("una lista de {min} a {max} valores entre corchetes")
        }
        Expected::Fields => "campos entre llaves".into(),
    }
}
