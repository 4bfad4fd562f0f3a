//! The Channels view.

use super::topic;

topic! {
    /// The Channels view.
    Channels {
        image: "Image", "Imagen";
        order: "Order", "Orden";
        shared_range: "one range for all", "misma escala para todos";
        shared_range_hint:
            "All maps from the layer's lowest to its highest value for this image, so that their brightness can be compared; else each from its own",
            "Todos los mapas entre el valor mínimo y el máximo de la capa para esta imagen, para poder comparar el brillo; si no, cada uno con los suyos";
        index: "number", "número";
        index_hint: "By channel number", "Por número de canal";
        mean: "mean", "media";
        mean_hint: "Largest mean activation first", "Primero la mayor activación media";
        maximum: "maximum", "máximo";
        maximum_hint: "Largest activation first", "Primero la mayor activación";
        likeness_hint:
            "Most similar first: the cosine of the angle between two maps taken as vectors, 1 where one is a multiple of the other. Click a map, or press Enter, to compare with another",
            "Primero los más parecidos: el coseno del ángulo entre dos mapas tomados como vectores, 1 si uno es múltiplo del otro. Haz clic en un mapa, o pulsa Intro, para comparar con otro";
        size: "Size", "Tamaño";
        size_hint: "Size of the maps (+ and −)", "Tamaño de los mapas (+ y −)";
    }
}
