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
            "Of the whole test set, by the largest value before ReLU: after it most of them would be equal, at zero.",
            "De todo el conjunto de prueba, por el valor mayor antes de ReLU: después, la mayoría serían iguales, en cero.";
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
            "Raises the value in the middle of the map before ReLU. What stays grey is not seen there.",
            "Aumenta el valor del centro del mapa antes de ReLU. Lo que queda gris no se ve allí.";
        over_the_map: "over the map", "en todo el mapa";
        over_the_map_hint:
            "Raises the mean of the map after ReLU.",
            "Aumenta la media del mapa después de ReLU.";
        test_accuracy: "Test accuracy", "Exactitud de prueba";
    }
}
