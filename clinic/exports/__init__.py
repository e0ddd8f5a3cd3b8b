"""Lists of the admin as files: CSV and Excel, written row by row, by whoever may see them."""
