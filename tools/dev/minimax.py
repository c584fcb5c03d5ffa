#!/usr/bin/env python3
"""Minimax polynomials for compiler/cpu/math, by the Remez exchange algorithm (needs mpmath).

The error printed (a power of two, relative to the function's result) is that of the coefficients as rounded.
Usage: minimax.py [NAME...]   prints each named fit of the table below (all without a name) as C++ hexadecimal constants.
"""
import sys
import mpmath as mp

mp.mp.dps = 45


def solve(f, weight, nodes, powers):
    """Polynomial over `powers` and levelled error e with weight*(p - f) = +-e at the nodes."""
    n = len(nodes)
    a, rhs = mp.matrix(n, n), mp.matrix(n, 1)
    for i, x in enumerate(nodes):
        for j, p in enumerate(powers):
            a[i, j] = x**p
        a[i, n - 1] = (-1) ** i / weight(x)
        rhs[i] = f(x)
    return list(mp.lu_solve(a, rhs))[:-1]


def remez(f, weight, lo, hi, powers):
    count = len(powers) + 1
    node = lambda i: (lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * i / (count - 1))
    nodes = [node(mp.mpf(i)) for i in range(count)]
    grid = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / (24 * count)) for i in range(24 * count)]
    values = [(x, f(x), weight(x), [x**p for p in powers]) for x in grid]
    for _ in range(12):
        c = solve(f, weight, nodes, powers)
        error = [w * (mp.fdot(c, xs) - y) for x, y, w, xs in values]
        peaks, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or mp.sign(error[i]) != mp.sign(error[start]):
                peaks.append(max(range(start, i), key=lambda k: abs(error[k])))
                start = i
        while len(peaks) > count:
            peaks.pop(0 if abs(error[peaks[0]]) < abs(error[peaks[-1]]) else -1)
        if len(peaks) < count:
            break
        moved = [grid[k] for k in peaks]
        if moved == nodes:
            break
        nodes = moved
    return c, max(abs(e) for e in error)


def roundTo(c, bits):
    if c == 0:
        return mp.mpf(0)
    m, e = mp.frexp(c)
    return mp.ldexp(mp.nint(mp.ldexp(m, bits)), e - bits)


def fit(f, weight, lo, hi, degree, bits):
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    c, _ = remez(f, weight, lo, hi, list(range(degree + 1)))
    c = [roundTo(x, bits) for x in c]
    grid = [lo + (hi - lo) * i / 400 for i in range(401)]
    return c, max(abs(weight(x) * (mp.polyval(c[::-1], x) - f(x))) for x in grid)


def hexFloat(c):
    return float(c).hex().replace('0000000p', 'p')


def limitAt0(f, series):
    """f away from 0, its Taylor series (list of coefficients) near 0, where f cancels."""
    return lambda x: f(x) if abs(x) > mp.mpf(10) ** -4 else sum(c * x**i for i, c in enumerate(series))


def inSquare(f, oddLimit):
    """Coefficients of odd functions are fitted in z = x^2: x = sqrt(z)."""
    return lambda z: f(mp.sqrt(z)) if z > mp.mpf(10) ** -7 else oddLimit(z)


F, D = 24, 53
ln2h = mp.log(2) / 2
one = lambda x: mp.mpf(1)
tay = lambda f, n=9: mp.taylor(f, 0, n)
# (f(x) - x) / x^3 of an odd f, in z = x^2.
def cubic(f):
    t = tay(f, 13)
    return inSquare(lambda x: (f(x) - x) / x**3, lambda z: sum(t[2 * i + 3] * z**i for i in range(5)))
def cubicWeight(f):
    return lambda z: z / (f(mp.sqrt(z)) / mp.sqrt(z)) if z else mp.mpf(0) + mp.mpf(10) ** -9


expQ = limitAt0(lambda r: (mp.exp(r) - 1 - r) / r**2, [1 / mp.factorial(i + 2) for i in range(9)])
expW = lambda r: (r**2 + mp.mpf(10) ** -12) / mp.exp(r)
logTail = limitAt0(lambda f: (mp.log1p(f) - f + f * f / 2) / f**3, [(-1) ** i * mp.mpf(1) / (i + 3) for i in range(12)])
logW = lambda f: (f**3 + mp.mpf(10) ** -12) / mp.log1p(f) if f else mp.mpf(10) ** -12
atanhS = lambda z: sum(2 * z**i / (2 * i + 3) for i in range(60))
atanhW = lambda z: z / 2 + mp.mpf(10) ** -9
cosTail = inSquare(lambda x: (mp.cos(x) - 1 + x * x / 2) / x**4,
                   lambda z: sum((-1) ** i * z**i / mp.factorial(2 * i + 4) for i in range(6)))
cosW = lambda z: (z * z + mp.mpf(10) ** -9)
erfP = inSquare(lambda x: mp.erf(x) / x - 1,
                lambda z: 2 / mp.sqrt(mp.pi) * sum((-1) ** i * z**i / mp.factorial(i) / (2 * i + 1) for i in range(8)) - 1)
