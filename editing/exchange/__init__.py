"""Export and import of the directory, as an Excel workbook or as CSV files in a ZIP."""
