"""The editor area under /redaktion/: pages in Danish on top of the actions of pathways."""
