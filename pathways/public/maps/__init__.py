"""Maps of the country and of catchments, drawn as SVG."""
