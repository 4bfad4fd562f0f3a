//! Names of the views.

use super::topic;

topic! {
    /// Names of the views and what each is for.
    Views {
        maps: "Maps", "Mapas";
        maps_hint:
            "Feature maps of some images, layer by layer",
            "Mapas de características de unas imágenes, capa por capa";
    }
}
