import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from rosenblatt import MLPClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0, stratify=y)
network = MLPClassifier((64,), solver="lbfgs", alpha=1.0, max_iter=500, random_state=0).fit(
    X_train, y_train
)

p = network.predict_proba(X_test)
predicted = network.classes_[p.argmax(axis=1)]
wrong = np.flatnonzero(predicted != y_test)
print(f"{len(wrong)} of {len(y_test)} wrong, accuracy {network.score(X_test, y_test):.3f}")
print(
    f"mean probability of the prediction: right {p.max(axis=1)[predicted == y_test].mean():.3f},",
    end=" ",
)
print(f"wrong {p.max(axis=1)[wrong].mean():.3f}")

surest = wrong[np.argsort(-p.max(axis=1)[wrong])][:6]
figure, axes = plt.subplots(1, 6, figsize=(8, 1.9), layout="constrained")
for ax in axes:
    ax.axis("off")
for ax, row in zip(axes, surest, strict=False):
    ax.imshow(X_test[row].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{y_test[row]} taken for {predicted[row]}", fontsize=9)
figure.savefig("figure.svg")
