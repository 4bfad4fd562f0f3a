//! Names of the views.

use super::topic;

topic! {
    /// Names of the views and what each is for.
    Views {
        runs: "Runs", "Ejecuciones";
        runs_hint:
            "Runs side by side: settings, accuracy, time",
            "Ejecuciones lado a lado: ajustes, exactitud, tiempo";
        maps: "Maps", "Mapas";
        maps_hint:
            "Feature maps of some images, layer by layer",
            "Mapas de características de unas imágenes, capa por capa";
        channels: "Channels", "Canales";
        channels_hint:
            "All feature maps of one layer for one image",
            "Todos los mapas de características de una capa para una imagen";
        filters: "Filters", "Filtros";
        filters_hint:
            "The kernels, what excites each filter, and the network without some of them",
            "Los kernels, lo que excita a cada filtro y la red sin algunos de ellos";
        errors: "Errors", "Errores";
        errors_hint:
            "Which classes are taken for which over the whole test set",
            "Qué clases se toman por cuáles en todo el conjunto de prueba";
    }
}
