//! The Errors view.

use super::topic;

topic! {
    /// The Errors view.
    Errors {
        counts: "Counts", "Cantidades";
        counts_hint: "Numbers of test images", "Números de imágenes de prueba";
        rates: "Rates", "Porcentajes";
        rates_hint: "Shares of the images of the true class, in per cent", "Partes de las imágenes de la clase verdadera, en por ciento";
        true_class: "true class", "clase verdadera";
        predicted_class: "predicted class", "clase predicha";
        class_accuracy: "accuracy", "exactitud";
        legend:
            "Green: recognised. Red: taken for another class, drawn stronger (square root) so that small shares show.",
            "Verde: reconocidas. Rojo: tomadas por otra clase, con más intensidad (raíz cuadrada) para que se vean las partes pequeñas.";
        most_confident: "Most confident mistakes", "Errores con más confianza";
        show_mistakes: "Show mistakes", "Ver los errores";
        show_mistakes_hint:
            "All images the network is wrong about, those it is surest of first",
            "Todas las imágenes en que la red se equivoca, primero las que da por más seguras";
        nothing_here: "No image here.", "Ninguna imagen.";
    }
}
