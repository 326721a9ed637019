"""Lists and sheets: a list is declared once; what officers send is taken row by row."""
