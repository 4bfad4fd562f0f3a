//! The Filters view.

use super::topic;

topic! {
    /// The Filters view.
    Filters {
        no_filters:
            "This network has no convolution, so it has no filters.",
            "Esta red no tiene convoluciones, así que no tiene filtros.";
        templates:
            "This network has no convolution. Each unit of its first dense layer has one weight for every pixel, so its weights are a picture: a template. The unit answers to a picture that is bright where the template is red and dark where it is blue.",
            "Esta red no tiene convoluciones. Cada unidad de su primera capa densa tiene un peso para cada píxel, así que sus pesos forman una imagen: una plantilla. La unidad responde a una imagen clara donde la plantilla es roja y oscura donde es azul.";
        legend_hint:
            "Weights: blue below zero, red above, the background's colour at zero; the same scale for every filter of the layer. The maps have other colours, as they are activations.",
            "Pesos: azul bajo cero, rojo sobre cero, el color del fondo en cero; la misma escala para todos los filtros de la capa. Los mapas usan otros colores, porque son activaciones.";
        own_legend_hint:
            "Weights of the chosen filter: blue below zero, red above, the background's colour at zero. Each filter has a scale of its own: colours of two filters do not compare.",
            "Pesos del filtro elegido: azul bajo cero, rojo sobre cero, el color del fondo en cero. Cada filtro tiene su propia escala: los colores de dos filtros no se comparan.";
        own_scale: "a scale each", "escala propia";
        own_scale_hint:
            "Each filter's colours by its own largest weight. It begins so where one filter would leave the others without colour",
            "Los colores de cada filtro según su mayor peso. Empieza así si un filtro dejaría a los demás sin color";
        dead: "dead", "muerto";
        off: "off", "apagado";
        on: "Filter on", "Filtro encendido";
        on_hint:
            "Ablation: a filter that is off gives maps of zeros. The stored weights stay as they are. (F)",
            "Ablación: un filtro apagado da mapas de ceros. Los pesos guardados quedan como están. (F)";
        all_on: "All on", "Encender todos";
        all_on_hint: "Switch every filter of this layer on", "Encender todos los filtros de esta capa";
        all_off: "All off", "Apagar todos";
        all_off_hint: "Switch every filter of this layer off", "Apagar todos los filtros de esta capa";
        only_this: "Only this one", "Solo este";
        only_this_hint: "Switch every other filter of this layer off", "Apagar los demás filtros de esta capa";
        all_slices: "all slices", "todos los cortes";
        all_slices_hint:
            "Show every slice of a filter, one for each input channel, and not just the strongest",
            "Mostrar todos los cortes de un filtro, uno por canal de entrada, y no solo los más fuertes";
        in_colour: "Filter in colour", "Filtro en color";
        in_colour_hint:
            "The weights for red, green and blue as the colour of each pixel; grey is zero",
            "Los pesos para rojo, verde y azul como color de cada píxel; gris es cero";
        red_green_blue: "For red, green and blue", "Para rojo, verde y azul";
        strength: "Strength by input channel", "Fuerza por canal de entrada";
        strength_hint:
            "How long the vector of each slice's weights is (L2 norm): how much the filter looks at that channel",
            "Longitud del vector de pesos de cada corte (norma L2): cuánto mira el filtro ese canal";
        strongest: "Strongest slices", "Cortes más fuertes";
        strongest_hint: "With the number of their input channel", "Con el número de su canal de entrada";
        only_here:
            "The maps in the other views are those of the intact network.",
            "Los mapas de las otras vistas son los de la red intacta.";
        kernel: "Kernel", "Kernel";
        chosen_images: "Chosen images", "Imágenes elegidas";
        excite_most: "Strongest responses", "Respuestas más fuertes";
        excite_most_hint:
            "Of the whole test set. Outlined: what the largest activation sees.",
            "De todo el conjunto de prueba. Marcado: lo que ve la activación mayor.";
        excite_least: "Weakest responses", "Respuestas más débiles";
        excite_least_hint:
            "Of the whole test set, by the largest value before the activation: after a ReLU most of them would be equal, at zero.",
            "De todo el conjunto de prueba, por el valor mayor antes de la activación: después de una ReLU, la mayoría serían iguales, en cero.";
        change: "Change by hand", "Cambiar a mano";
        change_hint:
            "Drag or type a weight: maps, probabilities and accuracy answer. The network that you change is a copy; the run or file stays as it is.",
            "Arrastra o escribe un peso: responden los mapas, las probabilidades y la exactitud. Se cambia una copia de la red; el entrenamiento o el archivo queda como está.";
        slice: "Slice of channel", "Corte del canal";
        bias: "Bias", "Sesgo";
        replace: "Replace slice", "Reemplazar corte";
        replace_hint: "By zeros or a classic kernel", "Por ceros o un kernel clásico";
        zeros: "zeros", "ceros";
        all_zero: "All zeros", "Todo ceros";
        all_zero_hint: "Every slice of this filter; its bias stays", "Todos los cortes de este filtro; el sesgo queda";
        undo_change: "Undo change", "Deshacer cambio";
        redo_change: "Redo change", "Rehacer cambio";
        reset_changes: "All back", "Deshacer todo";
        next_batch: "Next batch", "Próximo lote";
        next_batch_hint:
            "What the next batch of training images does to this filter: the gradient of its loss by each weight, and what the optimizer makes of it. Click a weight. Training takes this very step.",
            "Lo que hará a este filtro el próximo lote de imágenes: el gradiente de su pérdida por cada peso y lo que el optimizador hace con él. Pulsa un peso. El entrenamiento da justo ese paso.";
        hold_to_see:
            "Train one batch, or pause a run, to see what the next one does to this filter.",
            "Entrena un lote, o haz una pausa, para ver qué hará el próximo a este filtro.";
        cannot_be_told:
            "What the next batch does is not known before it is trained: dropout, batch normalization or augmentation decide in it, or the epoch is over.",
            "No se sabe antes lo que hará el próximo lote: lo deciden el dropout, la normalización por lotes o el aumento de datos, o la época ha acabado.";
        weights_now: "weights", "pesos";
        gradient: "gradient", "gradiente";
        change_of: "change", "cambio";
        weight: "weight", "peso";
        mean_of_gradients: "What the optimizer remembers of the gradients: their running mean, or the velocity of SGD", "Lo que el optimizador recuerda de los gradientes: su media móvil, o la velocidad de SGD";
        mean_of_squares: "What it remembers of their squares: a running mean", "Lo que recuerda de sus cuadrados: una media móvil";
        slowly: "batch by batch, slowly", "lote a lote, despacio";
        slowly_hint: "Trains one batch a second while this view is open", "Entrena un lote por segundo mientras esta vista está abierta";
        loss_of_batch: "loss of the last batch", "pérdida del último lote";
        begins_from: "from", "desde";
        from_grey: "grey", "gris";
        from_noise: "noise", "ruido";
        preferred_of_all: "preferred inputs of all", "entradas preferidas de todos";
        preferred_of_all_hint:
            "The tiles show the picture that each filter answers to most over its map, found by gradient ascent, one after another; untick to stop",
            "Los mosaicos muestran la imagen a la que más responde cada filtro en su mapa, hallada por ascenso de gradiente, uno tras otro; desmarca para parar";
        preferred: "Preferred inputs", "Entradas preferidas";
        preferred_hint:
            "Pictures made to excite this filter: from grey, each pixel goes up the gradient, step by step (feature visualization).",
            "Imágenes hechas para activar este filtro: desde gris, cada píxel sube por el gradiente, paso a paso (visualización de características).";
        preferred_note:
            "One answer of many. It does not show what the network uses the filter for.",
            "Una respuesta entre muchas. No muestra para qué usa la red el filtro.";
        preferred_dead:
            "No picture found brings it above zero.",
            "Ninguna imagen hallada lo lleva sobre cero.";
        preferred_search: "Gradient ascent…", "Ascenso del gradiente…";
        at_one_place: "at one place", "en un lugar";
        at_one_place_hint:
            "Raises the value in the middle of the map before the activation. What stays grey is not seen there.",
            "Aumenta el valor del centro del mapa antes de la activación. Lo que queda gris no se ve allí.";
        over_the_map: "over the map", "en todo el mapa";
        over_the_map_hint:
            "Raises the mean of the map after ReLU.",
            "Aumenta la media del mapa después de ReLU.";
        test_accuracy: "Test accuracy", "Exactitud de prueba";
    }
}
