import matplotlib.pyplot as plt
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPClassifier, StructureSearchCV, StructureSearchDisplay

X, y = load_wine(return_X_y=True)
network = MLPClassifier(solver="lbfgs", max_iter=200, random_state=0)
pipeline = make_pipeline(StandardScaler(), network)
search = StructureSearchCV(
    pipeline, [(1,), (2,), (4,), (8,), (16,)], selection="one_standard_error"
).fit(X, y)
print(search.summary())

figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
StructureSearchDisplay.from_estimator(search, ax=ax)
figure.savefig("figure.svg")
