//! What concerns the window as a whole: theme, notices.

use super::topic;

topic! {
    /// What concerns the window as a whole: theme, notices.
    Window {
        resize: "Drag to resize the panel", "Arrastra para cambiar el tamaño del panel";
        light: "Light", "Claro";
        light_theme: "Light colours, for a bright room", "Colores claros, para una sala luminosa";
        dark: "Dark", "Oscuro";
        dark_theme: "Dark colours, for a dim room", "Colores oscuros, para una sala en penumbra";
        no_dialog:
            "This system opened no file dialog (on Linux that takes xdg-desktop-portal or zenity). Type the path in the menu instead.",
            "Este sistema no abrió ningún diálogo de archivos (en Linux hace falta xdg-desktop-portal o zenity). Escribe la ruta en el menú.";
        dismiss: "Dismiss", "Cerrar";
        explorer_failed:
            "A computation failed: an error in convlens, please report it. Everything else goes on.",
            "Falló un cálculo: es un error de convlens, por favor, avisa. Todo lo demás sigue.";
    }
}
