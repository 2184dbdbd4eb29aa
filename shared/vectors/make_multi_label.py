"""Known answers of the multi-label metrics, by scikit-learn.

    pip install scikit-learn && python make_multi_label.py > multi-label.json
"""
import json
import random

import sklearn
from sklearn.metrics import (
    f1_score,
    hamming_loss,
    label_ranking_average_precision_score,
    label_ranking_loss,
)


def case(name, targets, scores):
    answers = [[int(score >= 0) for score in row] for row in scores]
    return {
        "name": name,
        "targets": ["".join(map(str, row)) for row in targets],
        "scores": scores,
        "hammingLoss": hamming_loss(targets, answers),
        "rankingLoss": label_ranking_loss(targets, scores),
        "averagePrecision": label_ranking_average_precision_score(targets, scores),
        "microF1": f1_score(targets, answers, average="micro", zero_division=0),
        "macroF1": f1_score(targets, answers, average="macro", zero_division=0),
    }


def drawn(seed, samples, labels, spread):
    """Scores in [-spread, spread]: a small spread has many ties."""
    rng = random.Random(seed)
    targets = [[rng.randrange(2) for _ in range(labels)] for _ in range(samples)]
    scores = [[rng.randint(-spread, spread) for _ in range(labels)] for _ in range(samples)]
    return targets, scores


cases = [
    case("no ties", *drawn(1, 12, 5, 10_000)),
    case("many ties", *drawn(2, 20, 6, 2)),
    case("as many labels as yeast", *drawn(3, 30, 14, 40)),
    case("all or no labels true", [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [[3, -1, 0], [2, 1, 2], [1, 1, 0]]),
    case("a label that never is", [[1, 0, 0], [0, 1, 0]], [[2, -1, -3], [-2, 5, -1]]),
]
print(json.dumps({"by": f"scikit-learn {sklearn.__version__}", "cases": cases}, indent=1))
