//! What the program says of itself.

use super::topic;

topic! {
    /// The sheet about the program.
    About {
        title: "About convlens", "Acerca de convlens";
        title_hint: "Version and licences", "Versión y licencias";
        icon: "The icon of convlens: a patch of a map under a lens", "El icono de convlens: un parche de un mapa bajo una lupa";
        what: "See what a convolutional network does", "Mira lo que hace una red convolucional";
        licence: "Free software under the MIT licence or the Apache licence 2.0, as you like.", "Software libre con la licencia MIT o la licencia Apache 2.0, como prefieras.";
        others: "Made of the work of many others, under these licences:", "Está hecho con el trabajo de muchas otras personas, con estas licencias (en inglés):";
        others_name: "Licences; arrows, Home and End scroll", "Licencias; se recorren con las flechas, Inicio y Fin";
    }
}
