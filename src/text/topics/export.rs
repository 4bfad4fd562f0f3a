//! What can be taken away: figures, numbers, weights, runs, programs.

use super::topic;

topic! {
    /// What can be taken away: figures, numbers, weights, runs, programs.
    Export {
        button: "File", "Archivo";
        button_hint:
            "Open models, runs, pictures and data; save pictures, numbers, weights, runs and programs",
            "Abre modelos, entrenamientos, imágenes y datos; guarda imágenes, números, pesos, entrenamientos y programas";
        open: "Open", "Abrir";
        open_button: "Open", "Abrir";
        open_hint:
            "A model (.keras, .h5, .safetensors, .pt, .onnx), a run or lesson (.convlens), a picture, a folder of data or with a lesson; or drop it on the window",
            "Un modelo (.keras, .h5, .safetensors, .pt, .onnx), un entrenamiento o lección (.convlens), una imagen, una carpeta de datos o con una lección; o suéltalo sobre la ventana";
        path: "Path", "Ruta";
        choose: "Choose…", "Elegir…";
        choose_to_open: "Choose a file to open…", "Elegir un archivo que abrir…";
        choose_to_save: "Choose where to save…", "Elegir dónde guardar…";
        save_button: "Save", "Guardar";
        replace: "Replace", "Reemplazar";
        pictures: "Pictures", "Imágenes";
        numbers: "Numbers", "Números";
        network: "Network and run", "Red y entrenamiento";
        program: "Program", "Programa";
        figure_png: "Maps figure, PNG", "Figura de los mapas, PNG";
        figure_png_hint:
            "The maps as shown, at print size (300 dpi), with labels, ranges and a colour bar",
            "Los mapas como se ven, a tamaño de impresión (300 ppp), con rótulos, escalas y barra de colores";
        figure_svg: "Maps figure, SVG", "Figura de los mapas, SVG";
        figure_svg_hint:
            "The same as a vector file: sharp at any size, its words can be edited",
            "Lo mismo como archivo vectorial: nítido a cualquier tamaño y con textos editables";
        view: "This view, PNG", "Esta vista, PNG";
        view_hint:
            "The middle of the window as it looks now",
            "El centro de la ventana tal como se ve ahora";
        view_svg: "This view, SVG", "Esta vista, SVG";
        view_svg_hint:
            "The same as a vector file: sharp at any size, its words can be edited",
            "Lo mismo como archivo vectorial: nítido a cualquier tamaño y con textos editables";
        shown: "This view's numbers, CSV", "Números de esta vista, CSV";
        shown_hint:
            "What the view on screen draws, as a table: contributions, kernels, differences, statistics",
            "Lo que dibuja la vista en pantalla, como tabla: aportaciones, kernels, diferencias, estadísticas";
        shown_file: "view", "vista";
        no_numbers: "This view draws no numbers that a table could hold, or not yet", "Esta vista no dibuja números que quepan en una tabla, o todavía no";
        paper: "Lesson on paper", "Lección en papel";
        film: "Film, GIF", "Película, GIF";
        activations: "Activations, NPZ", "Activaciones, NPZ";
        activations_hint:
            "All maps of all layers of the chosen images, for numpy.load",
            "Todos los mapas de todas las capas de las imágenes elegidas, para numpy.load";
        epochs: "Epochs, CSV", "Épocas, CSV";
        epochs_hint:
            "Loss and accuracy of every epoch of the run shown",
            "Pérdida y exactitud de cada época del entrenamiento que se ve";
        batches: "Batches, CSV", "Lotes, CSV";
        batches_hint:
            "Loss, smoothed loss and accuracy of every batch of the run shown",
            "Pérdida, pérdida suavizada y exactitud de cada lote del entrenamiento que se ve";
        confusion: "Confusion matrix, CSV", "Matriz de confusión, CSV";
        confusion_hint:
            "Which class is predicted as which, over the whole test set",
            "Qué clase se clasifica como cuál, en todo el conjunto de prueba";
        similarity: "Similarity, CSV", "Semejanza, CSV";
        similarity_hint:
            "Each pair of images in Compare: cosine similarity and Pearson's r",
            "Cada par de imágenes de Comparar: semejanza coseno y r de Pearson";
        points: "Points, CSV", "Puntos, CSV";
        points_hint:
            "Each image of Points: its class and its place in the plane",
            "Cada imagen de Puntos: su clase y su lugar en el plano";
        runs: "Table of runs, CSV", "Tabla de entrenamientos, CSV";
        weights: "Weights, safetensors", "Pesos, safetensors";
        weights_hint:
            "The weights shown, for convlens and PyTorch",
            "Los pesos que se ven, para convlens y PyTorch";
        keras: "Model, Keras", "Modelo, Keras";
        keras_hint:
            "The network shown, for keras.models.load_model",
            "La red que se ve, para keras.models.load_model";
        keras_weights: "Weights, Keras HDF5", "Pesos, HDF5 de Keras";
        keras_weights_hint:
            "The weights shown, for model.load_weights",
            "Los pesos que se ven, para model.load_weights";
        onnx: "Model, ONNX", "Modelo, ONNX";
        onnx_hint:
            "The network shown, for onnxruntime, Netron and others",
            "La red que se ve, para onnxruntime, Netron y otros";
        run: "Whole run, convlens", "Entrenamiento completo, convlens";
        run_hint:
            "Settings, curves, every kept moment and what the maps show, in one file that another convlens opens with the same pictures",
            "Ajustes, curvas, todos los momentos guardados y lo que muestran los mapas, en un archivo que otro convlens abre con las mismas imágenes";
        lesson: "Lesson, convlens", "Lección, convlens";
        lesson_hint:
            "Your own lesson in both languages, with the run and the maps shown, in one file that another convlens opens",
            "Tu propia lección en los dos idiomas, con el entrenamiento y los mapas que se ven, en un archivo que otro convlens abre";
        keras_code: "Keras program", "Programa de Keras";
        keras_code_hint:
            "A Python program that trains the network and settings at the left in Keras",
            "Un programa de Python que entrena en Keras la red y los ajustes de la izquierda";
        pytorch_code: "PyTorch program", "Programa de PyTorch";
        pytorch_code_hint:
            "A Python program that trains the network and settings at the left in PyTorch",
            "Un programa de Python que entrena en PyTorch la red y los ajustes de la izquierda";
        copy: "Copy", "Copiar";
        copy_hint: "To the clipboard", "Al portapapeles";
        copied: "Copied to the clipboard", "Copiado al portapapeles";
        no_maps: "Open Maps first, which computes them", "Abre antes Mapas, que los calcula";
        no_run:
            "No saved run is shown: train one, or click one under Runs",
            "No se está viendo ningún entrenamiento guardado: haz uno o elige uno en Entrenamientos";
        no_lesson:
            "Open a folder with a lesson of your own first, at the end of the lesson or here",
            "Abre antes una carpeta con una lección propia, al final de la lección o aquí";
        no_confusion:
            "Open Errors first, which computes the matrix",
            "Abre antes Errores, que calcula la matriz";
        no_similarity:
            "Open Compare first, which computes it",
            "Abre antes Comparar, que la calcula";
        no_points:
            "Open Points first, which computes them",
            "Abre antes Puntos, que los calcula";
        impossible_network:
            "The network at the left can't be built: fix it first",
            "La red de la izquierda no se puede construir: corrígela antes";
        lowest: "lowest", "mínimo";
        highest: "highest", "máximo";
        value: "activation", "activación";
        figure_file: "feature-maps", "mapas";
        view_file: "convlens", "convlens";
        activations_file: "activations", "activaciones";
        epochs_file: "epochs", "epocas";
        batches_file: "batches", "lotes";
        confusion_file: "confusion", "confusion";
        similarity_file: "similarity", "semejanza";
        points_file: "points", "puntos";
        network_file: "network", "red";
        run_file: "run", "entrenamiento";
        lesson_file: "lesson", "leccion";
        keras_program_file: "train-keras", "entrenar-keras";
        pytorch_program_file: "train-pytorch", "entrenar-pytorch";
    }
}
