//! The inspector: the arithmetic of one value.

use super::topic;

topic! {
    /// The inspector: the arithmetic of one value.
    Inspector {
        unpin: "Unpin (Esc)", "Soltar (Esc)";
        score_hint: "See how this class score came about", "Ver de dónde sale la puntuación de esta clase";
        patch: "patch", "parche";
        kernel: "kernel", "kernel";
        products: "products", "productos";
        padding: "Padding: always 0, outside the map", "Relleno (padding): siempre 0, fuera del mapa";
        sum: "Σ products", "Σ productos";
        bias: "+ bias", "+ sesgo";
        before_relu: "before ReLU", "antes de ReLU";
        relu: "ReLU", "ReLU";
        rounding: "float32 rounding", "redondeo float32";
        rounding_hint:
            "The value in the map less this sum: the network computes in float32, the sum here is float64",
            "El valor del mapa menos esta suma: la red calcula en float32, la suma de aquí es float64";
        go_to_channel: "Go to this channel's map of the layer before", "Ir al mapa de este canal en la capa anterior";
        candidates: "the four values", "los cuatro valores";
        largest: "largest", "mayor";
        go_to_winner: "Go to the winner", "Ir al ganador";
        contributions: "Largest contributions: input × weight", "Mayores contribuciones: entrada × peso";
        go_to_input: "Take this input apart", "Descomponer esta entrada";
        score: "score", "puntuación";
        softmax: "Softmax of the class scores", "Softmax de las puntuaciones";
    }
}
