"""Golden values of regressors on Friedman's first function by scikit-learn 1.9. Writes regressors.json beside this file.

Run: python regressors.py (scikit-learn 1.9, NumPy)
"""
import json
import pathlib

import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import NuSVR

X, y = make_friedman1(n_samples=300, n_features=8, noise=0.5, random_state=3)
X, y = np.round(X, 4), np.round(y, 4)
train, test = slice(0, 200), slice(200, 300)

scale = StandardScaler().fit(X[train])
a, b = scale.transform(X[train]), scale.transform(X[test])
mean, deviation = y[train].mean(), y[train].std()
target = (y[train] - mean) / deviation

ridge = Ridge(alpha=0.1 * 200).fit(a, y[train])
svr = NuSVR(C=3, nu=0.5, gamma=1 / 8, tol=1e-6).fit(a, target)
forest = RandomForestRegressor(100, max_features=1 / 3, min_samples_leaf=2, random_state=0).fit(X[train], y[train])
boosting = GradientBoostingRegressor(
    n_estimators=200, learning_rate=0.08, max_depth=3, min_samples_leaf=3, subsample=0.7, max_features=0.5, random_state=0
).fit(X[train], y[train])
svr_said = mean + deviation * svr.predict(b)
rounded = lambda values: [round(float(v), 6) for v in values]
golden = {
    'inputs': X.tolist(),
    'targets': y.tolist(),
    'training': 200,
    'ridge': {'penalty': 0.1, 'predictions': rounded(ridge.predict(b))},
    'nuSvr': {'predictions': rounded(svr_said)},
    'r2': {
        'ridge': r2_score(y[test], ridge.predict(b)),
        'nu-svr': r2_score(y[test], svr_said),
        'forest': r2_score(y[test], forest.predict(X[test])),
        'boosting': r2_score(y[test], boosting.predict(X[test])),
    },
}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(golden, separators=(',', ':')))
print(golden['r2'])
