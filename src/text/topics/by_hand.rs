//! Convolution by hand.

use super::topic;

topic! {
    /// Convolution by hand.
    ByHand {
        convolution: "Convolution", "Convolución";
        max_pool: "Max-pooling", "Max pooling";
        picture: "Picture", "Imagen";
        own_picture: "your own", "la tuya";
        test_image: "test image", "imagen de prueba";
        edge: "edge", "borde";
        cross: "cross", "cruz";
        diagonal: "diagonal", "diagonal";
        dot: "dot", "punto";
        edit_picture:
            "Click a pixel; type 0–9; drag the patch",
            "Haz clic en un píxel; escribe 0–9; arrastra el parche";
        kernel: "Kernel", "Kernel";
        own_kernel: "your own", "el tuyo";
        filter: "filter of conv1", "filtro de conv1";
        identity: "identity", "identidad";
        edges: "edges", "bordes";
        blur: "blur", "desenfoque";
        sharpen: "sharpen", "nitidez";
        sobel_x: "Sobel x", "Sobel x";
        sobel_y: "Sobel y", "Sobel y";
        side: "Size", "Tamaño";
        padding: "Padding", "Relleno";
        none: "valid", "valid";
        none_hint:
            "No padding: the kernel stays inside the picture, and the output shrinks, as in the notebook's networks",
            "Sin relleno: el kernel no sale de la imagen y la salida se reduce, como en las redes del cuaderno";
        same: "same", "same";
        same_hint:
            "Zeros around the picture: at stride 1 the output is as large as the picture",
            "Ceros alrededor de la imagen: con paso 1 la salida es tan grande como la imagen";
        stride: "Stride", "Paso";
        first: "To the first position (Home)", "A la primera posición (Inicio)";
        step_back: "One position back (←)", "Una posición atrás (←)";
        play: "Play (Space)", "Reproducir (Espacio)";
        hold: "Pause (Space)", "Pausar (Espacio)";
        step: "One position on (→)", "Una posición adelante (→)";
        last: "To the last position (End)", "A la última posición (Fin)";
        speed: "Speed", "Velocidad";
        products: "Patch × kernel", "Parche × kernel";
        window: "Window", "Ventana";
        output: "Output", "Salida";
        not_flipped:
            "The kernel is not flipped: networks compute cross-correlation and call it convolution. A learnt kernel would simply come out flipped.",
            "El kernel no se gira 180°: las redes calculan la correlación cruzada y la llaman convolución. Un kernel aprendido simplemente saldría girado.";
        pool_keeps:
            "One value of four is kept, the largest; nothing is learnt here.",
            "Queda un valor de cada cuatro, el mayor; aquí no se aprende nada.";
        no_filter:
            "This network does not begin with a convolution, so there is no filter to show.",
            "Esta red no empieza con una convolución, así que no hay ningún filtro que mostrar.";
    }
}
