"""Prints the coefficients of `normal_tail` in cpp/vmath.hpp.

    python tests/golden/make_normal_tail.py

Mills' ratio of the standard normal distribution, M(x) = (1 - Φ(x)) / φ(x), falls like 1/x:
f(t) = (x + c) M(x) with x = c (1 + t) / (1 - t) is smooth on [-1, 1], and its Chebyshev expansion
(cf. Shepherd & Laframboise 1981, who expand erfc so) is cut where the type's rounding begins, then
written in powers of t, the highest first. The error printed is relative, before rounding.
"""

from __future__ import annotations

from mpmath import chebyfit, mp, mpf, pi, polyval, sqrt

mp.dps = 40


def ratio(x: mpf) -> mpf:
    return sqrt(pi / 2) * mp.exp(x * x / 2) * mp.erfc(x / sqrt(2))


def smooth(t: mpf, centre: mpf) -> mpf:
    if t == 1:
        return mpf(1)
    x = centre * (1 + t) / (1 - t)
    return (x + centre) * ratio(x)


def powers(terms: int, centre: mpf) -> tuple[list[mpf], mpf]:
    coefficients = chebyfit(lambda t: smooth(t, centre), [-1, 1], terms)
    at = [mpf(k) / 500 for k in range(-500, 501)]
    error = max(abs(polyval(coefficients, t) / smooth(t, centre) - 1) for t in at)
    return coefficients, error


if __name__ == "__main__":
    for name, terms, centre, digits in (("float", 12, 4, 10), ("double", 24, 5, 18)):
        coefficients, error = powers(terms, mpf(centre))
        print(f"{name}: centre {centre}, error {mp.nstr(error, 2)}")
        print(", ".join(mp.nstr(c, digits) for c in coefficients))
