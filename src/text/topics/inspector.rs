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
        rounding: "float32 rounding", "redondeo float32";
        rounding_hint:
            "The value in the map less this sum: the network computes in float32, the sum here is float64",
            "El valor del mapa menos esta suma: la red calcula en float32, la suma de aquí es float64";
        go_to_channel: "Go to this channel's map of the layer before", "Ir al mapa de este canal en la capa anterior";
        candidates: "the values of the window", "los valores de la ventana";
        largest: "largest", "mayor";
        sum_of_values: "sum", "suma";
        divided_by: "divided by", "dividida entre";
        before: "before", "antes";
        less_mean: "less the mean", "menos la media";
        over_deviation: "over √(variance + ε)", "entre √(varianza + ε)";
        normalized: "normalized", "normalizado";
        times_gamma: "times γ", "por γ";
        plus_beta: "plus β", "más β";
        result: "result", "resultado";
        sum_of_branches: "sum", "suma";
        norm_truth:
            "Mean and variance are running values of the training. While it trains, those of the batch are used.",
            "Media y varianza son valores acumulados del entrenamiento. Mientras entrena se usan los del lote.";
        go_to_winner: "Go to the winner", "Ir al ganador";
        contributions: "Largest contributions: input × weight", "Mayores contribuciones: entrada × peso";
        go_to_input: "Take this input apart", "Descomponer esta entrada";
        score: "score", "puntuación";
        softmax: "Softmax of the class scores", "Softmax de las puntuaciones";
    }
}
