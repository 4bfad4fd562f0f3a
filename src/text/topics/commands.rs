//! What the commands print beside numbers.

use super::topic;

topic! {
    /// What the commands print beside numbers.
    Commands {
        layer: "layer", "capa";
        kind: "type", "tipo";
        output: "output", "salida";
        parameters: "parameters", "parámetros";
        total: "total", "total";
        run: "run", "ejecución";
        name: "name", "nombre";
        status: "status", "estado";
        epochs: "epochs", "épocas";
        test_accuracy: "test accuracy", "exactitud de prueba";
        seconds: "seconds", "segundos";
        accuracy: "accuracy", "exactitud";
        true_predicted: "true\\predicted", "real\\predicha";
        of_cell: "images of this cell:", "imágenes de esta casilla:";
        mistakes: "most confident mistakes:", "los errores más seguros:";
        most_exciting: "most exciting:", "las que más lo excitan:";
        least_exciting: "least exciting:", "las que menos lo excitan:";
        no_grad_cam:
            "no convolution, so there is no Grad-CAM",
            "no hay convolución, así que no hay Grad-CAM";
        value: "value", "valor";
        sum_of_products: "sum of products", "suma de productos";
        sum_of_all: "sum of all products", "suma de todos";
        bias: "bias", "sesgo";
        before_activation: "before activation", "antes de activar";
        largest: "largest", "el mayor";
        first_of_equals: "largest, the first of equals", "el mayor, el primero entre iguales";
        none_found_in: "no data set in any of", "no hay datos en ninguno de estos lugares:";
        official: "Fashion-MNIST, checksums verified", "Fashion-MNIST, sumas verificadas";
        not_official: "not the official Fashion-MNIST", "no es el Fashion-MNIST oficial";
        built_in: "the built-in network", "la red incluida";
        fashion_mnist: "fashion-mnist", "Fashion-MNIST";
        folder: "folder", "de una carpeta";
        images: "images", "imágenes de una carpeta";
        synthetic: "synthetic", "sintéticos";
        commands: "Commands", "Órdenes";
        arguments: "Arguments", "Argumentos";
        options: "Options", "Opciones";
        by_default: "default", "por omisión";
        error: "error:", "error:";
        tip: "tip:", "sugerencia:";
        usage: "Usage:", "Uso:";
        try_help: "For more information, try '--help'.", "Para saber más, prueba «--help».";
        not_whole: "not a whole number from 0", "no es un número entero desde 0";
        beyond_range: "too large a number", "un número demasiado grande";
        not_number: "not a number", "no es un número";
        give_filters: "give convolution numbers from 0, for example 1,5", "da números de convolución desde 0, por ejemplo 1,5";
        give_classes: "give two classes from 0, for example 6,0", "da dos clases desde 0, por ejemplo 6,0";
        give_cell: "write a row and a column, such as 5,3", "escribe una fila y una columna, por ejemplo 5,3";
        no_maps_to_draw:
            "this network has no convolution and no pooling, so there are no maps to draw",
            "esta red no tiene convoluciones ni agrupaciones, así que no hay mapas que dibujar";
        no_maps_to_compare:
            "this network has no convolution and no pooling, so there are no maps to compare",
            "esta red no tiene convoluciones ni agrupaciones, así que no hay mapas que comparar";
        no_data:
            "no Fashion-MNIST found; `convlens data download` fetches it, `--data synthetic` does without",
            "no se encontró Fashion-MNIST; `convlens data download` lo descarga, `--data synthetic` prescinde de él";
        synthetic_used:
            "no Fashion-MNIST found, using synthetic garments; `convlens data download` fetches the real data",
            "no se encontró Fashion-MNIST y se usan prendas sintéticas; `convlens data download` descarga los datos reales";
        not_kept: "the run was not kept", "la ejecución no se guardó";
        empty_test_set:
            "the test set is empty; choose another data set",
            "el conjunto de prueba está vacío; elige otros datos";
        without_window:
            "this convlens was built without its window; use a command (see `convlens --help`), or build it with the feature `window`",
            "este convlens se compiló sin ventana; usa una orden (mira `convlens --help`), o compílalo con la característica `window`";
        no_display:
            "there is no display to open a window on; use a command without one: train, maps, summary, evaluate, data (see `convlens --help`)",
            "no hay pantalla en la que abrir una ventana; usa una orden que no la necesite: train, maps, summary, evaluate, data (mira `convlens --help`)";
    }
}
