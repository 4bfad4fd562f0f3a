//! Names of the views.

use super::topic;

topic! {
    /// Names of the views and what each is for.
    Views {
        curves: "Curves", "Curvas";
        curves_hint:
            "Loss and accuracy of the runs, large: where the test loss is lowest, how far training is ahead",
            "Pérdida y exactitud de los entrenamientos, en grande: dónde es más baja la pérdida de prueba, cuánto se adelanta el entrenamiento";
        runs: "Runs", "Entrenamientos";
        runs_hint:
            "Runs side by side: settings, accuracy, time",
            "Entrenamientos lado a lado: ajustes, exactitud, tiempo";
        view: "View", "Vista";
        overview: "Overview", "Panorama";
        overview_hint:
            "The whole network: what each channel hands on to the next, from the pixels to the classes",
            "Toda la red: lo que cada canal pasa al siguiente, de los píxeles a las clases";
        maps: "Maps", "Mapas";
        maps_hint:
            "Feature maps of some images, layer by layer",
            "Mapas de características de unas imágenes, capa por capa";
        channels: "Channels", "Canales";
        channels_hint:
            "All feature maps of one layer for one image",
            "Todos los mapas de características de una capa para una imagen";
        filters: "Filters", "Filtros";
        filters_hint:
            "The kernels, what each filter responds to, and the network without some of them",
            "Los kernels, lo que activa cada filtro y la red sin algunos de ellos";
        compare: "Compare", "Comparar";
        compare_hint:
            "How alike the maps of several images are",
            "Cuánto se parecen los mapas de varias imágenes";
        draw: "Draw", "Dibujar";
        draw_hint:
            "A picture of your own: drawn, opened, dropped or pasted",
            "Una imagen tuya: dibujada, abierta, arrastrada o pegada";
        explain: "Why?", "¿Por qué?";
        explain_hint:
            "Which parts of a picture support a class",
            "Qué partes de una imagen apoyan una clase";
        embedding: "Points", "Puntos";
        embedding_hint:
            "Test images as points, by what a layer makes of them: where the classes part",
            "Las imágenes de prueba como puntos, según lo que hace de ellas una capa: dónde se separan las clases";
        histograms: "Histograms", "Histogramas";
        histograms_hint:
            "How weights, activations and gradients of each layer change while they are learnt: dead units, size of the steps",
            "Cómo cambian los pesos, activaciones y gradientes de cada capa al aprender: unidades muertas, tamaño de los pasos";
        errors: "Errors", "Errores";
        errors_hint:
            "Which classes are confused over the whole test set",
            "Qué clases se confunden en todo el conjunto de prueba";
        transform: "Transform", "Transformar";
        transform_hint:
            "A picture shifted, turned, zoomed, brightened, noisy or covered: what the maps and the accuracy make of it",
            "Una imagen desplazada, girada, ampliada, aclarada, con ruido o tapada: qué pasa con los mapas y con la exactitud";
        look: "Look", "Mirar";
        look_hint: "Feature maps and filters", "Mapas de características y filtros";
        judge: "Judge", "Juzgar";
        judge_hint: "How alike maps are, which classes are confused, and where they part", "Cuánto se parecen los mapas, qué clases se confunden y dónde se separan";
        try_out: "Try", "Probar";
        try_out_hint: "Pictures and kernels of your own, and why a class", "Imágenes y kernels tuyos, y por qué una clase";
        learning: "Learning", "Aprendizaje";
        learning_hint: "Curves, each layer while it learns, and runs side by side", "Curvas, cada capa mientras aprende, y entrenamientos lado a lado";
        by_hand: "By hand", "A mano";
        by_hand_hint:
            "Convolution and pooling step by step, on a picture of your own",
            "Convolución y agrupación paso a paso, con una imagen tuya";
    }
}
