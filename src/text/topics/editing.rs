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
        stack_is_full: "No more than 24 layers", "No más de 24 capas";
        impossible: "This network can't be built: see the marked layer", "Esta red no se puede construir: mira la capa marcada";
    }
}
