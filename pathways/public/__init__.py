"""Pages, feeds, maps and the API that readers see."""
