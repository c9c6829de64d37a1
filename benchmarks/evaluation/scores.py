"""Reference values of retrieval and LiDAR for the tests, from numpy and scikit-learn alone.

    pip install numpy scikit-learn
    python benchmarks/evaluation/scores.py

Inputs are formulas that test/plugins/evaluate-scores.test.ts repeats. LiDAR follows the equations of arXiv 2312.04000, section 3,
with the inverse square root of the within-class covariance from its eigenvectors.
"""

import numpy as np
from sklearn.metrics import average_precision_score


def rows(count: int, width: int, phase: float) -> np.ndarray:
    """Entry (i, j) is sin(phase + 1.7 i + 0.9 j^2 + 0.3 i j), in float32."""
    i, j = np.meshgrid(np.arange(count), np.arange(width), indexing="ij")
    return np.sin(phase + 1.7 * i + 0.9 * j * j + 0.3 * i * j).astype(np.float32).astype(np.float64)


def retrieval(queries, query_labels, gallery, gallery_labels, ranks, leave_one_out=False):
    unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
    similarities = unit(queries) @ unit(gallery).T
    precisions, at, hits = [], [], []
    for q, row in enumerate(similarities):
        keep = np.arange(len(row)) != q if leave_one_out else np.ones(len(row), bool)
        relevant, scores = (gallery_labels == query_labels[q])[keep], row[keep]
        if not relevant.any():
            continue
        precisions.append(average_precision_score(relevant, scores))
        order = np.argsort(-scores)
        at.append([relevant[order[:k]].mean() for k in ranks])
        hits.append([relevant[order[:k]].any() for k in ranks])
    return np.mean(precisions), np.mean(at, axis=0), np.mean(hits, axis=0)


def lidar(views: np.ndarray, delta: float, epsilon: float) -> float:
    n, q, width = views.shape
    means = views.mean(axis=1)
    centred = means - means.mean(axis=0)
    between = centred.T @ centred / n
    spread = (views - means[:, None]).reshape(n * q, width)
    within = spread.T @ spread / (n * q) + delta * np.eye(width)
    values, vectors = np.linalg.eigh(within)
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    eigenvalues = np.clip(np.linalg.eigvalsh(root @ between @ root), 0, None)
    p = eigenvalues / eigenvalues.sum() + epsilon
    return float(np.exp(-(p * np.log(p)).sum()))


if __name__ == "__main__":
    ranks = [1, 5, 10]
    gallery, queries = rows(40, 5, 0.0), rows(12, 5, 0.4)
    print("train", *retrieval(queries, np.arange(12) % 4, gallery, np.arange(40) % 3, ranks))
    print("leave one out", *retrieval(gallery, np.arange(40) % 3, gallery, np.arange(40) % 3, ranks, True))
    for n, q, width in [(12, 6, 5), (4, 3, 7)]:
        images, noise = rows(n, width, 0.0), rows(n * q, width, 2.0)
        views = (np.repeat(images, q, axis=0) + 0.25 * noise).astype(np.float32).astype(np.float64)
        for delta in [1e-4, 0.1]:
            print(f"lidar n {n} q {q} D {width} delta {delta}", lidar(views.reshape(n, q, width), delta, 1e-7))
