"""Methods that use curvature (theory G15)."""
