//! The Errors view.

use super::topic;

topic! {
    /// The Errors view.
    Errors {
        counts: "Counts", "Cantidades";
        counts_hint: "Numbers of test images", "Cantidad de imágenes de prueba";
        rates: "Rates", "Porcentajes";
        rates_hint: "Percentages of the images of the true class", "Porcentajes de las imágenes de la clase verdadera";
        true_class: "true class", "clase verdadera";
        predicted_class: "predicted class", "clase predicha";
        class_accuracy: "accuracy", "exactitud";
        legend:
            "Green: recognised. Red: predicted as another class, drawn stronger (square root) so that small shares show.",
            "Verde: reconocidas. Rojo: clasificadas en otra clase, con más intensidad (raíz cuadrada) para que se vean las partes pequeñas.";
        most_confident: "Most confident mistakes", "Errores con más confianza";
        show_mistakes: "Show mistakes", "Ver los errores";
        show_mistakes_hint:
            "All misclassified images, the most confident first",
            "Todas las imágenes mal clasificadas, primero las de mayor confianza";
        nothing_here: "No image here.", "Ninguna imagen.";
    }
}
