//! What the reader of TOML finds wrong, in Spanish. It tells in words only, so it is told by them.

/// Before what the reader would have taken instead.
const EXPECTED: &str = ", expected ";

/// The faults that people make in a lesson's or a network's file.
const FAULTS: &[(&str, &str)] = &[
    ("duplicate key", "el campo está dos veces"),
    ("invalid basic string", "el texto entre comillas está mal"),
    (
        "invalid literal string",
        "el texto entre comillas simples está mal",
    ),
    (
        "invalid multi-line basic string",
        "el texto de varias líneas está mal",
    ),
    ("key with no value", "el campo no tiene valor"),
    ("missing value for key", "el campo no tiene valor"),
    ("missing value", "falta un valor"),
    (
        "missing opening quote",
        "falta la comilla que abre el texto",
    ),
    (
        "missing comma between array elements",
        "falta una coma entre los elementos de la lista",
    ),
    (
        "missing comma between key-value pairs",
        "falta una coma entre los campos",
    ),
    (
        "missing assignment between key-value pairs",
        "falta un = entre el campo y su valor",
    ),
    (
        "missing key for inline table element",
        "falta el nombre del campo entre llaves",
    ),
    ("string values must be quoted", "un texto va entre comillas"),
    (
        "invalid unquoted key",
        "el nombre de un campo sin comillas está mal",
    ),
    ("unquoted keys cannot be empty", "falta el nombre del campo"),
    ("unclosed array", "la lista no se cierra"),
    (
        "unclosed array table",
        "a la sección le faltan los corchetes que la cierran",
    ),
    ("unclosed inline table", "las llaves no se cierran"),
    (
        "unclosed table",
        "a la sección le falta el corchete que la cierra",
    ),
    ("unexpected content", "aquí sobra algo"),
    ("unexpected key or value", "aquí sobra un campo o un valor"),
    (
        "unexpected leading zero",
        "el número empieza por un cero de más",
    ),
    ("unexpected `=` in array", "en una lista no va un ="),
    ("invalid number", "el número está mal"),
    ("invalid integer", "el número está mal"),
    ("invalid value", "el valor está mal"),
    ("invalid key-value pair", "el campo y su valor están mal"),
    (
        "invalid inline table element",
        "lo que está entre llaves está mal",
    ),
];

/// What it would have taken.
const TAKEN: &[(&str, &str)] = &[
    ("nothing", "nada más"),
    ("newline", "un fin de línea"),
    ("comment", "un comentario"),
    ("key", "un campo"),
    ("value", "un valor"),
    ("letters", "letras"),
    ("numbers", "cifras"),
    ("literal string", "un texto entre comillas simples"),
    ("basic string", "un texto entre comillas"),
];

/// The reader's message in Spanish; one that people hardly ever meet stays as it is.
pub fn in_spanish(message: &str) -> String {
    let (fault, taken) = match message.split_once(EXPECTED) {
        Some((fault, taken)) => (fault, Some(taken)),
        None => (message, None),
    };
    let Some((_, fault)) = FAULTS.iter().find(|(english, _)| *english == fault) else {
        return message.to_owned();
    };
    let Some(taken) = taken else {
        return (*fault).to_owned();
    };
    let words = taken.split(", ").map(|word| {
        let known = TAKEN.iter().find(|(english, _)| *english == word);
        known.map_or(word, |(_, spanish)| spanish)
    });
    let words: Vec<&str> = words.collect();
    format!("{fault}; aquí iría {}", words.join(" o "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a teacher may get wrong, and what she is told.
    const BROKEN: &[&str] = &[
        "title = \"Uno\ntitle",
        "title = 'Uno",
        "title = Uno",
        "title =",
        "title",
        "title \"Uno\"",
        "title = \"Uno\"\ntitle = \"Dos\"",
        "show = [\"a\" \"b\"]",
        "show = [\"a\", ",
        "show = [{ view = \"maps\" ]",
        "show = [{ view \"maps\" }]",
        "show = [{ view = \"maps\" minutes = 3 }]",
        "[check",
        "[[check]",
        "minutes = 05",
        "minutes = 5 minutos",
        "= 5",
        "minutes = 5x",
        "show = [view = 3]",
        "el título = \"Uno\"",
        "minutes = 5 }",
        "title = Uno\"",
    ];

    #[test]
    fn every_fault_of_a_teacher_is_said_in_spanish() {
        let mut english = Vec::new();
        for source in BROKEN {
            let error = toml::de::DeTable::parse(source).expect_err(source);
            let spanish = in_spanish(error.message());
            let has_english = [
                "expected", "missing", "invalid", "unclosed", "string", "key",
            ];
            if spanish == error.message() || has_english.iter().any(|word| spanish.contains(word)) {
                english.push((source, error.message().to_owned(), spanish));
            }
        }
        assert!(english.is_empty(), "{english:#?}");
    }

    #[test]
    fn what_is_not_known_is_passed_on() {
        assert_eq!(in_spanish("recursion limit"), "recursion limit");
    }
}
