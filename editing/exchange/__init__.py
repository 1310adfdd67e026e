"""The directory out of the house and in again: as a workbook, as CSV files, from another region."""
