//! The stack of layers.

use super::topic;

topic! {
    /// The stack of layers.
    Network {
        network: "Network", "Red";
        input: "input", "entrada";
        input_details: "grey", "gris";
        input_in_colour: "in colour", "en color";
        pixels: "Pixels", "Píxeles";
        pixels_hint: "How the bytes of an image become numbers", "Cómo se vuelven números los bytes de una imagen";
        divided: "0 to 1", "de 0 a 1";
        divided_long: "From 0 to 1: bytes divided by 255", "De 0 a 1: bytes entre 255";
        normalized: "mean 0", "media 0";
        normalized_long:
            "Normalized: less the mean of all training images, divided by their standard deviation, channel by channel",
            "Normalizados: menos la media de todas las imágenes de entrenamiento y entre su desviación típica, canal a canal";
        flatten_details: "to one vector", "a un vector";
        output_details: "scores, softmax", "softmax";
        parameters: "parameters", "parámetros";
    }
}
