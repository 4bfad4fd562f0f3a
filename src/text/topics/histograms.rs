//! The Histograms view.

use super::topic;

topic! {
    /// The Histograms view.
    Histograms {
        weights: "weights", "pesos";
        weights_hint: "The weights of the layer, without its biases; of a batch normalization γ", "Los pesos de la capa, sin los sesgos; de una normalización por lotes, γ";
        activations: "activations", "activaciones";
        activations_hint: "What the layer puts out for the probe images, after its activation, at every place and channel", "Lo que da la capa para las imágenes de sondeo, tras su activación, en cada lugar y canal";
        gradients: "gradients", "gradientes";
        gradients_hint: "The gradient of the loss with respect to each weight: how the mean loss over the probe images changes with it", "El gradiente de la pérdida respecto a cada peso: cómo cambia con él la pérdida media de las imágenes de sondeo";
        layer: "Layer", "Capa";
        of_values: "of", "de";
        bands: "over the training", "durante el entrenamiento";
        bands_hint: "The line is the median; from dark to light the bands hold 50, 80 and 98 % of the values and, where they fit into the plot, all. Moments whose weights are kept, evenly spaced as in the training history; a click shows one", "La línea es la mediana; de oscuro a claro, las franjas contienen el 50, 80 y 98 % de los valores y, donde caben, todos. Momentos cuyos pesos se guardan, a distancias iguales como en el historial; un clic muestra uno";
        now: "at this moment", "en este momento";
        now_hint: "How many values lie in each of 40 bins of the same width; values that are exactly 0 are left out of the bars and counted above them", "Cuántos valores hay en cada uno de 40 intervalos iguales; los que son exactamente 0 no están en las barras y se cuentan encima";
        batch: "batch", "lote";
        value: "value", "valor";
        dead: "dead", "muertas";
        dead_hint: "Units or channels with ReLU that are 0 for every probe image at every place. No gradient passes them; a few are usual, most of a layer are a sign of too large a step", "Unidades o canales con ReLU que dan 0 para todas las imágenes de sondeo en todos los lugares. No dejan pasar el gradiente; unas pocas son normales, casi toda una capa indica un paso demasiado grande";
        saturated: "saturated", "saturadas";
        saturated_hint: "Share of the outputs of sigmoid or tanh within 0.01 of an end, where the slope is nearly 0", "Parte de las salidas de sigmoide o tanh a menos de 0,01 de un extremo, donde la pendiente es casi 0";
        update: "update / weights", "cambio / pesos";
        update_hint: "Length of the change of the weights a batch, as a share of their length: since the last moment kept before, divided by the batches between. 0.001 is a rule of thumb early in a training; long gaps and a smaller learning rate make it less", "Longitud del cambio de los pesos por lote, como parte de su longitud: desde el momento guardado anterior, dividido entre los lotes que hay en medio. 0,001 es una regla práctica al inicio; los intervalos largos y una tasa menor lo reducen";
        gradient: "gradient (rms)", "gradiente (rms)";
        gradient_hint: "Root mean square of the gradient over the weights of the layer: its typical size. 0: the layer learns nothing from these images", "Raíz de la media de los cuadrados del gradiente en los pesos de la capa: su tamaño típico. 0: la capa no aprende nada de estas imágenes";
        weight: "weights (rms)", "pesos (rms)";
        weight_hint: "Root mean square of the weights of the layer: their typical size", "Raíz de la media de los cuadrados de los pesos de la capa: su tamaño típico";
        not_yet: "The numbers appear here once the probe images have gone through the network.", "Los números aparecen aquí cuando las imágenes de sondeo hayan pasado por la red.";
        no_gradients: "The data set has other classes than the network: there is no loss, and so no gradient.", "El conjunto de datos tiene otras clases que la red: no hay pérdida y, por tanto, no hay gradiente.";
        nothing: "No value is a finite number.", "Ningún valor es un número finito.";
        all_zero: "All values are exactly 0.", "Todos los valores son exactamente 0.";
        one_moment: "Only this moment is known: train, or choose a run, to see the layers while they learn.", "Solo se conoce este momento: entrena, o elige un entrenamiento, para ver las capas mientras aprenden.";
    }
}
