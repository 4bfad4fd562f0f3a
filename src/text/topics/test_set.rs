//! Questions about the whole test set.

use super::topic;

topic! {
    /// Questions about the whole test set.
    TestSet {
        computing: "Evaluating test set…", "Evaluando el conjunto de prueba…";
        cancel: "Cancel", "Cancelar";
        given_up: "Not computed for these weights.", "Sin calcular para estos pesos.";
        compute: "Compute", "Calcular";
    }
}
