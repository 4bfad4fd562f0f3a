//! The data set: where it comes from, opening, downloading.

use super::topic;

topic! {
    /// The data set: where it comes from, opening, downloading.
    Data {
        data_hint:
            "The data set in use; click to change it",
            "El conjunto de datos en uso; pulsa para cambiarlo";
        opening_data: "Opening the data set…", "Abriendo los datos…";
        no_data_yet: "No data set yet", "Aún no hay datos";
        test_alone: "These data have test images alone; open a data set with training images to train",
            "Estos datos solo tienen imágenes de prueba; abre unos con imágenes de entrenamiento para entrenar";
        downloading_now: "Downloading", "Descargando";
        data_in_use: "In use", "En uso";
        other_data: "Use another data set", "Usar otros datos";
        folder: "Folder", "Carpeta";
        open: "Open", "Abrir";
        choose_data_folder: "Choose a folder…", "Elegir una carpeta…";
        cancel: "Cancel", "Cancelar";
        download: "Download Fashion-MNIST (30 MB)", "Descargar Fashion-MNIST (30 MB)";
        download_cifar: "Download CIFAR-10 (170 MB)", "Descargar CIFAR-10 (170 MB)";
        open_cifar: "Open CIFAR-10", "Abrir CIFAR-10";
        picture_size: "Picture size", "Tamaño de las imágenes";
        picture_size_hint:
            "Height × width in pixels; all pictures are made of this size, and the network takes it",
            "Alto × ancho en píxeles; todas las imágenes pasan a tener este tamaño, y la red lo recibe";
        height: "Height", "Alto";
        width: "Width", "Ancho";
        grey: "grey", "gris";
        colour: "colour", "color";
        resize: "Resize", "Cambiar";
        own_size: "Size of the files", "Tamaño de los archivos";
        download_hint:
            "Into your cache folder, verified by checksums; resumed if interrupted",
            "En tu carpeta de caché, con sumas de verificación; si se corta, continúa donde quedó";
        use_synthetic: "Synthetic garments:", "Prendas sintéticas:";
        synthetic_hint:
            "Ten classes of garments drawn by this program; no real data needed",
            "Diez clases de prendas dibujadas por este programa; no hacen falta datos reales";
        search_again: "Look in the usual places", "Buscar en los lugares habituales";
        search_hint:
            "The folder data, your cache, the Debian package dataset-fashion-mnist, Keras's and torchvision's caches",
            "La carpeta data, tu caché, el paquete dataset-fashion-mnist de Debian y las cachés de Keras y torchvision";
        synthetic: "synthetic garments", "prendas sintéticas";
    }
}
