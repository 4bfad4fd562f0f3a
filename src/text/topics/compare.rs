//! The Compare view.

use super::topic;

topic! {
    /// The Compare view.
    Compare {
        images: "Images", "Imágenes";
        images_hint: "Which images are compared, each with each", "Qué imágenes se comparan, cada una con cada una";
        rows: "the rows of Maps", "las filas de Mapas";
        rows_hint: "The images chosen below and in Maps", "Las imágenes elegidas abajo y en Mapas";
        ankle_boots: "ankle boots", "botines";
        ankle_boots_hint: "Every ankle boot among the first hundred test images", "Todos los botines entre las primeras cien imágenes de prueba";
        notebook: "23 to 28", "23 a 28";
        notebook_hint: "The notebook's “shoes”, with the truth about them", "Los «zapatos» del cuaderno, con la verdad sobre ellos";
        shoes_and_shirts: "boots and shirts", "botines y camisas";
        shoes_and_shirts_hint: "The first four ankle boots and the first four shirts", "Los primeros cuatro botines y las primeras cuatro camisas";
        same_class: "random, one class", "al azar, una clase";
        same_class_hint: "Six of one class at random: what likeness within a class looks like", "Seis de una clase al azar: así se parecen dentro de una clase";
        other_classes: "random, other classes", "al azar, otras clases";
        other_classes_hint: "Six of other classes at random, each of its own: what likeness without a common class looks like", "Seis de otras clases al azar, cada una de la suya: así se parecen sin clase común";
        class: "Class", "Clase";
        seed: "Draw", "Sorteo";
        seed_hint: "Another number draws other images; the same number always the same", "Otro número sortea otras imágenes; el mismo, siempre las mismas";
        all_channels: "all channels", "todos los canales";
        all_channels_hint:
            "All maps of the layer as one long vector, instead of one convolution number",
            "Todos los mapas de la capa como un solo vector largo, en vez de un número de convolución";
        cosine: "cosine", "coseno";
        cosine_hint:
            "The cosine of the angle between two maps taken as vectors. After ReLU nothing is negative, so that any two bright maps have a large one",
            "El coseno del ángulo entre dos mapas tomados como vectores. Tras ReLU nada es negativo, así que dos mapas claros cualesquiera lo tienen grande";
        pearson: "Pearson r", "r de Pearson";
        pearson_hint:
            "The same after subtracting each map's mean: 0 says that the two share nothing but their brightness, below 0 that one is bright where the other is dark",
            "Lo mismo después de restar la media de cada mapa: 0 dice que solo comparten el brillo; menos de 0, que uno es claro donde el otro es oscuro";
        undefined:
            "– stands where a map has no such number: all zero, or the same everywhere.",
            "– indica que un mapa no tiene ese número: todo cero, o igual en todas partes.";
        within: "Within a class", "Dentro de una clase";
        between: "Between classes", "Entre clases";
        means_hint: "The mean over all pairs of different images", "La media de todas las parejas de imágenes distintas";
        difference: "Difference", "Diferencia";
        difference_hint:
            "The first map minus the second: red where the first is larger, blue where the second is, white where they agree",
            "El primer mapa menos el segundo: rojo donde el primero es mayor, azul donde lo es el segundo, blanco donde coinciden";
        too_few: "Choose two images at least.", "Elige al menos dos imágenes.";
        other_network: "Other network", "Otra red";
        other_network_hint:
            "The same images in a second network, side by side with the one on screen",
            "Las mismas imágenes en otra red, al lado de la que está en pantalla";
        none: "none", "ninguna";
        built_in: "built-in", "incluida";
        this_network: "on screen", "en pantalla";
        number_warning:
            "Filters have no common order: unless both runs began with the same seed, the same number is another filter in each.",
            "Los filtros no tienen un orden común: si las dos ejecuciones no empezaron con la misma semilla, el mismo número es otro filtro en cada una.";
        no_such_layer: "The other network has no such layer of this size.", "La otra red no tiene esa capa con ese tamaño.";
    }
}
