//! The Compare view.

use super::topic;

topic! {
    /// The Compare view.
    Compare {
        images: "Images", "Imágenes";
        images_hint: "Which images are compared, each with every other", "Qué imágenes se comparan, cada una con todas las demás";
        rows: "the rows of Maps", "las filas de Mapas";
        rows_hint: "The images chosen below and in Maps", "Las imágenes elegidas abajo y en Mapas";
        ankle_boots: "ankle boots", "botines";
        ankle_boots_hint: "Every ankle boot among the first hundred test images", "Todos los botines entre las primeras cien imágenes de prueba";
        notebook: "23 to 28", "23 a 28";
        notebook_hint: "The notebook's “shoes”, and what they really are", "Los «zapatos» del cuaderno, y lo que son en realidad";
        shoes_and_shirts: "boots and shirts", "botines y camisas";
        shoes_and_shirts_hint: "The first four ankle boots and the first four shirts", "Los primeros cuatro botines y las primeras cuatro camisas";
        same_class: "random, one class", "al azar, una clase";
        same_class_hint: "Six of one class at random: how similar images of one class are", "Seis de una clase al azar: cuánto se parecen las de una misma clase";
        other_classes: "random, other classes", "al azar, otras clases";
        other_classes_hint: "Six at random, each of another class: how similar images of different classes are", "Seis al azar, cada una de otra clase: cuánto se parecen las de clases distintas";
        class: "Class", "Clase";
        seed: "Seed", "Semilla";
        seed_hint: "Another seed picks other images; the same seed always the same", "Otra semilla elige otras imágenes; la misma, siempre las mismas";
        all_channels: "all channels", "todos los canales";
        all_channels_hint:
            "All maps of the layer as one long vector, instead of one channel",
            "Todos los mapas de la capa como un solo vector largo, en vez de un canal";
        cosine: "cosine", "coseno";
        cosine_hint:
            "The cosine of the angle between two maps taken as vectors. After ReLU nothing is negative, so that any two bright maps have a large one",
            "El coseno del ángulo entre dos mapas tomados como vectores. Tras ReLU nada es negativo, así que dos mapas claros cualesquiera lo tienen grande";
        pearson: "Pearson r", "r de Pearson";
        pearson_hint:
            "The same after subtracting each map's mean: 0 says that the two share nothing but their brightness, below 0 that one is bright where the other is dark",
            "Lo mismo después de restar la media de cada mapa: 0 dice que solo comparten el brillo; menos de 0, que uno es claro donde el otro es oscuro";
        undefined:
            "– means undefined: the map is zero or constant.",
            "– significa indefinido: el mapa es cero o constante.";
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
        built_in: "built-in", "preentrenada";
        this_network: "on screen", "en pantalla";
        number_warning:
            "Filters have no common order: unless both runs began with the same seed, the same number is another filter in each.",
            "Los filtros no tienen un orden común: si los dos entrenamientos no empezaron con la misma semilla, el mismo número es otro filtro en cada uno.";
        among_images: "Images", "Imágenes";
        among_images_hint: "Each image with every other, in the network on screen", "Cada imagen con todas las demás, en la red en pantalla";
        networks: "Networks", "Redes";
        networks_hint: "The network on screen with another, or with another moment, weight by weight and map by map: the largest differences first", "La red en pantalla con otra, o con otro momento, peso por peso y mapa por mapa: las mayores diferencias primero";
        choose_other: "Choose another network above: a run at any of its moments, or the built-in one.", "Elige arriba otra red: un entrenamiento en cualquiera de sus momentos, o la preentrenada.";
        none_in_common: "The two networks have no layer of the same name and shape, so that no weight stands for another.", "Las dos redes no tienen ninguna capa del mismo nombre y forma, así que ningún peso corresponde a otro.";
        moment: "At", "En";
        moment_hint: "Which of its kept moments the other network is taken from", "De cuál de sus momentos guardados se toma la otra red";
        by_weights: "by weights", "por pesos";
        by_weights_hint: "Filters whose weights differ most first", "Primero los filtros cuyos pesos difieren más";
        by_maps: "by maps", "por mapas";
        by_maps_hint: "Channels whose maps of this image differ most first", "Primero los canales cuyos mapas de esta imagen difieren más";
        layer_differs: "Differs by", "Difiere en";
        layer_differs_hint: "Length of the difference of all its weights, as a share of that of the other's weights: |a − b| / |b|", "Longitud de la diferencia de todos sus pesos, como parte de la de los pesos de la otra: |a − b| / |b|";
        largest: "Largest", "Mayor";
        largest_hint: "The largest difference of two weights", "La mayor diferencia entre dos pesos";
        weights: "weights", "pesos";
        maps: "maps", "mapas";
        here: "here", "aquí";
        here_hint: "In the network on screen", "En la red en pantalla";
        there: "there", "allí";
        there_hint: "In the other network", "En la otra red";
        minus: "minus", "menos";
        image: "Image", "Imagen";
        no_such_layer: "The other network has no such layer of this size.", "La otra red no tiene esa capa con ese tamaño.";
    }
}
