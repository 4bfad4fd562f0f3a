//! The view of pictures as points.

use super::topic;

topic! {
    /// The view of pictures as points.
    Embedding {
        layer: "Layer", "Capa";
        layer_hint: "Whose numbers become points: everything that it puts out for a picture, after its activation", "Cuyos números son puntos: todo lo que da para una imagen, tras su activación";
        pixels: "pixels", "píxeles";
        images: "Images", "Imágenes";
        images_hint: "So many of the test set, drawn at random, the same each time", "Tantas del conjunto de prueba, al azar, siempre las mismas";
        pca: "PCA", "PCA";
        pca_hint: "The two directions along which the points differ most; distances are true as far as they lie in this plane", "Las dos direcciones en las que más difieren los puntos; las distancias son ciertas en lo que cabe en este plano";
        tsne: "t-SNE", "t-SNE";
        tsne_hint: "Neighbours stay neighbours; how far groups are apart and how large they are means nothing", "Los vecinos siguen siendo vecinos; lo lejos o grandes que sean los grupos no significa nada";
        keep_axes: "keep these axes", "conservar estos ejes";
        keep_axes_hint: "Later moments and other weights on the axes of now, so that only what changes moves", "Otros momentos y otros pesos en los ejes de ahora, para que solo se mueva lo que cambia";
        every_layer: "every layer", "todas las capas";
        every_layer_hint: "Measures for every layer how well the classes part there", "Mide en cada capa lo bien que se separan las clases";
        click: "Point at an image to see it, click to open it in Maps. Click a class to see it alone. Draw a line around some to compare them.", "Señala una imagen para verla, púlsala para abrirla en Mapas. Pulsa una clase para verla sola. Traza una línea alrededor de algunas para compararlas.";
        clear: "Clear", "Quitar";
        not_yet: "The points appear here once the images have gone through the network.", "Los puntos aparecen aquí cuando las imágenes hayan pasado por la red.";
        neighbours_hint: "Images whose five nearest others, along the 50 strongest directions, are mostly of their own class", "Imágenes cuyas cinco más cercanas, en las 50 direcciones principales, son en su mayoría de su clase";
    }
}
