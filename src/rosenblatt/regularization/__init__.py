"""Penalties, clipping, constraints, dropout and input noise: frozen members with their formulas."""
