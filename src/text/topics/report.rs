//! A report of experiments.

use super::topic;

topic! {
    /// A report of experiments.
    Report {
        title: "Report of experiments", "Informe de experimentos";
        label: "Report, HTML", "Informe, HTML";
        hint: "The runs ticked in the list, or all: settings, curves, figures and networks, the maps shown and the shows of hands, as a page to print", "Los entrenamientos marcados en la lista, o todos: ajustes, curvas, cifras y redes, los mapas que se ven y las votaciones, como página para imprimir";
        file: "report", "informe";
        maps: "Feature maps of the images chosen", "Mapas de características de las imágenes elegidas";
        layer: "layer", "capa";
        output: "output", "salida";
    }
}
