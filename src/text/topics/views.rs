//! Names of the views.

use super::topic;

topic! {
    /// Names of the views and what each is for.
    Views {
        runs: "Runs", "Entrenamientos";
        runs_hint:
            "Runs side by side: settings, accuracy, time",
            "Entrenamientos lado a lado: ajustes, exactitud, tiempo";
        view: "View", "Vista";
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
            "The kernels, what each filter responds to, and the network without some of them",
            "Los kernels, lo que activa cada filtro y la red sin algunos de ellos";
        compare: "Compare", "Comparar";
        compare_hint:
            "How alike the maps of several images are",
            "Cuánto se parecen los mapas de varias imágenes";
        draw: "Draw", "Dibujar";
        draw_hint:
            "A picture of your own: drawn, opened, dropped or pasted",
            "Una imagen tuya: dibujada, abierta, arrastrada o pegada";
        explain: "Why?", "¿Por qué?";
        explain_hint:
            "Which parts of a picture support a class",
            "Qué partes de una imagen apoyan una clase";
        errors: "Errors", "Errores";
        errors_hint:
            "Which classes are confused over the whole test set",
            "Qué clases se confunden en todo el conjunto de prueba";
        by_hand: "By hand", "A mano";
        by_hand_hint:
            "Convolution and pooling step by step, on a picture of your own",
            "Convolución y agrupación paso a paso, con una imagen tuya";
    }
}
