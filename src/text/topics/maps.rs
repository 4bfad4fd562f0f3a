//! The Maps view and its figure.

use super::topic;

topic! {
    /// The Maps view and its figure.
    Maps {
        layer: "Layer", "Capa";
        all_layers: "all", "todas";
        convolution: "Channel", "Canal";
        range_label: "Range", "Escala";
        range_hint:
            "Which values the darkest and the brightest colour stand for",
            "Qué valores representan el color más oscuro y el más claro";
        lowest: "Lowest value", "Valor mínimo";
        highest: "Highest value", "Valor máximo";
        before_relu: "before ReLU", "antes de ReLU";
        before_relu_hint:
            "Convolutions before ReLU, negative values included: blue below zero, white at zero, red above",
            "Las convoluciones antes de ReLU, con los valores negativos: azul bajo cero, blanco en cero, rojo sobre cero";
        figure_path: "Path", "Ruta";
        save: "Save", "Guardar";
        choose_file: "Choose a file…", "Elegir un archivo…";
        figure_title: "Feature maps", "Mapas de características";
        built_in_network:
            "These maps come from the built-in network, which this program trained on Fashion-MNIST.",
            "Estos mapas son de la red preentrenada, que este programa entrenó con Fashion-MNIST.";
        no_maps:
            "This network has no convolution and no pooling, so it has no feature maps. What a dense layer has are weights: for each of its units one per input.",
            "Esta red no tiene convoluciones ni agrupaciones, así que no tiene mapas de características. Lo que tiene una capa densa son pesos: cada unidad, uno por entrada.";
        all_zero: "all zero", "todo cero";
        show_all_layers: "Show all layers", "Mostrar todas las capas";
        show_layer_alone:
            "Show this layer alone, several maps side by side",
            "Mostrar solo esta capa, con varios mapas lado a lado";
    }
}
