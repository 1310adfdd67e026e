"""The subject (pathways, rule sets, answers) and the project shell around it."""
