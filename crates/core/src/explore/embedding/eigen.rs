//! Eigenvectors of a small symmetric matrix.

/// Sweeps after which a matrix is as good as diagonal: Jacobi's method converges quadratically, in some eight.
const MAX_SWEEPS: usize = 40;

/// Eigenvalues, largest first, and their unit eigenvectors.
pub(super) struct Eigen {
    pub values: Vec<f64>,
    /// In the order of the values.
    pub vectors: Vec<Vec<f64>>,
}

/// Of a symmetric matrix, row by row, by Jacobi's method: planes are turned one after another until nothing is left beside the
/// diagonal (Golub and Van Loan, Matrix Computations, 4th edition, section 8.5).
pub(super) fn eigen(mut a: Vec<Vec<f64>>) -> Eigen {
    let n = a.len();
    let mut vectors: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    let total: f64 = a.iter().flatten().map(|x| x * x).sum();
    for _ in 0..MAX_SWEEPS {
        let beside = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
        let beside: f64 = beside.map(|(i, j)| a[i][j] * a[i][j]).sum();
        if beside <= 1e-28 * total {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] != 0.0 {
                    let (cosine, sine) = rotation(a[p][p], a[p][q], a[q][q]);
                    for row in &mut a {
                        (row[p], row[q]) = turned(row[p], row[q], cosine, sine);
                    }
                    turn_rows(&mut a, p, q, cosine, sine);
                    turn_rows(&mut vectors, p, q, cosine, sine);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[j][j].total_cmp(&a[i][i]));
    Eigen {
        values: order.iter().map(|&i| a[i][i]).collect(),
        vectors: order
            .iter()
            .map(|&i| std::mem::take(&mut vectors[i]))
            .collect(),
    }
}

/// Cosine and sine of the smaller angle that makes a 2×2 matrix diagonal.
fn rotation(pp: f64, pq: f64, qq: f64) -> (f64, f64) {
    let tau = (qq - pp) / (2.0 * pq);
    let tangent = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    (cosine, tangent * cosine)
}

fn turned(p: f64, q: f64, cosine: f64, sine: f64) -> (f64, f64) {
    (cosine * p - sine * q, sine * p + cosine * q)
}

fn turn_rows(rows: &mut [Vec<f64>], p: usize, q: usize, cosine: f64, sine: f64) {
    let (before, from_q) = rows.split_at_mut(q);
    for (x, y) in before[p].iter_mut().zip(&mut from_q[0]) {
        (*x, *y) = turned(*x, *y, cosine, sine);
    }
}
