"""Forms: colander schemas, drawn by deform through the theme's search path."""
