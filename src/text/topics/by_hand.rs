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
        none: "none", "ninguno";
        none_hint:
            "The kernel stays inside the picture, which shrinks; so it is in the notebook's networks",
            "El kernel no sale de la imagen, que se achica; así es en las redes del cuaderno";
        same: "same", "same";
        same_hint:
            "Zeros around the picture: at stride 1 the output is as large as the picture",
            "Ceros alrededor de la imagen: con paso 1 la salida es tan grande como la imagen";
        stride: "Stride", "Paso";
        first: "To the first position (Home)", "A la primera posición (Inicio)";
        step_back: "One position back (←)", "Una posición atrás (←)";
        play: "Play (Space)", "Reproducir (Espacio)";
        hold: "Hold (Space)", "Detener (Espacio)";
        step: "One position on (→)", "Una posición adelante (→)";
        last: "To the last position (End)", "A la última posición (Fin)";
        speed: "Speed", "Velocidad";
        products: "Patch × kernel", "Parche × kernel";
        window: "Window", "Ventana";
        output: "Output", "Salida";
        not_flipped:
            "The kernel is not turned round before it is laid on: networks compute the cross-correlation and call it convolution. A kernel that is learnt would simply be learnt turned round.",
            "El kernel no se gira antes de ponerlo encima: las redes calculan la correlación cruzada y la llaman convolución. Un kernel que se aprende simplemente se aprendería girado.";
        pool_keeps:
            "One value of four is left, the largest; nothing is learnt here.",
            "Queda un valor de cada cuatro, el mayor; aquí no se aprende nada.";
        no_filter:
            "This network begins with no convolution, so it has no filter to lend.",
            "Esta red no empieza con una convolución, así que no tiene un filtro que prestar.";
    }
}
