//! The stack of layers.

use super::topic;

topic! {
    /// The stack of layers.
    Network {
        network: "Network", "Red";
        input: "input", "entrada";
        input_details: "grey picture, 0 to 1", "imagen gris, de 0 a 1";
        flatten_details: "maps to one vector", "de mapas a un vector";
        pool_details: "max of 2×2", "máximo de 2×2";
        output_details: "class scores, softmax", "puntuaciones, softmax";
        parameters: "parameters", "parámetros";
    }
}
