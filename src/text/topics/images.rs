//! The strip of test images.

use super::topic;

topic! {
    /// The strip of test images.
    Images {
        index: "Index", "Índice";
        add: "Add", "Añadir";
        add_hint: "Add this test image as a row (Enter)", "Añade esta imagen de prueba como fila (Intro)";
        random: "Random", "Al azar";
        random_hint:
            "Add a random image of the class chosen",
            "Añade una imagen al azar de la clase elegida";
        class: "Images of class", "Imágenes de la clase";
        all_classes: "all", "todas";
        as_trained: "as training gets them", "como las recibe el entrenamiento";
        as_trained_hint:
            "The training images, changed as in the epoch under way: each epoch changes them otherwise. Test images stay as they are",
            "Las imágenes de entrenamiento, cambiadas como en la época en curso: cada época las cambia de otra manera. Las de prueba se quedan como son";
        notebook_images: "0, 7, 26", "0, 7, 26";
        notebook_images_hint:
            "Back to the notebook's images: a boot and two shirts",
            "Vuelve a las imágenes del cuaderno: un botín y dos camisas";
    }
}
