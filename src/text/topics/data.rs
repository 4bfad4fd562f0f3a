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
        downloading_now: "Downloading", "Descargando";
        downloading: "Downloading Fashion-MNIST…", "Descargando Fashion-MNIST…";
        data_in_use: "In use", "En uso";
        other_data: "Use another data set", "Usar otros datos";
        folder: "Folder", "Carpeta";
        open: "Open", "Abrir";
        choose_data_folder: "Choose a folder…", "Elegir una carpeta…";
        cancel: "Cancel", "Cancelar";
        download: "Download Fashion-MNIST (30 MB)", "Descargar Fashion-MNIST (30 MB)";
        download_hint:
            "Into your cache folder, verified by checksums; resumed if interrupted",
            "En tu carpeta de caché, con sumas de verificación; si se corta, continúa donde quedó";
        use_synthetic: "Use synthetic garments", "Usar prendas sintéticas";
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
