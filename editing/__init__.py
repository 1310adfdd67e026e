"""The editors' rooms under /redaktion/: pages in Danish over the actions of the floors below."""
