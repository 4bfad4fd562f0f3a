//! The performance overlay.

use super::topic;

topic! {
    /// The performance overlay.
    Performance {
        title: "Performance", "Rendimiento";
        title_hint:
            "How fast the window works, over the last seconds (P)",
            "Qué rápido trabaja la ventana, en los últimos segundos (P)";
        median: "median", "mediana";
        slowest: "99 %", "99 %";
        own_work: "Window's own work, ms a frame", "Trabajo de la ventana, ms por cuadro";
        own_work_hint:
            "Taking in what other threads sent, and laying out the panels. 99 % of the frames took no longer than the second figure.",
            "Recibir lo que enviaron otros hilos y componer los paneles. El 99 % de los cuadros no tardó más que la segunda cifra.";
        whole_frame: "… with painting, ms a frame", "… con el dibujo, ms por cuadro";
        whole_frame_hint:
            "Also cutting the panels into triangles and handing them to the graphics driver. Without a graphics card that is most of the work.",
            "Además, dividir los paneles en triángulos y pasarlos al controlador gráfico. Sin tarjeta gráfica es la mayor parte del trabajo.";
        maps_latency: "From click to maps, ms", "Del clic a los mapas, ms";
        maps_latency_hint:
            "From the request for the maps of the chosen images to their arrival in the window",
            "Desde que se piden los mapas de las imágenes elegidas hasta que llegan a la ventana";
        timeline: "Timeline: from pointer to picture, ms", "Línea de tiempo: del puntero a la imagen, ms";
        timeline_hint:
            "From the frame that saw the pointer at another moment until the first one with that moment's maps is painted",
            "Desde el cuadro que vio el puntero en otro momento hasta que está dibujado el primero con los mapas de ese momento";
        frames_a_second: "Frames a second", "Cuadros por segundo";
        training_speed: "Training, images/s", "Entrenamiento, imágenes/s";
        peak_memory: "Peak memory, MB", "Memoria máxima, MB";
        first_maps: "From start to first maps, s", "Del inicio a los primeros mapas, s";
        not_yet: "–", "–";
    }
}
