"""Checks what `convlens embed` saved against NumPy in float64 and, where it is there, scikit-learn: python embed_command.py FOLDER."""

import json
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
maps = np.load(folder / "maps.npz")


def check_pca(name, values):
    saved = np.load(folder / f"{name}.npz")
    said = json.loads((folder / f"{name}.json").read_text())
    assert (saved["images"] == maps["images"]).all() and (saved["labels"] == maps["labels"]).all()
    x = values.reshape(len(values), -1).astype(np.float64)
    x -= x.mean(0)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    u *= np.sign(u[np.abs(u).argmax(0), np.arange(u.shape[1])])
    variances = s**2 / (len(x) - 1)
    count = len(saved["variances"])
    assert count == 50, count
    off = np.abs(saved["variances"] - variances[:count]).max() / variances[0]
    assert off < 1e-6, off
    assert np.isclose(saved["total_variance"][0], variances.sum(), rtol=1e-6)
    assert np.allclose(said["explained"], variances[:count] / variances.sum(), atol=1e-6)
    components = saved["components"].astype(np.float64)
    places = np.abs(components - u[:, :count] * s[:count]).max(0) / s[0] * np.sqrt(len(x))
    assert places[:10].max() < 1e-3, places
    assert (saved["points"] == saved["components"][:, :2]).all()
    # The last components may mix where their variances are nearly equal, but span the same space.
    basis = components / np.linalg.norm(components, axis=0)
    kept = np.linalg.norm(u[:, :count].T @ basis, axis=0)
    print(f"{name}: variances to {off:.1e} of the first, places to {places[:10].max():.1e}, span {kept.min():.9f}")
    return saved, said


def distances(x):
    x = x.astype(np.float64)
    return np.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(-1))


def check_separation(saved, said):
    labels, d = saved["labels"], distances(saved["components"])
    right, silhouettes = 0, []
    for i in range(len(labels)):
        order = np.argsort(np.where(np.arange(len(labels)) == i, np.inf, d[i]), kind="stable")[:5]
        votes = np.bincount(labels[order], minlength=10)
        winner = next(labels[j] for j in order if votes[labels[j]] == votes.max())
        right += winner == labels[i]
        others = [d[i][labels == c].mean() for c in np.unique(labels) if c != labels[i]]
        own = d[i][labels == labels[i]].sum() / max((labels == labels[i]).sum() - 1, 1)
        silhouettes.append((min(others) - own) / max(min(others), own))
    assert np.isclose(said["neighbour_accuracy"], right / len(labels), atol=1e-12), right
    assert np.isclose(said["silhouette"], np.mean(silhouettes), atol=1e-9), np.mean(silhouettes)
    try:
        from sklearn.metrics import silhouette_score
    except ImportError:
        return
    assert np.isclose(said["silhouette"], silhouette_score(saved["components"].astype(np.float64), labels), atol=1e-6)
    print("silhouette as scikit-learn has it")


def affinities(d, perplexity, neighbours=None):
    """Joint probabilities of van der Maaten and Hinton 2008, over all points or so many neighbours."""
    n = len(d)
    p = np.zeros((n, n))
    for i in range(n):
        others = np.argsort(np.where(np.arange(n) == i, np.inf, d[i]), kind="stable")[: neighbours or n - 1]
        squares, low, high, beta = d[i][others] ** 2, 0.0, np.inf, 1.0
        for _ in range(200):
            weights = np.exp(-beta * (squares - squares.min()))
            weights /= weights.sum()
            entropy = -(weights * np.log(np.maximum(weights, 1e-300))).sum()
            if abs(entropy - np.log(perplexity)) < 1e-7:
                break
            if entropy > np.log(perplexity):
                low, beta = beta, beta * 2 if high == np.inf else (beta + high) / 2
            else:
                high, beta = beta, (beta + low) / 2
        p[i, others] = weights
    return (p + p.T) / (2 * n)


def divergence(p, y):
    q = 1 / (1 + distances(y) ** 2)
    np.fill_diagonal(q, 0)
    q /= q.sum()
    some = p > 0
    return (p[some] * np.log(p[some] / q[some])).sum()


def exact_tsne(p, start):
    y, velocity, gains = start / start[:, 0].std() * 1e-4, np.zeros_like(start), np.ones_like(start)
    for step in range(1000):
        exaggerated = p * (12 if step < 250 else 1)
        q = 1 / (1 + distances(y) ** 2)
        np.fill_diagonal(q, 0)
        pull = (exaggerated - q / q.sum()) * q
        gradient = 4 * (pull.sum(1)[:, None] * y - pull @ y)
        gains = np.maximum(np.where(gradient * velocity < 0, gains + 0.2, gains * 0.8), 0.01)
        velocity = (0.5 if step < 250 else 0.8) * velocity - max(len(y) / 48, 50) * gains * gradient
        y = y + velocity
    return y


def kept(high, low, count=10):
    """Share of the nearest neighbours in space that are among the nearest in the plane."""
    nearest = lambda d: np.argsort(d + np.diag(np.full(len(d), np.inf)), 1)[:, :count]
    return np.mean([len(set(a) & set(b)) / count for a, b in zip(nearest(high), nearest(low))])


def check_tsne():
    saved = np.load(folder / "tsne.npz")
    said = json.loads((folder / "tsne.json").read_text())
    d = distances(saved["components"])
    ours = saved["points"].astype(np.float64)
    of_plane = divergence(affinities(d, 30, 90), ours)
    assert abs(said["divergence"] / of_plane - 1) < 0.01, (said["divergence"], of_plane)
    p = affinities(d, 30)
    best = exact_tsne(p, saved["components"][:, :2].astype(np.float64))
    found, exact = divergence(p, ours), divergence(p, best)
    # The crate bounds the gains of its steps, so that it comes a little less near.
    assert found < 1.2 * exact, (found, exact)
    shares = kept(d, distances(ours)), kept(d, distances(best))
    assert shares[0] > shares[1] - 0.04, shares
    print(f"t-SNE: divergence {found:.4f}, exact gradients {exact:.4f}; of 10 neighbours kept {shares[0]:.3f}, {shares[1]:.3f}")
    try:
        from sklearn.manifold import TSNE
    except ImportError:
        return
    theirs = TSNE(perplexity=30, init="pca", random_state=1).fit(saved["components"].astype(np.float64))
    peer = divergence(p, theirs.embedding_.astype(np.float64))
    assert found < 1.2 * peer, (found, peer)
    print(f"scikit-learn's divergence {peer:.4f}, neighbours kept {kept(d, distances(theirs.embedding_)):.3f}")


check_separation(*check_pca("pool2", maps["pool2"]))
check_pca("pixels", maps["pixels"] / 255.0)
check_tsne()
print("as NumPy has it")
