"""One rule set made from others: a merged region, a copied unit."""
