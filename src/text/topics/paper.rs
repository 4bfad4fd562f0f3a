//! A lesson on paper.

use super::topic;

topic! {
    /// A lesson on paper.
    Paper {
        handout: "Handout", "Apuntes";
        handout_hint: "The lesson as a page to read and print: its texts and questions, without the answers", "La lección como página para leer e imprimir: textos y preguntas, sin las respuestas";
        worksheet: "Worksheet", "Hoja de trabajo";
        worksheet_hint: "The questions and predictions of the lesson, to be filled in on paper", "Las preguntas y predicciones de la lección, para rellenar en papel";
        solutions: "Solutions and notes", "Soluciones y notas";
        solutions_hint: "The answers with their reasons, and the notes for the teacher", "Las respuestas con su porqué y las notas para el docente";
        name: "Name", "Nombre";
        date: "Date", "Fecha";
        handout_file: "handout", "apuntes";
        worksheet_file: "worksheet", "hoja-de-trabajo";
        solutions_file: "solutions", "soluciones";
    }
}
