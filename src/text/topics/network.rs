//! The stack of layers.

use super::topic;

topic! {
    /// The stack of layers.
    Network {
        network: "Network", "Red";
        input: "input", "entrada";
        input_details: "grey, 0 to 1", "gris: 0 a 1";
        input_in_colour: "red, green, blue, 0 to 1", "rojo, verde y azul, de 0 a 1";
        flatten_details: "to one vector", "a un vector";
        output_details: "scores, softmax", "softmax";
        parameters: "parameters", "parámetros";
    }
}
