"""Where does a point lie on the map? ETRS89 longitude and latitude to UTM zone 32N."""

from __future__ import annotations

from math import atan, atanh, cos, cosh, radians, sin, sinh, sqrt

# GRS80, and the zone's central meridian at 9° east. Krüger's series to the third power of the
# third flattening: exact to less than a millimetre as far from the meridian as Bornholm.
_A, _F = 6_378_137.0, 1 / 298.257222101
_N = _F / (2 - _F)
_RADIUS = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16,
    13 * _N**2 / 48 - 3 * _N**3 / 5,
    61 * _N**3 / 240,
)
_MERIDIAN, _SCALE, _FALSE_EASTING = 9.0, 0.9996, 500_000.0


def utm32(lon: float, lat: float) -> tuple[float, float]:
    """Return easting and northing in metres of a point given in degrees."""
    phi, dlon = radians(lat), radians(lon - _MERIDIAN)
    e = 2 * sqrt(_N) / (1 + _N)
    t = sinh(atanh(sin(phi)) - e * atanh(e * sin(phi)))
    xi, eta = atan(t / cos(dlon)), atanh(sin(dlon) / sqrt(1 + t**2))
    series = list(enumerate(_ALPHA, start=1))
    x = eta + sum(a * cos(2 * j * xi) * sinh(2 * j * eta) for j, a in series)
    y = xi + sum(a * sin(2 * j * xi) * cosh(2 * j * eta) for j, a in series)
    return _FALSE_EASTING + _SCALE * _RADIUS * x, _SCALE * _RADIUS * y