erfW = lambda z: 1 / (1 + erfP(z))
erfcA = mp.mpf(3)
def erfcH(t):
    x = erfcA * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)
erfcLo, erfcHi = (mp.mpf(21) / 32 - erfcA) / (mp.mpf(21) / 32 + erfcA), (28 - erfcA) / (28 + erfcA)
erfcLo32, erfcHi32 = erfcLo, (mp.mpf('10.5') - erfcA) / (mp.mpf('10.5') + erfcA)
relErfc = lambda t: 1 / erfcH(t)
piq = (mp.pi / 4 + mp.mpf(1) / 1000) ** 2
tanhT = mp.mpf(5) / 8
negLogErfc = lambda u: -mp.log(mp.erfc(u + mp.mpf(2)))

def lgammaTwo(t):
    return mp.loggamma(2 + t) / t if abs(t) > mp.mpf(10) ** -20 else 1 - mp.euler
def stirlingRest(z):
    x = 1 / mp.sqrt(z) if z else mp.mpf(10) ** 8
    return (mp.loggamma(x) - ((x - mp.mpf(1) / 2) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)) * x

rt = mp.sqrt(2)
TABLE = {
    # name: (f, weight of the error, low, high, degree, bits)
    'exp32': (expQ, expW, -ln2h, ln2h, 4, F),
    'exp64': (expQ, expW, -ln2h, ln2h, 9, D),
    'expShort': (expQ, expW, -ln2h, ln2h, 5, D),
    'log32': (logTail, logW, 1 / rt - 1, rt - 1, 7, F),
    'log64': (atanhS, atanhW, 0, (3 - 2 * rt) ** 2, 6, D),
    'logShort': (atanhS, atanhW, 0, (3 - 2 * rt) ** 2, 4, D),
    # log((1 + s) / (1 - s)) = 2 s + s z (2 / 3 + z P(z)) in double-double arithmetic, for pow.
    'logPair': (lambda z: sum(2 * z**i / (2 * i + 5) for i in range(60)), lambda z: z * z / 2 + mp.mpf(10) ** -9,
                0, (3 - 2 * rt) ** 2, 7, D),
    'sin32': (cubic(mp.sin), cubicWeight(mp.sin), 0, piq, 2, F),
    'cos32': (cosTail, cosW, 0, piq, 2, F),
    'sin64': (cubic(mp.sin), cubicWeight(mp.sin), 0, piq, 5, D),
    'cos64': (cosTail, cosW, 0, piq, 5, D),
    'sinShort': (cubic(mp.sin), cubicWeight(mp.sin), 0, piq, 3, D),
    'cosShort': (cosTail, cosW, 0, piq, 3, D),
    'asin64': (cubic(mp.asin), cubicWeight(mp.asin), 0, mp.mpf(1) / 4, 12, D),
    'asinShort': (cubic(mp.asin), cubicWeight(mp.asin), 0, mp.mpf(1) / 4, 6, D),
    'atan64': (cubic(mp.atan), cubicWeight(mp.atan), 0, mp.mpf(49) / 256, 10, D),
    'atanShort': (cubic(mp.atan), cubicWeight(mp.atan), 0, mp.mpf(49) / 256, 5, D),
    'sinh64': (cubic(mp.sinh), cubicWeight(mp.sinh), 0, 1, 7, D),
    'sinhShort': (cubic(mp.sinh), cubicWeight(mp.sinh), 0, 1, 3, D),
    'tanh32': (cubic(mp.tanh), cubicWeight(mp.tanh), 0, tanhT**2, 4, F),
    'tanh64': (cubic(mp.tanh), cubicWeight(mp.tanh), 0, tanhT**2, 11, D),
    'erf32': (erfP, erfW, 0, 1, 6, F),
    'erf64': (erfP, erfW, 0, (mp.mpf(21) / 32) ** 2, 10, D),
    'erfShort': (erfP, erfW, 0, (mp.mpf(21) / 32) ** 2, 5, D),
    # -log erfc(2 + u): erf(x) = 1 - exp(-p(x - 2)) on 1 <= x <= 4; an error of p counts erfc times in the result.
    'erfTail32': (negLogErfc, lambda u: mp.erfc(u + 2), -1, 2, 7, F),
    'erfc64': (erfcH, relErfc, erfcLo, erfcHi, 22, D),
    # log gamma(2 + t) / t, and x times what Stirling's formula leaves, in z = 1 / x^2, for x >= 8.
    'lgammaTwo': (lgammaTwo, lambda t: 1 / lgammaTwo(t), -mp.mpf(1) / 2, mp.mpf(1) / 2, 18, D),
    'stirling': (stirlingRest, one, 0, mp.mpf(1) / 64, 6, D),
    'erfcShort': (erfcH, relErfc, erfcLo32, erfcHi32, 10, D),
}

if __name__ == '__main__':
    for name in sys.argv[1:] or TABLE:
        c, error = fit(*TABLE[name])
        print(f'{name}: error 2^{float(mp.log(error, 2)):.1f}')
        print('    {' + ', '.join(hexFloat(x) for x in c) + '}', flush=True)
