//! The command line's help, English and Spanish side by side.
//!
//! clap takes the English one from the comments of the arguments. It is the key here, as gettext's
//! texts are: a test of the command line fails where one is missing or no longer said.

/// The Spanish of a text of the help.
#[must_use]
pub fn spanish(english: &str) -> Option<&'static str> {
    let found = HELP.iter().find(|(key, _)| *key == english);
    found.map(|(_, spanish)| *spanish)
}

/// Every text of the help: English, Spanish.
pub const HELP: &[(&str, &str)] = &[
    // What clap says by itself.
    ("Print help", "Muestra la ayuda"),
    ("Print version", "Muestra la versión"),
    (
        "Print this message or the help of the given subcommand(s)",
        "Muestra esta ayuda o la de una orden",
    ),
    // Commands.
    (
        "See what a convolutional network does: train a small CNN on Fashion-MNIST and look inside it, live.",
        "Mira qué hace una red convolucional: entrena una pequeña CNN con Fashion-MNIST y observa su interior en directo.",
    ),
    (
        "Train a network; one result line an epoch",
        "Entrena una red; una línea de resultados por época",
    ),
    (
        "Train several networks, one after another, as one experiment",
        "Entrena varias redes, una tras otra, como un experimento",
    ),
    ("The runs that were kept", "Las ejecuciones guardadas"),
    (
        "Runs side by side: what differs, and what came of it",
        "Ejecuciones lado a lado: en qué difieren y qué resultó",
    ),
    (
        "Loss and accuracy of a network on the test set",
        "Pérdida y exactitud de una red en el conjunto de prueba",
    ),
    (
        "Layers, output shapes and parameters of a network",
        "Capas, tamaños de salida y parámetros de una red",
    ),
    (
        "Feature maps of test images, as the notebook's figure or as arrays",
        "Mapas de características de imágenes de prueba, como la figura del cuaderno o como matrices",
    ),
    (
        "How alike the maps of test images are, within a class and between classes",
        "Cuánto se parecen los mapas de imágenes de prueba, dentro de una clase y entre clases",
    ),
    (
        "Where the picture speaks for a class: occlusion map and Grad-CAM",
        "Dónde habla la imagen a favor de una clase: mapa de oclusión y Grad-CAM",
    ),
    (
        "Which classes are taken for which, over the test set",
        "Qué clases se toman por cuáles, en el conjunto de prueba",
    ),
    (
        "The test images that excite a filter most and least",
        "Las imágenes de prueba que más y menos excitan un filtro",
    ),
    (
        "Accuracy and probabilities with some filters switched off",
        "Exactitud y probabilidades con algunos filtros apagados",
    ),
    (
        "One value of a map, a unit or a class score, with all its arithmetic",
        "Un valor de un mapa, de una unidad o de una clase, con toda su aritmética",
    ),
    (
        "A model of Keras or PyTorch as convlens's own weights",
        "Un modelo de Keras o PyTorch como pesos propios de convlens",
    ),
    (
        "The data set in use and where it was found, or its download",
        "El conjunto de datos en uso y dónde se halló, o su descarga",
    ),
    (
        "Fetch Fashion-MNIST and verify it",
        "Descarga Fashion-MNIST y lo verifica",
    ),
    ("Give a run another name", "Da otro nombre a una ejecución"),
    (
        "Make a run the baseline that others are compared with",
        "Toma una ejecución como referencia para comparar las demás",
    ),
    (
        "Put runs into the trash, where they stay for 30 days",
        "Lleva ejecuciones a la papelera, donde quedan 30 días",
    ),
    (
        "Bring runs back from the trash; without a number, list it",
        "Recupera ejecuciones de la papelera; sin número, la muestra",
    ),
    // Arguments.
    (
        "Folder with the four IDX files, or `synthetic` [default: as last time]",
        "Carpeta con los cuatro archivos IDX, o `synthetic` [por omisión: como la última vez]",
    ),
    (
        "Folder with the four IDX files or a folder of pictures for each class, or `synthetic`",
        "Carpeta con los cuatro archivos IDX o con una carpeta de imágenes por clase, o `synthetic`",
    ),
    ("The folder to write to", "La carpeta en la que se escribe"),
    (
        "Write a data set as four IDX files, with the names of its classes",
        "Escribe un conjunto de datos como cuatro archivos IDX, con los nombres de sus clases",
    ),
    (
        "Language of the window: en or es [default: as last time, at first the system's]",
        "Idioma de la ventana: en o es [por omisión: como la última vez; al principio, el del sistema]",
    ),
    (
        "Train on the first N images only",
        "Entrena solo con las N primeras imágenes",
    ),
    ("Epochs of a run", "Épocas de una ejecución"),
    (
        "Write what the window cost (frames, latencies, memory, speed) when it is closed",
        "Escribe lo que costó la ventana (fotogramas, latencias, memoria, velocidad) al cerrarla",
    ),
    (
        "Network: 64-64, 32-32, 16-16, one-conv, three-conv or dense, or a .toml file",
        "Red: 64-64, 32-32, 16-16, one-conv, three-conv o dense, o un archivo .toml",
    ),
    (
        "A network by name: 64-64, 32-32, 16-16, one-conv, three-conv or dense",
        "Una red por su nombre: 64-64, 32-32, 16-16, one-conv, three-conv o dense",
    ),
    (
        "Passes over the training images [default: 5]",
        "Pasadas por las imágenes de entrenamiento [por omisión: 5]",
    ),
    (
        "Images a weight update",
        "Imágenes por actualización de los pesos",
    ),
    ("Step size of Adam", "Tamaño de paso de Adam"),
    (
        "Decides initial weights, order of the images and what is held out",
        "Decide los pesos iniciales, el orden de las imágenes y cuáles se apartan",
    ),
    (
        "Use the first N training images only",
        "Usa solo las N primeras imágenes de entrenamiento",
    ),
    (
        "Hold out so many percent of the training images to validate on",
        "Aparta este porcentaje de las imágenes de entrenamiento para validar",
    ),
    (
        "Threads to train on [default: all processors, at most 8]",
        "Hilos para entrenar [por omisión: todos los procesadores, 8 como máximo]",
    ),
    (
        "Threads to use [default: all processors, at most 8]",
        "Hilos que se usan [por omisión: todos los procesadores, 8 como máximo]",
    ),
    (
        "Folder of runs [default: $CONVLENS_RUNS, or else convlens/runs in the user's data folder]",
        "Carpeta de las ejecuciones [por omisión: $CONVLENS_RUNS o, si no, convlens/runs en la carpeta de datos del usuario]",
    ),
    (
        "Go on with a recorded run, by number or name; --epochs is how many more than planned",
        "Sigue con una ejecución guardada, por número o nombre; --epochs son las que se añaden a las previstas",
    ),
    (
        "Keep the run: settings, curves, checkpoints",
        "Guarda la ejecución: ajustes, curvas, puntos de control",
    ),
    (
        "Keep the run under a name",
        "Guarda la ejecución con un nombre",
    ),
    (
        "Where to write the trained weights",
        "Dónde escribir los pesos entrenados",
    ),
    (
        "One JSON object an epoch on stdout",
        "Un objeto JSON por época en la salida estándar",
    ),
    (
        "One JSON object a run on stdout",
        "Un objeto JSON por ejecución en la salida estándar",
    ),
    (
        "One JSON object a run on stdout, as `convlens runs --json` has it",
        "Un objeto JSON por ejecución en la salida estándar, como el de `convlens runs --json`",
    ),
    (
        "One JSON object on stdout",
        "Un objeto JSON en la salida estándar",
    ),
    (
        "CSV on stdout, numbers in full",
        "CSV en la salida estándar, números completos",
    ),
    (
        "Filters of every convolution, one run each",
        "Filtros de cada convolución, una ejecución por número",
    ),
    (
        "Images a weight update, one run each",
        "Imágenes por actualización de los pesos, una ejecución por número",
    ),
    (
        "Step sizes of Adam, one run each",
        "Tamaños de paso de Adam, una ejecución por número",
    ),
    ("Seeds, one run each", "Semillas, una ejecución por número"),
    (
        "What the runs belong to",
        "A qué experimento pertenecen las ejecuciones",
    ),
    (
        "Numbers or names of runs",
        "Números o nombres de ejecuciones",
    ),
    (
        "A model of convlens, Keras or PyTorch [default: the built-in network]",
        "Un modelo de convlens, Keras o PyTorch [por omisión: la red incluida]",
    ),
    (
        "Indices into the test set",
        "Índices del conjunto de prueba",
    ),
    (
        "Indices into the test set [default: 0,7,26]",
        "Índices del conjunto de prueba [por omisión: 0,7,26]",
    ),
    ("Its number or name", "Su número o nombre"),
    (
        "Its number or name; without it there is no baseline",
        "Su número o nombre; sin él no hay referencia",
    ),
    ("The new name", "El nombre nuevo"),
    ("Their numbers", "Sus números"),
    ("Their numbers or names", "Sus números o nombres"),
    ("Index into the test set", "Índice del conjunto de prueba"),
    (
        "A PNG, JPEG, WebP or GIF besides, or alone, reduced to 28×28",
        "Un PNG, JPEG, WebP o GIF además, o solo, reducido a 28×28",
    ),
    (
        "A PNG, JPEG, WebP or GIF instead, reduced to 28×28",
        "Un PNG, JPEG, WebP o GIF en su lugar, reducido a 28×28",
    ),
    (
        "Convolution number of the figure, from 0",
        "Número de convolución de la figura, desde 0",
    ),
    (
        "Which values the ends of the colours stand for",
        "Qué valores representan los extremos de los colores",
    ),
    (
        "Language of the figure: en or es",
        "Idioma de la figura: en o es",
    ),
    (
        "A figure (.png, .svg), or all maps of all layers after ReLU (.npz)",
        "Una figura (.png, .svg), o todos los mapas de todas las capas tras ReLU (.npz)",
    ),
    ("The library it uses", "La biblioteca que usa"),
    (
        "The settings of a kept run, by number or name",
        "Los ajustes de una ejecución guardada, por número o nombre",
    ),
    (
        "Language of the comments: en or es",
        "Idioma de los comentarios: en o es",
    ),
    (
        "Where to write the program [default: stdout]",
        "Dónde escribir el programa [por omisión: la salida estándar]",
    ),
    (
        "The pairs as comma-separated values on stdout",
        "Las parejas como valores separados por comas en la salida estándar",
    ),
    (
        "The matrix as comma-separated values on stdout",
        "La matriz como valores separados por comas en la salida estándar",
    ),
    (
        "A kept run instead, by number or name",
        "En su lugar, una ejecución guardada, por número o nombre",
    ),
    (
        "A table of its epochs, not of its batches",
        "Una tabla de sus épocas, no de sus lotes",
    ),
    (
        "Weights (.safetensors, .weights.h5), a Keras model (.keras); of a run also its curve (.csv) or the whole of it (.convlens), as of a lesson",
        "Pesos (.safetensors, .weights.h5), un modelo de Keras (.keras); de una ejecución también su curva (.csv) o toda ella (.convlens), como de una lección",
    ),
    (
        "A network, or a kept run, as files for other programs and other computers",
        "Una red, o una ejecución guardada, en archivos para otros programas y otros equipos",
    ),
    (
        "A run as a program for Keras or PyTorch",
        "Una ejecución como programa para Keras o PyTorch",
    ),
    (
        "Take in a run that was exported as one file; prints its number",
        "Incorpora una ejecución exportada en un archivo; muestra su número",
    ),
    ("A .convlens file", "Un archivo .convlens"),
    (
        "A model, a run or lesson (.convlens), a picture, or a folder of data or with a lesson to open",
        "Un modelo, una ejecución o lección (.convlens), una imagen, o una carpeta de datos o con una lección que abrir",
    ),
    (
        "A lesson of one's own: check it, or take it in from a .convlens file",
        "Una lección propia: la comprueba, o la incorpora de un archivo .convlens",
    ),
    (
        "Check every step of a lesson in a folder or a .convlens file",
        "Comprueba cada paso de una lección en una carpeta o en un archivo .convlens",
    ),
    (
        "A folder with a lesson, or a .convlens file",
        "Una carpeta con una lección, o un archivo .convlens",
    ),
    (
        "Take in a lesson that was exported as one file; prints its folder",
        "Incorpora una lección exportada en un archivo; muestra su carpeta",
    ),
    (
        "Put it below this folder [default: $CONVLENS_LESSONS, or else convlens/lessons in the user's data folder]",
        "La pone bajo esta carpeta [por omisión: $CONVLENS_LESSONS o, si no, convlens/lessons en la carpeta de datos del usuario]",
    ),
    (
        "Replace another lesson of the same name",
        "Reemplaza otra lección del mismo nombre",
    ),
    (
        "A folder with a lesson, for a .convlens file; with the run, if one is named",
        "Una carpeta con una lección, para un archivo .convlens; con la ejecución, si se nombra una",
    ),
    (
        "A ready-made set: ankle-boots (of the first hundred), notebook (23 to 28), shoes-and-shirts, same-class or other-classes (six at random)",
        "Un grupo ya hecho: ankle-boots (botines de las cien primeras), notebook (23 a 28), shoes-and-shirts (calzado y camisas), same-class u other-classes (seis al azar)",
    ),
    (
        "Class of a random set: its own, or the one left out",
        "Clase de un grupo al azar: la suya, o la que se excluye",
    ),
    (
        "Decides the images of a random set",
        "Decide las imágenes de un grupo al azar",
    ),
    (
        "A convolution or pool by name: conv1, pool1, …",
        "Una convolución o agrupación por su nombre: conv1, pool1, …",
    ),
    (
        "Convolution number, from 0 [default: all channels as one vector]",
        "Número de convolución, desde 0 [por omisión: todos los canales como un vector]",
    ),
    (
        "The class that is asked about, from 0 [default: the predicted one]",
        "La clase por la que se pregunta, desde 0 [por omisión: la predicha]",
    ),
    (
        "Side of the patch that covers the picture, in pixels",
        "Lado del parche que tapa la imagen, en píxeles",
    ),
    (
        "Pixels from one place of the patch to the next",
        "Píxeles de una posición del parche a la siguiente",
    ),
    (
        "Grey of the patch: 0 is black like the background, 255 white",
        "Gris del parche: 0 es negro como el fondo, 255 blanco",
    ),
    (
        "How many of the most confident mistakes to list",
        "Cuántos de los errores más seguros mostrar",
    ),
    (
        "List the test images of one cell instead: true class, predicted class",
        "Muestra en su lugar las imágenes de una casilla: clase real, clase predicha",
    ),
    (
        "Name of a convolution: conv1, conv2, …",
        "Nombre de una convolución: conv1, conv2, …",
    ),
    (
        "Name of a convolution: conv1, conv2, …; may be given again, with --filters of its own",
        "Nombre de una convolución: conv1, conv2, …; puede repetirse, con sus propios --filters",
    ),
    (
        "Convolution number, from 0",
        "Número de convolución, desde 0",
    ),
    (
        "How many images of each kind",
        "Cuántas imágenes de cada tipo",
    ),
    (
        "Convolution numbers to switch off in the layer named before, from 0",
        "Números de convolución que se apagan en la capa nombrada antes, desde 0",
    ),
    (
        "Test images whose probabilities to show",
        "Imágenes de prueba cuyas probabilidades se muestran",
    ),
    (
        "A layer by name, as `convlens summary` lists them: conv1, pool1, dense1, …",
        "Una capa por su nombre, como en `convlens summary`: conv1, pool1, dense1, …",
    ),
    (
        "Filter (channel), unit or class, from 0",
        "Filtro (canal), unidad o clase, desde 0",
    ),
    (
        "Row and column of the map, from 0; of layers that have maps",
        "Fila y columna del mapa, desde 0; en capas que tienen mapas",
    ),
    (
        "A model of Keras (.keras, .weights.h5, .h5) or PyTorch (.safetensors), ONNX (.onnx), or a run (.convlens)",
        "Un modelo de Keras (.keras, .weights.h5, .h5) o de PyTorch (.safetensors), ONNX (.onnx), o una ejecución (.convlens)",
    ),
    (
        "File to write, as convlens's own safetensors",
        "Archivo que se escribe, en el safetensors propio de convlens",
    ),
    (
        "The network, for weights that fit several: a preset's name, or a .toml file",
        "La red, para pesos que encajan en varias: el nombre de una predefinida, o un archivo .toml",
    ),
    (
        "Where to [default: the user's cache, where convlens looks for it]",
        "Dónde [por omisión: la caché del usuario, donde convlens la busca]",
    ),
];
