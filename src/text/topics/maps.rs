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
        fit: "fit", "ajustar";
        fit_hint: "As large as the view has room for", "Tan grandes como quepan en la vista";
        lowest: "Lowest value", "Valor mínimo";
        highest: "Highest value", "Valor máximo";
        before_relu: "before ReLU", "antes de ReLU";
        before_relu_hint:
            "Convolutions before ReLU, negative values included: blue below zero, red above, the background's colour at zero",
            "Las convoluciones antes de ReLU, con los valores negativos: azul bajo cero, rojo sobre cero, el color del fondo en cero";
        over_picture: "over the picture", "sobre la imagen";
        over_picture_hint:
            "Each map lies on its image, every cell in the middle of what it sees",
            "Cada mapa está sobre su imagen, cada celda en medio de lo que ve";
        figure_path: "Path", "Ruta";
        save: "Save", "Guardar";
        choose_file: "Choose a file…", "Elegir un archivo…";
        figure_title: "Feature maps", "Mapas de características";
        no_maps:
            "This network has no convolution and no pooling, so there are no maps to show. The weights of its first dense layer are pictures, though: see Filters.",
            "Esta red no tiene convoluciones ni agrupaciones, así que no hay mapas que mostrar. Pero los pesos de su primera capa densa sí son imágenes: mira en Filtros.";
        all_zero: "all zero", "todo cero";
        show_all_layers: "Show all layers", "Mostrar todas las capas";
        show_layer_alone:
            "Show this layer alone, several maps side by side",
            "Mostrar solo esta capa, con varios mapas lado a lado";
    }
}
