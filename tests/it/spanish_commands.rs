//! The command line where the system speaks Spanish.

use assert_cmd::Command;

use super::commands::json;

struct Said {
    success: bool,
    out: String,
    err: String,
}

fn said(locale: &str, arguments: &[&str]) -> Said {
    let mut command = Command::cargo_bin("convlens").expect("the program is built");
    for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE"] {
        command.env_remove(name);
    }
    let output = command.env("LANG", locale).args(arguments).output();
    let output = output.expect("it can be run");
    Said {
        success: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn spanish(arguments: &[&str]) -> Said {
    said("es_ES.UTF-8", arguments)
}

#[test]
fn results_are_in_spanish_and_what_programs_read_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs").display().to_string();
    let weights = folder.path().join("w.safetensors").display().to_string();
    let train = [
        "train",
        "--network",
        "16-16",
        "--epochs",
        "1",
        "--images",
        "320",
        "--data",
        "synthetic",
        "--threads",
        "1",
        "--validation",
        "10",
        "--runs",
        &runs,
        "--name",
        "prueba",
        "--out",
        &weights,
    ];
    let trained = spanish(&train);
    assert!(trained.success, "{}", trained.err);
    for words in [
        "época 1:",
        "imágenes/s, entrenamiento: pérdida 2,",
        "validación: pérdida",
        "prueba: pérdida",
    ] {
        assert!(trained.out.contains(words), "{words}: {}", trained.out);
    }
    assert!(
        trained.err.contains("guardada como ejecución 1"),
        "{}",
        trained.err
    );

    let synthetic = |arguments: &[&str]| {
        let arguments = [arguments, &["--data", "synthetic"]].concat();
        let said = spanish(&arguments);
        assert!(said.success, "{arguments:?}: {}", said.err);
        said.out
    };
    let evaluated = synthetic(&["evaluate", &weights]);
    assert!(evaluated.starts_with("10000 imágenes en 0,") || evaluated.contains("imágenes en"));
    assert!(
        evaluated.contains("exactitud 0,") && evaluated.contains("(sintéticos)"),
        "{evaluated}"
    );
    let top = synthetic(&[
        "top", &weights, "--layer", "conv1", "--filter", "0", "--count", "2",
    ]);
    assert!(
        top.contains("conv1 filtro 0") && top.contains("en fila "),
        "{top}"
    );
    let confusion = synthetic(&["confusion", &weights, "--mistakes", "1"]);
    assert!(
        confusion.contains("9 Botín") && confusion.contains("los errores más seguros"),
        "{confusion}"
    );
    let ablated = synthetic(&["ablate", &weights, "--layer", "conv1", "--filters", "1"]);
    assert!(
        ablated.contains("apagados: conv1 1") && ablated.contains("clase 9: 0,"),
        "{ablated}"
    );
    let explained = synthetic(&["explain", &weights]);
    assert!(
        explained.contains("Grad-CAM en conv2") && explained.contains("centésimas"),
        "{explained}"
    );
    let alike = synthetic(&[
        "compare-maps",
        &weights,
        "--images",
        "0,23",
        "--layer",
        "conv1",
    ]);
    assert!(
        alike.contains("23 Botín") && alike.contains("coseno"),
        "{alike}"
    );
    assert!(
        alike.contains("(1 pareja)") && alike.contains("(0 parejas)"),
        "{alike}"
    );
    let inspected = synthetic(&["inspect", &weights, "--layer", "conv2", "--at", "3,4"]);
    assert!(
        inspected.contains("imagen 0, conv2, canal 0, fila 3, columna 4"),
        "{inspected}"
    );
    for words in [
        "ve de la imagen: filas",
        "parche × kernel",
        "otros 8 canales",
        "redondeo float32",
    ] {
        assert!(inspected.contains(words), "{words}: {inspected}");
    }

    let summary = spanish(&["summary", "--network", "64-64"]).out;
    assert!(
        summary.starts_with("capa ") && summary.contains("parámetros"),
        "{summary}"
    );
    let listed = spanish(&["runs", "--runs", &runs]).out;
    assert!(
        listed.contains("ejecución") && listed.contains("terminada"),
        "{listed}"
    );
    let table = spanish(&["compare", "1", "1", "--runs", &runs]).out;
    assert!(
        table.contains("exactitud de prueba") && table.contains("segundos"),
        "{table}"
    );
    let deleted = spanish(&["runs", "delete", "1", "--runs", &runs]).err;
    assert!(
        deleted.contains("`convlens runs restore 1` la recupera"),
        "{deleted}"
    );

    for arguments in [
        vec!["summary", "--network", "64-64", "--json"],
        vec!["confusion", &weights, "--data", "synthetic", "--csv"],
        vec![
            "inspect",
            &weights,
            "--layer",
            "conv2",
            "--at",
            "3,4",
            "--data",
            "synthetic",
            "--json",
        ],
        vec![
            "compare-maps",
            &weights,
            "--images",
            "0,23",
            "--layer",
            "conv1",
            "--data",
            "synthetic",
            "--json",
        ],
    ] {
        let (es, en) = (spanish(&arguments), said("C.UTF-8", &arguments));
        assert!(
            es.success && !es.out.is_empty(),
            "{arguments:?}: {}",
            es.err
        );
        assert_eq!(es.out, en.out, "{arguments:?}");
    }
    let evaluated = spanish(&["evaluate", &weights, "--data", "synthetic", "--json"]).out;
    assert_eq!(json(&evaluated)["data"], "synthetic");
}

