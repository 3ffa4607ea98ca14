import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from rosenblatt import TableClassifier
from rosenblatt.explain import ShapExplainer

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
table = TableClassifier("fast", random_state=0).fit(X_train, y_train)
print(f"accuracy {table.score(X_test, y_test):.3f} on {len(y_test)} new rows")

row = X_test.iloc[[0]]
why = ShapExplainer(table, X_train)(row)
p = table.predict_proba(row)[0, 1]
print(f"mean prediction {why.base_values[0]:.3f} + values {why.values[0].sum():.3f} = {p:.3f}")

most = sorted(zip(why.values[0], X.columns, strict=True), key=lambda pair: abs(pair[0]))[-8:]
values, names = zip(*most, strict=True)
figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
ax.barh(names, values, color=["#0072B2" if value > 0 else "#D55E00" for value in values])
ax.set_xlabel("what the cell adds to the probability of a benign tumour")
figure.savefig("figure.svg")
