import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPEnsembleRegressor, MLPRegressor

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X_fit, X_held, y_fit, y_held = train_test_split(X_train, y_train, random_state=0)
network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", alpha=1000.0, max_iter=300)
members = MLPEnsembleRegressor(network, n_estimators=5, mode="bagging", random_state=0)
ensemble = make_pipeline(StandardScaler(), members).fit(X_fit, y_fit)

# Split-conformal (U1): the ⌈(n + 1)c⌉-th smallest error of rows that no network was fitted to.
errors = np.sort(np.abs(y_held - ensemble.predict(X_held)))
half = errors[int(np.ceil((len(errors) + 1) * 0.9)) - 1]
predicted = ensemble.predict(X_test)
inside = np.abs(y_test - predicted) <= half
print(f"R² {ensemble.score(X_test, y_test):.3f}")
print(f"intervals of ±{half:.0f} hold {inside.mean():.3f} of {len(y_test)} new rows; promised: 0.9")

order = np.argsort(predicted)
figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
rank = np.arange(len(order))
ax.fill_between(
    rank,
    predicted[order] - half,
    predicted[order] + half,
    color="#56B4E9",
    alpha=0.35,
    label="90 % interval",
)
ax.plot(rank, predicted[order], color="#0072B2", label="prediction")
ax.plot(rank, y_test[order], "o", color="#D55E00", markersize=4, label="measured")
ax.set_xlabel("test rows, by prediction")
ax.set_ylabel("progression of the disease after a year")
ax.legend()
figure.savefig("figure.svg")
