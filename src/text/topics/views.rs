//! Names of the views.

use super::topic;

topic! {
    /// Names of the views and what each is for.
    Views {
        maps: "Maps", "Mapas";
        maps_hint:
            "Feature maps of some images, layer by layer",
            "Mapas de características de unas imágenes, capa por capa";
        channels: "Channels", "Canales";
        channels_hint:
            "All feature maps of one layer for one image",
            "Todos los mapas de características de una capa para una imagen";
    }
}