#[test]
fn faults_are_in_spanish_and_one_line() {
    for (arguments, words) in [
        (
            vec!["train", "--epochs", "0"],
            "épocas: 0 está fuera del intervalo",
        ),
        (vec!["train", "--network", "no.toml"], "no.toml: no existe"),
        (
            vec!["evaluate", "--data", "/no/such/data"],
            "elige otra carpeta o descarga los datos",
        ),
        (
            vec!["evaluate", "missing.safetensors"],
            "missing.safetensors: no existe; comprueba",
        ),
        (
            vec!["maps", "--out", "maps.txt"],
            "acabe en .png, .svg o .npz",
        ),
        (
            vec!["export", "--out", "x.txt"],
            "una ejecución (--run) tiene además .csv y .convlens",
        ),
        (
            vec![
                "maps",
                "--data",
                "synthetic",
                "--images",
                "10000",
                "--out",
                "m.png",
            ],
            "imagen de prueba 10000",
        ),
        (
            vec!["top", "--layer", "pool1", "--filter", "0"],
            "no es una convolución de esta red; elige entre conv1, conv2",
        ),
        (
            vec!["top", "--layer", "conv1", "--filter", "64"],
            "filtro 64: conv1 tiene 64; elige de 0 a 63",
        ),
        (
            vec!["inspect", "--layer", "conv1"],
            "conv1 tiene mapas: añade --at FILA,COLUMNA",
        ),
        (
            vec![
                "inspect",
                "--layer",
                "conv1",
                "--at",
                "26,0",
                "--data",
                "synthetic",
            ],
            "elige filas de 0 a 25",
        ),
        (
            vec!["ablate", "--layer", "conv1", "--filters", "64"],
            "elige de 0 a 63",
        ),
        (
            vec!["runs", "rename", "99", "x", "--runs", "/no/such"],
            "no hay ninguna ejecución así",
        ),
    ] {
        let said = spanish(&arguments);
        assert!(!said.success, "{arguments:?}");
        let lines: Vec<&str> = said.err.lines().collect();
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
        let first = lines.first().unwrap();
        let prefix = ["convlens: ", "error: "]
            .iter()
            .any(|p| first.starts_with(p));
        assert!(prefix, "{arguments:?}: {}", said.err);
    }
    let misused = spanish(&["train", "--epoch", "3"]);
    assert!(
        misused.err.contains("¿querías decir «--epochs»?")
            && misused.err.contains("Uso: convlens train"),
        "{}",
        misused.err
    );
    let english = said("en_GB.UTF-8", &["train", "--epoch", "3"]);
    assert!(
        english.err.contains("did you mean '--epochs'?")
            && english.err.contains("Usage: convlens train"),
        "{}",
        english.err
    );
}
