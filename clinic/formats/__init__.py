"""How staff may write times, by language. Django reads it by FORMAT_MODULE_PATH."""
