//! Editing the network.

use super::topic;

topic! {
    /// Editing the network.
    Editing {
        undo: "Undo", "Deshacer";
        undo_hint: "Undo the last change (Ctrl+Z)", "Deshace el último cambio (Ctrl+Z)";
        redo: "Redo", "Rehacer";
        redo_hint: "Do it again (Ctrl+Shift+Z)", "Vuelve a hacerlo (Ctrl+Mayús+Z)";
        own_network: "One of your own networks", "Una de tus redes";
        save_network: "Save as preset…", "Guardar como preajuste…";
        save_network_hint:
            "Save this network under a name, beside the presets",
            "Guarda esta red con un nombre, junto a los demás preajustes";
        save_network_not:
            "There is room for 24, and only for networks that can be built",
            "Caben 24, y solo redes que se puedan construir";
        network_name: "Name of the network", "Nombre de la red";
        save: "Save", "Guardar";
        card_hint:
            "Drag to move it, or click and press Alt+↑ or Alt+↓; Delete removes it. New layers go after the chosen one.",
            "Arrástrala para moverla, o haz clic y pulsa Alt+↑ o Alt+↓; Supr la quita. Las capas nuevas van tras la elegida.";
        filters: "filters", "filtros";
        kernel: "kernel", "kernel";
        kernel_hint:
            "Side of the patch that each filter looks at. All kernels are as deep as the maps below them",
            "Lado del parche que mira cada filtro. Todo kernel es tan profundo como los mapas que recibe";
        units: "units", "unidades";
        padding: "padding", "relleno";
        valid_hint:
            "valid: no padding, the map shrinks by the kernel less 1. Click for same",
            "valid: sin relleno, el lado del mapa se reduce en el del kernel menos 1. Haz clic para same";
        same_hint:
            "same: zeros around the map, which keeps its size. Click for valid",
            "same: ceros alrededor del mapa, que conserva su tamaño. Haz clic para valid";
        add_conv: "+ conv", "+ conv";
        add_conv_hint: "Add a convolution with ReLU", "Añade una convolución con ReLU";
        add_pool: "+ pool", "+ pool";
        add_pool_hint:
            "Add 2×2 max-pooling: a quarter of the values is left",
            "Añade max pooling de 2×2: queda la cuarta parte de los valores";
        add_dense: "+ dense", "+ densa";
        add_dense_hint: "Add a dense layer with ReLU", "Añade una capa densa con ReLU";
        add_more: "+ ▼", "+ ▼";
        add_more_hint: "Batch normalization, dropout, activations, other pools, branches", "Normalización por lotes, dropout, activaciones, otras agrupaciones, ramas";
        add_norm: "batch normalization", "normalización por lotes";
        add_norm_hint:
            "Each channel less its mean over the batch, over its deviation; then a learnt scale and shift",
            "Cada canal menos su media en el lote, entre su desviación; después, escala y desplazamiento aprendidos";
        add_dropout: "dropout", "dropout";
        add_dropout_hint:
            "In training some values become zero at random; in testing nothing happens",
            "Al entrenar, algunos valores pasan a cero al azar; al probar no pasa nada";
        add_activation: "activation", "activación";
        add_activation_hint: "An activation that stands alone, such as behind a batch normalization", "Una activación aparte, por ejemplo tras una normalización por lotes";
        add_average: "average pool", "agrupación por media";
        add_average_hint: "The mean of each 2×2 instead of the largest", "La media de cada 2×2 en lugar del mayor";
        add_global_average: "global average", "media global";
        add_global_max: "global maximum", "máximo global";
        add_global_hint: "One number for each map: nothing is left of where things were", "Un número por mapa: no queda nada de dónde estaban las cosas";
        add_residual: "residual block", "bloque residual";
        add_residual_hint:
            "Two convolutions, and what they were given is added to what they make of it",
            "Dos convoluciones, y a lo que hacen se le suma lo que recibieron";
        add_inception: "joined branches", "ramas unidas";
        add_inception_hint:
            "Kernels of 1×1 and 3×3 side by side, their maps one behind the other",
            "Kernels de 1×1 y 3×3 en paralelo, con sus mapas uno tras otro";
        split_details: "into branches", "en ramas";
        branch_details: "same input", "misma entrada";
        added: "added", "suma";
        joined: "joined", "unión";
        join_hint:
            "added: the branches' numbers one by one; joined: their maps one behind the other. Click to change",
            "suma: los números de las ramas, uno a uno; unión: sus mapas, uno tras otro. Haz clic para cambiar";
        more: "stride, dilation, padding and the like", "paso, dilatación, relleno y demás";
        maximum: "max", "máximo";
        mean: "mean", "media";
        global_mean: "mean of each map", "media de cada mapa";
        global_maximum: "max of each map", "máximo de cada mapa";
        norm_details: "batch norm", "norm. por lotes";
        rate: "rate", "proporción";
        dropout_details: "in training", "al entrenar";
        stride: "stride", "paso";
        dilation: "dilation", "dilatación";
        window: "window", "ventana";
        groups: "groups", "grupos";
        groups_hint: "Channels and filters fall into groups that do not see each other; depthwise: one channel each", "Canales y filtros se reparten en grupos que no se ven; en profundidad: un canal cada uno";
        depthwise: "depthwise", "en profundidad";
        bias: "bias", "sesgo";
        bias_hint: "A learnt number that is added to each output", "Un número aprendido que se suma a cada salida";
        counts_padding: "padding counts", "el relleno cuenta";
        counts_padding_hint: "The zeros of the padding count for the mean, as in PyTorch; not so in Keras", "Los ceros del relleno cuentan para la media, como en PyTorch; en Keras no";
        epsilon: "epsilon", "épsilon";
        momentum: "momentum", "momento";
        unbiased: "sample variance", "varianza muestral";
        unbiased_hint: "The running variance is that of a sample, as in PyTorch", "La varianza acumulada es la muestral, como en PyTorch";
        valid_is: "No padding: only whole windows", "Sin relleno: solo ventanas enteras";
        same_is: "As much padding as keeps the size", "Tanto relleno como conserva el tamaño";
        padding_pixels: "pixels of padding", "píxeles de relleno";
        pixels_hint: "So many zeros on every side. Click for valid", "Tantos ceros en cada lado. Haz clic para valid";
        activation: "activation", "activación";
        activation_hint: "What is done to every number that the layer puts out", "Lo que se hace con cada número que da la capa";
        slope: "number of the activation", "número de la activación";
        stack_is_full: "No more than 256 layers", "No más de 256 capas";
        impossible: "This network can't be built: see the marked layer", "Esta red no se puede construir: mira la capa marcada";
    }
}
